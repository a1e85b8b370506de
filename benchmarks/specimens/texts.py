"""Texts, marked-up texts and PDF files."""

import io
from collections.abc import Iterator
from random import Random

import pikepdf

from benchmarks.specimens.images import page, photo
from benchmarks.specimens.specimen import Specimen

_VOCABULARY = (
    "archive film reel nitrate acetate negative print sound leader splice frame gauge the of and "
    "copy edit title actor scene camera lens light shadow voice music score a in to was by with"
)
ENGLISH = _VOCABULARY.split()
_FRENCH = ["été", "bobine", "cinémathèque", "où", "numérisé", "à", "la", "les", "générique"]
_GREEK = ["ταινία", "ήχος", "εικόνα", "αρχείο", "και", "το", "της", "φως", "κινηματογράφος"]
_JAPANESE = ["映画", "保存", "音声", "画像", "記録", "修復", "巻", "フィルム", "の", "は"]


def texts() -> Iterator[Specimen]:
    """Make plain text, XML, HTML, XHTML and PDF."""
    for name, format, text in _plain():
        yield Specimen(name, format, text, has_end=False)
    for name, format, text in _marked():
        yield Specimen(name, format, text.encode())
    for name, data in _pdfs():
        yield Specimen(name, "PDF", data)


def prose(seed: int, words: list[str], lines: int = 200) -> str:
    """Put words in lines."""
    draw = Random(seed)  # noqa: S311 - contents, no secrets
    return "\n".join(" ".join(draw.choices(words, k=12)) + "." for _ in range(lines)) + "\n"


def _plain() -> Iterator[tuple[str, str, bytes]]:
    yield "english.txt", "ASCII", prose(1, ENGLISH).encode()
    yield "list.csv", "ASCII", prose(2, ENGLISH).replace(" ", ",").encode()
    yield "french.txt", "UTF-8", prose(3, _FRENCH).encode()
    yield "greek.txt", "UTF-8", prose(4, _GREEK).encode()
    yield "japanese.txt", "UTF-8", prose(5, _JAPANESE).encode()
    yield "latin.txt", "Text", prose(6, _FRENCH).encode("latin-1")
    yield "wide.txt", "Text", prose(7, ENGLISH).encode("utf-16")


def _marked() -> Iterator[tuple[str, str, str]]:
    rows = "".join(
        f'<item id="i{n}" kind="reel"><title>{line}</title><frames>{n * 37}</frames></item>\n'
        for n, line in enumerate(prose(8, ENGLISH, 80).splitlines())
    )
    yield "list.xml", "XML", f'<?xml version="1.0" encoding="UTF-8"?>\n<list>\n{rows}</list>\n'
    doctype = "<!DOCTYPE list [<!ELEMENT list (item)*><!ELEMENT item (title, frames)>"
    doctype += "<!ATTLIST item id ID #REQUIRED kind CDATA #REQUIRED>"
    doctype += "<!ELEMENT title (#PCDATA)><!ELEMENT frames (#PCDATA)>]>"
    yield "valid.xml", "XML", f'<?xml version="1.0"?>\n{doctype}\n<list>\n{rows}</list>\n'
    parts = "".join(
        f'<h2 id="h{n}">{line}</h2>\n<p class="plain">{line} <a href="#h{n}">{n}</a></p>\n'
        for n, line in enumerate(prose(9, ENGLISH, 60).splitlines())
    )
    head = '<meta charset="utf-8"><title>Reels</title>'
    yield (
        "five.html",
        "HTML",
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{parts}</body></html>\n',
    )
    public = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
    )
    yield (
        "four.html",
        "HTML",
        f"{public}\n<html><head><title>Reels</title></head>\n<body>\n{parts}</body></html>\n",
    )
    xhtml = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
    xhtml += '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
    xhtml += '<html xmlns="http://www.w3.org/1999/xhtml">'
    body = f"<head><title>Reels</title></head>\n<body>\n{parts}</body></html>\n"
    yield "strict.xhtml", "XHTML", f'<?xml version="1.0" encoding="UTF-8"?>\n{xhtml}{body}'


def _pdfs() -> Iterator[tuple[str, bytes]]:
    modern = pikepdf.ObjectStreamMode
    yield "text.pdf", _book(compress_streams=True)
    yield "plain.pdf", _book(compress_streams=False)
    yield "objects.pdf", _book(compress_streams=True, object_stream_mode=modern.generate)
    yield "linear.pdf", _book(compress_streams=True, linearize=True)
    yield "scan.pdf", _scans()


def _book(**how: object) -> bytes:
    with pikepdf.new() as book:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        font = book.make_indirect(font)
        for number in range(8):
            leaf = book.add_blank_page()
            lines = prose(number, ENGLISH, 40).splitlines()
            shown = "\n".join(f"({line}) Tj T*" for line in lines)
            leaf.Contents = book.make_stream(f"BT /F1 9 Tf 11 TL 40 760 Td\n{shown}\nET".encode())
            leaf.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        book.docinfo["/Title"] = "Cans and reels"
        return _written(book, **how)


def _scans() -> bytes:
    buffer = io.BytesIO()
    photo(7).save(buffer, "PDF", save_all=True, append_images=[page(8), page(9)], title="scans")
    return buffer.getvalue()


def _written(book: pikepdf.Pdf, **how: object) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer, deterministic_id=True, **how)
    return buffer.getvalue()
