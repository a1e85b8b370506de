"""A distribution as plain text: formats by status, names against content, what needs attention."""

import textwrap
from collections.abc import Iterator

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.text_table import table
from avpres.domain.attention import Attention, Reason
from avpres.domain.distribution import Distribution, Row
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.tally import Count
from avpres.domain.validity import Status
from avpres.domain.verdict import Soundness

NARROW, WIDE = 80, 120
SHOWN = 10
"""Files and message ids listed; the records hold them all."""
FORMATS = 40
"""Formats that have a line of their own."""

_NOUGHT = "-"
_WITH_SIZES = 100  # columns from which there is room for bytes


def lines(
    distribution: Distribution,
    *,
    reconciliation: Reconciliation | None = None,
    width: int = NARROW,
    shown: int = SHOWN,
    attention: bool = True,
) -> list[str]:
    """Give the lines of the whole account; `width` is that of the terminal, within 80 and 120.

    Without `attention` files are only counted: whoever prints this tells of single files itself.
    """
    width = min(max(width, NARROW), WIDE)
    if not distribution.total.files:
        return ["no files"]
    parts = (
        _formats(distribution, width),
        _classes(distribution),
        _comparison(distribution, width),
        _sets(reconciliation, shown if attention else 0) if reconciliation else (),
        _attention(distribution, width, shown) if attention else (),
        _findings(distribution, width, shown) if attention else (),
    )
    told: list[str] = []
    for part in map(list, parts):
        told += ["", *part] if told and part else part
    return told


def _formats(distribution: Distribution, width: int) -> Iterator[str]:
    totals = distribution.statuses()
    statuses = [status for status in Status if totals[status].files]
    wide = width >= _WITH_SIZES
    rows = list(distribution.formats())
    kept, rest = rows[:FORMATS], rows[FORMATS:]
    cells = [_cells(visible(name), row, statuses, wide=wide) for name, row in kept]
    if rest:
        cells.append(_cells(f"{len(rest):,} formats more", _sum(rest), statuses, wide=wide))
    cells.append(_cells("All", Row(totals), statuses, wide=wide))
    heads = ["Format", "Files", *(["Size"] if wide else []), *(one.value for one in statuses)]
    yield from table(heads, cells, width, total=True)


def _cells(name: str, row: Row, statuses: list[Status], *, wide: bool) -> list[str]:
    total = row.total
    sizes = [_size(total.size)] if wide else []
    return [name, _number(total.files), *sizes, *(_number(row.statuses[s].files) for s in statuses)]


def _sum(rows: list[tuple[str, Row]]) -> Row:
    total = Row()
    for _, row in rows:
        for status, count in row.statuses.items():
            total.statuses[status].files += count.files
            total.statuses[status].size += count.size
    return total


def _classes(distribution: Distribution) -> Iterator[str]:
    for kind, count in distribution.classes.items():
        if count.files or kind in {Soundness.SOUND, Soundness.UNSOUND}:
            yield _counted(kind.value.capitalize(), count)
    if distribution.incomplete.files:
        lacking = ", ".join(
            f"{visible(name)} ({count.files:,})" for name, count in list(distribution.missing)[:5]
        )
        yield f"{_counted('Incomplete', distribution.incomplete)}: {lacking}"


def _counted(label: str, count: Count) -> str:
    return f"{label:<12}{count.files:>12,} {_files(count.files):<5}  {_size(count.size):>10}"


def _comparison(distribution: Distribution, width: int) -> Iterator[str]:
    """Compare what names, the manifest and the content say, as the AIHT did."""
    is_declared = len(distribution.declared) > 0
    rows = []
    for kind, compared in distribution.kinds():
        said = [compared.by_extension, *([compared.declared] if is_declared else [])]
        counts = [*said, compared.found, compared.validated]
        rows.append([kind, *map(_number, counts)])
    heads = ["Kind", "By extension", *(["By declared type"] if is_declared else [])]
    yield from table([*heads, "By content", "As validated"], rows, width)


def _sets(sets: Reconciliation, shown: int) -> Iterator[str]:
    yield (
        f"Manifest: {sets.listed:,} listed, {sets.present:,} of them present, "
        f"{sets.missing:,} missing; {sets.extra:,} extra"
    )
    for word, names, count in (
        ("missing", sets.missing_names, sets.missing),
        ("extra", sets.extra_names, sets.extra),
    ):
        yield from (f"  {word:<8} {visible(name)}" for name in names[:shown])
        if shown and count > min(shown, len(names)):
            yield f"  {word:<8} and {count - min(shown, len(names)):,} more"


def _attention(distribution: Distribution, width: int, shown: int) -> Iterator[str]:
    attention = distribution.attention
    if not attention.total:
        return
    counts = ", ".join(f"{attention.counts[r]:,} {r.value}" for r in Reason if attention.counts[r])
    total = f"{attention.total:,} {_files(attention.total)}"
    yield from _wrapped(f"What needs attention: {total} ({counts})", width, indent=0)
    told = 0
    for row in attention.rows(shown):
        told += 1
        yield f"  {row.reason.value}: {visible(row.path)}"
        yield from _wrapped(what(row), width, indent=6)
    if attention.total > told:
        yield f"  and {attention.total - told:,} more"


def what(row: Attention) -> str:
    """Say in one sentence what was found of a file; empty if the reason says it all."""
    said = visible(row.text)
    if row.missing and not said:
        said = f"lacks {', '.join(map(visible, row.missing))}"
    place = "" if row.offset is None else f" at byte {row.offset:,}"
    lead = f"{row.id}{place}: " if row.id else ""
    more = f" (and {row.more:,} more)" if row.more else ""
    return f"{lead}{said}{more}" if said or more else ""


def _findings(distribution: Distribution, width: int, shown: int) -> Iterator[str]:
    found = [(id, told) for id, told in distribution.findings() if told.severity != "info"]
    if not found:
        return
    yield "Most said"
    for id, told in found[:shown]:
        count = f"{told.files:,} {_files(told.files)}"
        yield from _wrapped(f"{id}, {count}: {visible(told.text)}", width, indent=2)
    if len(found) > shown:
        yield f"  and {len(found) - shown:,} other messages"


def _wrapped(text: str, width: int, *, indent: int) -> list[str]:
    lead = " " * indent
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=lead + "  ", break_on_hyphens=False
    )


def _number(count: int) -> str:
    return f"{count:,}" if count else _NOUGHT


def _files(count: int) -> str:
    return "file" if count == 1 else "files"


def _size(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
