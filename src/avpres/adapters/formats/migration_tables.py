"""Tables of a migration as plain text: what is here and what becomes of it, and what came of it."""

import textwrap
from collections.abc import Iterator, Sequence

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.text_table import GAP, cut
from avpres.domain.imaging import BANDS
from avpres.domain.migration import SENTENCES, Outcome
from avpres.domain.migration_tables import (
    PlanRow,
    PlanTable,
    ReasonRow,
    ResultRow,
    ResultTable,
)

SHORT = {
    "jp2": "JP2",
    "jxl": "JPEG XL",
    "tiff": "TIFF",
    "flac": "FLAC",
    "text": "UTF-8",
    "keep": "stays",
    "refuse": "refused",
}
"""What tables call each kind of target."""

WIDE = 120  # columns
_WIDEST_RULE = 40  # columns of a rule's name
_WIDEST = 22  # columns of a cell that lists several values
_NOUGHT = "-"
PLAN_TITLE = "What is here, and what becomes of it by the policy"
_PLAN = ("format", "colour", "compression", "bits", "longest side")
_COUNTS = ("planned", "kept", "refused")
_RESULT = ("format", "files", "total", "average", "becomes", "made", "total", "average", "ratio")


def plan_lines(table: PlanTable) -> list[str]:
    """Give the lines of Table 3, of what each target means, and of the reasons."""
    title = f"{PLAN_TITLE} {visible(table.policy)}"
    if not table.rows:
        return [title, "", "no files"]
    return [title, "", *_plan(table), "", *_targets(table), *_reasons(table.reasons)]


def result_lines(table: ResultTable) -> list[str]:
    """Give the lines of Table 4 and of the reasons."""
    if not table.rows and not table.reasons:
        return ["no files were migrated"]
    lines: list[str] = []
    if table.rows:
        lines += ["Sizes before and after", "", *_results(table.rows)]
    return [*lines, *_reasons(table.reasons)]


def _plan(table: PlanTable) -> Iterator[str]:
    heads = [*_PLAN, *(["flags"] if table.by_class else []), "files", "becomes", *_COUNTS]
    rows = [_plan_cells(row, by_class=table.by_class) for row in table.rows]
    total = [""] * len(heads)
    total[0] = "all"
    total[-5] = _number(sum(row.files for row in table.rows))
    total[-3:] = map(_number, map(sum, zip(*map(_counts, table.rows), strict=True)))
    numbers = {len(heads) - 5, *range(len(heads) - 3, len(heads))}
    yield from _aligned(heads, [*rows, total], numbers)


def _plan_cells(row: PlanRow, *, by_class: bool) -> list[str]:
    cells = [
        visible(row.format),
        _few(row.colours),
        _few(row.compressions),
        _few(row.bits),
        bands_words(row.bands),
    ]
    cells += [", ".join(map(visible, row.flags)) or _NOUGHT] if by_class else []
    return [*cells, _number(row.files), becomes(row), *map(_number, _counts(row))]


def _counts(row: PlanRow) -> tuple[int, int, int]:
    """Count those planned, kept and refused; what cannot be read is refused too."""
    planned, kept = (row.counts.get(each, 0) for each in (Outcome.OK, Outcome.KEPT))
    return planned, kept, row.files - planned - kept


def becomes(row: PlanRow) -> str:
    """Name the target of a row, and the levels of its wavelets."""
    name = SHORT[row.target]
    if not row.levels:
        return name
    least, most = min(row.levels), max(row.levels)
    if least == most:
        return f"{name}, {least} {'level' if least == 1 else 'levels'}"
    return f"{name}, {least}-{most} levels"


def bands_words(bands: Sequence[int]) -> str:
    """Write size bands by their longest side: "<= 300", "<= 300-2400", "> 19200"."""
    if not bands:
        return _NOUGHT
    least, most = (
        f"<= {BANDS[band - 1]}" if band <= len(BANDS) else f"> {BANDS[-1]}"
        for band in (min(bands), max(bands))
    )
    return least if least == most else f"{least} - {most.removeprefix('<= ')}"


def _targets(table: PlanTable) -> Iterator[str]:
    """Tell what each rule makes, on lines of no more columns than people have."""
    yield "Rules"
    names = dict.fromkeys(row.rule for row in table.rows)
    width = min(max(len(visible(name)) for name in names), _WIDEST_RULE)
    for name in names:
        lead = f"  {cut(visible(name), width).ljust(width)}{GAP}"
        yield from textwrap.wrap(
            table.targets[name],
            WIDE,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
            break_on_hyphens=False,
        )


def _results(rows: Sequence[ResultRow]) -> Iterator[str]:
    cells = [_result_cells(row) for row in rows]
    whole = ResultRow(
        "all",
        "",
        *(sum(getattr(row, name) for row in rows) for name in ("files", "made", "before", "after")),
    )
    numbers = set(range(len(_RESULT))) - {0, 4}
    yield from _aligned(_RESULT, [*cells, _result_cells(whole)], numbers)


def _result_cells(row: ResultRow) -> list[str]:
    return [
        visible(row.format),
        _number(row.files),
        _size(row.before),
        _size(row.average_before),
        SHORT.get(row.target, visible(row.target)),
        _number(row.made),
        _size(row.after),
        _size(row.average_after),
        f"{row.ratio:.2f}",
    ]


def _reasons(rows: Sequence[ReasonRow]) -> Iterator[str]:
    for outcome in Outcome:
        told = [row for row in rows if row.outcome is outcome]
        if not told:
            continue
        files = sum(row.files for row in told)
        yield ""
        yield f"{outcome.value.capitalize()}: {files:,} {'file' if files == 1 else 'files'}"
        for row in told:
            yield f"  {row.files:>8,}  {row.reason.value}: {SENTENCES[row.reason]}"
            yield from (f"{'':12}{visible(path)}" for path in row.samples)
            if row.files > len(row.samples) > 0:
                yield f"{'':12}and {row.files - len(row.samples):,} more"


def _aligned(
    heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]
) -> Iterator[str]:
    """Yield the lines of a table; numbers stand to the right, and the last row is a total."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return GAP.join(padded).rstrip()

    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    yield from (line(heads), rule, *map(line, rows[:-1]), rule, line(rows[-1]))


def _few(values: Sequence[str]) -> str:
    """List values while there is room, and tell how many more there are."""
    shown = [visible(value) for value in values]
    text = ", ".join(shown) or _NOUGHT
    for count in range(len(shown) - 1, 0, -1):
        if len(text) <= _WIDEST:
            break
        text = f"{', '.join(shown[:count])} +{len(shown) - count}"
    return cut(text, _WIDEST)


def _number(count: int) -> str:
    return f"{count:,}" if count else _NOUGHT


def _size(size: float) -> str:
    return humanize.naturalsize(size, binary=True)
