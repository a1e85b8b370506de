"""Make a JP2 of a picture, prove that it holds the same samples, and audit its form."""

from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from avpres.adapters.images.raster import Embedded, Page, Raster
from avpres.adapters.images.untagged import untagged
from avpres.adapters.jp2 import boxes
from avpres.adapters.jp2.audit import check, uuids_of
from avpres.adapters.jp2.boxes import Head
from avpres.adapters.jp2.codestream import USUAL_BITS, encode
from avpres.adapters.jp2.heading import expanded, head_of, widened
from avpres.adapters.jp2.metadata import placed
from avpres.adapters.jp2.orientation import upright
from avpres.adapters.jp2.parsing import codestream_of
from avpres.adapters.jp2.proving import Proof, compare, first_layer
from avpres.domain.imaging import Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable


class Choices(TypedDict, total=False):
    """What may be told of it by name; see `Wishes`."""

    palette: str
    orientation: str
    embed: bytes | None
    second: bool
    threads: int
    most_bits: int
    first_layer: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a picture is to be treated where there is a choice."""

    palette: str = "keep"  # or "expand" it to colours
    orientation: str = "apply"  # or "record" it alone, or "refuse" what is not upright
    embed: bytes | None = None  # the whole source, to be kept inside of the target
    second: bool = True  # ask a second decoder
    threads: int = 1  # of OpenJPEG, for one large picture
    most_bits: int = USUAL_BITS  # of a sample
    first_layer: bool = False  # tell the PSNR of the first layer alone; half an encode more


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A JP2 in memory, and what went into it."""

    data: bytes
    raster: Raster  # as it was encoded: turned, expanded
    head: Head  # what its header says
    uuids: tuple[tuple[bytes, bytes], ...]  # what stands behind the codestream
    left_over: tuple[tuple[str, bytes], ...]  # metadata without a place in JP2: for a sidecar
    notes: tuple[str, ...]  # what was done that the record must tell
    colour: str = ""  # why its colours are declared as they are, where no profile told them


def jp2(page: Page, codestream: Codestream, **choices: Unpack[Choices]) -> Made:
    """Encode a picture and put it into its boxes, with the metadata that belongs to it.

    Raises:
        Unmigratable: JP2 cannot hold it exactly.
    """
    return _make(page, form_for(page, codestream), Wishes(**choices))


def form_for(page: Page, codestream: Codestream) -> Codestream:
    """Give the form that a picture takes: what is YCbCr already is not transformed again."""
    if page.raster.colour is not Colour.YCBCR:
        return codestream
    return replace(codestream, colour_transform=False)


def prove(data: bytes | memoryview, raster: Raster, *, second: bool, threads: int = 1) -> Proof:
    """Decode a JP2 and compare every sample with those that went in.

    Raises:
        Unmigratable: one differs, or it cannot be decoded.
    """
    return compare(_coded(data), raster, second=second, threads=threads)


def proved(page: Page, codestream: Codestream, **choices: Unpack[Choices]) -> tuple[Made, Proof]:
    """Make a JP2, prove its samples and audit its form.

    Raises:
        Unmigratable: it cannot be made, a sample differs, or it is not formed as it should.
    """
    wishes, codestream = Wishes(**choices), form_for(page, codestream)
    made = _make(page, codestream, wishes)
    proof = prove(made.data, made.raster, second=wishes.second, threads=wishes.threads)
    check(made, codestream)
    if wishes.first_layer:
        proof = replace(proof, psnr=first_layer(_coded(made.data), made.raster))
    return made, proof


def _coded(data: bytes | memoryview) -> memoryview:
    coded = codestream_of(memoryview(data))
    if coded is None:
        raise Unmigratable(Reason.QA_STRUCTURE, "it holds no codestream")
    return coded


def _make(page: Page, codestream: Codestream, wishes: Wishes) -> Made:
    turned = upright(page, wishes.orientation)
    raster = (expanded if wishes.palette == "expand" else widened)(turned.raster)
    meta = placed(turned.embedded)
    head, why = _headed(raster, turned.embedded, meta.embedded)
    coded = encode(raster, codestream, threads=wishes.threads, most_bits=wishes.most_bits)
    uuids = uuids_of(meta.embedded, wishes.embed)
    pieces = [
        boxes.SIGNATURE,
        boxes.FILE_TYPE,
        boxes.header(head),
        *boxes.box(b"jp2c", coded),
        *(piece for each in uuids for piece in boxes.box(b"uuid", *each)),
    ]
    notes = (*raster.notes, *meta.notes, *([why] if why else []))
    return Made(b"".join(pieces), raster, head, uuids, meta.left_over, notes, why)


def _headed(raster: Raster, given: Embedded, placed: Embedded) -> tuple[Head, str]:
    """Say what colours are meant, also where the source has no profile, and why that is said."""
    if placed.icc is not None:
        return head_of(raster, placed), ""
    found = untagged(given, raster.colour)
    embedded = replace(placed, icc=found.profile)
    return head_of(raster, embedded, known=found.is_known), found.why
