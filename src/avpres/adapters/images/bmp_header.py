"""Headers of BMP: OS/2's two, and Windows' from 40 to 124 bytes; masks, palette, profile."""

import struct
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

NONE, RLE8, RLE4, FIELDS, ALPHA_FIELDS = 0, 1, 2, 3, 6
_CORE, _OS2, _INFO, _V4, _V5 = 12, 64, 40, 108, 124
_SIZES = {_CORE, _INFO, 52, 56, _OS2, _V4, _V5}
_DEPTHS = {1, 4, 8, 16, 24, 32}
_555 = (0x7C00, 0x03E0, 0x001F, 0)
_888 = (0xFF0000, 0xFF00, 0xFF, 0)
_EMBEDDED, _LINKED, _CALIBRATED = b"DEBM", b"KNIL", bytes(4)


@dataclass(frozen=True, slots=True)
class Header:
    """What a BMP says of itself."""

    size: int  # of the information header
    width: int
    height: int
    top_down: bool
    depth: int  # bits of a pixel
    compression: int
    masks: tuple[int, int, int, int]  # of R, G, B and opacity; zeros where there is a palette
    palette: int  # offset
    colours: int  # entries
    entry: int  # bytes of an entry
    pixels: int  # offset of the pixels
    length: int  # bytes of the pixels
    resolution: tuple[Fraction, Fraction] | None
    icc: tuple[int, int] | None  # offset and length
    colour_space: bytes  # what versions 4 and 5 tell of it, if it is no profile

    @property
    def stride(self) -> int:
        """Count the bytes of a row, which ends at four."""
        return (self.width * self.depth + 31) // 32 * 4


def read(window: Window) -> Header:
    """Read the headers.

    Raises:
        Unmigratable: they tell what no BMP has, or what is read differently by decoders.
    """
    pixels, size = struct.unpack("<II", window.read(10, 8))
    if size not in _SIZES:
        raise Unmigratable(Reason.DAMAGED, f"an information header of {size} bytes")
    raw = window.read(14, size)
    if size == _CORE:
        width, height, planes, depth = struct.unpack_from("<HHHH", raw, 4)
        compression = used = across = down = 0
    else:
        width, height, planes, depth, compression = struct.unpack_from("<iiHHI", raw, 4)
        across, down, used = struct.unpack_from("<IIII", raw, 24)[:3]
    top_down, height = height < 0, abs(height)
    _check(planes, depth, compression, is_os2=size in {_CORE, _OS2}, top_down=top_down)
    if width <= 0 or not height:
        raise Unmigratable(Reason.DAMAGED, f"{width} x {height} pixels")
    behind = 14 + size
    if size == _INFO and compression in {FIELDS, ALPHA_FIELDS}:
        behind += 12 if compression == FIELDS else 16
    masks = _masks(window, raw, depth, compression)
    entry = 3 if size == _CORE else 4
    colours = _colours(depth, used, pixels - behind, entry)
    resolution = (Fraction(across), Fraction(down)) if across and down else None
    icc, space = _colour_space(window, raw)
    return Header(
        *(size, width, height, top_down, depth, compression, masks, behind, colours, entry),
        *(pixels, _length(window, raw, (width, height, depth), compression, pixels)),
        resolution=resolution,
        icc=icc,
        colour_space=space,
    )


def _check(planes: int, depth: int, compression: int, *, is_os2: bool, top_down: bool) -> None:
    possible = {
        NONE: _DEPTHS,
        RLE8: {8},
        RLE4: {4},
        FIELDS: set() if is_os2 else {16, 32},
        ALPHA_FIELDS: set() if is_os2 else {16, 32},
    }
    if compression not in possible:
        raise Unmigratable(Reason.DECODER_ERROR, f"its compression ({compression}) is rare")
    if planes != 1 or depth not in possible[compression]:
        raise Unmigratable(Reason.DAMAGED, f"{planes} planes, {depth} bits a pixel")
    if top_down and compression in {RLE8, RLE4}:
        raise Unmigratable(Reason.DAMAGED, "run lengths from the top down, which none may have")


def _masks(window: Window, raw: bytes, depth: int, compression: int) -> tuple[int, int, int, int]:
    if depth <= 8:
        return (0, 0, 0, 0)
    if compression == NONE:
        return _555 if depth == 16 else _888
    if len(raw) == _INFO:
        count = 3 if compression == FIELDS else 4
        found = [*struct.unpack(f"<{count}I", window.read(14 + _INFO, 4 * count)), 0]
    else:
        found = [*struct.unpack_from("<3I", raw, 40), 0]
        if len(raw) >= 56:
            found[3] = struct.unpack_from("<I", raw, 52)[0]
    red, green, blue, opacity = found[:4]
    _check_masks((red, green, blue, opacity), depth)
    return red, green, blue, opacity


def _check_masks(masks: tuple[int, int, int, int], depth: int) -> None:
    """Refuse masks that are empty, overlap, have gaps, or lie outside of the pixel."""
    taken = 0
    for mask in masks:
        low = mask & -mask
        whole = not mask or (mask // low) & (mask // low + 1) == 0
        if mask & taken or not whole or mask >> depth:
            raise Unmigratable(Reason.DAMAGED, "its bit fields are impossible")
        taken |= mask
    if not all(masks[:3]):
        raise Unmigratable(Reason.DAMAGED, "a colour has no bit field")


def _colours(depth: int, used: int, room: int, entry: int) -> int:
    """Count the palette's entries: those told, or as many as stand before the pixels."""
    if depth > 8:
        return 0
    if used > 1 << depth:
        raise Unmigratable(Reason.DAMAGED, f"a palette of {used} colours for {depth} bits")
    found = min(used or 1 << depth, max(room, 0) // entry)
    if not found or (used and found < used):
        raise Unmigratable(Reason.DAMAGED, "its palette is cut short")
    return found


def _length(
    window: Window, raw: bytes, shape: tuple[int, int, int], compression: int, pixels: int
) -> int:
    """Give how many bytes the pixels take; those of run lengths are told, or go to the end."""
    width, height, depth = shape
    if compression not in {RLE8, RLE4}:
        return (width * depth + 31) // 32 * 4 * height
    (told,) = struct.unpack_from("<I", raw, 20)
    length: int = told or window.size - pixels
    return length


def _colour_space(window: Window, raw: bytes) -> tuple[tuple[int, int] | None, bytes]:
    if len(raw) < _V4:
        return None, b""
    kind = raw[56:60]
    if len(raw) == _V5 and kind in {_EMBEDDED, _LINKED}:
        offset, length = struct.unpack_from("<II", raw, 112)
        place = 14 + offset
        if place + length > window.size or not length:
            raise Unmigratable(Reason.DAMAGED, "its colour profile lies outside of the file")
        if kind == _EMBEDDED:
            return (place, length), b""
        return None, window.read(place, min(length, 1024))
    return None, raw[56:108] if kind == _CALIBRATED and raw[60:108].strip(b"\0") else b""
