"""Turn pictures upright: JP2 has no field for an orientation, so the samples are put in order.

Every sample stays as it is; only its place changes, and the record tells how to put it back. The
orientation in the copied Exif and XMP is set to 1, or readers would turn the picture again. A
thumbnail in Exif has a directory of its own, which stays true of the thumbnail. Sizes that Exif
tells stay those of the source.
"""

import re
import struct
from dataclasses import dataclass, replace

import numpy as np

from avpres.adapters.images.raster import Embedded, Page, Raster, Samples
from avpres.domain.migration import Reason, Unmigratable

UPRIGHT = 1
_TURNED = range(5, 9)  # rows become columns
_NAMES = {
    2: "mirrored left to right",
    3: "turned by 180 degrees",
    4: "mirrored top to bottom",
    5: "mirrored on its diagonal",
    6: "turned by 90 degrees clockwise",
    7: "mirrored on its other diagonal",
    8: "turned by 90 degrees counter-clockwise",
}
_ORDERS = {b"II": "<", b"MM": ">"}
_TAG, _SHORT = 0x0112, 3
_ENTRY = 12  # bytes
_IN_XMP = re.compile(
    rb"(tiff:Orientation(?:\s*=\s*[\"']|\s*>)\s*)([2-8])(?=\s*(?:[\"']|<))", re.DOTALL
)


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A picture that is upright, with metadata that says so."""

    raster: Raster
    embedded: Embedded


def upright(page: Page, orientation: str) -> Turned:
    """Deal with the orientation of a page as the policy wants it.

    Args:
        page: the picture as it is stored.
        orientation: "apply" it, "record" it alone, or "refuse" pictures that are not upright.

    Raises:
        Unmigratable: the policy refuses it.
    """
    number = number_of(page)
    if number == UPRIGHT:
        return Turned(page.raster, page.embedded)
    if orientation == "refuse":
        raise Unmigratable(Reason.POLICY, f"its orientation is {number}, not 1")
    if orientation == "record":
        raster = page.raster.noted(f"orientation {number} is not applied; JP2 has no field for it")
        return Turned(raster, page.embedded)
    return Turned(oriented(page.raster, number), _told_upright(page.embedded, number))


def number_of(page: Page) -> int:
    """Give the orientation of a page, which may stand among what is told of it."""
    told = dict(page.told).get("orientation", UPRIGHT)
    number = page.orientation if page.orientation != UPRIGHT else told
    return number if isinstance(number, int) and number in _NAMES else UPRIGHT


def oriented(raster: Raster, number: int) -> Raster:
    """Put samples in the order in which they are to be seen; the note tells what was done."""
    if number not in _NAMES:
        return raster
    samples = np.ascontiguousarray(_turned(raster.samples, number))
    note = f"{_NAMES[number]} (orientation {number} applied, no sample changed)"
    return replace(raster, samples=samples, notes=(*raster.notes, note))


def upright_exif(block: bytes) -> bytes:
    """Set the orientation in the first directory of a TIFF structure to 1, in its place."""
    order = _ORDERS.get(block[:2])
    if order is None or len(block) < 8:  # noqa: PLR2004 - bytes of its header
        return block
    (place,) = struct.unpack_from(order + "I", block, 4)
    if place > len(block) - 2:
        return block
    (count,) = struct.unpack_from(order + "H", block, place)
    changed = bytearray(block)
    for at in range(place + 2, min(place + 2 + _ENTRY * count, len(block) - _ENTRY + 1), _ENTRY):
        tag, kind = struct.unpack_from(order + "HH", block, at)
        if (tag, kind) == (_TAG, _SHORT):
            struct.pack_into(order + "H", changed, at + 8, UPRIGHT)
    return bytes(changed)


def upright_xmp(packet: bytes) -> bytes:
    """Set tiff:Orientation in a packet to 1; not a byte of it moves."""
    return _IN_XMP.sub(rb"\g<1>1", packet)


def _turned(samples: Samples, number: int) -> Samples:
    if number in _TURNED:
        samples = samples.swapaxes(0, 1)
    down, across = number in {3, 4, 7, 8}, number in {2, 3, 6, 7}
    return samples[:: -1 if down else 1, :: -1 if across else 1]


def _told_upright(embedded: Embedded, number: int) -> Embedded:
    resolution = embedded.resolution
    if resolution is not None and number in _TURNED:
        resolution = resolution[1], resolution[0]
    return replace(
        embedded,
        exif=None if embedded.exif is None else upright_exif(embedded.exif),
        xmp=None if embedded.xmp is None else upright_xmp(embedded.xmp),
        resolution=resolution,
    )
