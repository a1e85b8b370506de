"""TIFF 6.0 and BigTIFF without compression: strips, tiles, planes, any depth up to 64 bits.

The picture is the largest page that is not marked as reduced, and with it all other pages of the
same form (a scanner's infrared, for one): they are groups of one array. Other pages, thumbnails
and profiles are other bytes.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from avpres.adapters.scans import rawcooked, tiff_page
from avpres.adapters.scans import tiff_tags as tags
from avpres.adapters.scans.arrays import check
from avpres.adapters.scans.rates import aspect_of, rate_from
from avpres.adapters.scans.tiff_tags import Directory, Reader
from avpres.adapters.scans.window import Window
from avpres.domain.scan import Packing, SampleArray, Scan, ScanFormat, Trait, UncodableScan

_CLASSIC, _BIG = 42, 43
_STACKED = 8  # pages of one form that are one array
_PHOTOMETRIC = {
    0: "white is zero",
    1: "black is zero",
    2: "RGB",
    3: "palette",
    4: "mask",
    5: "CMYK",
    6: "YCbCr",
    8: "CIELAB",
    9: "ICCLAB",
    10: "ITULAB",
    32803: "colour filter array",
    34892: "linear raw",
}


def read(window: Window) -> Scan:
    """Read the directories of a TIFF.

    Raises:
        UncodableScan: what they describe cannot be coded.
    """
    order, big, first = _header(window)
    pages = list(Reader(window, order, big).pages(first))
    main = _main(pages)
    big_endian = order == ">"
    one = tiff_page.array_of(main, window.size, big_endian=big_endian)
    array = check(_stacked(one, main, pages, window.size), window.size)
    rate = rate_from(*_pair(main, tags.FRAME_RATE)) if tags.FRAME_RATE in main.values else None
    return Scan(
        format=ScanFormat.TIFF,
        flavour=_flavour(main, array, big),
        array=array,
        size=window.size,
        claimed_size=None,
        rate=rate,
        aspect=_aspect(main),
        transfer=None,
        colorimetric=None,
        number=None,
        timecode=None,
        why_not_rawcooked=rawcooked.why_not_tiff(main, array, big=big, first=main is pages[0]),
        block=1,
        traits=_traits(main, array, rate, big),
        rawcooked_since=rawcooked.since_tiff(array, big_endian=big_endian),
    )


def _header(window: Window) -> tuple[str, bool, int]:
    raw = window.read(0, 16)
    if len(raw) < 8:
        raise UncodableScan("HEADER", f"the file ends within the header, at byte {len(raw)}")
    order = "<" if raw[:2] == b"II" else ">"
    magic, first = struct.unpack_from(order + "HI", raw, 2)
    if magic == _BIG and len(raw) == 16:
        return order, True, struct.unpack_from(order + "Q", raw, 8)[0]
    if magic != _CLASSIC:
        raise UncodableScan("UNKNOWN", f"the file is no TIFF: its mark is {magic}")
    return order, False, first


def _main(pages: Sequence[Directory]) -> Directory:
    """Choose the page that is the picture."""
    if not pages:
        raise UncodableScan("HEADER", "the file has no page")
    whole = [page for page in pages if not page.number(tags.NEW_SUBFILE_TYPE, 0) & 1]
    return max(whole or pages, key=tiff_page.pixels)


def _stacked(
    one: SampleArray, main: Directory, pages: Sequence[Directory], size: int
) -> SampleArray:
    """Put pages of the same form together with the main one."""
    if len(pages) == 1:
        return one
    form = _form(one)
    found = [one]
    for page in pages:
        if page is main or page.number(tags.NEW_SUBFILE_TYPE, 0) & 1 or len(found) == _STACKED:
            continue
        if tiff_page.pixels(page) == tiff_page.pixels(main):
            other = _other(page, one, size)
            if other is not None and _form(other) == form:
                found.append(other)
    return replace(
        one,
        groups=tuple(group for part in found for group in part.groups),
        strides=tuple(stride for part in found for stride in part.strides),
        segments=tuple(segment for part in found for segment in part.segments),
    )


def _other(page: Directory, one: SampleArray, size: int) -> SampleArray | None:
    """Describe a further page, if it is there and shares no byte with the main one."""
    try:
        found = tiff_page.array_of(page, size, big_endian=one.big_endian)
        return check(replace(found, big_endian=one.big_endian), size)
    except UncodableScan:
        return None


def _form(array: SampleArray) -> SampleArray:
    return replace(array, groups=(), strides=(), segments=(), big_endian=False)


def _pair(page: Directory, tag: int) -> tuple[int, int]:
    found = page.numbers(tag)
    return (found[0], found[1]) if len(found) > 1 else (0, 0)


def _aspect(page: Directory) -> Fraction | None:
    """Give the form of a pixel from the resolutions, as FFmpeg does."""
    across, down = _pair(page, tags.X_RESOLUTION), _pair(page, tags.Y_RESOLUTION)
    if min(*across, *down) <= 0:
        return None
    return aspect_of(down[0] * across[1], down[1] * across[0])


def _flavour(page: Directory, array: SampleArray, big: bool) -> str:
    """Name the flavour as RAWcooked does: `TIFF/Raw/RGB/16bit/U/LE`."""
    kind = {2: "S", 3: "F"}.get(page.number(tags.SAMPLE_FORMAT, 1), "U")
    words = ["BigTIFF/Raw" if big else "TIFF/Raw", "+".join(array.groups), f"{array.bits}bit", kind]
    if array.packing is Packing.WORDS and array.word > 8:
        words += ["BE" if array.big_endian else "LE"]
    if array.tile:
        words += ["Tiled"]
    return "/".join(words)


def _traits(
    page: Directory, array: SampleArray, rate: Fraction | None, big: bool
) -> tuple[Trait, ...]:
    meaning = page.number(tags.PHOTOMETRIC, 1)
    return (
        ("format", "BigTIFF" if big else "TIFF"),
        ("byte order", "big endian" if array.big_endian else "little endian"),
        ("width", str(page.number(tags.WIDTH, 0))),
        ("height", str(page.number(tags.HEIGHT, 0))),
        ("channels", " ".join(array.groups)),
        ("bits", str(array.bits)),
        ("packing", array.packing.value),
        ("row size", " ".join(map(str, array.strides))),
        ("sample format", str(page.number(tags.SAMPLE_FORMAT, 1))),
        ("orientation", str(page.number(tags.ORIENTATION, 1))),
        ("photometric", _PHOTOMETRIC.get(meaning, str(meaning))),
        ("tile", "x".join(map(str, array.tile or ()))),
        ("rate", str(rate or "")),
        ("pixel aspect", str(_aspect(page) or "")),
    )
