"""The pieces that every page is made of: tables, and names that cannot become part of a page."""

from collections.abc import Collection, Sequence
from html import escape

from avpres.adapters.formats.report_names import segments
from avpres.adapters.formats.report_view import Row

CLOSE_TABLE = "</tbody>\n</table></div>\n</section>\n"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
SIGN = {"pass": "✓", "fail": "✗", "done": "–"}  # noqa: RUF001 - a dash, neither yes nor no
_NAME = ' class="name"'


def head(title: str, style: str) -> str:
    """Begin a page, after its doctype; a content policy forbids scripts and loading."""
    return (
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{plain(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
    )


def header(kicker: str, kind: str, word: str, sentence: str, status: str) -> str:
    """Write the verdict, which is what the page is about; `kind` is pass, done or fail."""
    return (
        f'<header>\n<p class="kicker">{kicker}</p>\n'
        f'<div class="verdict {kind}">\n'
        f'<p class="word"><span aria-hidden="true">{SIGN[kind]}</span> {plain(word)}</p>\n'
        f"<h1>{name(capital(sentence))}</h1>\n"
        f'<p class="status">{plain(capital(status))}</p>\n</div>\n</header>\n'
    )


def pairs(title: str, rows: Sequence[Row], *, names: Collection[str] = ()) -> str:
    """Write labels and values; values of the labels in `names` are paths or commands."""
    lines = [
        f'<tr><th scope="row">{name(label)}</th>'
        f"<td{_NAME if label in names else ''}>{'<br>'.join(map(name, values))}</td></tr>"
        for label, values in rows
    ]
    return table(title, (), lines)


def table(
    title: str, columns: Sequence[str], rows: Sequence[str], *, count: int = 0, note: str = ""
) -> str:
    """Write a section with a table; nothing if there are no rows."""
    if not rows:
        return ""
    return open_table(title, columns, count=count, note=note) + "\n".join(rows) + CLOSE_TABLE


def open_table(title: str, columns: Sequence[str], *, count: int = 0, note: str = "") -> str:
    """Begin a section with a table; a column that starts with # holds numbers."""
    counted = f' <span class="count">({count:,})</span>' if count else ""
    heads = "".join(
        f'<th scope="col"{" class=number" if column.startswith("#") else ""}>'
        f"{plain(column.removeprefix('#'))}</th>"
        for column in columns
    )
    return (
        f"<section>\n<h2>{name(title)}{counted}</h2>\n"
        + (f'<p class="note">{name(note)}</p>\n' if note else "")
        + f'<div class="scroll" tabindex="0" role="group" aria-label="{plain(title)}">'
        + ("<table>" if columns else '<table class="pairs">')
        + (f"\n<thead><tr>{heads}</tr></thead>" if columns else "")
        + "\n<tbody>\n"
    )


def narrow(section: str) -> str:
    """Keep a table of few short columns from being drawn apart."""
    return f'<div class="narrow">\n{section}</div>\n' if section else ""


def capital(text: str) -> str:
    """Begin with a capital, as a heading does; a path at the beginning stays as it is."""
    first = text.split(" ", 1)[0]
    return text if not first.isalpha() else text[:1].upper() + text[1:]


def name(text: str) -> str:
    """Escape any text for the page, and mark what cannot be shown."""
    return "".join(
        f'<span class="escape">{escape(piece)}</span>' if escaped else escape(piece)
        for escaped, piece in segments(text)
    )


def plain(text: str) -> str:
    """Escape text for attributes and titles, where nothing can be marked."""
    return escape("".join(piece for _, piece in segments(text)))
