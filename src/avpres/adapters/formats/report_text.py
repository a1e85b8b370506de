"""A report as plain text of 80 columns, to read on a screen or to print and file."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from avpres.adapters.formats import report_view as view
from avpres.adapters.formats.report_names import visible
from avpres.domain.premis import utc
from avpres.domain.report import FileRecord, Report

WIDTH = 80
BEGINNING = b"avpres record of "
"""The first bytes of every text report, by which avpres knows its own."""

_LABEL = 24  # columns for what stands left of a value
_PROBLEMS = 200  # files and findings listed; the counts are always exact


def write_text(handle: BinaryIO, report: Report, files: Iterable[FileRecord]) -> None:
    """Write the report; of the files, those with problems (up to 200) and counts of all."""
    shown = view.Shown(limit=_PROBLEMS).take(files)
    handle.writelines(line.rstrip().encode() + b"\n" for line in _lines(report, shown))


def _lines(report: Report, shown: view.Shown) -> Iterator[str]:
    verdict = view.verdict(report)
    yield f"{BEGINNING.decode()}{report.command}: {verdict.word.upper()}"
    yield "=" * WIDTH
    yield from _wrapped(verdict.sentence)
    yield from _wrapped(verdict.status)
    yield from _pairs("What was done", view.circumstances(report))
    yield from _findings(report)
    yield from _pairs("Totals", view.totals(report))
    yield from _pairs(
        "How the files were read",
        [(f"{kind}: {count}", [words]) for kind, count, words in view.evidence(report)],
    )
    for section in view.facts(report):
        yield from _section(section)
    yield from _events(report)
    yield from _agents(report)
    yield from _files(shown)
    yield from _pairs("Written", [(output.kind, [output.path]) for output in report.outputs])


def _findings(report: Report) -> Iterator[str]:
    total = sum(report.finding_counts.values())
    if not total:
        return
    yield from _title(f"Findings: {total:,}")
    for finding in view.findings(report)[:_PROBLEMS]:
        where = f"{finding.path}: " if finding.path is not None else ""
        yield from _wrapped(
            f"{finding.severity.value} {finding.code}  {where}{finding.message}", hang=2
        )
        for name, value in (("expected", finding.expected), ("found", finding.found)):
            if value is not None:
                yield from _wrapped(f"{name}: {value}", indent=4, hang=4)
    kept = min(len(report.findings), _PROBLEMS)
    if total > kept:
        yield f"and {total - kept:,} more, in the run log"


def _events(report: Report) -> Iterator[str]:
    if report.events:
        yield from _title("Events (PREMIS)")
    for event in report.events:
        yield f"{utc(event.ended)}  {event.type.value}: {event.outcome.value}"
        yield from _wrapped(event.detail, indent=4, hang=2)
        if event.outcome_detail:
            yield from _wrapped(event.outcome_detail, indent=4, hang=2)


def _agents(report: Report) -> Iterator[str]:
    rows = [
        (agent.name, [" ".join(part for part in (agent.version, agent.note) if part) or "-"])
        for agent in report.agents
    ]
    yield from _pairs("Programs", rows)


def _files(shown: view.Shown) -> Iterator[str]:
    if not shown.total:
        return
    rows: list[view.Row] = [
        (outcome, [f"{count:,}"]) for outcome, count in sorted(shown.outcomes.items())
    ]
    yield from _pairs(f"Files: {shown.total:,}", rows)
    for record in shown.records(problems_only=True):
        detail = f" ({record.detail})" if record.detail else ""
        yield from _wrapped(f"{record.outcome}: {record.path}{detail}", hang=2)
    if shown.problems > shown.limit:
        yield f"and {shown.problems - shown.limit:,} more, in files.jsonl and the CSV report"


def _section(section: view.Section) -> Iterator[str]:
    if not section.columns:
        yield from _pairs(section.title, [(row[0], row[1:]) for row in section.rows])
        return
    yield from _title(section.title)
    for row in section.rows:
        for label, value in zip(section.columns, row, strict=True):
            yield from _pair(label, [value])
        yield ""


def _pairs(title: str, rows: Sequence[view.Row]) -> Iterator[str]:
    if not rows:
        return
    yield from _title(title)
    for label, values in rows:
        yield from _pair(label, values)


def _pair(label: str, values: Sequence[str]) -> Iterator[str]:
    lead = f"{visible(label):<{_LABEL - 2}}  "
    for value in values:
        yield from textwrap.wrap(
            visible(value) or "-",
            WIDTH,
            initial_indent=lead,
            subsequent_indent=" " * _LABEL,
            break_on_hyphens=False,
        )
        lead = " " * _LABEL


def _title(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "-" * len(text)


def _wrapped(text: str, *, indent: int = 0, hang: int = 0) -> list[str]:
    return textwrap.wrap(
        visible(text),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
    )
