"""Copies of one film, and where they differ."""

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.reading import MatroskaFile
from avpres.adapters.matroska.source import CHUNK, Source
from avpres.adapters.storage import medium
from avpres.domain.errors import NotConformantError

NEAR = 64  # equal bytes that end a difference, where it does not matter whose they are
_BEGINNING = 4096  # bytes; SeekHead, Info and Tracks
_UNLIKE = "is no copy of the same film: where the check sums of both are right, they differ"


class Run(NamedTuple):
    """Bytes in which copies differ."""

    begin: int
    end: int


class Change(NamedTuple):
    """Bytes that are taken from another copy than the first, by its number."""

    begin: int
    end: int
    copy: int


@dataclass(slots=True)
class Copy:
    """One copy.

    Attributes:
        source: its bytes, each where it stands in the film.
        sound: begins, ends and check sums of the elements that these vouch for.
        holes: stretches of the film that it lacks.
    """

    path: Path
    source: Source
    sound: "array[int]" = field(default_factory=lambda: array("Q"))
    holes: list[Run] = field(default_factory=list)

    def lacks(self, begin: int, end: int) -> bool:
        """Say whether it has nothing of a stretch."""
        return any(hole.begin <= begin and end <= hole.end for hole in self.holes)

    def vouch(self, advance: Callable[[int], object], most: int | None = None) -> None:
        """Compute all check sums of the copy anew, or those of elements that end before a place."""
        try:
            checks = MatroskaFile(self.source).check_crcs(advance)
        except MatroskaError:
            return  # nothing vouches for a byte of it
        end = 0
        for check in checks:
            if most is not None and check.offset + check.size > most:
                return
            if check.stated is not None and not check.is_wrong and check.offset >= end:
                end = check.offset + check.size
                self.sound.extend((check.offset, end, check.stated))

    def numbered(self, number: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield begin, the number given, end and check sum of what is sound."""
        values = iter(self.sound)
        for begin, end, crc in zip(values, values, values, strict=True):
            yield begin, number, end, crc


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[list[Copy]]:
    """Open copies, past what memory holds of them.

    Raises:
        OSError: one cannot be read.
    """
    with ExitStack() as stack:
        found = []
        for path in paths:
            handle = stack.enter_context(path.open("rb"))
            source = Source(handle)
            medium.evict(handle.fileno(), source.size)
            found.append(Copy(path, source))
        yield found


def vouched(copies: Sequence[Copy]) -> Iterator[tuple[int, int, int]]:
    """Yield begin, end and the number of the first copy for each element that one vouches for.

    Raises:
        NotConformantError: two copies vouch for different bytes in one place.
    """
    numbered = [copy.numbered(number) for number, copy in enumerate(copies)]
    last = (0, 0, 0)
    for begin, number, end, crc in heapq.merge(*numbered):
        if begin >= last[1]:
            last = begin, end, crc
            yield begin, end, number
        elif (begin, end) == last[:2] and crc != last[2]:
            raise NotConformantError(f"{copies[number].path} {_UNLIKE}")


def require_alike(copies: Sequence[Copy]) -> None:
    """Refuse what is no copy, by the first elements, which no missing block has moved.

    Raises:
        NotConformantError: two copies are sound there and differ.
    """
    for copy in copies:
        copy.vouch(lambda _size: None, _BEGINNING)
    for _ in vouched(copies):
        pass
    for copy in copies:
        del copy.sound[:]


def differences(
    one: Source, other: Source, begin: int, end: int, near: int = NEAR
) -> Iterator[Run]:
    """Yield where two copies differ; what one of them lacks differs too."""
    last: Run | None = None
    for at in range(begin, end, CHUNK):
        for run in _runs(one, other, at, min(CHUNK, end - at), near):
            if last is not None and run.begin - last.end <= near:
                last = Run(last.begin, run.end)
                continue
            if last is not None:
                yield last
            last = run
    if last is not None:
        yield last


def _runs(one: Source, other: Source, at: int, size: int, near: int) -> Iterator[Run]:
    left, right = one.read(at, size), other.read(at, size)
    if left == right and len(left) == size:
        return
    both = min(len(left), len(right))
    unlike = np.frombuffer(left, np.uint8, both) != np.frombuffer(right, np.uint8, both)
    places = np.flatnonzero(unlike)
    if len(places):
        breaks = np.flatnonzero(np.diff(places) > near + 1)
        begins = places[np.concatenate(([0], breaks + 1))]
        ends = places[np.concatenate((breaks, [len(places) - 1]))]
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            yield Run(at + begin, at + end + 1)
    if both < size:
        yield Run(at + both, at + size)


def joined(runs: Iterable[Run], near: int = NEAR) -> list[Run]:
    """Join differences that overlap or lie close together."""
    found: list[Run] = []
    for run in sorted(runs):
        if found and run.begin - found[-1].end <= near:
            found[-1] = Run(found[-1].begin, max(found[-1].end, run.end))
        else:
            found.append(run)
    return found
