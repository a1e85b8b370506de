"""Exif as a small TIFF structure (CIPA DC-008): how the picture stands, and its resolution.

The bytes themselves are kept whole; this only looks into them.
"""

import struct
from fractions import Fraction

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_ORIENTATION, _ACROSS, _DOWN, _UNIT = 0x0112, 0x011A, 0x011B, 0x0128
_MOST_ENTRIES = 1024  # of a directory; cameras write under 70
_PER_METRE = {2: Fraction(10000, 254), 3: Fraction(100)}  # inch, centimetre
MARK = b"Exif\0\0"

Resolution = tuple[Fraction, Fraction]


def orientation(block: bytes) -> int:
    """Give the orientation from 1 to 8; 1 where the block tells none that exists."""
    value = _tags(block).get(_ORIENTATION, Fraction(1))
    return int(value) if value in range(1, 9) else 1


def resolution(block: bytes) -> Resolution | None:
    """Give pixels in a metre, across and down; None without a unit or a number."""
    tags = _tags(block)
    across, down = tags.get(_ACROSS), tags.get(_DOWN)
    scale = _PER_METRE.get(int(tags.get(_UNIT, Fraction(2))))
    if not across or not down or scale is None:
        return None
    return across * scale, down * scale


def is_whole(block: bytes) -> bool:
    """Say whether the block begins as a TIFF structure does, with a directory inside of it."""
    order = _ORDERS.get(block[:4])
    if order is None or len(block) < 8:
        return False
    (first,) = struct.unpack_from(order + "I", block, 4)
    return 8 <= int(first) <= len(block) - 2


def _tags(block: bytes) -> dict[int, Fraction]:
    """Give the first value of each short, long and rational of the first directory."""
    order = _ORDERS.get(block[:4])
    if order is None or not is_whole(block):
        return {}
    (place,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, place)
    fits = (len(block) - place - 2) // 12
    found: dict[int, Fraction] = {}
    for at in range(place + 2, place + 2 + 12 * min(count, fits, _MOST_ENTRIES), 12):
        tag, kind, number = struct.unpack_from(order + "HHI", block, at)
        value = _value(block, order, kind, at + 8) if number == 1 else None
        if value is not None:
            found.setdefault(tag, value)
    return found


def _value(block: bytes, order: str, kind: int, at: int) -> Fraction | None:
    if kind == _SHORT:
        return Fraction(struct.unpack_from(order + "H", block, at)[0])
    if kind == _LONG:
        return Fraction(struct.unpack_from(order + "I", block, at)[0])
    if kind != _RATIONAL:
        return None
    (place,) = struct.unpack_from(order + "I", block, at)
    if place + 8 > len(block):
        return None
    above, below = struct.unpack_from(order + "II", block, place)
    return Fraction(above, below) if below else None
