"""A file as validators read it: any part, in any order, in bounded memory."""

import os
from collections.abc import Iterator
from typing import BinaryIO

WHOLE = 16 * 1024 * 1024  # bytes; a file up to this is read once and held
WINDOW = 1024 * 1024  # bytes of a larger file that are held at a time


class CutError(Exception):
    """The file ends before what must be there."""

    def __init__(self, offset: int, wanted: int, size: int) -> None:
        super().__init__(f"{wanted} bytes are wanted at {offset}, the file ends at {size}")
        self.offset = offset
        self.wanted = wanted


class Source:
    """An open file under examination.

    Small files are held whole (`data`); of large ones a window moves along. Nothing is written.
    The file is open for as long as the source is; `path` is a name for libraries that take no
    file object, `name` is the real one, for hints such as its extension.
    """

    def __init__(self, file: BinaryIO, path: str, data: bytes | None = None) -> None:
        self.file = file
        self.path = path
        self.size = os.fstat(file.fileno()).st_size if data is None else len(data)
        self._whole = data
        self._window = b""
        self._start = 0

    @property
    def data(self) -> bytes | None:
        """The whole content, if it is small enough to be held; else None."""
        if self._whole is None and self.size <= WHOLE:
            self._whole = self._pread(0, self.size)
            self.size = len(self._whole)
        return self._whole

    def peek(self, offset: int, length: int) -> bytes:
        """Give up to `length` bytes from `offset`; fewer, or none, where the file ends."""
        data = self.data
        if data is not None:
            return data[offset : offset + length]
        if not self._start <= offset <= offset + length <= self._start + len(self._window):
            if length > WINDOW:
                return self._pread(offset, length)
            self._start = offset
            self._window = self._pread(offset, WINDOW)
        place = offset - self._start
        return self._window[place : place + length]

    def read(self, offset: int, length: int) -> bytes:
        """Give exactly `length` bytes from `offset`.

        Raises:
            CutError: the file ends before; the examination then says so.
        """
        if offset + length > self.size:
            raise CutError(offset, length, self.size)
        found = self.peek(offset, length)
        if len(found) != length:
            raise CutError(offset, length, offset + len(found))
        return found

    def find(self, needle: bytes, start: int = 0, stop: int | None = None) -> int:
        """Give the offset of the first `needle` at or after `start` and wholly before `stop`."""
        end = self.size if stop is None else min(stop, self.size)
        data = self.data
        if data is not None:
            return data.find(needle, start, end)
        while start + len(needle) <= end:
            part = self.peek(start, min(WINDOW, end - start))
            found = part.find(needle)
            if found >= 0:
                return start + found
            if len(part) < len(needle):
                return -1
            start += len(part) - len(needle) + 1
        return -1

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Give everything from `start` to `stop` in pieces of bounded size."""
        end = self.size if stop is None else min(stop, self.size)
        while start < end:
            part = self.peek(start, min(WINDOW, end - start))
            if not part:
                return
            yield part
            start += len(part)

    def _pread(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0:
            part = _read_at(self.file.fileno(), length, offset)
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


if hasattr(os, "pread"):

    def _read_at(descriptor: int, length: int, offset: int) -> bytes:
        return os.pread(descriptor, length, offset)

else:  # pragma: no cover - Windows

    def _read_at(descriptor: int, length: int, offset: int) -> bytes:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, length)
