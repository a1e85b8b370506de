"""A part of a file that is walked in small steps: it is held, if it is not too big."""

from collections.abc import Iterator
from zlib import crc32

from avpres.adapters.validators.source import Source

HELD = 48 * 1024 * 1024  # bytes; a part up to this is read in one go


class Piece:
    """Reads from a source; the part that is being walked is held.

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
