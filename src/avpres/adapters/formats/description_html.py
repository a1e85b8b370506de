"""A collection on one HTML page: what it is made of, what is sound, what needs attention."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.formats import description_charts as charts
from avpres.adapters.formats import description_tables as tables
from avpres.adapters.formats import report_view as view
from avpres.adapters.formats.description_style import STYLE
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
from avpres.domain.attention import ADVICE, KEPT, Attention, Reason
from avpres.domain.distribution import Distribution
from avpres.domain.exit_codes import MEANING, ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.premis import utc
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.report import Report
from avpres.domain.verdict import Soundness

BEGINNING = b"<!DOCTYPE html>\n<!-- avpres characterisation -->\n"
"""The first bytes of every page, by which avpres knows its own."""

_PATHS = frozenset({"From", "What", "Command", "Run"})
_GRAVE = (Reason.UNREADABLE, Reason.BROKEN, Reason.INVALID, Reason.UNDECIDED, Reason.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Records:
    """The file with every description; its digest ties the page to it."""

    name: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Further:
    """The manifest against the disk, if there is a manifest, and where every description is."""

    reconciliation: Reconciliation | None = None
    records: Records | None = None


def write_html(
    handle: BinaryIO,
    report: Report,
    distribution: Distribution,
    further: Further | None = None,
    *,
    limit: int = KEPT,
) -> None:
    """Write the page. It needs nothing beside it, and no name can become part of it.

    Args:
        handle: where to write.
        report: who did what when, and how it ended.
        distribution: the counts of all files.
        further: what else there is to tell.
        limit: files listed by name, over all reasons; the counts are exact.
    """
    pieces = _page(report, distribution, further or Further(), limit)
    handle.writelines(piece.encode() for piece in pieces)


def _page(
    report: Report, distribution: Distribution, further: Further, limit: int
) -> Iterator[str]:
    kind, word = _verdict(report, distribution)
    title = f"avpres {report.command}, {utc(report.started)}: {word}"
    yield BEGINNING.decode() + head(title, STYLE)
    yield _header(report, distribution, kind, word)
    yield _figures(distribution)
    yield from charts.by_status(distribution)
    yield _reasons(distribution)
    yield from charts.by_format(distribution)
    yield tables.comparison(distribution)
    yield tables.extensions(distribution)
    yield from tables.sets(further.reconciliation)
    yield tables.missing(distribution)
    yield tables.findings(distribution)
    yield from _attention(distribution, limit)
    yield _engines(report, distribution)
    yield pairs("What was done", view.circumstances(report), names=_PATHS)
    yield _records(report, further.records)
    yield (
        f"<footer><p>Run {plain(report.run_id)}. Marked pieces of names, such as "
        '<code><span class="escape">\\n</span></code>, stand for characters or bytes that '
        "cannot be shown.</p></footer>\n</main>\n</body>\n</html>\n"
    )


def _verdict(report: Report, distribution: Distribution) -> tuple[str, str]:
    """Judge the run: all is sound only where a validator has looked at every file."""
    if report.ended is None:
        return "fail", "Unfinished"
    counts = distribution.attention.counts
    if report.exit_code is not ExitCode.OK or any(counts[reason] for reason in _GRAVE):
        return "fail", "Needs attention"
    if distribution.classes[Soundness.SOUND].files == distribution.total.files > 0:
        return "pass", "All sound"
    return "done", "No fault found, not all could be judged"


def _header(report: Report, distribution: Distribution, kind: str, word: str) -> str:
    code = report.exit_code
    when = utc(report.ended or report.started)
    kicker = f"Record of <strong>avpres {plain(report.command)}</strong> · {when}"
    sentence = report.summary or view.amount(distribution.total.files, distribution.total.size)
    return header(kicker, kind, word, sentence, f"exit status {code.value}: {MEANING[code]}")


def _figures(distribution: Distribution) -> str:
    sound = distribution.classes[Soundness.SOUND]
    lacking = distribution.incomplete
    figures = [
        ("Files", f"{distribution.total.files:,}", view.exact_size(distribution.total.size)),
        ("Formats", f"{sum(1 for _ in distribution.formats()):,}", ""),
        ("Sound", f"{sound.files:,}", charts.share(sound, distribution)),
        *(
            (kind.value.capitalize(), f"{count.files:,}", charts.share(count, distribution))
            for kind, count in distribution.classes.items()
            if kind is not Soundness.SOUND and count.files
        ),
        *([("Incomplete", f"{lacking.files:,}", "of the files above")] if lacking.files else []),
    ]
    cells = "".join(
        f"<div><dt>{label}</dt><dd>{value}<small>{more}</small></dd></div>\n"
        for label, value, more in figures
    )
    return f'<dl class="figures">\n{cells}</dl>\n'


def _reasons(distribution: Distribution) -> str:
    attention = distribution.attention
    rows = [
        f'<tr><th scope="row"><a href="#{_anchor(reason)}">{reason.value.capitalize()}</a></th>'
        f"{charts.number(attention.counts[reason])}<td>{plain(ADVICE[reason])}</td></tr>"
        for reason in Reason
        if attention.counts[reason]
    ]
    columns = ("Why", "#Files", "What to do")
    return table("What needs attention", columns, rows, count=attention.total)


def _attention(distribution: Distribution, limit: int) -> Iterator[str]:
    left = limit
    columns = ("Path", "Format", "#Size", "#At byte", "What was found")
    for reason in Reason:
        count = distribution.attention.counts[reason]
        if not count:
            continue
        rows = distribution.attention.of(reason)[:left]
        left -= len(rows)
        first = f"The first {len(rows):,} are" if rows else "None is"
        note = f" {first} listed here; the records hold every one." if len(rows) < count else ""
        yield f'<div class="files" id="{_anchor(reason)}">\n'
        title = f"Files: {reason.value}"
        yield open_table(title, columns, count=count, note=ADVICE[reason] + note)
        yield from map(_row, rows)
        yield CLOSE_TABLE + "</div>\n"


def _anchor(reason: Reason) -> str:
    return f"files-{reason.name.lower()}"


def _row(row: Attention) -> str:
    root = f'<span class="where">{name(row.root)}</span>' if row.root else ""
    said = name(row.text) if row.text else ""
    if row.missing:
        said += f"{'<br>' if said else ''}lacks {', '.join(map(name, row.missing))}"
    lead = f'<strong class="tight">{plain(row.id)}</strong> ' if row.id else ""
    more = f' <span class="count">and {row.more:,} more</span>' if row.more else ""
    place = "" if row.offset is None else f"{row.offset:,}"
    return (
        f'<tr><td class="name">{name(row.path)}{root}</td><td>{name(row.format)}</td>'
        f'{charts.size(row.size)}<td class="number">{place}</td><td>{lead}{said}{more}</td></tr>\n'
    )


def _engines(report: Report, distribution: Distribution) -> str:
    rows = [
        f'<tr><th scope="row">{plain(agent.name)}</th><td>{plain(agent.version or "")}</td>'
        f'<td>{plain(agent.note or "")}</td><td class="number"></td></tr>'
        for agent in report.agents
    ]
    for validator, count in distribution.validators:
        tool, _, version = validator.rpartition(" ")
        rows.append(
            f'<tr><th scope="row">{name(tool)}</th><td>{name(version)}</td>'
            f"<td>validated</td>{charts.number(count.files)}</tr>"
        )
    return table("Programs", ("Name", "Version", "Note", "#Files"), rows)


def _records(report: Report, records: Records | None) -> str:
    rows: list[view.Row] = []
    if records:
        digest = f"{records.digest.algorithm.value} {records.digest.value}"
        rows.append(("Every description", [records.name, digest]))
    rows += [(output.kind, [output.path]) for output in report.outputs]
    return pairs("Written", rows, names={label for label, _ in rows})
