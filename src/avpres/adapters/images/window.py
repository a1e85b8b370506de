"""A file as probes read it: any part, in bounded memory; what lies beyond its end is damage."""

from typing import BinaryIO

from avpres.domain.migration import Reason, Unmigratable

_HELD = 256 * 1024  # bytes that are read at a time


class Window:
    """Bytes of an open file, or of one that is held whole, by their offset."""

    def __init__(self, file: BinaryIO | None, size: int, data: memoryview | None = None) -> None:
        self.size = size
        self._file = file
        self._held = data if data is not None else memoryview(b"")
        self._start = 0

    @classmethod
    def over(cls, data: memoryview) -> "Window":
        """Stand over the bytes of a whole file."""
        return cls(None, len(data), data)

    def peek(self, offset: int, length: int) -> bytes:
        """Give up to `length` bytes; fewer, or none, where the file ends."""
        if offset >= self.size:
            return b""
        if offset < self._start or offset + length > self._start + len(self._held):
            self._move(offset, length)
        place = offset - self._start
        return bytes(self._held[place : place + length])

    def read(self, offset: int, length: int) -> bytes:
        """Give exactly `length` bytes, or say that the file is cut short."""
        found = self.peek(offset, length) if offset + length <= self.size else b""
        if len(found) != length:
            text = f"{length} bytes are wanted at byte {offset}, the file has {self.size}"
            raise Unmigratable(Reason.DAMAGED, text)
        return found

    def byte(self, offset: int) -> int:
        """Give one byte, or say that the file is cut short."""
        place = offset - self._start
        if 0 <= place < len(self._held):
            return self._held[place]
        return self.read(offset, 1)[0]

    def _move(self, offset: int, length: int) -> None:
        if self._file is None:
            return
        self._file.seek(offset)
        self._held = memoryview(self._file.read(min(max(length, _HELD), self.size - offset)))
        self._start = offset
