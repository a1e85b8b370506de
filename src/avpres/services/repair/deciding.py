"""What check sums do not decide at once is decided step by step: by CRCs, then by the files."""

from avpres.adapters.matroska import ids
from avpres.services.repair.choosing import ways
from avpres.services.repair.frames import settle_clusters
from avpres.services.repair.planning import Plan
from avpres.services.repair.records import settle_records
from avpres.services.repair.run import Run, prove
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.structure import settle_elements
from avpres.services.repair.target import Target
from avpres.services.repair.trying import settle_frames
from avpres.services.reversible.examining import Counts

_WHOLE_TRIES = 16  # proofs of the whole film


def settle_gaps(sheet: Sheet, found: Plan, run: Run) -> None:
    """Answer what no copy's check sums answer alone; what stays open is what looks likeliest."""
    opened = settle_clusters(sheet, settle_elements(sheet, found.gaps))
    run.opened = settle_records(sheet, opened)
    run.changes += sheet.changes


def try_harder(target: Target, sheet: Sheet, run: Run) -> Counts | None:
    """Let the files themselves decide, frame by frame, then by proofs of the whole film."""
    before = len(sheet.changes)
    settle_frames(target, sheet, run.damaged)
    run.changes += sheet.changes[before:]
    counts = None
    if len(sheet.changes) > before or not sheet.left():
        counts = prove(target.staged, target.path, run)
    if (counts is not None and counts.is_whole) or not _is_worth(sheet, run):
        return counts
    for choice in ways(sheet, sheet.left(), _WHOLE_TRIES):
        sheet.try_out(choice)
        counts = prove(target.staged, target.path, run)
        if counts.is_whole:
            before = len(sheet.changes)
            sheet.settle(choice)
            run.changes += sheet.changes[before:]
            return counts
    sheet.close()
    return prove(target.staged, target.path, run)


def _is_worth(sheet: Sheet, run: Run) -> bool:
    """Say whether the questions that are left can be what is wrong with the film."""
    blocks = (each.block for each in run.damaged if each.block is not None)
    return bool(sheet.left()) and (
        any(each.id != ids.CLUSTER for each in run.opened)
        or all(sheet.within(block.offset, block.offset + block.size) for block in blocks)
    )
