"""A report on standard output: for people, findings and one closing sentence; else JSON."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import cast

from avpres.adapters.formats.report_json import to_json
from avpres.adapters.formats.report_names import visible
from avpres.cli.command import Request, resolve
from avpres.cli.streams import say, say_json
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity
from avpres.services.context import Context

SHOWN = 20
"""Findings of one code on the screen; the run log holds them all."""

_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.INFO)
Lines = Callable[[Report], Iterable[str]]


def show(report: Report, request: Request, *, quiet: bool = False) -> None:
    """Write a report to standard output; the closing sentence is the last line.

    Args:
        report: what the run did.
        request: what was asked; says whether JSON is wanted and who writes the command's lines.
        quiet: leave out findings that are no errors.
    """
    if request.run.get("as_json"):
        say_json(to_json(report, indent=1))
        return
    page = request.command.show
    own = cast("Lines", resolve(page))(report) if page else report.lines
    closing = [visible(report.summary)] if report.summary else []
    for line in (*own, *findings(report, quiet=quiet), *closing):
        say(line + "\n")


def noted(request: Request) -> Iterator[str]:
    """Write what a run had found before an error stopped it."""
    if not request.noted:
        return
    report = Context(argv=request.argv).report(request.command.name)
    for finding in request.noted:
        report.add(finding)
    yield from findings(report, quiet=bool(request.run.get("quiet")))


def failure(request: Request, sentence: str, status: ExitCode) -> str:
    """Write the report of a run that an error stopped, so that `--json` always gives one."""
    report = Context(argv=request.argv).report(request.command.name)
    for finding in request.noted:
        report.add(finding)
    report.ended, report.summary, report.exit_code = report.started, sentence, status
    return to_json(report, indent=1)


def findings(report: Report, *, quiet: bool = False) -> Iterator[str]:
    """Write findings by code, errors first, a limited number of each, and how many more."""
    kept = [each for each in report.findings if each.severity is Severity.ERROR or not quiet]
    kept.sort(key=lambda each: (_GRAVITY.index(each.severity), each.code))
    for code, group in groupby(kept, key=lambda each: each.code):
        together = list(group)
        yield from (_line(each) for each in together[:SHOWN])
        more = report.finding_counts.get(code, len(together)) - min(SHOWN, len(together))
        if more > 0:
            yield f"… and {more:,} more of {code}{_where(report)}"


def _line(finding: Finding) -> str:
    place = f"{visible(finding.path)}: " if finding.path else ""
    compared = ""
    if finding.expected or finding.found:
        compared = f" (expected {finding.expected or 'none'}, found {finding.found or 'none'})"
    copy = _destination(finding)
    there = f" [{visible(copy)}]" if copy else ""
    return f"{finding.severity}: {place}{visible(finding.message + compared)}{there} {finding.code}"


def _destination(finding: Finding) -> str | None:
    """Give the destination that is to be named: none when the message begins with it."""
    place = finding.destination
    return None if not finding.path and finding.message.startswith(f"{place}:") else place


def _where(report: Report) -> str:
    log = report.facts.get("run_log")
    return f"; all are in {log}" if log else ""
