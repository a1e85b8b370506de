"""Bytes that no check sum decides at once: what the copies offer is tried, until one is right."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

from avpres.adapters.matroska import heads, ids
from avpres.adapters.matroska.checking import CrcChecker
from avpres.adapters.matroska.ebml import LONGEST_HEADER, header
from avpres.adapters.matroska.source import Source
from avpres.adapters.matroska.walking import Element
from avpres.services.repair.copies import Change, Copy, Run, joined
from avpres.services.repair.target import Target

MOST_TRIES = 4096  # ways to put together one stretch
_DISTANCES = (1 << 30, 1 << 16, 4096, 512, 64, 8, 0)  # bytes; damage comes in blocks of a medium

_LONGEST = 1 << 20  # bytes that are looked at in a Void
_EBML = b"\x1a\x45\xdf\xa3"


def tries(runs: Sequence[Run], copies: int, most: int = MOST_TRIES) -> Iterator[list[Change]]:
    """Yield ways to take each difference from a copy: all from one first, then ever finer."""
    seen = -1
    for distance in _DISTANCES:
        groups = joined(runs, distance) if distance else list(runs)
        if len(groups) == seen:
            continue
        seen = len(groups)
        if copies**seen > most:
            return
        for choice in islice(product(range(copies), repeat=seen), most):
            yield [
                Change(run.begin, run.end, choice[place])
                for place, group in enumerate(groups)
                for run in runs
                if group.begin <= run.begin < group.end
            ]


def settle(
    target: Target,
    copies: Sequence[Copy],
    runs: Sequence[Run],
    is_right: Callable[[], bool],
    most: int = MOST_TRIES,
) -> list[Change] | None:
    """Put bytes of the copies in until they are right; None, and the first copy's, if none are."""
    for changes in tries(runs, len(copies), most):
        target.put(copies, changes)
        if is_right():
            return [each for each in changes if each.copy]
    target.put(copies, [Change(run.begin, run.end, 0) for run in runs])
    return None


def is_sound(source: Source, begin: int, end: int) -> bool:
    """Say whether a stretch holds elements of Matroska and nothing else, each with its CRC right.

    Of the beginning of a film, the EBML header must be the one that avpres writes.
    """
    at = begin
    if at == 0:
        at = _behind_head(source)
        if not at:
            return False
    while at < end:
        head = header(source.read(at, LONGEST_HEADER))
        if head is None or head.size < 0 or at + head.length + head.size > end:
            return False
        data = at + head.length
        after = data + head.size
        if head.id in ids.LEVEL_1:
            checks = CrcChecker(source).element(Element(head.id, at, data, after))
            first = next(checks)
            if first.stated is None or first.is_wrong:
                return False
        elif head.id != ids.VOID:
            return False
        at = after
    return at == end


def _behind_head(source: Source) -> int:
    """Say where the segment's data begin; 0 when the head is not sound."""
    written = heads.ebml_head()
    if source.read(0, len(written)) != written:
        return 0
    head = header(source.read(len(written), LONGEST_HEADER))
    if head is None or head.id != ids.SEGMENT:
        return 0
    data = len(written) + head.length
    end = data + head.size
    is_end = end == source.size or source.read(end, len(_EBML)) == _EBML  # version 2 follows
    return data if is_end else 0


def emptied(
    target: Target, copies: Sequence[Copy], begin: int, end: int, runs: Sequence[Run]
) -> list[Change]:
    """Put zeros into Voids where a copy has them: a sound film has nothing else there."""
    source = target.source()
    at = begin or _behind_head(source)
    changes: list[Change] = []
    while at < end:
        head = header(source.read(at, LONGEST_HEADER))
        if head is None or head.size < 0:
            break
        data, after = at + head.length, at + head.length + head.size
        if head.id == ids.VOID:
            inside = [run for run in runs if data <= run.begin and run.end <= after]
            changes += (Change(*run, _empty(copies, run)) for run in inside)
        at = after
    target.put(copies, changes)
    return changes


def _empty(copies: Sequence[Copy], run: Run) -> int:
    """Give the first copy that has zeros at a place, else the first of all."""
    size = min(run.end - run.begin, _LONGEST)
    for number, copy in enumerate(copies):
        if copy.source.read(run.begin, size) == bytes(size):
            return number
    return 0
