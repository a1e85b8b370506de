"""`avpres migrate --prove`: every target decoded again and held against the record; no source."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import humanize

from avpres.adapters.migrating.orders import Job, Made
from avpres.adapters.storage.reading import signature
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import UsageError
from avpres.domain.migration import Outcome
from avpres.domain.premis import EventType
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.migrate import findings
from avpres.services.migrate.records import REVERSIBLE, Recorded, record_of, recorded
from avpres.services.migrate.tally import Tally


def prove(options: MigrateOptions, context: Context) -> Report:
    """Prove a folder of results again, without its sources.

    Raises:
        UsageError: the folder is no result of a migration.
    """
    if options.destination is None:
        raise UsageError("name the folder to prove: avpres migrate --prove OUT")
    out = options.destination.absolute()
    listed = record_of(out)
    report = context.report("migrate")
    with open_ledger(context, options.report) as ledger:
        run = _Run(Tally(options, context, report, ledger), out)
        files, size = _count(listed)
        context.progress.start("prove", size=size, files=files)
        run.prove(listed)
        context.progress.finish()
        run.conclude()
        ledger.close(report)
    return report


class _Run:
    def __init__(self, tally: Tally, out: Path) -> None:
        self._tally = tally
        self._out = out
        self._under_way: dict[int, Recorded] = {}

    def prove(self, listed: Path) -> None:
        """Have workers decode all targets."""
        with closing(self._tally.crew("prove")) as crew:
            for made in crew.work(self._jobs(listed)):
                self._take(self._under_way.pop(made.number), made)

    def _jobs(self, listed: Path) -> Iterator[Job]:
        for number, each in enumerate(recorded(listed), 1):
            path = os.path.join(os.fsencode(self._out), each.path)
            try:
                seen = signature(os.lstat(path))
            except OSError:
                self._note(each, "failed", findings.missing(os.fsdecode(path)))
                continue
            self._under_way[number] = each
            every = self._tally.options.every
            second = every is None or _is_drawn(number, every)
            yield Job(number, path, seen, b"", second, told=tuple(_told(each)))

    def _take(self, each: Recorded, made: Made) -> None:
        if made.outcome is Outcome.OK:
            totals = self._tally.report.totals
            totals.verified_files += 1
            totals.verified_size += each.size
            self._note(each, "proved", None)
            return
        path = os.fsdecode(os.path.join(os.fsencode(self._out), each.path))
        self._note(each, "failed", findings.unproved(path, made))

    def _note(self, each: Recorded, outcome: str, finding: Finding | None) -> None:
        said = finding.message if finding else "as it was recorded"
        path, out = os.fsdecode(each.path), str(self._out)
        row = FileRecord(path, each.size, outcome, destination=out, detail=said)
        self._tally.note(row, finding)

    def conclude(self) -> None:
        """Sum up, and record the event."""
        report, totals = self._tally.report, self._tally.report.totals
        step = self._tally.step([str(self._out)], totals.verified_files)
        detail = "targets of a migration decoded and held against the digests of its record"
        report.events.append(record.examination(report, step, EventType.VALIDATION, detail))
        if not totals.files:
            self._tally.context.note(report, findings.nothing())
            report.summary = "nothing was proved: the record names no target."
            return
        size = humanize.naturalsize(totals.size, binary=True)
        what = f"{totals.files:,} target{'' if totals.files == 1 else 's'}, {size}"
        if totals.failed:
            report.summary = f"{what}: {totals.failed:,} not as recorded, see the findings."
            return
        report.summary = (
            f"{what}: decoded again, and each holds the samples or gives the bytes of its source."
        )


def _count(listed: Path) -> tuple[int, int]:
    files = size = 0
    for each in recorded(listed):
        files, size = files + 1, size + each.size
    return files, size


def _told(each: Recorded) -> Iterator[tuple[str, object]]:
    yield "kind", each.kind
    yield "sha256", each.sha256
    if each.kind in REVERSIBLE:
        yield "source", each.source_sha256
        yield "charset", each.charset
    else:
        yield "pixels", each.pixels


def _is_drawn(number: int, every: int) -> bool:
    return number % every == 0
