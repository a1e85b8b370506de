"""`avpres verify`: hold trees and files against the manifests that speak of them."""

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from avpres.adapters.formats.report_json import read_json_lines, write_json_lines
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.fixity.scratch import forget, open_scratch
from avpres.services.verify import closing, findings
from avpres.services.verify.check import check
from avpres.services.verify.judge import Teller
from avpres.services.verify.targets import Target, target_of

__all__ = ["verify"]


@dataclass(slots=True)
class _Run:
    """What the targets of one run share. Several volumes are read at once, one tells at a time."""

    options: VerifyOptions
    context: Context
    report: Report
    records: BinaryIO
    tally: closing.Tally = field(default_factory=closing.Tally)
    finished: list[Path] = field(default_factory=list)
    telling: threading.Lock = field(default_factory=threading.Lock)


def verify(options: VerifyOptions, context: Context) -> Report:
    """Verify every path against its manifests, reading each file once from the medium.

    One path that cannot be verified never stops the others. Run it again after an interruption:
    what was verified and has not changed since is not read again. Nothing is written to a tree,
    and no recorded digest is ever replaced.

    Raises:
        UsageError: a report file cannot be written where it is asked for.
        DestinationRefusedError: the state folder is full or cannot be written.
    """
    for path in options.report:
        record.check_report_path(path)
    report = context.report("verify")
    with ExitStack() as stack:
        context.state_dir.mkdir(parents=True, exist_ok=True)
        spool = stack.enter_context(tempfile.TemporaryFile(dir=context.state_dir))
        records = cast("BinaryIO", spool)
        run = _Run(options, context, report, records)
        _verify_all(run, list(_targets(run)))
        report.ended = context.clock()
        closing.fill(report, run.tally)
        report.totals.seconds = (report.ended - report.started).total_seconds()
        _write_records(run)
    for file in run.finished:
        forget(file)
    return report


def _targets(run: _Run) -> Iterator[Target]:
    options = run.options
    for path in options.paths:
        try:
            yield target_of(path, options.manifest, tape=options.lto)
        except AvpresError as error:
            _refuse(run, path, str(error), error.exit_code)
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); mend that and run it again"
            _refuse(run, path, reason, ExitCode.SOURCE_UNREADABLE)


def _refuse(run: _Run, path: Path, reason: str, exit_code: ExitCode) -> None:
    with run.telling:
        run.context.note(run.report, findings.refused(path, reason, exit_code))


def _verify_all(run: _Run, targets: Sequence[Target]) -> None:
    """Verify the targets of each volume in turn, and different volumes at once."""
    volumes: dict[str, list[Target]] = {}
    for target in targets:
        volumes.setdefault(target.tree.volume.identity, []).append(target)
    if len(volumes) <= 1:
        _verify_each(run, targets)
        return
    with ThreadPoolExecutor(len(volumes), thread_name_prefix="volume") as pool:
        for future in [pool.submit(_verify_each, run, group) for group in volumes.values()]:
            future.result()


def _verify_each(run: _Run, targets: Iterable[Target]) -> None:
    for target in targets:
        try:
            _verify_one(run, target)
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); mend that and run it again"
            _refuse(run, target.path, reason, ExitCode.SOURCE_UNREADABLE)


def _verify_one(run: _Run, target: Target) -> None:
    options, context = run.options, run.context
    folder, started = context.state_dir / "verify", context.clock()
    key = _key(target, options)
    with open_scratch(folder, key, now=started, restart=options.restart) as scratch:
        checked = check(target, scratch, options, context)
        with run.telling:
            teller = Teller(checked, scratch, options, context, run.report)
            write_json_lines(run.records, teller.tell())
            teller.conclude(started)
            run.tally.merge(teller.tally)
        run.finished.append(scratch.file)


def _key(target: Target, options: VerifyOptions) -> Iterator[bytes]:
    yield b"verify"
    yield os.path.abspath(os.fsencode(target.path))
    yield from sorted(os.path.abspath(os.fsencode(path)) for path in options.manifest)


def _write_records(run: _Run) -> None:
    """Write the run's own records, then the reports that were asked for."""
    report, context = run.report, run.context
    folder = record.record_folder(report, context.state_dir)
    report.outputs += record.write_records(report, _records(run), folder=folder)
    for path in run.options.report:
        report.outputs.append(record.write_report_file(path, report, _records(run)))


def _records(run: _Run) -> Iterator[FileRecord]:
    run.records.seek(0)
    return read_json_lines(run.records)
