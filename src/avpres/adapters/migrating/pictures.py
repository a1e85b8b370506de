"""JP2: every page is encoded, decoded again, and compared sample by sample."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from avpres import __version__
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.opening import pages
from avpres.adapters.images.raster import Page
from avpres.adapters.jp2 import make
from avpres.adapters.jp2.calling import library
from avpres.adapters.migrating.beside import FRAME, Beside
from avpres.adapters.migrating.orders import Made, Part
from avpres.adapters.migrating.work import Work
from avpres.adapters.transcoding import tiff
from avpres.config.migration_policy import Jp2, Tiff
from avpres.domain.imaging import Codestream, Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable

Maker = Callable[[Made, Work], Made]
WRITER = f"avpres {__version__} (TIFF)"
QA = (Reason.QA_DIFFERENCE, Reason.QA_STRUCTURE)


def limits_of(work: Work) -> Limits:
    """Give the most that may be decoded, as the policy says."""
    limits = work.policy.limits
    return Limits(pixels=limits.max_pixels, frames=limits.frames_of(work.migrant))


def _jp2(made: Made, work: Work) -> Made:
    """Make a JP2 of each page; all of them, or none."""
    traits, target = cast("Traits", work.migrant), cast("Jp2", work.target)
    data, digests = work.source.read()
    made = replace(made, digests=digests, tools=(library().name,))
    beside = Beside(os.path.basename(work.source.path))
    parts: list[Part] = []
    for page in pages(data, traits, limits_of(work)):
        number = page.number if traits.frames > 1 else 0
        form = _form(target, traits, page)
        choices = _choices(target, None if parts else data, work)
        try:
            parts.append(_page(page, number, form=form, choices=choices, work=work, beside=beside))
        except Unmigratable as why:
            if why.reason not in QA:
                raise
            part = _faulty(page, number, form, choices, work)
            return _failed(made, why, part)
    parts += beside.parts(work.staging)
    return replace(made, outcome=Outcome.OK, parts=tuple(parts))


def _form(target: Jp2, traits: Traits, page: Page) -> Codestream:
    """Form the codestream of one page, whose size may be another than that of the largest."""
    raster = page.raster
    form = target.codestream(replace(traits, width=raster.width, height=raster.height))
    return make.form_for(page, form)


def _choices(target: Jp2, data: memoryview | None, work: Work) -> make.Choices:
    return {
        "palette": target.palette,
        "orientation": target.orientation,
        "embed": bytes(data) if target.embed_source and data is not None else None,
        "second": work.second,
        "most_bits": target.max_bits,
    }


def _page(  # noqa: PLR0913 - what one page is made of
    page: Page,
    number: int,
    *,
    form: Codestream,
    choices: make.Choices,
    work: Work,
    beside: Beside,
) -> Part:
    coded, proof = make.proved(page, form, **choices)
    beside.tell(page, coded.left_over)
    return work.staging.write(
        coded.data,
        ".jp2",
        page=number,
        pixels=proof.digest,
        read_by=page.decoders,
        proved_by=proof.decoders,
        facts=tuple(_facts(page, coded, form, proof.untold)),
    )


def _facts(
    page: Page, coded: make.Made, form: Codestream, untold: str
) -> Iterator[tuple[str, object]]:
    yield "width", coded.raster.width
    yield "height", coded.raster.height
    yield "bits", list(coded.raster.bits)
    yield "codestream", dict(form.as_dict())
    if page.kind != "image":
        yield "kind", page.kind
    if page.told and page.kind != FRAME:
        yield "told", dict(page.told)
    if coded.notes:
        yield "notes", list(coded.notes)
    if coded.colour:
        yield "colour", _colour(coded)
    if untold:
        yield "second_decoder", untold


def _colour(coded: make.Made) -> dict[str, object]:
    """Tell why colours are declared as they are, and which profile was made for that."""
    told: dict[str, object] = {"why": coded.colour, "known": coded.head.known}
    if coded.head.profile is not None:
        told["profile_sha256"] = hashlib.sha256(coded.head.profile).hexdigest()
    return told


def _faulty(page: Page, number: int, form: Codestream, choices: make.Choices, work: Work) -> Part:
    """Stage what did not pass, so that somebody can look at it."""
    work.staging.clear()
    coded = make.jp2(page, form, **choices)
    return work.staging.write(coded.data, ".jp2", page=number, read_by=page.decoders)


def _failed(made: Made, why: Unmigratable, part: Part) -> Made:
    told = replace(made, outcome=Outcome.QA_FAILED, reason=why.reason, detail=why.detail)
    return replace(told, parts=(part,))


def _tiff(made: Made, work: Work) -> Made:
    """Make one TIFF of all pages, and read it again with two decoders."""
    traits, target = cast("Traits", work.migrant), cast("Tiff", work.target)
    data, digests = work.source.read()
    made = replace(made, digests=digests, tools=(WRITER,))
    beside = Beside(os.path.basename(work.source.path))
    readers, facts = dict[str, None](), dict[str, Any]()
    with work.staging.opened() as (name, handle):
        shown = _gathered(pages(data, traits, limits_of(work)), beside, readers, facts)
        written = tiff.write(shown, handle, compression=target.compression, big=tiff.is_big(traits))
        size, taken = work.staging.measured(handle)
    try:
        proof = tiff.prove(Path(os.fsdecode(name)), written)
    except Unmigratable as why:
        told = Unmigratable(Reason.QA_DIFFERENCE, str(why))
        return _failed(made, told, Part(name, ".tif", size, taken))
    part = Part(
        name,
        ".tif",
        size,
        taken,
        pixels=" ".join(proof.digests),
        read_by=tuple(readers),
        proved_by=proof.decoders,
        facts=tuple(facts.items()),
    )
    parts = (part, *beside.parts(work.staging))
    return replace(made, outcome=Outcome.OK, parts=parts)


def _gathered(
    found: Iterator[Page], beside: Beside, readers: dict[str, None], facts: dict[str, Any]
) -> Iterator[Page]:
    for page in found:
        readers |= dict.fromkeys(page.decoders)
        if page.raster.notes:
            facts["notes"] = list(dict.fromkeys((*facts.get("notes", ()), *page.raster.notes)))
        if around := dict(page.told).get("beside"):
            facts["told"] = {"beside": around}
        shown, left_over = tiff.placed(page)
        beside.tell(page, left_over)
        yield shown


MAKERS: Mapping[str, Maker] = {"jp2": _jp2, "tiff": _tiff}
