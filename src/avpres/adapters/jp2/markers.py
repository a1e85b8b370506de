"""Marker segments of a codestream (ISO/IEC 15444-1, Annex A), read strictly and bounded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.jp2.parameters import ORDERS
from avpres.adapters.jp2.tiling import Area, areas

SOC, SOT, SOD, EOC = 0xFF4F, 0xFF90, 0xFF93, 0xFFD9
SIZ, COD, QCD, QCC, COM = 0xFF51, 0xFF52, 0xFF5C, 0xFF5D, 0xFF64
_SIZ = struct.Struct(">H8IH")
_COD = struct.Struct(">BBHBBBBBB")
_MOST_MARKERS = 1000
_MOST_COMPONENTS = 16384
_SIGNED = 0x80
_HEAD = 4  # bytes of a marker and its length
_LEAST = 0xFF50  # no segment of a main header has a lower marker


@dataclass(frozen=True, slots=True)
class Form:
    """What the main header tells of a codestream."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    components: tuple[tuple[int, bool], ...]  # bits, signed
    progression: str = ""
    layers: int = 0
    colour_transform: int = 0
    levels: int = 0
    block: tuple[int, int] = (0, 0)
    block_style: int = 0
    coding_style: int = 0
    reversible: bool = False
    quantization: int = -1  # 0 is none
    markers: tuple[int, ...] = ()  # of the main header, in their order
    comments: tuple[bytes, ...] = ()
    end: int = 0  # where the first tile-part begins

    def areas(self) -> Iterator[Area]:
        """Yield where its tiles lie."""
        yield from areas(self.width, self.height, (self.tile_width, self.tile_height))


def read_form(data: memoryview) -> Form | None:
    """Read the main header; None where it is no such thing, or nothing that is written here."""
    segments = _segments(data)
    if segments is None:
        return None
    parts, end = segments
    told = dict(parts)
    try:
        form = _size(told[SIZ])
        return _coding(form, told, parts, end) if form else None
    except (KeyError, struct.error, IndexError):
        return None


def _segments(data: memoryview) -> tuple[list[tuple[int, bytes]], int] | None:
    if bytes(data[:2]) != b"\xff\x4f":
        return None
    found: list[tuple[int, bytes]] = []
    at = 2
    for _ in range(_MOST_MARKERS):
        head = bytes(data[at : at + 4])
        if len(head) < _HEAD:
            return None
        marker, length = struct.unpack(">HH", head)
        if marker == SOT:
            return found, at
        segment = bytes(data[at + 4 : at + 2 + length])
        if marker < _LEAST or length < 2 or len(segment) != length - 2:  # noqa: PLR2004 - bytes
            return None
        found.append((marker, segment))
        at += 2 + length
    return None


def _size(segment: bytes) -> Form | None:
    """Read SIZ (A.5.1); pictures and tiles begin at the origin here, and nothing is subsampled."""
    _, right, down, left, top, across, high, tile_left, tile_top, count = _SIZ.unpack_from(segment)
    rest = segment[_SIZ.size :]
    if left or top or tile_left or tile_top or not 0 < count <= _MOST_COMPONENTS:
        return None
    if not (right and down and across and high) or len(rest) != 3 * count:
        return None
    if any(rest[at : at + 2] != b"\1\1" for at in range(1, len(rest), 3)):
        return None
    depths = [(each & ~_SIGNED) + 1 for each in rest[::3]]
    signs = [bool(each & _SIGNED) for each in rest[::3]]
    return Form(right, down, across, high, tuple(zip(depths, signs, strict=True)))


def _coding(
    form: Form, told: dict[int, bytes], parts: list[tuple[int, bytes]], end: int
) -> Form | None:
    style, order, layers, transform, levels, across, high, blocks, wavelet = _COD.unpack_from(
        told[COD]
    )
    if order >= len(ORDERS):
        return None
    return Form(
        form.width,
        form.height,
        form.tile_width,
        form.tile_height,
        form.components,
        progression=ORDERS[order],
        layers=layers,
        colour_transform=transform,
        levels=levels,
        block=(4 << across, 4 << high),
        block_style=blocks,
        coding_style=style,
        reversible=wavelet == 1,
        quantization=told[QCD][0] & 31,
        markers=tuple(marker for marker, _ in parts),
        comments=tuple(segment[2:] for marker, segment in parts if marker == COM),
        end=end,
    )
