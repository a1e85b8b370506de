"""A report as one HTML page to file with a tape: no network, no scripts, nothing beside it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from typing import BinaryIO

from avpres.adapters.formats import report_view as view
from avpres.adapters.formats.report_names import segments
from avpres.adapters.formats.report_style import STYLE
from avpres.domain.premis import utc
from avpres.domain.report import FileRecord, Finding, Report

SHOWN_FILES = 2000
"""Rows of the file table: about what a browser shows at once and a person pages through."""

BEGINNING = b"<!DOCTYPE html>\n<!-- avpres report -->\n"
"""The first bytes of every page, by which avpres knows its own."""

_SIGN = {"pass": "✓", "fail": "✗", "done": "–"}  # noqa: RUF001 - a dash, neither yes nor no
_PATHS = frozenset({"From", "To", "What", "Command", "Run"})
_NAME = ' class="name"'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


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
    yield (
        BEGINNING.decode() + '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_plain(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    yield _header(report, verdict)
    yield _pairs("What was done", view.circumstances(report), names=_PATHS)
    yield from _findings(report)
    yield _pairs("Totals", view.totals(report))
    yield _evidence(report)
    yield from (_section(section) for section in view.facts(report))
    yield _events(report)
    yield _agents(report)
    yield from _files(shown)
    written: list[view.Row] = [(out.kind, [out.path]) for out in report.outputs]
    yield _pairs("Written", written, names={label for label, _ in written})
    yield _footer(report)
    yield "</main>\n</body>\n</html>\n"


def _header(report: Report, verdict: view.Verdict) -> str:
    when = utc(report.ended or report.started)
    return (
        f'<header>\n<p class="kicker">Record of <strong>avpres {_plain(report.command)}</strong>'
        f" · {when}</p>\n"
        f'<div class="verdict {verdict.kind}">\n'
        f'<p class="word"><span aria-hidden="true">{_SIGN[verdict.kind]}</span> '
        f"{_plain(verdict.word)}</p>\n"
        f"<h1>{_name(_sentence(verdict.sentence))}</h1>\n"
        f'<p class="status">{_plain(_sentence(verdict.status))}</p>\n</div>\n</header>\n'
    )


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
    return _table("How the files were read", columns, rows, note=note)


def _findings(report: Report) -> Iterator[str]:
    total = sum(report.finding_counts.values())
    more = total - len(report.findings)
    note = f"The first {len(report.findings):,} are here; all are in the run log." if more else ""
    rows = [_finding(finding) for finding in view.findings(report)]
    columns = ("Severity", "Code", "Path", "What was found")
    yield _table("Findings", columns, rows, count=total, note=note)


def _finding(finding: Finding) -> str:
    message = _name(finding.message)
    for label, value in (("expected", finding.expected), ("found", finding.found)):
        if value is not None:
            message += (
                f'<span class="digest"><span class="algorithm">{label}</span> {_name(value)}</span>'
            )
    severity = finding.severity.value
    return (
        f'<tr><td class="{severity}">{severity}</td><td class="tight">{_plain(finding.code)}</td>'
        f'<td class="name">{_name(finding.path or "")}</td><td>{message}</td></tr>'
    )


def _events(report: Report) -> str:
    rows = []
    for event in report.events:
        outcome = event.outcome.value
        style = "error" if outcome == "fail" else outcome
        more = f"<br>{_name(event.outcome_detail)}" if event.outcome_detail else ""
        rows.append(
            f'<tr><td class="time">{utc(event.ended)}</td><td>{_plain(event.type.value)}</td>'
            f'<td class="{style}">{outcome}</td><td>{_name(event.detail)}{more}</td></tr>'
        )
    return _table("Events", ("Time (UTC)", "PREMIS event", "Outcome", "Detail"), rows)


def _agents(report: Report) -> str:
    rows = [
        f'<tr><th scope="row">{_plain(agent.name)}</th><td>{_plain(agent.version or "")}</td>'
        f"<td>{_plain(agent.note or '')}</td></tr>"
        for agent in report.agents
    ]
    return _table("Programs", ("Name", "Version", "Note"), rows)


def _files(shown: view.Shown) -> Iterator[str]:
    if not shown.total:
        return
    counts = ", ".join(f"{count:,} {_plain(name)}" for name, count in shown.outcomes.most_common())
    note = f"{counts}."
    if shown.total > shown.limit:
        note += (
            f" {shown.limit:,} of {shown.total:,} are shown, problems first ({shown.problems:,});"
            " the CSV report and files.jsonl hold every one."
        )
    columns = ("Path", "#Size", "Outcome", "Evidence")
    yield _open_table("Files", columns, count=shown.total, note=note)
    yield from (_file(record) for record in shown.records())
    yield _CLOSE_TABLE


def _file(record: FileRecord) -> str:
    digests = "".join(
        f'<span class="digest"><span class="algorithm">{digest.algorithm.value}</span> '
        f"{_plain(digest.value)}</span>"
        for digest in record.digests
    )
    place = f'<span class="digest">{_name(record.destination)}</span>' if record.destination else ""
    detail = f"<br>{_name(record.detail)}" if record.detail else ""
    problem = ' class="problem"' if view.is_problem(record.outcome) else ""
    return (
        f'<tr{problem}><td class="name">{_name(record.path)}{place}{digests}</td>'
        f'<td class="number">{record.size:,}</td>'
        f'<td class="outcome">{_plain(record.outcome)}{detail}</td>'
        f'<td class="tight">{record.evidence.value if record.evidence else "–"}</td></tr>\n'  # noqa: RUF001
    )


def _section(section: view.Section) -> str:
    if not section.columns:
        return _pairs(section.title, [(row[0], row[1:]) for row in section.rows])
    rows = [
        "<tr>" + "".join(f"<td>{_name(value)}</td>" for value in row) + "</tr>"
        for row in section.rows
    ]
    return _table(section.title, section.columns, rows)


def _pairs(title: str, rows: Sequence[view.Row], *, names: Collection[str] = ()) -> str:
    """Write labels and values; values of the labels in `names` are paths or commands."""
    lines = [
        f'<tr><th scope="row">{_name(label)}</th>'
        f"<td{_NAME if label in names else ''}>{'<br>'.join(map(_name, values))}</td></tr>"
        for label, values in rows
    ]
    return _table(title, (), lines)


_CLOSE_TABLE = "</tbody>\n</table></div>\n</section>\n"


def _table(
    title: str, columns: Sequence[str], rows: Sequence[str], *, count: int = 0, note: str = ""
) -> str:
    if not rows:
        return ""
    return _open_table(title, columns, count=count, note=note) + "\n".join(rows) + _CLOSE_TABLE


def _open_table(title: str, columns: Sequence[str], *, count: int = 0, note: str = "") -> str:
    """Begin a section with a table; a column that starts with # holds numbers."""
    counted = f' <span class="count">({count:,})</span>' if count else ""
    heads = "".join(
        f'<th scope="col"{" class=number" if column.startswith("#") else ""}>'
        f"{_plain(column.removeprefix('#'))}</th>"
        for column in columns
    )
    return (
        f"<section>\n<h2>{_name(title)}{counted}</h2>\n"
        + (f'<p class="note">{_name(note)}</p>\n' if note else "")
        + f'<div class="scroll" tabindex="0" role="group" aria-label="{_plain(title)}">'
        + ("<table>" if columns else '<table class="pairs">')
        + (f"\n<thead><tr>{heads}</tr></thead>" if columns else "")
        + "\n<tbody>\n"
    )


def _footer(report: Report) -> str:
    return (
        f"<footer><p>Run {_plain(report.run_id)}. Marked pieces of names, such as "
        '<code><span class="escape">\\n</span></code>, stand for characters or bytes that '
        "cannot be shown.</p></footer>\n"
    )


def _sentence(text: str) -> str:
    """Begin with a capital, as a heading does; a path at the beginning stays as it is."""
    first = text.split(" ", 1)[0]
    return text if not first.isalpha() else text[:1].upper() + text[1:]


def _name(text: str) -> str:
    """Escape any text for the page, and mark what cannot be shown."""
    return "".join(
        f'<span class="escape">{escape(piece)}</span>' if escaped else escape(piece)
        for escaped, piece in segments(text)
    )


def _plain(text: str) -> str:
    return escape("".join(piece for _, piece in segments(text)))
