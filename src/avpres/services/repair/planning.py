"""What of a film is taken from which copy, and what no check sum decides."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from avpres.domain.errors import NotConformantError
from avpres.services.repair.aligning import align
from avpres.services.repair.copies import (
    Change,
    Copy,
    Run,
    differences,
    joined,
    require_alike,
    vouched,
)

_NEAR = (0, 4096)  # equal bytes between two differences that are told apart
_MOST = 100_000  # differences in one stretch


@dataclass(slots=True)
class Gap:
    """A stretch that no copy vouches for, with the places in it where copies differ."""

    begin: int
    end: int
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What is to be done. `size` is that of the new film; `changes` are sure."""

    size: int
    changes: list[Change] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def plan(copies: Sequence[Copy], advance: Callable[[int], object]) -> Plan:
    """Compare the copies, the first of which is to be repaired.

    Raises:
        NotConformantError: they are not copies of one film.
        OSError: one cannot be read.
    """
    require_alike(copies)
    align(copies)
    for copy in copies:
        copy.vouch(advance)
    first = copies[0].source
    found = Plan(max(copy.source.size for copy in copies))
    for copy in copies:
        if copy.source.size < found.size:
            copy.holes.append(Run(copy.source.size, found.size))
    for begin, end, number in _stretches(copies, found.size):
        if number is None:
            runs = _disputed(copies, begin, end)
            if runs:
                found.gaps.append(Gap(begin, end, runs))
        elif number:
            runs = joined(differences(first, copies[number].source, begin, end))
            found.changes += (Change(run.begin, run.end, number) for run in runs)
    return found


def _stretches(copies: Sequence[Copy], size: int) -> Iterator[tuple[int, int, int | None]]:
    """Divide the film into what a copy vouches for, and what lies between."""
    at = 0
    for begin, end, number in vouched(copies):
        if begin > at:
            yield at, begin, None
        yield begin, end, number
        at = end
    if at < size:
        yield at, size, None


def _disputed(copies: Sequence[Copy], begin: int, end: int) -> list[Run]:
    """List the differences byte by byte; in large damage those that lie close together as one."""
    first = copies[0].source
    for near in _NEAR:
        runs = joined(
            (
                run
                for copy in copies[1:]
                for run in islice(differences(first, copy.source, begin, end, near), _MOST)
            ),
            near,
        )
        if len(runs) < _MOST:
            return runs
    raise NotConformantError("the copies differ nearly everywhere: they are not one film, or lost")
