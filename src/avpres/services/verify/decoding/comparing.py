"""Digests of frames on two sides: those that a sidecar lists, and those that were decoded now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from avpres.adapters.media.framemd5 import FrameReader
from avpres.domain.media import FrameDigest

_NEAR = Fraction(1, 500)  # seconds; Matroska counts milliseconds, and both ends are rounded


@dataclass(frozen=True, slots=True)
class Difference:
    """The first frame that is not as listed: its number, its time in seconds, both digests."""

    number: int
    seconds: float
    listed: str | None
    decoded: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one stream compares. `resized` frames differ in size too; `late` in time alone.

    `is_gap`: frames are missing or too many in one place, and all others are equal.
    """

    listed: int
    decoded: int
    equal: int
    resized: int
    late: int
    shift: float
    first: Difference | None
    sizes: tuple[int, int]
    is_gap: bool = False

    @property
    def is_equal(self) -> bool:
        """Say whether every frame is there and equal; nothing at all is no proof."""
        return self.equal == self.listed == self.decoded > 0

    @property
    def is_cut_otherwise(self) -> bool:
        """Say whether both sides hold as many bytes, cut into other pieces."""
        return self.resized > 0 and self.sizes[0] == self.sizes[1]


@dataclass(frozen=True, slots=True)
class Measure:
    """How much was decoded of a stream; `seconds` is where its last frame ends."""

    frames: int = 0
    seconds: float = 0.0
    samples: int = 0


_Placed = tuple[FrameDigest, Fraction]


def compare(sidecar: Path, stream: int, decoded: Path) -> Comparison:
    """Compare one stream of a sidecar with what was decoded, in memory that stays small.

    Raises:
        NotConformantError: one of them is no framemd5.
        OSError: one cannot be read.
    """
    found = _compare(_frames(sidecar, stream), _frames(decoded, 0))
    if found.first is None or found.listed == found.decoded:
        return found
    at, surplus = found.first.number, found.listed - found.decoded
    if surplus > 0 and at == found.equal == found.decoded - 1 and found.resized:
        return replace(found, is_gap=True)  # sound that breaks off within a piece
    one, other = _frames(sidecar, stream), _frames(decoded, 0)
    if surplus > 0:
        one = _without(one, at, surplus)
    else:
        other = _without(other, at, -surplus)
    return replace(found, is_gap=_compare(one, other).first is None)


def _compare(one: Iterator[_Placed], other: Iterator[_Placed]) -> Comparison:
    tally = _Tally()
    for pair in zip_longest(one, other):
        tally.take(*pair)
    return tally.comparison()


def _without(frames: Iterator[_Placed], at: int, count: int) -> Iterator[_Placed]:
    """Leave out so many frames from a place on."""
    for number, frame in enumerate(frames):
        if not at <= number < at + count:
            yield frame


def measure(decoded: Path, sample_rate: int) -> Measure:
    """Count what was decoded.

    Raises:
        NotConformantError: it is no framemd5.
        OSError: it cannot be read.
    """
    frames, end, length = 0, Fraction(0), Fraction(0)
    for frame, base in _frames(decoded, 0):
        frames += 1
        end = max(end, (frame.pts + frame.duration) * base)
        length += frame.duration * base
    return Measure(frames, float(end), round(length * sample_rate))


def frame_at(decoded: Path, seconds: float) -> int:
    """Find the number of the frame that is shown at a time."""
    limit = Fraction(seconds) - _NEAR
    return sum(frame.pts * base < limit for frame, base in _frames(decoded, 0))


def heads(decoded: Path) -> list[tuple[int, str]]:
    """Give sizes and digests of the few frames of a short file; none if it is not there."""
    if not decoded.is_file():
        return []
    return [(frame.size, frame.digest) for frame, _ in _frames(decoded, 0)]


class _Tally:
    """Counts pairs of frames."""

    def __init__(self) -> None:
        self._counts = [0, 0]
        self._sizes = [0, 0]
        self._starts: tuple[Fraction, Fraction] | None = None
        self._equal = self._resized = self._late = self._number = 0
        self._shift = Fraction(0)
        self._first: Difference | None = None

    def take(self, one: _Placed | None, other: _Placed | None) -> None:
        """Take a pair; None where one side has ended."""
        for side, each in enumerate((one, other)):
            self._counts[side] += each is not None
            self._sizes[side] += each[0].size if each else 0
        if one and other and one[0].digest == other[0].digest:
            self._equal += 1
            self._time(one, other)
        else:
            self._resized += bool(one and other and one[0].size != other[0].size)
            self._first = self._first or self._difference(one, other)
        self._number += 1

    def _time(self, one: _Placed, other: _Placed) -> None:
        """Compare times from the first pair on: some wrappers begin at another time than zero."""
        times = (one[0].pts * one[1], other[0].pts * other[1])
        self._starts = self._starts or times
        distance = abs(times[0] - self._starts[0] - times[1] + self._starts[1])
        self._late += distance > _NEAR + max(one[1], other[1]) / 2
        self._shift = max(self._shift, distance)

    def _difference(self, one: _Placed | None, other: _Placed | None) -> Difference:
        placed = one or other
        seconds = float(placed[0].pts * placed[1]) if placed else 0.0
        return Difference(
            self._number,
            seconds,
            one[0].digest if one else None,
            other[0].digest if other else None,
        )

    def comparison(self) -> Comparison:
        """Sum it up."""
        return Comparison(
            listed=self._counts[0],
            decoded=self._counts[1],
            equal=self._equal,
            resized=self._resized,
            late=self._late,
            shift=float(self._shift),
            first=self._first,
            sizes=(self._sizes[0], self._sizes[1]),
        )


def _frames(path: Path, stream: int) -> Iterator[_Placed]:
    with path.open("rb") as handle:
        reader = FrameReader(handle)
        base: Fraction | None = None
        for frame in reader:
            if frame.stream == stream:
                if base is None:
                    heading = reader.headings.get(stream)
                    base = heading.time_base if heading else Fraction(1)
                yield frame, base
