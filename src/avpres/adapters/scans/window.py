"""Bounded looks into a file, wherever its bytes are."""

from typing import BinaryIO

from avpres.domain.scan import UncodableScan

_LOOK = 4096  # bytes of the first look: it holds the whole header of most scans
_MOST = 64 * 1024 * 1024  # bytes that the headers of one file may have in all


class Window:
    """Reads parts of a file; what is behind its end is not there."""

    def __init__(self, source: BinaryIO | bytes | bytearray | memoryview, size: int) -> None:
        self.size = size
        self._source = source
        self._left = _MOST
        self._start = b""
        self._start = self.read(0, _LOOK)

    def read(self, offset: int, size: int) -> bytes:
        """Give at most so many bytes; fewer at the end of the file.

        Raises:
            UncodableScan: headers that never end.
        """
        size = min(size, self.size - offset)
        if offset < 0 or size <= 0:
            return b""
        if offset + size <= len(self._start):
            return self._start[offset : offset + size]
        self._left -= size
        if self._left < 0:
            raise UncodableScan("HEADER", f"the header is larger than {_MOST} bytes")
        if isinstance(self._source, bytes | bytearray | memoryview):
            return bytes(self._source[offset : offset + size])
        self._source.seek(offset)
        return self._source.read(size)
