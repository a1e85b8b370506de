"""EBML (RFC 8794): the numbers that elements begin with."""

UNKNOWN = -1  # the size of an element that ends where the next one begins
HEADER = 12  # bytes; the longest id and the longest size
CRC_32 = 0xBF
VOID = 0xEC

_ID_LENGTH = bytes(0 if byte < 0x10 else 9 - byte.bit_length() for byte in range(256))
LENGTH = bytes(0 if byte == 0 else 9 - byte.bit_length() for byte in range(256))


def element(data: bytes, at: int = 0) -> tuple[int, int, int] | None:
    """Read id, size and length of the header at a place; None where no element can begin.

    The size is `UNKNOWN` where all its bits are set (RFC 8794, 6.2).
    """
    if at >= len(data):
        return None
    length = _ID_LENGTH[data[at]]
    if not length or at + length >= len(data):
        return None
    size = vint(data, at + length)
    if size is None:
        return None
    return int.from_bytes(data[at : at + length], "big"), size[0], length + size[1]


def vint(data: bytes, at: int = 0) -> tuple[int, int] | None:
    """Read a variable-size integer and its length; `UNKNOWN` where all bits are set."""
    if at >= len(data):
        return None
    first = data[at]
    length = LENGTH[first]
    if length == 1:
        return (UNKNOWN if first == 0xFF else first & 0x7F), 1
    if not length or at + length > len(data):
        return None
    value = int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1)
    return (UNKNOWN if value == (1 << 7 * length) - 1 else value), length
