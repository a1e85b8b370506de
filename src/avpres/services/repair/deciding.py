"""What check sums do not decide at once is decided by trying: by CRCs, then by the files."""

from collections.abc import Sequence
from functools import partial

from avpres.services.repair.copies import Change, Copy
from avpres.services.repair.copies import Run as Difference
from avpres.services.repair.planning import Plan
from avpres.services.repair.run import Run, prove
from avpres.services.repair.settling import MOST_TRIES, emptied, is_sound, settle, tries
from avpres.services.repair.target import Target
from avpres.services.repair.trying import settle_frames
from avpres.services.reversible.examining import Counts

_WORK = 1 << 36  # bytes that may be read to put one stretch together
_WHOLE_TRIES = 16  # proofs of the whole film


def settle_gaps(target: Target, copies: Sequence[Copy], found: Plan, run: Run) -> list[Difference]:
    """Try what the copies offer where no check sum is right; give what stays open."""
    left: list[Difference] = []
    source = target.source()
    for gap in found.gaps:
        begin, end = gap.begin, gap.end
        most = max(len(copies), min(MOST_TRIES, _WORK // (end - begin)))
        is_right = partial(is_sound, source, begin, end)
        changes = settle(target, copies, gap.runs, is_right, most)
        if changes is None:
            left += gap.runs
            continue
        empty = emptied(target, copies, begin, end, gap.runs)
        places = {each.begin for each in empty}
        run.changes += (each for each in changes if each.begin not in places)
        run.changes += (each for each in empty if each.copy)
    return left


def try_harder(
    target: Target, copies: Sequence[Copy], left: list[Difference], run: Run
) -> Counts | None:
    """Let the files themselves decide, frame by frame, then by proofs of the whole film."""
    before = len(run.changes)
    run.changes += settle_frames(target, copies, run.damaged, left)
    counts = None
    if len(run.changes) > before or not left:
        counts = prove(target.staged, target.path, run)
    if not left or (counts is not None and counts.is_whole):
        return counts
    for number, changes in enumerate(tries(left, len(copies), _WHOLE_TRIES)):
        if number >= _WHOLE_TRIES:
            break
        target.put(copies, changes)
        counts = prove(target.staged, target.path, run)
        if counts.is_whole:
            run.changes += (each for each in changes if each.copy)
            return counts
    target.put(copies, [Change(each.begin, each.end, 0) for each in left])
    return prove(target.staged, target.path, run)
