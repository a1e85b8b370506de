"""`avpres uncook`: a film turned back into the files of its reel, byte by byte."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import humanize

from avpres.adapters.cooking import ffv1
from avpres.adapters.storage import locks
from avpres.config.uncook import UncookOptions
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.premis import EventType
from avpres.domain.report import FileRecord, Finding, Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.fixity.presence import require
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.uncook import findings
from avpres.services.uncook.outcome import FAILED, RESTORED, THERE, Outcome
from avpres.services.uncook.restoring import Restoring
from avpres.services.uncook.room import lacking
from avpres.services.uncook.wanted import wanted

__all__ = ["uncook"]

_REFUSED = ExitCode.DESTINATION_REFUSED
_SHOWN = 10  # damaged stretches that are told of one film


def uncook(options: UncookOptions, context: Context) -> Report:
    """Restore the files of every film, each compared with the digests that were taken of it.

    A damaged frame is named, and all others are restored. Run it again after an interruption:
    files that are there, and are the right ones, are passed over.

    Raises:
        SourceUnreadableError: a film is not there.
        UsageError: a film is no file.
        DestinationRefusedError: another run restores there, or no record can be written.
    """
    report = context.report("uncook")
    with open_ledger(context, options.report) as ledger:
        films = [_film(path) for path in options.sources]
        name = os.fsencode(options.destination.absolute())
        with locks.held(context.state_dir, options.destination.absolute(), [name]):
            for path in films:
                _one(path, _Run(options, context, report, ledger))
        _conclude(report, options)
        ledger.close(report)
    return report


def _film(path: Path) -> Path:
    found = require(path)
    if not found.is_file():
        raise UsageError(f"{path} is no file; name the film, which ends in .mkv")
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """What all films of a run share."""

    options: UncookOptions
    context: Context
    report: Report
    ledger: Ledger

    def note(self, finding: Finding) -> None:
        """Tell of something."""
        self.context.note(self.report, finding)


def _one(path: Path, run: _Run) -> None:
    """Restore one film; what is wrong with it concerns it alone."""
    started = run.context.clock()
    counts: Counter[str] = Counter()
    run.context.progress.start("uncook", size=path.stat().st_size)
    try:
        with open_cooked(path) as cooked:
            if short := _lacking(cooked, run.options):
                text = f"{short}; use another volume, or say --skip-space-check to try"
                run.note(Finding.error("UNC-SPACE", str(path), text, _REFUSED))
            else:
                _restore(cooked, run, counts)
    except NotConformantError as error:
        run.note(Finding.error("UNC-NO-FILM", str(path), str(error), ExitCode.NOT_CONFORMANT))
    except OSError as error:
        place = os.fsdecode(error.filename or run.options.destination)
        text = f"{place}: {error.strerror}; mend that and run again"
        is_source = place == str(path)
        status = ExitCode.SOURCE_UNREADABLE if is_source else ExitCode.DESTINATION_REFUSED
        run.note(Finding.error("UNC-REFUSED", str(path), text, status))
    run.context.progress.finish()
    _count(run.report, counts)
    _tell(path, run, counts, started)


def _lacking(cooked: Cooked, options: UncookOptions) -> str:
    """Say what room is missing; what a pattern chooses is not counted before."""
    if options.only or options.skip_space_check:
        return ""
    return lacking(cooked, options.destination.absolute())


def _restore(cooked: Cooked, run: _Run, counts: Counter[str]) -> None:
    shown = str(cooked.path)
    if cooked.data.damage:
        text = f"its reversibility data are damaged ({cooked.data.damage}); what they hold comes"
        text += " back, the rest does not"
        run.note(Finding.error("UNC-DATA", shown, text, ExitCode.FIXITY_MISMATCH))
    elif cooked.data.is_checked() is False:
        text = "the check sum of its reversibility data is wrong: each file is compared with its"
        text += " digest, but a name or a time may be another; `avpres repair` mends the film"
        run.note(Finding.error("UNC-DATA", shown, text, ExitCode.FIXITY_MISMATCH))
    restoring = Restoring(
        cooked,
        run.options.destination.absolute(),
        wanted(run.options.only),
        run.options.workers,
        lambda size: run.context.progress.advance(size=size),
    )
    for outcome in restoring.outcomes():
        counts[outcome.outcome] += 1
        counts["size"] += outcome.size if outcome.outcome != FAILED else 0
        counts["unproved"] += not outcome.is_proved
        if outcome.finding is not None:
            run.note(outcome.finding)
        run.ledger.add([_record(outcome, run.options)])
    if not run.options.only:
        for finding in restoring.folders():
            run.note(finding)
    for each in cooked.film.skipped[:_SHOWN]:
        text = f"{each.size:,} bytes at {each.offset:,} were passed over: {each.why}"
        run.note(Finding.warning("UNC-SKIPPED", shown, text))
    if counts["unproved"]:
        run.note(findings.unproved(shown, counts["unproved"]))
    run.report.outputs.append(Output(kind="reel", path=str(run.options.destination)))


def _count(report: Report, counts: Counter[str]) -> None:
    totals = report.totals
    totals.files += counts[RESTORED] + counts[THERE] + counts[FAILED]
    totals.size += counts["size"]
    totals.already_there += counts[THERE]
    totals.failed += counts[FAILED]
    totals.copied_files += counts[RESTORED]
    totals.verified_files += counts[RESTORED] - counts["unproved"]


def _record(outcome: Outcome, options: UncookOptions) -> FileRecord:
    digests = [(Algorithm.MD5, outcome.md5), (Algorithm.SHA256, outcome.sha256)]
    return FileRecord(
        path=os.fsdecode(outcome.name),
        size=outcome.size,
        outcome=outcome.outcome,
        digests=tuple(Digest(kind, value.hex()) for kind, value in digests if value),
        destination=str(options.destination),
        detail=outcome.finding.message if outcome.finding else "",
    )


def _tell(path: Path, run: _Run, counts: Counter[str], started: datetime) -> None:
    """Record what was done as PREMIS events."""
    step = record.Step(
        objects=[str(path)],
        started=started,
        ended=run.context.clock(),
        destination=str(run.options.destination),
        files=counts[RESTORED] + counts[THERE],
        size=counts["size"],
        failed=counts[FAILED],
        remarks=counts["unproved"],
        algorithms=(Algorithm.MD5, Algorithm.SHA256),
        facts={"only": ", ".join(run.options.only) or None, "codec": ffv1.version()},
    )
    text = "frames and sounds of the film decoded into the files that they were made of"
    events = run.report.events
    events.append(record.examination(run.report, step, EventType.EXTRACTION, text))
    events.append(record.fixity_check(run.report, step, against="the digests in the film"))


def _conclude(report: Report, options: UncookOptions) -> None:
    totals = report.totals
    if not totals.files:
        if not report.findings:
            text = "nothing in the film matches what --only asks for; `*` stands for any characters"
            status = ExitCode.INCOMPLETE
            report.add(Finding.error("UNC-NOTHING", str(options.destination), text, status))
        report.summary = "nothing was restored."
        return
    size = humanize.naturalsize(totals.size, binary=True)
    count = totals.copied_files
    parts = [f"{count:,} file{'' if count == 1 else 's'} restored"]
    good = totals.verified_files == count and count and not totals.failed
    cut = report.exit_code and not totals.failed
    parts[0] += f", {size}: every one matches its digests" if good else ""
    parts += [f"{totals.already_there:,} already there"] if totals.already_there else []
    parts += [f"{totals.failed:,} failed, see the findings"] if totals.failed else []
    parts += ["not everything, see the findings"] if cut else []
    report.summary = "; ".join(parts) + "."
