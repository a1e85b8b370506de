"""The end of a run: what it did, in numbers, events and one sentence."""

from collections.abc import Sequence

import humanize

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Output, Report, Totals
from avpres.services.context import Context
from avpres.services.viewing import findings
from avpres.services.viewing.events import events_of
from avpres.services.viewing.making import Made

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
    if made and all(each.outcome == "skipped" for each in made):
        context.note(report, findings.nothing())
    if dry_run:
        report.lines = [each.command for each in made if each.command]
        report.summary = f"{_copies(len(report.lines))} would be made; nothing was written."
        return
    report.events = [event for each in made for event in events_of(report, each)]
    totals = report.totals
    words = _done(totals)
    if report.exit_code is not ExitCode.OK:
        words += f"; {totals.failed:,} failed, see the findings" if totals.failed else ""
    elif totals.copied_files or totals.already_there:
        one = totals.copied_files + totals.already_there == 1
        words += f": {'it' if one else 'each'} was read back and is as it should be"
    report.summary = f"{words}."


def _done(totals: Totals) -> str:
    there = totals.already_there
    if not totals.copied_files:
        is_there = "is" if there == 1 else "are"
        return f"{_copies(there)} {is_there} already there" if there else "no access copy was made"
    size = humanize.naturalsize(totals.copied_size, binary=True)
    words = f"{_copies(totals.copied_files)} made, {size}"
    return f"{words}, {there:,} already there" if there else words


def _copies(count: int) -> str:
    return f"{count:,} access cop{'y' if count == 1 else 'ies'}"
