"""`avpres repair`: one whole film of several damaged copies, proved before it gets its name."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import humanize

from avpres.adapters.storage import locks
from avpres.config.repair import RepairOptions
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.report import Output, Report
from avpres.services.context import Context
from avpres.services.fixity.presence import require
from avpres.services.ledger import open_ledger
from avpres.services.repair import findings
from avpres.services.repair.copies import Copy, opened
from avpres.services.repair.deciding import settle_gaps, try_harder
from avpres.services.repair.planning import Plan, plan
from avpres.services.repair.recording import record_proof, record_repair
from avpres.services.repair.run import Run, prove
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.target import Target
from avpres.services.reversible.examining import Counts

__all__ = ["repair"]

_ENDING = ".repaired.mkv"


def repair(options: RepairOptions, context: Context) -> Report:
    """Put a film together from copies of it, and prove that it gives every file back.

    Raises:
        SourceUnreadableError: a copy is not there or cannot be read.
        UsageError: a copy is named twice, or is no file.
        NotConformantError: they are not copies of one film.
        DestinationExistsError: something bears the name of the new film.
        DestinationRefusedError: the destination is full or cannot be written.
    """
    report = context.report("repair")
    paths = _copies(options)
    path = _destination(options, paths[0])
    with open_ledger(context, options.report) as ledger:
        with locks.held(context.state_dir, path.parent, [os.fsencode(path.name)]):
            _repair(paths, path, Run(options, context, report, ledger))
        ledger.close(report)
    return report


def _copies(options: RepairOptions) -> list[Path]:
    paths = [Path(os.path.abspath(require(each))) for each in (options.film, *options.copies)]
    for number, each in enumerate(paths):
        if not each.is_file():
            raise UsageError(f"{each} is no file; name the films, which end in .mkv")
        if any(each.samefile(other) for other in paths[:number]):
            raise UsageError(f"{each} is named twice; a copy that is another file is needed")
    return paths


def _destination(options: RepairOptions, film: Path) -> Path:
    given = options.destination
    if given is None:
        path = film.with_name(f"{film.stem}{_ENDING}")
    elif given.is_dir():
        path = given / film.name
    else:
        path = given
    path = Path(os.path.abspath(path))
    if os.path.lexists(path):
        raise DestinationExistsError(f"{path} is there already and was left as it is")
    if not path.parent.is_dir():
        raise DestinationRefusedError(f"{path.parent} is no folder; make it first")
    return path


def _repair(paths: Sequence[Path], path: Path, run: Run) -> None:
    try:
        with opened(paths) as copies:
            run.context.progress.start("compare", size=sum(each.source.size for each in copies))
            found = plan(copies, lambda size: run.context.progress.advance(size=size))
            run.context.progress.finish()
            if found.changes or found.gaps:
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
    record_proof(film, counts, started, run)
    run.report.summary = f"nothing was written: {counts.sentence}"


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
        run.note(findings.failed(film, kept))
        run.report.outputs.append(Output(kind="failed", path=str(kept)))
        run.report.summary = f"the film could not be made whole: {counts.sentence}"
        return
    try:
        target.name()
    except FileExistsError as error:
        raise DestinationExistsError(f"{target.path} has come meanwhile") from error
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
