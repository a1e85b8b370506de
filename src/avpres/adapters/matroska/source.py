"""Reading from places of a file that nothing is known of yet: bounded, and from many threads."""

import io
import os
import threading
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1024 * 1024  # bytes
_NEAR = 64  # bytes; enough for the heads of a cluster with one block
_WIDE = 64 * 1024  # bytes; where elements are small, many are read at once


class Source:
    """A file of a known size; reads behind its end give less, never more than is there."""

    def __init__(self, handle: BinaryIO, size: int | None = None) -> None:
        self._handle = handle
        self._lock = threading.Lock()
        self._descriptor = _descriptor(handle)
        if size is None:
            size = handle.seek(0, os.SEEK_END)
        self.size = size

    def read(self, offset: int, size: int) -> bytes:
        """Read from a place; the memory taken is that of the bytes which are there."""
        size = min(size, self.size - offset)
        if size <= 0 or offset < 0:
            return b""
        if self._descriptor is None:
            with self._lock:
                self._handle.seek(offset)
                return _all(self._handle, size)
        return _at(self._descriptor, offset, size)

    def chunks(self, offset: int, size: int) -> Iterator[bytes]:
        """Read a stretch in portions, as far as the file goes."""
        end = min(offset + size, self.size)
        while offset < end:
            chunk = self.read(offset, min(CHUNK, end - offset))
            if not chunk:
                return
            yield chunk
            offset += len(chunk)


class Window:
    """A moving view of a source for the heads of elements: wide only where they stand close."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = 0
        self._data = b""
        self._width = _NEAR

    def at(self, offset: int, least: int) -> tuple[bytes, int]:
        """Give bytes that hold at least so many from a place on, unless the file ends before.

        Returns:
            The bytes, and where in them the place is.
        """
        within = offset - self._start
        if within >= 0 and within + least <= len(self._data):
            return self._data, within
        is_close = 0 <= within <= len(self._data) + _NEAR
        self._width = min(2 * self._width, _WIDE) if is_close else _NEAR
        self._data = self._source.read(offset, max(self._width, least))
        self._start = offset
        return self._data, 0


class Stretch(io.RawIOBase):
    """A part of a file, to be read as a file of its own: an attachment."""

    def __init__(self, source: Source, offset: int, size: int) -> None:
        self._source = source
        self._offset = offset
        self._size = max(0, min(size, source.size - offset))
        self._at = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Say where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; before the beginning there is none."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the stretch")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # Buffer
        """Read into a buffer, as far as the stretch goes."""
        view = memoryview(buffer).cast("B")
        data = self._source.read(self._offset + self._at, min(len(view), self._size - self._at))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _descriptor(handle: BinaryIO) -> int | None:
    if not hasattr(os, "pread"):
        return None
    try:
        return handle.fileno()
    except (OSError, AttributeError):
        return None


def _at(descriptor: int, offset: int, size: int) -> bytes:
    data = os.pread(descriptor, size, offset)
    if len(data) == size or not data:
        return data
    parts = [data]
    read = len(data)
    while read < size and (data := os.pread(descriptor, size - read, offset + read)):
        parts.append(data)
        read += len(data)
    return b"".join(parts)


def _all(handle: BinaryIO, size: int) -> bytes:
    data = handle.read(size)
    while len(data) < size and (more := handle.read(size - len(data))):
        data += more
    return data
