"""Tables in plain text: a column of names that gives way, and columns of numbers."""

import textwrap
from collections.abc import Iterator, Sequence

GAP = "  "
_NARROWEST = 12  # columns that names keep, whatever the numbers need
_ENOUGH = 24  # columns that names should keep
_RULE = "-"


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, total: bool = False
) -> Iterator[str]:
    """Yield the lines of a table: names to the left, numbers to the right, titles above a rule.

    Args:
        heads: titles; the first is of the names.
        rows: cells, as many as heads.
        width: columns of the terminal; names are cut to fit.
        total: the last row is a total, and a rule goes before it.
    """
    needed = [max(map(len, column)) for column in zip(*rows, strict=True)]
    wrapped = _heads(heads, needed, width, hyphens=False)
    if _room(wrapped, needed, width) < min(needed[0], _ENOUGH):
        wrapped = _heads(heads, needed, width, hyphens=True)
    widths = _widths(wrapped, needed)
    room = _room(wrapped, needed, width)
    first = max(min(max(needed[0], *map(len, wrapped[0])), room), _NARROWEST)
    tall = max(map(len, wrapped))
    padded = [[""] * (tall - len(head)) + head for head in wrapped]
    rule = _RULE * (first + sum(widths) + len(GAP) * len(widths))
    yield from (_line(cells, first, widths) for cells in zip(*padded, strict=True))
    yield rule
    for number, row in enumerate(rows, 1):
        if total and number == len(rows):
            yield rule
        yield _line(row, first, widths)


def cut(text: str, width: int) -> str:
    """Cut a text that is too long, and show that it was."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _heads(
    heads: Sequence[str], needed: Sequence[int], width: int, *, hyphens: bool
) -> list[list[str]]:
    """Break titles to the width that is left for them, at hyphens only where that must be."""
    spare = width - max(min(needed[0], width // 3), _NARROWEST)
    each = spare // max(len(heads) - 1, 1) - len(GAP)
    return [
        textwrap.wrap(head, max(each, need, 8), break_long_words=False, break_on_hyphens=hyphens)
        for head, need in zip(heads, needed, strict=True)
    ]


def _widths(wrapped: Sequence[Sequence[str]], needed: Sequence[int]) -> list[int]:
    columns = zip(needed[1:], wrapped[1:], strict=True)
    return [max(need, *map(len, head)) for need, head in columns]


def _room(wrapped: Sequence[Sequence[str]], needed: Sequence[int], width: int) -> int:
    """Give the columns that are left for names."""
    widths = _widths(wrapped, needed)
    return width - sum(widths) - len(GAP) * len(widths)


def _line(cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    numbers = [cell.rjust(width) for cell, width in zip(cells[1:], widths, strict=True)]
    return GAP.join([cut(cells[0], first).ljust(first), *numbers]).rstrip()
