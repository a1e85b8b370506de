"""The pixels of a BMP: rows of packed indices or fields, or run lengths."""

from typing import Any

import numpy as np

from avpres.adapters.images.bmp_header import RLE4, RLE8, Header
from avpres.adapters.images.raster import Samples
from avpres.domain.migration import Reason, Unmigratable

_LARGE = 1 << 22  # pixels
_MOST_OF_A_BYTE = 512  # pixels; two bytes of run lengths give 255 at most
_TYPES = {16: "<u2", 32: "<u4"}

Values = np.ndarray[Any, np.dtype[Any]]


def indices(header: Header, data: bytes) -> tuple[Samples, bool]:
    """Give the indices from the top down, and whether pixels were skipped (they are 0)."""
    skipped = False
    if header.compression in {RLE8, RLE4}:
        rows, skipped = _run_lengths(header, data)
    else:
        packed = _rows(header, data)
        bits = np.unpackbits(packed, axis=1)[:, : header.width * header.depth]
        parts = bits.reshape(header.height, header.width, header.depth)
        weights = (1 << np.arange(header.depth - 1, -1, -1)).astype(np.uint8)
        rows = packed[:, : header.width] if header.depth == 8 else parts @ weights
    return np.ascontiguousarray(_from_top(header, rows)[:, :, np.newaxis]), skipped


def fields(header: Header, data: bytes) -> list[Values]:
    """Give red, green, blue, opacity if there is one, and last what no field tells of.

    The last is there for pixels of 32 bits without a field of opacity alone.
    """
    rows = _from_top(header, _rows(header, data))
    if header.depth == 24:
        pixels = rows[:, : 3 * header.width].reshape(header.height, header.width, 3)
        return [pixels[:, :, each] for each in (2, 1, 0)]
    length = header.width * header.depth // 8
    words = np.ascontiguousarray(rows[:, :length]).view(_TYPES[header.depth])
    masks = [mask for mask in header.masks if mask]
    found = [_field(words, mask) for mask in masks]
    rest = ~sum(masks) & ((1 << header.depth) - 1)
    if header.depth == 32 and not header.masks[3]:
        found.append(words & np.uint32(rest))
    return found


def widths(header: Header) -> tuple[int, ...]:
    """Give the bits of each channel."""
    if header.depth == 24:
        return (8, 8, 8)
    return tuple(mask.bit_count() for mask in header.masks if mask)


def _rows(header: Header, data: bytes) -> Values:
    return np.frombuffer(data, np.uint8).reshape(header.height, header.stride)


def _from_top(header: Header, rows: Values) -> Values:
    return rows if header.top_down else rows[::-1]


def _field(words: Values, mask: int) -> Values:
    low = (mask & -mask).bit_length() - 1
    kind = np.uint8 if mask.bit_count() <= 8 else np.uint16 if mask.bit_count() <= 16 else np.uint32
    found: Values = ((words & words.dtype.type(mask)) >> words.dtype.type(low)).astype(kind)
    return found


def _run_lengths(header: Header, data: bytes) -> tuple[Values, bool]:
    """Walk runs, absolute stretches and escapes; every pixel is counted once."""
    pixels = header.height * header.width
    if pixels > _LARGE and pixels > _MOST_OF_A_BYTE * len(data):
        raise Unmigratable(Reason.DAMAGED, "nearly all of its pixels are skipped")
    rows = bytearray(pixels)
    painted = x = y = place = 0
    while place + 1 < len(data):
        count, value = data[place], data[place + 1]
        place += 2
        if count:
            values = _run(header, count, value)
        elif value == 0:
            x, y = 0, y + 1
            continue
        elif value == 1:
            return _shaped(header, rows), painted < pixels
        elif value == 2:
            right, up = data[place : place + 2] if place + 2 <= len(data) else (header.width + 1, 0)
            x, y, place = x + right, y + up, place + 2
            continue
        else:
            values, place = _absolute(header, data, place, value)
        if y >= header.height or x + len(values) > header.width:
            raise Unmigratable(Reason.DAMAGED, "a run of pixels leaves its row")
        start = y * header.width + x
        rows[start : start + len(values)] = values
        x += len(values)
        painted += len(values)
    raise Unmigratable(Reason.DAMAGED, "its run lengths have no end")


def _shaped(header: Header, rows: bytearray) -> Values:
    return np.frombuffer(rows, np.uint8).reshape(header.height, header.width)


def _run(header: Header, count: int, value: int) -> bytes:
    if header.compression == RLE8:
        return bytes((value,)) * count
    return (bytes((value >> 4, value & 15)) * ((count + 1) // 2))[:count]


def _absolute(header: Header, data: bytes, place: int, count: int) -> tuple[bytes, int]:
    """Give the values that stand as they are, padded to an even number of bytes."""
    length = count if header.compression == RLE8 else (count + 1) // 2
    raw = data[place : place + length]
    if len(raw) != length:
        raise Unmigratable(Reason.DAMAGED, "its run lengths are cut short")
    place += length + (length & 1)
    if header.compression == RLE8:
        return raw, place
    return bytes(half for byte in raw for half in (byte >> 4, byte & 15))[:count], place
