"""The end of a run: what it did, in numbers, events and one sentence."""

import os
from collections.abc import Iterator, Sequence

import humanize

from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.viewing.making import Made
from avpres.services.viewing.sidecar import ALGORITHMS

_KEPT_OUTPUTS = 1000


def count(report: Report, made: Made) -> None:
    """Add one copy to the numbers."""
    totals = report.totals
    if made.outcome == "made" and made.copy is not None:
        totals.copied_files += 1
        totals.copied_size += made.copy.size
        totals.verified_files += 1
        totals.verified_size += made.copy.size
        if len(report.outputs) < _KEPT_OUTPUTS:
            report.outputs.append(Output(kind="access copy", path=str(made.item.target)))
    elif made.outcome == "already there":
        totals.already_there += 1
    elif made.outcome == "skipped":
        totals.skipped += 1
    elif made.outcome == "failed":
        totals.failed += 1


def conclude(report: Report, made: Sequence[Made], context: Context, *, dry_run: bool) -> None:
    """Write events and the sentence."""
    report.ended = context.clock()
    if dry_run:
        report.lines = [each.command for each in made if each.command]
        report.summary = f"{_copies(len(report.lines))} would be made; nothing was written."
        return
    report.events = [event for each in made for event in _events(report, each)]
    totals = report.totals
    size = humanize.naturalsize(totals.copied_size, binary=True)
    words = f"{_copies(totals.copied_files)} made, {size}"
    words += f", {totals.already_there:,} already there" if totals.already_there else ""
    if report.exit_code is ExitCode.OK:
        report.summary = f"{words}: each was read back and is as it should be."
    else:
        report.summary = f"{words}; {totals.failed:,} not, see the findings."


def _copies(count: int) -> str:
    return f"{count:,} access cop{'y' if count == 1 else 'ies'}"


def _events(report: Report, made: Made) -> Iterator[Event]:
    """Tell of one copy: derived from its source, digested, held against what was wanted."""
    if made.times is None or made.plan is None:
        return
    began, encoded, checked = made.times
    source, copy = os.path.abspath(made.item.shown), str(made.item.target)
    failed = int(made.copy is None)
    facts: dict[str, record.events.Fact] = {
        "profile": made.plan.profile.name,
        "command": made.command,
        "relationship": "derivation: has source",
    }
    yield record.examination(
        report,
        record.Step(
            objects=[source],
            destination=copy,
            started=began,
            ended=encoded,
            files=1,
            size=made.item.size,
            failed=failed,
            facts=facts,
        ),
        EventType.MIGRATION,
        f"access copy derived from its source, profile {made.plan.profile.name}",
    )
    step = record.Step(
        objects=[copy],
        started=encoded,
        ended=checked,
        files=1,
        size=made.copy.size if made.copy else 0,
        failed=failed,
        algorithms=ALGORITHMS if made.copy else (),
        digests=made.copy.digests if made.copy else (),
        facts=_measured(made),
    )
    yield record.examination(
        report, step, EventType.VALIDATION, "tracks, length, fields, sound and layout as wanted"
    )
    if made.copy is not None:
        yield record.digest_calculation(report, step, subject="access copy")


def _measured(made: Made) -> "dict[str, record.events.Fact]":
    checked = made.checked
    if checked is None:
        return {}
    return {
        "seconds": checked.seconds,
        "frames": checked.frames,
        "combed_frames": checked.fields.combed if checked.fields else None,
        "loudness": ", ".join(f"{level:g} LUFS" for level in checked.loudness) or None,
        "faults": ", ".join(fault.code for fault in checked.faults) or None,
    }
