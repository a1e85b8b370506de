"""One film repaired: compared with its copies, put together, proved, and named or not."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import humanize
import numpy as np

from avpres.adapters.matroska.source import CHUNK, Source
from avpres.adapters.storage import locks
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    SourceUnreadableError,
)
from avpres.domain.report import Output
from avpres.services.repair import findings
from avpres.services.repair.copies import Copy, opened
from avpres.services.repair.deciding import settle_gaps, try_harder
from avpres.services.repair.planning import Plan, plan
from avpres.services.repair.recording import record_proof, record_repair
from avpres.services.repair.run import Outcome, Run, prove
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.target import Target
from avpres.services.reversible.examining import Counts


def repair_one(paths: Sequence[Path], path: Path, run: Run) -> None:
    """Make a whole film of the first of some copies, under a new name, and prove it.

    Raises:
        SourceUnreadableError: a copy cannot be read.
        NotConformantError: they are not copies of one film.
        DestinationExistsError: something else bears the name of the new film.
        DestinationRefusedError: the destination is full or cannot be written, or is in use.
    """
    state = run.context.state_dir
    try:
        with locks.held(state, path.parent, [os.fsencode(path.name)]), opened(paths) as copies:
            run.context.progress.start("compare", size=sum(each.source.size for each in copies))
            found = plan(copies, lambda size: run.context.progress.advance(size=size))
            run.context.progress.finish()
            if os.path.lexists(path):
                _stay(copies, path, run)
            elif found.changes or found.gaps:
                _mend(copies, found, path, run)
            else:
                _leave(paths[0], run)
    except OSError as error:
        place = os.fsdecode(error.filename or path)
        text = f"{place}: {(error.strerror or str(error)).lower()}; mend that and run again"
        if place in map(str, paths):
            raise SourceUnreadableError(text) from error
        raise DestinationRefusedError(text) from error


def _leave(film: Path, run: Run) -> None:
    """Prove the film as it is, since the copies have nothing else."""
    started = run.context.clock()
    counts = prove(film, film, run)
    run.tell()
    told = findings.nothing if counts.is_whole else findings.alike
    run.note(told(os.fsencode(film)))
    run.outcome = Outcome.WHOLE if counts.is_whole else Outcome.FAILED
    record_proof(film, counts, started, run)
    run.report.summary = f"nothing was written: {counts.sentence}"


def _stay(copies: Sequence[Copy], path: Path, run: Run) -> None:
    """Prove a film that an earlier run has made of these copies."""
    started = run.context.clock()
    if not path.is_file() or not _is_of(path, copies):
        raise DestinationExistsError(f"{path} is there already and was left as it is")
    counts = prove(path, path, run)
    if not counts.is_whole:
        raise DestinationExistsError(
            f"{path} is there already and is not whole; move it away and run again"
        )
    run.tell()
    run.note(findings.there(os.fsencode(copies[0].path), path))
    run.outcome = Outcome.THERE
    record_proof(path, counts, started, run)
    run.report.summary = f"{path.name} is there already: {counts.sentence}"


def _is_of(path: Path, copies: Sequence[Copy]) -> bool:
    """Say whether every stretch of a film stands in one of the copies, but for Voids of zeros."""
    with path.open("rb") as handle:
        source = Source(handle)
        if source.size != max(copy.source.size for copy in copies):
            return False
        for at in range(0, source.size, CHUNK):
            data = source.read(at, CHUNK)
            others = [copy.source.read(at, CHUNK) for copy in copies]
            if data not in others and not _is_mixed(data, others):
                return False
    return True


def _is_mixed(data: bytes, others: Sequence[bytes]) -> bool:
    values = np.frombuffer(data, np.uint8)
    is_there = values == 0  # of a Void
    for other in others:
        is_there |= values == np.frombuffer(other.ljust(len(data), b"\0"), np.uint8)
    return bool(is_there.all())


def _mend(copies: Sequence[Copy], found: Plan, path: Path, run: Run) -> None:
    """Write the new film, settle what can be settled, prove it, and name it or not."""
    started, progress = run.context.clock(), run.context.progress
    _require_room(path, found.size)
    with Target(path) as target:
        progress.start("write", size=found.size)
        target.fill(copies[0], found.size, lambda size: progress.advance(size=size))
        target.put(copies, found.changes)
        progress.finish()
        run.changes = list(found.changes)
        sheet = Sheet(target, copies, (each for gap in found.gaps for each in gap.runs))
        settle_gaps(sheet, found, run)
        counts = prove(target.staged, path, run)
        if sheet.left() and not counts.is_whole:
            counts = try_harder(target, sheet, run) or counts
        run.changes += sheet.undecided()
        target.flush()
        run.tell()
        _publish(target, copies, counts, run)
    record_repair(copies, path, counts, started, run)


def _publish(target: Target, copies: Sequence[Copy], counts: Counts, run: Run) -> None:
    film = os.fsencode(copies[0].path)
    size = humanize.naturalsize(counts.size, binary=True)
    if not counts.is_whole:
        kept = target.keep_as_failed()
        are_whole = counts.proved == counts.files > 0
        run.note(findings.failed(film, kept, are_files_whole=are_whole))
        run.outcome = Outcome.FAILED
        run.report.outputs.append(Output(kind="failed", path=str(kept)))
        run.report.summary = f"the film could not be made whole: {counts.sentence}"
        return
    try:
        target.name()
    except FileExistsError as error:
        raise DestinationExistsError(f"{target.path} has come meanwhile") from error
    run.outcome = Outcome.REPAIRED
    run.report.outputs.append(Output(kind="film", path=str(target.path)))
    taken = sum(each.end - each.begin for each in run.changes)
    taken_words = f"{taken:,} byte{'' if taken == 1 else 's'} taken from other copies"
    run.report.summary = (
        f"{taken_words}; {counts.files:,} files, {size}, come back "
        f"from {target.path.name}: every one matches its digests."
    )


def _require_room(path: Path, size: int) -> None:
    with suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        if free < size:
            need = humanize.naturalsize(size, binary=True)
            raise DestinationRefusedError(
                f"{path.parent} has not the {need} that the new film needs; name another OUT"
            )
