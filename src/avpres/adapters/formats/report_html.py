"""A report as one HTML page to file with a tape: no network, no scripts, nothing beside it."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import report_view as view
from avpres.adapters.formats.html_parts import (
    CLOSE_TABLE,
    head,
    header,
    name,
    open_table,
    pairs,
    plain,
    table,
)
from avpres.adapters.formats.report_style import STYLE
from avpres.domain.premis import utc
from avpres.domain.report import FileRecord, Finding, Report

SHOWN_FILES = 2000
"""Rows of the file table: about what a browser shows at once and a person pages through."""

BEGINNING = b"<!DOCTYPE html>\n<!-- avpres report -->\n"
"""The first bytes of every page, by which avpres knows its own."""

_PATHS = frozenset({"From", "To", "What", "Command", "Run"})


def write_html(
    handle: BinaryIO, report: Report, files: Iterable[FileRecord], *, limit: int = SHOWN_FILES
) -> None:
    """Write the page; memory holds at most `limit` files of each kind, the counts are exact.

    Whatever comes from a disk is escaped, and a content policy forbids scripts and loading, so
    that no file name can become part of the page.
    """
    shown = view.Shown(limit=limit).take(files)
    handle.writelines(piece.encode() for piece in _page(report, shown))


def _page(report: Report, shown: view.Shown) -> Iterator[str]:
    verdict = view.verdict(report)
    title = f"avpres {report.command}, {utc(report.started)}: {verdict.word}"
    yield BEGINNING.decode() + head(title, STYLE)
    yield _header(report, verdict)
    yield pairs("What was done", view.circumstances(report), names=_PATHS)
    yield from _findings(report)
    yield pairs("Totals", view.totals(report))
    yield _evidence(report)
    yield from (_section(section) for section in view.facts(report))
    yield _events(report)
    yield _agents(report)
    yield from _files(shown)
    written: list[view.Row] = [(out.kind, [out.path]) for out in report.outputs]
    yield pairs("Written", written, names={label for label, _ in written})
    yield _footer(report)
    yield "</main>\n</body>\n</html>\n"


def _header(report: Report, verdict: view.Verdict) -> str:
    when = utc(report.ended or report.started)
    kicker = f"Record of <strong>avpres {plain(report.command)}</strong> · {when}"
    return header(kicker, verdict.kind, verdict.word, verdict.sentence, verdict.status)


def _evidence(report: Report) -> str:
    rows = [
        f'<tr><th scope="row">{kind}</th><td class="number">{count}</td><td>{words}</td></tr>'
        for kind, count, words in view.evidence(report)
    ]
    note = (
        "A comparison proves what lies on the medium only if the medium was read, "
        "and not this computer's memory of what it wrote."
    )
    columns = ("Evidence", "#Files", "What it means")
    return table("How the files were read", columns, rows, note=note)


def _findings(report: Report) -> Iterator[str]:
    total = sum(report.finding_counts.values())
    more = total - len(report.findings)
    note = f"The first {len(report.findings):,} are here; all are in the run log." if more else ""
    rows = [_finding(finding) for finding in view.findings(report)]
    columns = ("Severity", "Code", "Path", "What was found")
    yield table("Findings", columns, rows, count=total, note=note)


def _finding(finding: Finding) -> str:
    message = name(finding.message)
    for label, value in (("expected", finding.expected), ("found", finding.found)):
        if value is not None:
            message += (
                f'<span class="digest"><span class="algorithm">{label}</span> {name(value)}</span>'
            )
    severity = finding.severity.value
    return (
        f'<tr><td class="{severity}">{severity}</td><td class="tight">{plain(finding.code)}</td>'
        f'<td class="name">{name(finding.path or "")}</td><td>{message}</td></tr>'
    )


def _events(report: Report) -> str:
    rows = []
    for event in report.events:
        outcome = event.outcome.value
        style = "error" if outcome == "fail" else outcome
        more = f"<br>{name(event.outcome_detail)}" if event.outcome_detail else ""
        rows.append(
            f'<tr><td class="time">{utc(event.ended)}</td><td>{plain(event.type.value)}</td>'
            f'<td class="{style}">{outcome}</td><td>{name(event.detail)}{more}</td></tr>'
        )
    return table("Events", ("Time (UTC)", "PREMIS event", "Outcome", "Detail"), rows)


def _agents(report: Report) -> str:
    rows = [
        f'<tr><th scope="row">{plain(agent.name)}</th><td>{plain(agent.version or "")}</td>'
        f"<td>{plain(agent.note or '')}</td></tr>"
        for agent in report.agents
    ]
    return table("Programs", ("Name", "Version", "Note"), rows)


def _files(shown: view.Shown) -> Iterator[str]:
    if not shown.total:
        return
    counts = ", ".join(
        f"{count:,} {plain(outcome)}" for outcome, count in shown.outcomes.most_common()
    )
    note = f"{counts}."
    if shown.total > shown.limit:
        note += (
            f" {shown.limit:,} of {shown.total:,} are shown, problems first ({shown.problems:,});"
            " the CSV report and files.jsonl hold every one."
        )
    columns = ("Path", "#Size", "Outcome", "Evidence")
    yield open_table("Files", columns, count=shown.total, note=note)
    yield from (_file(record) for record in shown.records())
    yield CLOSE_TABLE


def _file(record: FileRecord) -> str:
    digests = "".join(
        f'<span class="digest"><span class="algorithm">{digest.algorithm.value}</span> '
        f"{plain(digest.value)}</span>"
        for digest in record.digests
    )
    place = f'<span class="digest">{name(record.destination)}</span>' if record.destination else ""
    detail = f"<br>{name(record.detail)}" if record.detail else ""
    problem = ' class="problem"' if view.is_problem(record.outcome) else ""
    return (
        f'<tr{problem}><td class="name">{name(record.path)}{place}{digests}</td>'
        f'<td class="number">{record.size:,}</td>'
        f'<td class="outcome">{plain(record.outcome)}{detail}</td>'
        f'<td class="tight">{record.evidence.value if record.evidence else "–"}</td></tr>\n'  # noqa: RUF001
    )


def _section(section: view.Section) -> str:
    if not section.columns:
        return pairs(section.title, [(row[0], row[1:]) for row in section.rows])
    rows = [
        "<tr>" + "".join(f"<td>{name(value)}</td>" for value in row) + "</tr>"
        for row in section.rows
    ]
    return table(section.title, section.columns, rows)


def _footer(report: Report) -> str:
    return (
        f"<footer><p>Run {plain(report.run_id)}. Marked pieces of names, such as "
        '<code><span class="escape">\\n</span></code>, stand for characters or bytes that '
        "cannot be shown.</p></footer>\n"
    )
