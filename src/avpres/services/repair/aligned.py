"""A copy of which blocks are missing, read as if they were not."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from avpres.adapters.matroska.source import Source


class Piece(NamedTuple):
    """A stretch of the film, and where it stands in a copy."""

    begin: int
    end: int
    at: int


class Aligned(Source):
    """A copy as if nothing were missing: zeros stand in its holes."""

    def __init__(self, source: Source, pieces: Sequence[Piece], size: int) -> None:
        super().__init__(io.BytesIO(), size)
        self._source = source
        self._pieces = pieces
        self._begins = [each.begin for each in pieces]

    def read(self, offset: int, size: int) -> bytes:
        """Read from a place of the film."""
        found = bytearray(max(0, min(size, self.size - offset)))
        self.fill(found, offset)
        return bytes(found)

    def fill(self, found: bytearray, offset: int) -> None:
        """Put into bytes that stand for a place what the copy has of it."""
        end = offset + len(found)
        place = max(0, bisect_right(self._begins, offset) - 1)
        for each in self._pieces[place:]:
            if each.begin >= end:
                return
            first, last = max(offset, each.begin), min(end, each.end)
            if first < last:
                data = self._source.read(each.at + first - each.begin, last - first)
                found[first - offset : first - offset + len(data)] = data


class Together(Source):
    """Copies that were aligned so far: of each place, what the first has that has anything."""

    def __init__(self, sources: Sequence[Source], pieces: Sequence[Sequence[Piece]]) -> None:
        size = max(each[-1].end for each in pieces)
        super().__init__(io.BytesIO(), size)
        self._all = [Aligned(s, list(p), size) for s, p in zip(sources, pieces, strict=True)]

    def read(self, offset: int, size: int) -> bytes:
        """Read what the first copy has; its holes are filled by the others."""
        found = bytearray(max(0, min(size, self.size - offset)))
        for each in reversed(self._all):
            each.fill(found, offset)
        return bytes(found)
