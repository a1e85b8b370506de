"""HTML: whether its tags, comments and elements are whole, in every version of HTML.

This is a structural check, not a validator: what passes is "Well-Formed", never valid. HTML lets a
file end without `</html>`; a file that was cut looks the same, so an `<html>` that is never closed
makes it not well-formed here. A file is never taken for plain text because it fails.
"""

import re
from contextlib import suppress

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.html_charset import check_charset
from avpres.adapters.validators.html_doctype import version_of
from avpres.adapters.validators.html_tokens import Walker
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_tally import Tally
from avpres.domain.technical import MediaKind, Text

_REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9]{0,40});")
_TITLE = 200  # characters of a title that are kept


def validate(source: Source, exam: Examination) -> None:
    """Walk all tags once; encoding, line ends and references are checked beside."""
    exam.mime = "text/html"
    exam.technical.kind = MediaKind.TEXT
    text = exam.technical.text = Text(markup="HTML")
    if source.size == 0:
        exam.halt("HTML-EMPTY", "the file is empty", 0)
    convert = check_charset(source, exam, text)
    walker = Walker(exam)
    tally = Tally(0)
    references: set[bytes] = set()
    with suppress(HaltError):  # what was read so far is described all the same
        for chunk in source.chunks():
            tally.add(chunk)
            if b"&" in chunk:
                references.update(_REFERENCE.findall(chunk))
            walker.feed(convert(chunk))
        walker.finish()
    tally.finish()
    _describe(exam, text, walker, tally)
    _check_bytes(exam, text, tally)
    _check_references(exam, references)
    exam.undetermined("HTML-NOT-CHECKED", "validity was not assessed: only its structure was")


def _describe(exam: Examination, text: Text, walker: Walker, tally: Tally) -> None:
    if not text.byte_order:
        text.line_break = tally.line_break
        text.lines = tally.lines
        text.characters = tally.characters if text.charset == "UTF-8" else tally.size
    text.language = walker.language.decode("ascii", "replace")
    text.root = "html"
    text.doctype = walker.doctype.decode("utf-8", "replace")
    exam.version, exam.profile = version_of(walker.doctype)
    text.markup_version = exam.version
    if walker.title:
        words = walker.title.decode(_codec(text.charset), "replace").split()
        exam.technical.properties["title"] = " ".join(words)[:_TITLE]


def _check_bytes(exam: Examination, text: Text, tally: Tally) -> None:
    if text.byte_order:
        return
    if tally.nulls:
        exam.broken("HTML-NUL", f"{tally.nulls} NUL bytes in a text", tally.first_odd)
    elif tally.odd:
        words = f"{tally.odd} control characters, which HTML does not allow"
        exam.invalid("HTML-CONTROL-CHARACTER", words, tally.first_odd)
    if tally.error is not None and text.charset == "UTF-8":
        error, offset = tally.error
        exam.broken("HTML-ENCODING", f"not UTF-8 from here: {error.reason}", offset)


def _check_references(exam: Examination, references: set[bytes]) -> None:
    if not references:
        return
    from html.entities import html5

    for name in sorted(references):
        word = name.decode("ascii")
        if word + ";" not in html5:
            exam.invalid("HTML-UNKNOWN-REFERENCE", f"there is no character named &{word};")


def _codec(charset: str) -> str:
    return "utf-8" if charset.startswith("UTF-") else "cp1252"
