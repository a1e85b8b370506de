"""EBML (RFC 8794): the numbers that elements begin with, and check sums of master elements."""

from collections.abc import Iterator
from zlib import crc32

from avpres.adapters.validators.source import Source

UNKNOWN = -1  # the size of an element that ends where the next one begins
HEADER = 12  # bytes; the longest id and the longest size
HELD = 48 * 1024 * 1024  # bytes; a master element up to this is read in one go
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


class Piece:
    """Reads from a source; the master element that is being walked is held, if it is not too big.

    Offsets are those of the file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size = source.size
        self._data = source.data or b""
        self._start = 0
        self._is_whole = source.data is not None

    def hold(self, start: int, end: int) -> None:
        """Read a stretch of the file that is to be walked now, unless it is too long."""
        if self._is_whole:
            return
        self._start, self._data = start, b""
        if end - start <= HELD:
            self._data = self.source.peek(start, end - start)

    @property
    def held(self) -> tuple[bytes, int]:
        """What is held, and where in the file it begins."""
        return self._data, self._start

    def peek(self, offset: int, length: int) -> bytes:
        """Give up to `length` bytes."""
        place = offset - self._start
        if place >= 0 and place + length <= len(self._data):
            return self._data[place : place + length]
        return self.source.peek(offset, length)

    def read(self, offset: int, length: int) -> bytes:
        """Give exactly `length` bytes, else raise `CutError`."""
        place = offset - self._start
        if place >= 0 and place + length <= len(self._data):
            return self._data[place : place + length]
        return self.source.read(offset, length)

    def chunks(self, start: int, end: int) -> Iterator[bytes | memoryview]:
        """Give a stretch in pieces of bounded size, without copies where it is held."""
        place = start - self._start
        if place >= 0 and end - self._start <= len(self._data):
            yield memoryview(self._data)[place : end - self._start]
        else:
            yield from self.source.chunks(start, end)

    def crc(self, start: int, end: int) -> int:
        """Compute the CRC-32 of a stretch."""
        value = 0
        for chunk in self.chunks(start, end):
            value = crc32(chunk, value)
        return value
