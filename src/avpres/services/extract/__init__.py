"""`avpres extract`: files out of a package, each proved by what the package records of it."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import humanize

from avpres.adapters.storage.locks import held as locked
from avpres.config.extract import ExtractOptions
from avpres.domain.errors import DestinationRefusedError, SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.premis import EventType
from avpres.domain.report import FileRecord, Finding, Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.extract import findings, folders
from avpres.services.extract.bringing import Bringing
from avpres.services.extract.listing import Held, Kind, Listing, open_listing
from avpres.services.extract.picking import Picking
from avpres.services.extract.publishing import Publishing, TakenError
from avpres.services.extract.source import Source
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.packing.placing import Placed
from avpres.services.packing.room import require_room

__all__ = ["extract"]


@dataclass(slots=True)
class _Run:
    """What the steps of one run share."""

    options: ExtractOptions
    context: Context
    report: Report
    ledger: Ledger
    listing: Listing
    source: Source
    publishing: Publishing
    began: datetime
    failed: int = 0
    evidence: dict[Evidence, int] = field(default_factory=dict)

    def fail(self, finding: Finding, held: Held, outcome: str = "failed") -> None:
        """Note why a file was not taken out."""
        self.context.note(self.report, finding)
        self.failed += 1
        self.report.totals.failed += 1
        self.ledger.add([FileRecord(findings.what(held), held.size, outcome, held.digests)])


def extract(options: ExtractOptions, context: Context) -> Report:
    """Take files out of a package or container, and prove each of them.

    Run it again after an interruption: what is there and equal is left. Only what is wanted is
    read of a folder, and of an uncompressed tar; of a tar with its index not even the rest's
    names.

    Raises:
        AvpresError: the command as a whole cannot be done.
    """
    _check(options)
    report = context.report("extract")
    note = partial(context.note, report)
    with (
        _refusals(options),
        open_ledger(context, options.report) as ledger,
        open_listing(context.state_dir / "extract") as listing,
        _stage(options, context) as stage,
    ):
        source = Source(options.package, listing, note, stage / "lists")
        context.progress.start("scan")
        source.load(options.index)
        context.progress.finish()
        publishing = Publishing(Path(os.path.abspath(options.destination)))
        run = _Run(options, context, report, ledger, listing, source, publishing, context.clock())
        _pick(run)
        _bring(run, stage / "files")
        folders.make(listing, publishing, note)
        _conclude(run)
        ledger.close(report)
    return report


def _check(options: ExtractOptions) -> None:
    package, destination = options.package, options.destination
    if not package.exists():
        raise SourceUnreadableError(f"{package}: is not there; name a folder or a container")
    if bool(options.paths) == options.all:
        raise UsageError(
            "name what to take out, or everything with --all: avpres extract PKG PATH... DEST"
        )
    if os.path.lexists(destination) and not destination.is_dir():
        raise UsageError(f"{destination}: is no folder; name the folder to extract to")
    inner, outer = os.path.realpath(destination), os.path.realpath(package)
    if package.is_dir() and (inner + os.sep).startswith(outer + os.sep):
        raise UsageError(f"{destination}: lies in the package; choose another folder")


@contextlib.contextmanager
def _refusals(options: ExtractOptions) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DestinationRefusedError(
            f"{options.destination}: {reason.lower()}; mend that and run the same command again"
        ) from error


@contextlib.contextmanager
def _stage(options: ExtractOptions, context: Context) -> Iterator[Path]:
    """Hold the stage of this package in the destination; it is gone with the run."""
    destination = Path(os.path.realpath(options.destination))
    key = hashlib.sha256(os.fsencode(os.path.realpath(options.package))).hexdigest()[:16]
    stage = destination / f".avpres-extract-{key}.part"
    is_new = not destination.exists()
    destination.mkdir(parents=True, exist_ok=True)
    with locked(context.state_dir, destination, [os.fsencode(stage.name)]):
        if os.path.lexists(stage):
            shutil.rmtree(stage)
        stage.mkdir()
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            if is_new:
                with contextlib.suppress(OSError):
                    destination.rmdir()  # nothing came


def _pick(run: _Run) -> None:
    picking = Picking(run.listing, run.source.lore, run.context, run.report)
    if run.options.all:
        picking.all()
    else:
        picking.words(run.options.paths)
    run.report.totals.files, run.report.totals.size = run.listing.totals()
    for held in list(run.listing.picked("kind = 'missing'")):
        run.fail(findings.missing(findings.what(held)), held)
        run.listing.drop(held.path)
    for held in list(run.listing.picked("kind IN ('link', 'other')")):
        run.fail(findings.link(findings.what(held)), held)
        run.listing.drop(held.path)
    for held in run.listing.picked("kind = 'file' AND digests = ''"):
        run.fail(findings.unlisted(findings.what(held)), held)
        run.listing.drop(held.path)
    _leave_what_is_there(run)


def _leave_what_is_there(run: _Run) -> None:
    for held in run.listing.picked():
        try:
            if not run.publishing.is_there(held):
                continue
            run.report.totals.already_there += 1
            path, outcome = findings.what(held), "already there"
            run.ledger.add([FileRecord(path, held.size, outcome, held.digests)])
        except TakenError:
            run.fail(findings.exists(os.fsdecode(held.target)), held)
        run.listing.drop(held.path)


def _bring(run: _Run, stage: Path) -> None:
    files, size = run.listing.totals()
    if not files:
        return
    require_room(stage.parent, size)
    bringing = Bringing(run.source, run.listing, stage, run.context, run.options.jobs)
    for placed in bringing.bring():
        _settle(run, placed, stage)
    run.publishing.flush()


def _settle(run: _Run, placed: Placed, stage: Path) -> None:
    """Give a proved file its name, or tell why it has none."""
    held: Held = placed.wanted.key  # type: ignore[assignment]
    path = findings.what(held)
    run.listing.drop(held.path)
    if placed.fault is not None:
        run.fail(findings.faulty(placed, path), held)
        return
    try:
        run.publishing.publish(stage, held)
    except TakenError:
        run.fail(findings.exists(os.fsdecode(held.target)), held)
    except OSError as error:
        run.fail(findings.refused(os.fsdecode(held.target), error.strerror or str(error)), held)
    else:
        if held.kind is Kind.MANIFEST and not held.digests:
            run.context.note(run.report, findings.manifest(path))
        _count(run, placed, path)


def _count(run: _Run, placed: Placed, path: str) -> None:
    totals = run.report.totals
    totals.copied_files += 1
    totals.copied_size += placed.size
    totals.verified_files += 1
    totals.verified_size += placed.size
    kind = placed.evidence or Evidence.UNKNOWN
    run.evidence[kind] = run.evidence.get(kind, 0) + 1
    told = FileRecord(path, placed.size, "copied", placed.digests, placed.evidence)
    run.ledger.add([told])


def _conclude(run: _Run) -> None:
    report, totals = run.report, run.report.totals
    for held in run.listing.picked():
        run.fail(findings.unreadable(findings.what(held), "it was not met again"), held)
    _record(run)
    report.facts["package"] = str(run.options.package)
    report.facts["index"] = None if run.source.index is None else str(run.source.index)
    report.outputs.append(Output(kind="folder", path=str(run.publishing.destination)))
    done = totals.copied_files
    words = f"{done:,} file{'' if done == 1 else 's'}, "
    words += humanize.naturalsize(totals.copied_size, binary=True)
    if totals.already_there:
        words += f" and {totals.already_there:,} that were there"
    if report.exit_code is ExitCode.OK:
        report.summary = f"{words}: every one agrees with what the package records of it."
    else:
        count = sum(1 for each in report.findings if each.exit_code is not ExitCode.OK)
        report.summary = f"{words} taken out; {count:,} not, see the findings."


def _record(run: _Run) -> None:
    """Tell what was done, as events."""
    totals = run.report.totals
    if not totals.copied_files:
        return
    step = record.Step(
        objects=[os.path.abspath(run.options.package)],
        started=run.began,
        ended=run.context.clock(),
        destination=str(run.publishing.destination),
        files=totals.copied_files,
        size=totals.copied_size,
        failed=run.failed,
        evidence=run.evidence,
    )
    detail = "files taken out of the package"
    run.report.events = [
        record.examination(run.report, step, EventType.EXTRACTION, detail),
        record.fixity_check(run.report, step, against="what the package records"),
    ]
