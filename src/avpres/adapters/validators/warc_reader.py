"""The bytes of WARC records in order, out of a plain file or out of GZIP members."""

from collections.abc import Iterator
from typing import Protocol

from avpres.adapters.validators.inflate import Inflater
from avpres.adapters.validators.source import Source

PIECE = 1024 * 1024  # bytes at a time


class Reader(Protocol):
    """Bytes in order; `offset` is the place in the file that messages name."""

    @property
    def offset(self) -> int:
        """The place of the next byte, or of the compressed member that it comes from."""

    def peek(self, length: int) -> bytes:
        """Give up to `length` bytes that come next, and leave them there."""

    def skip(self, length: int) -> int:
        """Leave out up to `length` bytes and say how many there were."""

    def parts(self, length: int) -> Iterator[bytes]:
        """Give up to `length` bytes in pieces, and take them away."""


class PlainReader:
    """Reads the file itself."""

    def __init__(self, source: Source) -> None:
        self.offset = 0
        self._source = source

    def peek(self, length: int) -> bytes:
        """Give up to `length` bytes that come next."""
        return self._source.peek(self.offset, min(length, self._source.size - self.offset))

    def skip(self, length: int) -> int:
        """Leave out bytes without reading them."""
        found = min(length, self._source.size - self.offset)
        self.offset += found
        return found

    def parts(self, length: int) -> Iterator[bytes]:
        """Give up to `length` bytes in pieces."""
        while length > 0:
            part = self.peek(min(length, PIECE))
            if not part:
                return
            self.offset += len(part)
            length -= len(part)
            yield part


class MemberReader:
    """Reads what one member unpacks to."""

    def __init__(self, stream: Inflater, offset: int) -> None:
        self.offset = offset
        self._pieces = stream.pieces()
        self._held = b""

    def peek(self, length: int) -> bytes:
        """Give up to `length` bytes that come next."""
        while len(self._held) < length:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._held += piece
        return self._held[:length]

    def skip(self, length: int) -> int:
        """Leave out bytes; they are unpacked all the same."""
        return sum(len(part) for part in self.parts(length))

    def parts(self, length: int) -> Iterator[bytes]:
        """Give up to `length` bytes in pieces."""
        while length > 0:
            held = self._held or next(self._pieces, b"")
            part, self._held = held[:length], held[length:]
            if not part:
                return
            length -= len(part)
            yield part
