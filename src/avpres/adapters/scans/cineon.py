"""Cineon (Kodak, version 4.5): DPX's forerunner, with 10 bits in words of 32 nearly always."""

import struct
from dataclasses import dataclass

from avpres.adapters.scans.arrays import check, row_size
from avpres.adapters.scans.rates import rate_of
from avpres.adapters.scans.window import Window
from avpres.domain.scan import Packing, SampleArray, Scan, ScanFormat, Trait, UncodableScan

_UNDEFINED = 0xFFFFFFFF
_HEADER, _WHOLE = 1024, 2048  # bytes of the generic header, with the film header
_CHANNEL = 28  # bytes of a channel's description
_LETTERS = {0: "Y", 1: "R", 2: "G", 3: "B", 4: "R", 5: "G", 6: "B"}
_LEFT = {1, 3, 5}  # samples stand in the highest bits of their cell
_CELLS = {1: 8, 2: 8, 3: 16, 4: 16, 5: 32, 6: 32}  # bits
_SIDE = 1 << 20  # pixels
_MOST_PADDING = 65536  # bytes behind a row
_BY_LINE, _BY_CHANNEL = 1, 2


@dataclass(frozen=True, slots=True)
class _Header:
    big_endian: bool
    start: int
    size: int
    orientation: int
    letters: str
    bits: int
    width: int
    height: int
    interleave: int
    packing: int
    line_padding: int
    channel_padding: int
    position: int
    rate: float


def read(window: Window) -> Scan:
    """Read the header of a Cineon file.

    Raises:
        UncodableScan: what it describes cannot be coded.
    """
    header = _parse(window)
    array = check(_array(header, window.size), window.size)
    rate = rate_of(header.rate)
    return Scan(
        format=ScanFormat.CINEON,
        flavour=_flavour(header, array),
        array=array,
        size=window.size,
        claimed_size=None if header.size in {0, _UNDEFINED} else header.size,
        rate=rate,
        aspect=None,
        transfer="printing density",
        colorimetric=None,
        number=None if header.position == _UNDEFINED else header.position,
        timecode=None,
        why_not_rawcooked="RAWcooked does not know Cineon",
        block=1,
        traits=_traits(header, array, str(rate or "")),
    )


def _parse(window: Window) -> _Header:
    raw = window.read(0, _WHOLE)
    if len(raw) < _HEADER:
        raise UncodableScan("HEADER", f"the file ends within the header, at byte {len(raw)}")
    order = ">" if raw[0] == 0x80 else "<"
    start, size = struct.unpack_from(order + "I12xI", raw, 4)
    orientation, count = raw[192], raw[193]
    if not 1 <= count <= 8:
        raise UncodableScan("HEADER", f"the header says that there are {count} channels")
    channels = [
        struct.unpack_from(order + "BBBxII", raw, 196 + _CHANNEL * at) for at in range(count)
    ]
    if len({form[2:] for form in channels}) != 1:
        raise UncodableScan("FLAVOUR", "channels of different form are not known in Cineon")
    _, _, bits, width, height = channels[0]
    if not 0 < width <= _SIDE or not 0 < height <= _SIDE:
        raise UncodableScan("GEOMETRY", f"the picture is {width} by {height} pixels large")
    line, channel = struct.unpack_from(order + "II", raw, 684)
    film = raw[: max(start, _HEADER)].ljust(_WHOLE, b"\xff")
    position, rate = struct.unpack_from(order + "If", film, 1068)
    return _Header(
        big_endian=order == ">",
        start=start,
        size=size,
        orientation=orientation,
        letters="".join(_LETTERS.get(form[1], "X") for form in channels),
        bits=bits,
        width=width,
        height=height,
        interleave=raw[680],
        packing=raw[681] & 0x7F,
        line_padding=line if line <= _MOST_PADDING else 0,
        channel_padding=0 if channel == _UNDEFINED else channel,
        position=position,
        rate=rate,
    )


def _array(header: _Header, size: int) -> SampleArray:
    planar = header.interleave == _BY_CHANNEL and len(header.letters) > 1
    groups = tuple(header.letters) if planar else (header.letters,)
    packing, word = _packing(header)
    stride = _stride(header, row_size(packing, header.bits, word, header.width * len(groups[0])))
    whole = stride * header.height
    if header.start + (whole + header.channel_padding) * len(groups) > size:
        gap = 0
    else:
        gap = header.channel_padding
    return SampleArray(
        width=header.width,
        height=header.height,
        groups=groups,
        bits=header.bits,
        word=word,
        packing=packing,
        strides=(stride,) * len(groups),
        segments=_segments(header.start, whole, gap, len(groups)),
        big_endian=header.big_endian and word > 8 and packing is not Packing.BITS,
        high=packing is Packing.WORDS and header.packing in _LEFT,
        by_line=header.interleave == _BY_LINE and len(header.letters) > 1,
    )


def _segments(start: int, whole: int, gap: int, count: int) -> tuple[tuple[int, int], ...]:
    if not gap:
        return ((start, whole * count),)
    return tuple((start + (whole + gap) * at, whole) for at in range(count))


def _packing(header: _Header) -> tuple[Packing, int]:
    bits, cell = header.bits, _CELLS.get(header.packing, 0)
    if bits == 10 and cell == 32:
        return (Packing.FILLED_A if header.packing in _LEFT else Packing.FILLED_B), 32
    if cell and bits <= cell:
        return Packing.WORDS, cell
    if bits in {8, 16, 32}:
        return Packing.WORDS, bits
    if not 0 < bits <= 64:
        raise UncodableScan("FLAVOUR", f"a depth of {bits} bits is not known in Cineon")
    return Packing.BITS, bits


def _stride(header: _Header, least: int) -> int:
    whole = -(-least // 4) * 4
    return (least if header.packing == 0 else whole) + header.line_padding


def _flavour(header: _Header, array: SampleArray) -> str:
    order = "BE" if header.big_endian else "LE"
    return f"Cineon/Raw/{'+'.join(array.groups)}/{array.bits}bit/U/{order}/{array.packing.value}"


def _traits(header: _Header, array: SampleArray, rate: str) -> tuple[Trait, ...]:
    return (
        ("format", "Cineon"),
        ("byte order", "big endian" if header.big_endian else "little endian"),
        ("width", str(header.width)),
        ("height", str(header.height)),
        ("channels", " ".join(array.groups)),
        ("bits", str(header.bits)),
        ("packing", str(header.packing)),
        ("row size", " ".join(map(str, array.strides))),
        ("orientation", str(header.orientation)),
        ("rate", rate),
    )
