"""Which metadata of a page a clean TIFF holds, and which would make it invalid and go beside.

JHOVE calls a TIFF not well-formed for one tag of a wrong type or count, a damaged profile, or a
date that is too short; sources of all ages have them. What does not fit is left out of the TIFF,
and stands beside it, whole.
"""

import struct
from dataclasses import replace

from avpres.adapters.images import icc
from avpres.adapters.images.raster import Embedded, Page
from avpres.adapters.transcoding.tiff_exif import Block, order_of
from avpres.adapters.transcoding.tiff_fitting import is_fit, unfit_together
from avpres.adapters.transcoding.tiff_texts import is_placed
from avpres.domain.imaging import Icc

Left = tuple[tuple[str, bytes], ...]

_BELOW = {34665, 34853, 40965}
_HEADER = 128  # bytes of a profile
_VERSIONS = range(5)  # of profiles, by their first number; 5 is another norm
_CLASSES = {b"scnr", b"mntr", b"prtr", b"link", b"spac", b"abst", b"nmcl"}
_SPACES = {b"XYZ ", b"Lab ", b"Luv ", b"YCbr", b"Yxy ", b"RGB ", b"GRAY", b"HSV ", b"HLS "}
_SPACES |= {b"CMYK", b"CMY ", *(b"%XCLR" % count for count in range(2, 16))}


def placed(page: Page) -> tuple[Page, Left]:
    """Give a page with the metadata that its TIFF can hold, and those that it cannot, by name.

    Raises:
        Unmigratable: its Exif makes no sense at all.
    """
    embedded = page.embedded
    exif, profile = embedded.exif, embedded.icc
    left = [each for each in embedded.others if not is_placed(*each)]
    if exif and (fit := _fit_exif(exif, page)) != exif:
        left.append(("exif", exif))
        embedded = replace(embedded, exif=fit)
    if profile and not _is_profile(profile, page):
        left.append(("icc", profile))
        embedded = replace(embedded, icc=None)
    others = tuple(each for each in embedded.others if is_placed(*each))
    return _with(page, replace(embedded, others=others)), tuple(left)


def _with(page: Page, embedded: Embedded) -> Page:
    return replace(page, embedded=embedded)


def _is_profile(profile: bytes, page: Page) -> bool:
    """Say whether Java, in which JHOVE is written, takes these bytes for a profile."""
    if icc.judge(profile, page.raster.colour) is Icc.DAMAGED:
        return False
    known = profile[12:16] in _CLASSES and profile[16:20] in _SPACES
    return known and profile[8] in _VERSIONS


def _fit_exif(exif: bytes, page: Page) -> bytes:
    """Take the entries that do not fit out of their directories; all else keeps its place."""
    block = Block(exif, order_of(exif))
    made = bytearray(exif)
    waiting, seen = [(0, block.first())], set[int]()
    while waiting:
        name, at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        entries = list(block.directory(at))
        together = unfit_together(name, entries, block.order, page.raster.bits)
        kept = []
        for index, entry in enumerate(entries):
            if entry.tag in together or not is_fit(name, entry, block.order):
                continue
            kept.append(exif[at + 2 + 12 * index : at + 14 + 12 * index])
            if entry.tag in _BELOW and len(entry.value) == 4:  # noqa: PLR2004 - bytes of a LONG
                waiting.append((entry.tag, struct.unpack(block.order + "I", entry.value)[0]))
        _shorten(made, block.order, at, len(entries), kept)
    return bytes(made)


def _shorten(made: bytearray, order: str, at: int, count: int, kept: list[bytes]) -> None:
    """Write the entries of a directory that stay, and zeros behind them."""
    if len(kept) == count:
        return
    end = at + 2 + 12 * count
    lines = b"".join(kept) + bytes(made[end : end + 4])
    struct.pack_into(order + "H", made, at, len(kept))
    made[at + 2 : end + 4] = lines.ljust(end + 4 - at - 2, b"\0")
