"""Bars of files by status, as inline SVG beside the numbers that they stand for."""

from collections.abc import Iterator, Sequence

import humanize

from avpres.adapters.formats.html_parts import CLOSE_TABLE, name, narrow, open_table, plain, table
from avpres.domain.distribution import Distribution, Row
from avpres.domain.tally import Count
from avpres.domain.validity import Status

FORMATS = 25
"""Formats that have a bar; the others are the long tail."""

_CLASS = {
    Status.VALID: "valid",
    Status.WELL_FORMED: "formed",
    Status.NOT_VALID: "invalid",
    Status.NOT_WELL_FORMED: "broken",
    Status.UNKNOWN: "unknown",
}
_ORDER = tuple(_CLASS)
_UNITS = 1000  # of a bar's length
_LEAST = {"thick": 3, "thin": 1}  # units; one broken file among a million can be seen


def by_status(distribution: Distribution) -> Iterator[str]:
    """Write one bar of all files, and its table."""
    totals = distribution.statuses()
    rows = [
        f'<tr><th scope="row">{_swatch(status)}{plain(status.value)}</th>'
        f"{number(totals[status].files)}<td class=number>{share(totals[status], distribution)}</td>"
        f"{size(totals[status].size)}</tr>"
        for status in _ORDER
        if totals[status].files
    ]
    chart = _bar(Row(totals), distribution.total.files, "thick")
    written = table("Status", ("As JHOVE words it", "#Files", "#Share", "#Size"), rows)
    yield written.replace('<div class="scroll"', f'{chart}<div class="scroll"', 1)


def by_format(distribution: Distribution) -> Iterator[str]:
    """Write a bar a format, the most frequent first, in a table with all numbers."""
    rows = list(distribution.formats())
    statuses = [status for status in _ORDER if distribution.statuses()[status].files]
    columns = ("Format", "Files by status", "#Files", "#Size", *(f"#{s.value}" for s in statuses))
    longest = max((row.total.files for _, row in rows), default=1)
    yield '<div class="formats">\n' + open_table("Formats", columns, count=len(rows))
    for format, row in rows[:FORMATS]:
        bar = _bar(row, longest, "thin")
        yield f'<tr><th scope="row">{name(format)}</th><td class="graph">{bar}</td>'
        yield f"{_numbers(row, statuses)}</tr>\n"
    yield CLOSE_TABLE + "</div>\n"
    yield narrow(_tail(rows[FORMATS:]))


def _tail(rows: Sequence[tuple[str, Row]]) -> str:
    lines = [
        f'<tr><th scope="row">{name(format)}</th>{number(row.total.files)}'
        f"{size(row.total.size)}{number(_sound(row))}</tr>"
        for format, row in rows
    ]
    return table("The long tail", ("Format", "#Files", "#Size", "#Sound"), lines, count=len(lines))


def _sound(row: Row) -> int:
    return sum(count.files for status, count in row.statuses.items() if status.is_sound)


def _numbers(row: Row, statuses: Sequence[Status]) -> str:
    total = row.total
    each = "".join(number(row.statuses[status].files) for status in statuses)
    return f"{number(total.files)}{size(total.size)}{each}"


def _bar(row: Row, longest: int, style: str) -> str:
    """Draw a row's files by status; hidden from screen readers, the table says it in numbers."""
    pieces, place = [], 0
    for status in _ORDER:
        count = row.statuses[status].files
        if count:
            length = max(round(count * _UNITS / longest), _LEAST[style])
            pieces.append(
                f'<rect class="{_CLASS[status]}" x="{place}" width="{length}" height="10">'
                f"<title>{plain(status.value)}: {count:,}</title></rect>"
            )
            place += length
    width = max(place, _UNITS)
    return (
        f'<svg class="bar {style}" viewBox="0 0 {width} 10" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">{"".join(pieces)}</svg>'
    )


def _swatch(status: Status) -> str:
    return (
        '<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" focusable="false">'
        f'<rect class="{_CLASS[status]}" width="10" height="10"/></svg>'
    )


def share(count: Count, distribution: Distribution) -> str:
    """Write a part of all files in percent; what is not all is never called 100 %."""
    whole = distribution.total.files
    part = 100 * count.files / whole if whole else 0.0
    if count.files and part < 0.1:  # noqa: PLR2004 - the least that one decimal shows
        return "&lt; 0.1 %"
    return "&gt; 99.9 %" if 99.9 < part < 100 else f"{part:.1f} %"  # noqa: PLR2004


def number(count: int) -> str:
    """Write a cell with a number; nought is there, but does not catch the eye."""
    return f'<td class="number{"" if count else " nought"}">{count:,}</td>'


def size(amount: int) -> str:
    """Write a cell with a size."""
    return f'<td class="number">{humanize.naturalsize(amount, binary=True)}</td>'
