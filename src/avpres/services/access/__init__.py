"""`avpres access`: copies to look at and to listen to, each held against what was wanted."""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage.locks import held
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile, Chapters
from avpres.domain.report import FileRecord, Report
from avpres.services.access import closing
from avpres.services.access.chapters import split
from avpres.services.access.items import items_of
from avpres.services.context import Context
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.viewing import findings
from avpres.services.viewing.item import Item
from avpres.services.viewing.making import Made, Maker
from avpres.services.viewing.pace import Pace
from avpres.services.viewing.preparing import maker_of

__all__ = ["access"]


@dataclass(slots=True)
class _Run:
    """What the copies of one run share."""

    options: AccessOptions
    context: Context
    report: Report
    ledger: Ledger
    maker: Maker
    stop: threading.Event
    made: list[Made] = field(default_factory=list)


def access(options: AccessOptions, context: Context) -> Report:
    """Make a copy of each source; what is wrong with one never stops the others.

    Run it again after an interruption, or when there are more sources: copies that are there are
    known by the record beside them, and their digest, and are left as they are.

    Raises:
        UsageError: options do not go together, a profile or watermark cannot be read.
        SourceUnreadableError: a source is not there.
        ToolMissingError: ffmpeg is not here, or lacks what the profile needs.
        DestinationExistsError: a report is there already.
        DestinationRefusedError: the state folder cannot be written.
    """
    report = context.report("access")
    ffmpeg = find_ffmpeg(context.site.tools.configured)
    stop = threading.Event()
    maker = maker_of(options, ffmpeg, context, stop)
    profile = maker.deciding.profile
    report.agents.append(ffmpeg.agent)
    with open_ledger(context, options.report) as ledger:
        run = _Run(options, context, report, ledger, maker, stop)
        items = _items(run, profile)
        report.facts["profile"] = profile.name
        with _alone(options, context, items):
            _make_all(run, items)
        closing.conclude(report, run.made, context, dry_run=options.dry_run)
        if not options.dry_run:
            ledger.close(report)
    return report


def _items(run: _Run, profile: AccessProfile) -> list[Item]:
    def skipped(path: str, reason: str) -> None:
        run.report.totals.skipped += 1
        run.context.note(run.report, findings.skipped(path, reason))

    def on_error(path: str, error: OSError) -> None:
        run.report.totals.failed += 1
        run.context.note(run.report, findings.unreadable(path, error))

    run.context.progress.start("scan")
    items = items_of(run.options, profile, on_skipped=skipped, on_error=on_error)
    if run.options.chapters is Chapters.SPLIT:
        deciding = run.maker.deciding
        items = list(split(items, profile, deciding.ffmpeg, deciding.watch))
    run.context.progress.finish()
    run.report.totals.files = len(items)
    run.report.totals.size = sum(item.size for item in items)
    if not items:
        run.context.note(run.report, findings.nothing())
    return items


@contextmanager
def _alone(options: AccessOptions, context: Context, items: Sequence[Item]) -> Iterator[None]:
    """Keep other runs from making the same copies at the same time."""
    if options.dry_run:
        yield
        return
    folder = Path(os.path.abspath(options.destination))
    names = [os.path.relpath(os.fsencode(item.target), os.fsencode(folder)) for item in items]
    with held(context.state_dir, folder, names):
        yield


def _make_all(run: _Run, items: Sequence[Item]) -> None:
    totals = run.report.totals
    pace = Pace(run.context.progress, totals.size, len(items))
    try:
        for made in _each(run, items, pace):
            _take(run, made)
    finally:
        pace.close()


def _each(run: _Run, items: Sequence[Item], pace: Pace) -> Iterator[Made]:
    """Make copies one after the other, or several at once; they are told as they are ready."""
    if run.options.jobs == 1:
        for item in items:
            with pace.of(item) as follower:
                yield run.maker.make(item, follower)
        return

    def work(item: Item) -> Made:
        with pace.of(item) as follower:
            return run.maker.make(item, follower)

    with ThreadPoolExecutor(run.options.jobs, thread_name_prefix="access") as pool:
        pending: set[Future[Made]] = set()
        try:
            for item in items:
                pending.add(pool.submit(work, item))
                if len(pending) >= 2 * run.options.jobs:
                    ready, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in ready)
            yield from (each.result() for each in pending)
        except BaseException:
            run.stop.set()
            for each in pending:
                each.cancel()
            raise


def _take(run: _Run, made: Made) -> None:
    for finding in made.found:
        run.context.note(run.report, finding)
    closing.count(run.report, made)
    run.made.append(made)
    run.ledger.add([record(made)])


def record(made: Made) -> FileRecord:
    """Write the line of one copy in the records of the run."""
    outcome = "copied" if made.outcome == "made" else made.outcome
    return FileRecord(
        path=made.item.shown,
        size=made.item.size,
        outcome=outcome,
        digests=made.copy.digests if made.copy else (),
        destination=str(made.item.target),
        detail=made.command,
    )
