"""DPX (SMPTE ST 268, versions 1 and 2): every element, packing and order of bytes.

What the samples are follows FFmpeg's decoder, so that what RAWcooked restores is restored by it:
the image begins where the file header says, rows end at words of 32 bits if the file is long
enough for that, and 10-bit samples of one channel stand with the first in the lowest bits.
"""

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from avpres.adapters.scans import dpx_arrays, dpx_elements, rawcooked
from avpres.adapters.scans.cuts import block_of
from avpres.adapters.scans.dpx_elements import UNDEFINED, Element
from avpres.adapters.scans.rates import aspect_of, rate_of
from avpres.adapters.scans.window import Window
from avpres.domain.scan import SampleArray, Scan, ScanFormat, Trait, UncodableScan

_GENERIC, _WHOLE = 1664, 2048  # bytes of the generic header, with the industry header
_LEAST = 1408  # bytes of the file and image headers
_MOST_ELEMENTS = 8
_SIDE = 1 << 20  # pixels
_BOTTOM_UP = 2  # orientation
_TRANSFERS = {
    0: "user defined",
    1: "printing density",
    2: "linear",
    3: "logarithmic",
    4: "unspecified video",
    5: "SMPTE 274M",
    6: "ITU-R BT.709",
    7: "ITU-R BT.601 625 lines",
    8: "ITU-R BT.601 525 lines",
    9: "composite NTSC",
    10: "composite PAL",
    11: "linear depth",
    12: "homogeneous depth",
    13: "ADX",
}


@dataclass(frozen=True, slots=True)
class Header:
    """The fields that coding needs, as they stand."""

    big_endian: bool
    start: int
    industry: bool  # whether the header says that film and television are described
    version: bytes
    size: int
    key: int
    orientation: int
    width: int
    height: int
    elements: tuple[Element, ...]
    unpadded: bool  # by scanners that do not end rows at words
    aspect: tuple[int, int]
    position: int
    film_rate: float
    timecode: int
    television_rate: float
    read_rates: tuple[float, float]  # the same, even if the image stands there


def read(window: Window) -> Scan:
    """Read the header of a DPX file.

    Raises:
        UncodableScan: what it describes cannot be coded.
    """
    header = _parse(window)
    frame = dpx_arrays.Frame(
        header.width,
        header.height,
        header.start,
        window.size,
        header.size,
        big_endian=header.big_endian,
        unpadded=header.unpadded,
    )
    array = dpx_arrays.array_of(header.elements, frame)
    if header.orientation == _BOTTOM_UP and rawcooked.turns(array):
        array = replace(array, bottom_up=True)
    rate = rate_of(header.film_rate) or rate_of(header.television_rate)
    first = header.elements[0]
    return Scan(
        format=ScanFormat.DPX,
        flavour=dpx_elements.flavour(header.elements, header.big_endian),
        array=array,
        size=window.size,
        claimed_size=None if header.size in {0, UNDEFINED} else header.size,
        rate=rate,
        aspect=aspect_of(*header.aspect),
        transfer=_TRANSFERS.get(first.transfer),
        colorimetric=_TRANSFERS.get(first.colorimetric),
        number=None if header.position == UNDEFINED else header.position,
        timecode=_timecode(header.timecode),
        why_not_rawcooked=_why_not(header, array),
        block=block_of(array),
        traits=_traits(header, array, rate),
        rawcooked_since=rawcooked.since_dpx(array, header.version),
    )


def _parse(window: Window) -> Header:
    raw = window.read(0, _WHOLE)
    if len(raw) < _LEAST:
        raise UncodableScan("HEADER", f"the file ends within the header, at byte {len(raw)}")
    order = ">" if raw[:4] == b"SDPX" else "<"
    start, version, size = struct.unpack_from(order + "I8sI", raw, 4)
    orientation, count, width, height = struct.unpack_from(order + "HHII", raw, 768)
    if not 1 <= count <= _MOST_ELEMENTS:
        raise UncodableScan("HEADER", f"the header says that there are {count} image elements")
    if not 0 < width <= _SIDE or not 0 < height <= _SIDE:
        raise UncodableScan("GEOMETRY", f"the picture is {width} by {height} pixels large")
    known = raw[: max(start, _GENERIC)].ljust(_WHOLE, b"\xff")
    position, film_rate = struct.unpack_from(order + "I8xf", known, 1712)
    timecode, television_rate = struct.unpack_from(order + "I16xf", known, 1920)
    return Header(
        big_endian=order == ">",
        start=start,
        industry=_number(order, raw, 28) not in {0, UNDEFINED},
        version=version[:5],
        size=size,
        key=_number(order, raw, 660),
        orientation=orientation,
        width=width,
        height=height,
        elements=tuple(dpx_elements.read(raw, order, index) for index in range(count)),
        unpadded=known.startswith(b"Lasergraphics Inc.", 160) or known.startswith(b"Scanity", 1556),
        aspect=struct.unpack_from(order + "II", known, 1628),
        position=position,
        film_rate=film_rate,
        timecode=timecode,
        television_rate=television_rate,
        read_rates=(_rate(order, raw, 1724), _rate(order, raw, 1940)),
    )


def _number(order: str, raw: bytes, offset: int) -> int:
    found: int = struct.unpack_from(order + "I", raw, offset)[0]
    return found


def _rate(order: str, raw: bytes, offset: int) -> float:
    found: float = struct.unpack_from(order + "f", raw.ljust(_WHOLE, b"\xff"), offset)[0]
    return found


@lru_cache(maxsize=256)
def _timecode(value: int) -> str | None:
    """Write a timecode, which stands in the file as binary coded decimals (SMPTE ST 12-1)."""
    digits = f"{value:08x}"
    pairs = [digits[at : at + 2] for at in range(0, 8, 2)]
    if value == UNDEFINED or not digits.isdigit():
        return None
    if int(pairs[0]) > 23 or int(pairs[1]) > 59 or int(pairs[2]) > 59:
        return None
    return ":".join(pairs)


def _traits(header: Header, array: SampleArray, rate: Fraction | None) -> tuple[Trait, ...]:
    first = header.elements[0]
    return (
        ("format", "DPX"),
        ("byte order", "big endian" if header.big_endian else "little endian"),
        ("width", str(header.width)),
        ("height", str(header.height)),
        ("channels", " ".join(array.groups)),
        ("bits", " ".join(str(element.bits) for element in header.elements)),
        ("packing", " ".join(str(element.packing) for element in header.elements)),
        ("row size", " ".join(map(str, array.strides))),
        ("sign", str(first.sign)),
        ("orientation", str(header.orientation)),
        ("transfer", _TRANSFERS.get(first.transfer, str(first.transfer))),
        ("colorimetric", _TRANSFERS.get(first.colorimetric, str(first.colorimetric))),
        ("rate", str(rate or "")),
        ("pixel aspect", str(aspect_of(*header.aspect) or "")),
    )


def _why_not(header: Header, array: SampleArray) -> str:
    """Say why RAWcooked does not restore this file (its source, DPX.cpp)."""
    return (
        rawcooked.why_not_header(
            version=header.version[:4],
            key=header.key,
            start=header.start,
            rates=header.read_rates if header.industry else (0, 0),
        )
        or dpx_elements.why_not(header.elements, header.start)
        or rawcooked.why_not_dpx(
            array,
            packing=header.elements[0].packing,
            bottom_up=header.orientation == _BOTTOM_UP,
            unpadded=header.unpadded,
        )
    )
