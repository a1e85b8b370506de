"""What Exif says of colours: its own words for them, and those of TIFF (CIPA DC-008, DCF 2.0)."""

import struct
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.images import exif

_EXIF_IFD, _INTEROP_IFD = 0x8769, 0xA005
_SPACE, _INDEX = 0xA001, 0x0001
_TRANSFER, _WHITE, _PRIMARIES = 0x012D, 0x013E, 0x013F
_ASCII, _SHORT, _LONG, _RATIONAL, _IFD = 2, 3, 4, 5, 13
_MOST_ENTRIES = 1024  # of a directory
_INLINE = 4  # bytes of a value that stands in its entry

Entry = tuple[int, int, int]
"""Type, count, and where the value or its offset stands."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What is told; None, or empty, where it is not."""

    space: int | None = None  # 1 is sRGB, 65535 uncalibrated; others are no standard's
    index: str = ""  # of interoperability: R98 is sRGB, R03 Adobe RGB (1998)
    white: tuple[Fraction, ...] = ()  # x, y
    primaries: tuple[Fraction, ...] = ()  # x, y of red, green, blue
    transfer: bool = False  # a curve of its own is told


def colours(block: bytes) -> Colours:
    """Read what a block says of colours, as far as it can be read."""
    if not exif.is_whole(block):
        return Colours()
    order = "<" if block.startswith(b"II") else ">"
    (first,) = struct.unpack_from(order + "I", block, 4)
    main = _directory(block, order, first)
    deeper = _below(block, order, main, _EXIF_IFD)
    interop = _below(block, order, deeper, _INTEROP_IFD)
    return Colours(
        _short(block, order, deeper.get(_SPACE)),
        _text(block, order, interop.get(_INDEX)),
        _rationals(block, order, main.get(_WHITE), 2),
        _rationals(block, order, main.get(_PRIMARIES), 6),
        _TRANSFER in main,
    )


def _directory(block: bytes, order: str, place: int) -> dict[int, Entry]:
    if not 8 <= place <= len(block) - 2:
        return {}
    (count,) = struct.unpack_from(order + "H", block, place)
    fits = (len(block) - place - 2) // 12
    found: dict[int, Entry] = {}
    for at in range(place + 2, place + 2 + 12 * min(count, fits, _MOST_ENTRIES), 12):
        tag, kind, number = struct.unpack_from(order + "HHI", block, at)
        found.setdefault(tag, (kind, number, at + 8))
    return found


def _below(block: bytes, order: str, above: dict[int, Entry], tag: int) -> dict[int, Entry]:
    kind, number, at = above.get(tag, (0, 0, 0))
    if kind not in {_LONG, _IFD} or number != 1:
        return {}
    return _directory(block, order, struct.unpack_from(order + "I", block, at)[0])


def _short(block: bytes, order: str, entry: Entry | None) -> int | None:
    if entry is None or entry[:2] != (_SHORT, 1):
        return None
    return int(struct.unpack_from(order + "H", block, entry[2])[0])


def _text(block: bytes, order: str, entry: Entry | None) -> str:
    if entry is None or entry[0] != _ASCII:
        return ""
    return _bytes(block, order, entry, 1).split(b"\0")[0].decode("ascii", "replace").strip()


def _rationals(block: bytes, order: str, entry: Entry | None, count: int) -> tuple[Fraction, ...]:
    if entry is None or entry[:2] != (_RATIONAL, count):
        return ()
    pairs = list(struct.iter_unpack(order + "II", _bytes(block, order, entry, 8)))
    if len(pairs) != count or not all(under for _, under in pairs):
        return ()
    return tuple(Fraction(over, under) for over, under in pairs)


def _bytes(block: bytes, order: str, entry: Entry, size: int) -> bytes:
    """Give a value of elements of this size; nothing where it is not in the block."""
    _, number, at = entry
    length = size * number
    if length > _INLINE:
        (at,) = struct.unpack_from(order + "I", block, at)
    return block[at : at + length] if at + length <= len(block) else b""
