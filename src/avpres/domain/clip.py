"""A file that holds many frames, and perhaps sound between them: an AVI of plain samples.

It is cut into pieces that follow each other without a gap. A piece ends behind the samples of a
frame; what stands before them (headers, indexes, padding) belongs to it, and so does, in the last
one, all that follows. Samples of sound are left out of it ("holes"): they are a track of their own.
Offsets within a piece are counted as if the holes were not there.
"""

import json
from dataclasses import dataclass
from typing import NamedTuple

from avpres.domain.scan import Scan
from avpres.domain.sounding import Sound

LATEST = 64 * 1024 * 1024  # bytes of a piece that are no samples; more are kept in no film


class Hole(NamedTuple):
    """Sound that is left out of a piece: behind how many of its bytes, how much, of which sound."""

    at: int
    size: int
    stream: int


class Piece(NamedTuple):
    """A part of the file.

    `at` is its place in the file, `size` its bytes without the holes, `begin` where in these the
    samples begin; `number` is the frame of the film's time at which it is shown.
    """

    at: int
    size: int
    begin: int
    number: int
    holes: tuple[Hole, ...]

    @property
    def extent(self) -> int:
        """The bytes that it takes in the file."""
        return self.size + sum(hole.size for hole in self.holes)

    @property
    def samples_at(self) -> int:
        """Where in the file its samples begin."""
        before = (hole.size for hole in self.holes if hole.at <= self.begin)
        return self.at + self.begin + sum(before)

    def as_text(self) -> str:
        """Write it for a table."""
        return json.dumps(self)

    @classmethod
    def from_text(cls, text: str) -> "Piece":
        """Read what `as_text` wrote."""
        at, size, begin, number, holes = json.loads(text)
        return cls(at, size, begin, number, tuple(Hole(*hole) for hole in holes))


@dataclass(frozen=True, slots=True)
class Stream:
    """A sound of plain samples within the file; `number` is that of its stream."""

    number: int
    sound: Sound


@dataclass(frozen=True, slots=True)
class Clip:
    """What the file holds. The array of `scan` is that of one frame, as if nothing were before it.

    `dropped` frames have a place in time and no samples; `odd` ones have another size than the
    others, and are kept as they are. `stray` sounds are no plain samples, and are kept so too.
    """

    scan: Scan
    streams: tuple[Stream, ...]
    frames: int
    dropped: int
    odd: int
    stray: int
    interlaced: bool
