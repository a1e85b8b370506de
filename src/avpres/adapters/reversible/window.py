"""Read elements of a stretch of a file, never beyond it and never by a claimed size alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

from avpres.adapters.reversible.compressed import MOST
from avpres.adapters.reversible.numbers import LONGEST, read_header
from avpres.domain.reversible import ReversibilityError


@dataclass(frozen=True, slots=True)
class Element:
    """An element: where its header is, where its content is."""

    id: int
    at: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """Give the bytes of its content."""
        return self.end - self.start


class Window:
    """A stretch of a file; offsets are the file's. Several threads may read from it."""

    def __init__(self, handle: BinaryIO, start: int, size: int) -> None:
        self.handle = handle
        self.start = start
        self.end = start + size
        self.lock = Lock()

    def read(self, at: int, size: int) -> bytes:
        """Read, or less where the stretch or the file ends."""
        with self.lock:
            self.handle.seek(at)
            return self.handle.read(max(0, min(size, self.end - at)))

    def content(self, of: Element, most: int = MOST) -> bytes:
        """Read what an element holds.

        Raises:
            ReversibilityError: the file ends before it does, or it has more than `most` bytes.
        """
        if of.size > most + LONGEST:
            raise ReversibilityError(f"an element at byte {of.at} is too large to be believed")
        content = self.read(of.start, of.size)
        if len(content) != of.size:
            raise ReversibilityError("reversibility data are cut")
        return content

    def elements(self, start: int, end: int) -> Iterator[Element]:
        """Give elements beside each other.

        Raises:
            ReversibilityError: one reaches beyond `end`, or is none.
        """
        while start < end:
            found = self.element(start, end)
            yield found
            start = found.end

    def element(self, at: int, end: int) -> Element:
        """Give the element at a place; see `elements`."""
        head = read_header(self.read(at, min(LONGEST, end - at)))
        if head is None:
            raise ReversibilityError(f"no element of reversibility data begins at byte {at}")
        id_, size, length = head
        if at + length + size > end:
            raise ReversibilityError(f"an element at byte {at} is cut, or claims too much")
        return Element(id_, at, at + length, at + length + size)
