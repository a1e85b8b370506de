"""JP2: every page is encoded, decoded again, and compared sample by sample."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from avpres.adapters.images.limits import Limits
from avpres.adapters.images.opening import pages
from avpres.adapters.images.raster import Page
from avpres.adapters.jp2 import make
from avpres.adapters.jp2.calling import library
from avpres.adapters.migrating.beside import Beside
from avpres.adapters.migrating.orders import Made, Part
from avpres.adapters.migrating.work import Work
from avpres.config.migration_policy import Jp2
from avpres.domain.imaging import Codestream, Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable

Maker = Callable[[Made, Work], Made]
QA = (Reason.QA_DIFFERENCE, Reason.QA_STRUCTURE)


def limits_of(work: Work) -> Limits:
    """Give the most that may be decoded, as the policy says."""
    limits = work.policy.limits
    return Limits(pixels=limits.max_pixels, frames=limits.max_frames)


def _jp2(made: Made, work: Work) -> Made:
    """Make a JP2 of each page; all of them, or none."""
    traits, target = cast("Traits", work.migrant), cast("Jp2", work.target)
    data, digests = work.source.read()
    made = replace(made, digests=digests, tools=(library().name,))
    codestream = target.codestream(traits)
    facts = (("codestream", dict(codestream.as_dict())),)
    beside = Beside(os.path.basename(work.source.path), is_film=traits.frames > 1)
    parts: list[Part] = []
    for page in pages(data, traits, limits_of(work)):
        number = page.number if traits.frames > 1 else 0
        try:
            parts.append(_page(page, number, codestream, work, beside))
        except Unmigratable as why:
            if why.reason not in QA:
                raise
            part = _faulty(page, number, codestream, work)
            return _failed(made, why, (part,), facts)
    parts += beside.parts(work.staging)
    return replace(made, outcome=Outcome.OK, parts=tuple(parts), facts=facts)


def _page(page: Page, number: int, codestream: Codestream, work: Work, beside: Beside) -> Part:
    target = cast("Jp2", work.target)
    coded, proof = make.proved(page, codestream, second=work.second, palette=target.palette)
    beside.tell(page, coded.left_over)
    return work.staging.write(
        coded.data,
        ".jp2",
        page=number,
        pixels=proof.digest,
        read_by=page.decoders,
        proved_by=proof.decoders,
        facts=tuple(_facts(page, coded, proof.untold)),
    )


def _facts(page: Page, coded: make.Made, untold: str) -> Iterator[tuple[str, object]]:
    yield "width", coded.raster.width
    yield "height", coded.raster.height
    yield "bits", list(coded.raster.bits)
    if page.kind != "image":
        yield "kind", page.kind
    if page.told:
        yield "told", dict(page.told)
    if coded.notes:
        yield "notes", list(coded.notes)
    if untold:
        yield "second_decoder", untold


def _faulty(page: Page, number: int, codestream: Codestream, work: Work) -> Part:
    """Stage what did not pass, so that somebody can look at it."""
    work.staging.clear()
    target = cast("Jp2", work.target)
    coded = make.jp2(page, codestream, palette=target.palette)
    return work.staging.write(coded.data, ".jp2", page=number, read_by=page.decoders)


def _failed(
    made: Made, why: Unmigratable, parts: tuple[Part, ...], facts: tuple[tuple[str, object], ...]
) -> Made:
    told = replace(made, outcome=Outcome.QA_FAILED, reason=why.reason, detail=why.detail)
    return replace(told, parts=parts, facts=facts)


MAKERS: Mapping[str, Maker] = {"jp2": _jp2}
