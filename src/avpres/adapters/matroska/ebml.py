"""EBML (RFC 8794): elements and the numbers that they begin with, written and read."""

import struct
from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

UNKNOWN = -1  # the size of an element that ends where the next one of its kind begins
LONGEST_ID = 4  # bytes, unless EBMLMaxIDLength says more
LONGEST_HEADER = 16  # bytes; the longest id and size that EBML can name
LONGEST_NUMBER = 8  # bytes of an integer, a float or a size
CRC_SIZE = 6  # bytes of a whole CRC-32 element
SHORTEST_VOID = 2
_LAST_SHORT_VOID = 128  # bytes of the longest Void with a size of one byte
_FLOATS = {0: "", 4: ">f", 8: ">d"}

_LENGTH = bytes(0 if byte == 0 else 9 - byte.bit_length() for byte in range(256))


class MatroskaError(ValueError):
    """The bytes are no Matroska, or are not as they claim; the text says what and where."""


class Header(NamedTuple):
    """The id and size of an element, and the bytes that these two take."""

    id: int
    size: int
    length: int


def size_field(size: int, length: int = 0) -> bytes:
    """Write a size in the fewest bytes, or in as many as are asked for.

    Raises:
        ValueError: it does not fit; a size with all bits set would mean "unknown".
    """
    fewest = max(1, -(-(size + 1).bit_length() // 7)) if size >= 0 else LONGEST_NUMBER + 1
    length = length or fewest
    if fewest > length or length > LONGEST_NUMBER:
        raise ValueError(f"a size of {size} does not fit in {length} bytes")
    return (size | 1 << 7 * length).to_bytes(length, "big")


def unknown_size() -> bytes:
    """Write the size of an element whose end is not known yet; it can be patched in place."""
    return b"\x01" + b"\xff" * 7


def id_field(id_: int) -> bytes:
    """Write an id, which carries its own marker."""
    return id_.to_bytes(max(1, -(-id_.bit_length() // 8)), "big")


def element(id_: int, payload: bytes, *, size_length: int = 0) -> bytes:
    """Write an element with its payload."""
    return id_field(id_) + size_field(len(payload), size_length) + payload


def uinteger(id_: int, value: int, length: int = 0) -> bytes:
    """Write an unsigned integer in the fewest bytes, at least one."""
    return element(id_, value.to_bytes(length or max(1, -(-value.bit_length() // 8)), "big"))


def integer(id_: int, value: int) -> bytes:
    """Write a signed integer in eight bytes."""
    return element(id_, value.to_bytes(8, "big", signed=True))


def double(id_: int, value: float) -> bytes:
    """Write a float of eight bytes."""
    return element(id_, struct.pack(">d", value))


def text(id_: int, value: str) -> bytes:
    """Write a UTF-8 string.

    Raises:
        UnicodeEncodeError: it holds what is no text, such as a byte of an undecoded name.
    """
    return element(id_, value.encode())


def checked(children: Iterable[bytes]) -> bytes:
    """Join the children of a master behind a CRC-32 of them (RFC 8794, 11.3.1)."""
    payload = b"".join(children)
    return crc_element(crc32(payload)) + payload


def crc_element(crc: int) -> bytes:
    """Write a CRC-32 element; its value is little-endian, unlike all others."""
    return b"\xbf\x84" + crc.to_bytes(4, "little")


def void_head(size: int) -> bytes:
    """Write the id and size of a Void that is `size` bytes long as a whole.

    Raises:
        ValueError: no Void is that short.
    """
    if size < SHORTEST_VOID:
        raise ValueError(f"a Void cannot be {size} bytes long")
    if size <= _LAST_SHORT_VOID:
        return b"\xec" + size_field(size - 2, 1)
    return b"\xec" + size_field(size - 9, 8)


def void(size: int) -> bytes:
    """Write a whole Void, which may be nothing."""
    return void_head(size).ljust(size, b"\0") if size else b""


def header(data: bytes, at: int = 0, longest_id: int = LONGEST_ID) -> Header | None:
    """Read the header at a place; None where none can begin, or the data end too soon."""
    if at >= len(data):
        return None
    length = _LENGTH[data[at]]
    middle = at + length
    if not length or length > longest_id or middle >= len(data):
        return None
    size_length = _LENGTH[data[middle]]
    end = middle + size_length
    if not size_length or end > len(data):
        return None
    unknown = (1 << 7 * size_length) - 1
    size = int.from_bytes(data[middle:end], "big") & unknown
    id_ = int.from_bytes(data[at:middle], "big")
    return Header(id_, UNKNOWN if size == unknown else size, end - at)


def vint(data: bytes, at: int = 0) -> tuple[int, int] | None:
    """Read a variable-size integer and its length; `UNKNOWN` where all its bits are set."""
    if at >= len(data):
        return None
    length = _LENGTH[data[at]]
    if not length or at + length > len(data):
        return None
    value = int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1)
    return (UNKNOWN if value == (1 << 7 * length) - 1 else value), length


def to_float(payload: bytes) -> float:
    """Read a float; nothing stands for 0 (RFC 8794, 7.3).

    Raises:
        MatroskaError: it has another size than 0, 4 or 8 bytes.
    """
    layout = _FLOATS.get(len(payload))
    if layout is None:
        raise MatroskaError(f"a float of {len(payload)} bytes")
    return float(struct.unpack(layout, payload)[0]) if layout else 0.0


def to_text(payload: bytes) -> str:
    """Read a string up to its first zero byte; what is not UTF-8 is shown as U+FFFD."""
    return payload.split(b"\0", 1)[0].decode("utf-8", "replace")
