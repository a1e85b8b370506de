"""What qpdf says of a file, put into our words, with JHOVE's ids and its judgement."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from avpres.adapters.validators.examination import Examination

_OFFSET = re.compile(r"offset (\d+)")
_PLACE = re.compile(r"^(?:stream )?<[^>]*>[:,]?\s*")
_SIZES = re.compile(r"number of objects \((\d+)\) is not one plus .*\((\d+)\)")
_LONGEST = 240  # characters of a message


class Meaning(NamedTuple):
    """What a text of qpdf comes to."""

    part: str  # of qpdf's text
    id: str
    jhove: str | None = None
    is_broken: bool = True
    is_warning: bool = False  # where it is not


_MEANINGS = (
    Meaning("duplicated key", "PDF-KEY-TWICE", is_broken=False, is_warning=True),
    Meaning("has offset 0", "PDF-OFFSET-0", is_broken=False, is_warning=True),
    Meaning("empty object", "PDF-EMPTY-OBJECT", is_broken=False, is_warning=True),
    Meaning("may still be valid", "PDF-STREAM-OPEN", is_broken=False, is_warning=True),
    Meaning("extraneous whitespace", "PDF-WHITESPACE", is_broken=False, is_warning=True),
    Meaning("line terminator", "PDF-WHITESPACE", is_broken=False, is_warning=True),
    Meaning("carriage return only", "PDF-WHITESPACE", is_broken=False, is_warning=True),
    Meaning("accepting invalid xref", "PDF-XREF-ENTRY", is_broken=False, is_warning=True),
    Meaning("bad indirect reference", "PDF-REFERENCE", is_broken=False, is_warning=True),
    Meaning("is direct; converting", "PDF-PAGE-TREE", "PDF-HUL-29", is_broken=False),
    Meaning("no pages found", "PDF-NO-PAGES", is_broken=False, is_warning=True),
    Meaning("invalid /ID", "PDF-ID", is_broken=False),
    Meaning("Type entry to /Catalog", "PDF-TYPE", "PDF-HUL-141"),
    Meaning("should be /Pages but", "PDF-TYPE", "PDF-HUL-146"),
    Meaning("should be /Page but", "PDF-PAGE-TREE", "PDF-HUL-29", is_broken=False),
    Meaning("includes non-dictionary", "PDF-PAGE-MISSING", "PDF-HUL-29"),
    Meaning("more than once in the pages", "PDF-PAGE-LOOP", "PDF-HUL-30"),
    Meaning("Loop detected in /Pages", "PDF-PAGE-LOOP", "PDF-HUL-32"),
    Meaning("no /Kids array", "PDF-PAGE-TREE", "PDF-HUL-29"),
    Meaning("unable to find page tree", "PDF-PAGES", "PDF-HUL-97"),
    Meaning("MediaBox is undefined", "PDF-PAGE-BOX", is_broken=False),
    Meaning("Resources is missing", "PDF-RESOURCES", is_broken=False),
    Meaning("Annots is not an array", "PDF-ANNOTATIONS", "PDF-HUL-21", is_broken=False),
    Meaning("startxref", "PDF-SYNTAX", "PDF-HUL-139"),
    Meaning("trailer", "PDF-SYNTAX", "PDF-HUL-71"),
    Meaning("/Root", "PDF-SYNTAX", "PDF-HUL-75"),
    Meaning("xref", "PDF-SYNTAX", "PDF-HUL-68"),
    Meaning("endobj", "PDF-SYNTAX"),
    Meaning("endstream", "PDF-SYNTAX", "PDF-HUL-64"),
    Meaning("dictionary", "PDF-SYNTAX", "PDF-HUL-42"),
    Meaning("", "PDF-SYNTAX"),
)


def say(text: str, exam: Examination, start: int) -> None:
    """Say what qpdf said; `start` is where the file's header begins."""
    text, offset = explain(text)
    place = None if offset is None else offset + start
    sizes = _SIZES.search(text)
    if sizes is not None:
        _say_size(text, exam, int(sizes[1]) > int(sizes[2]))
        return
    meaning = next(meaning for meaning in _MEANINGS if meaning.part in text)
    if meaning.is_broken:
        exam.broken(meaning.id, text, place, jhove=meaning.jhove)
    elif meaning.is_warning:
        exam.warn(meaning.id, text, place, jhove=meaning.jhove)
    else:
        exam.invalid(meaning.id, text, place, jhove=meaning.jhove)


def _say_size(text: str, exam: Examination, is_too_large: bool) -> None:
    if is_too_large:
        exam.warn("PDF-SIZE", text)
    else:
        exam.invalid("PDF-SIZE", text, jhove="PDF-HUL-157")


def explain(text: str) -> tuple[str, int | None]:
    """Give qpdf's text without the name of the file, and the offset that it names."""
    text = _PLACE.sub("", text).strip().lstrip(", ")
    found = _OFFSET.search(text)
    return text[:_LONGEST], int(found[1]) if found else None


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Collect what pikepdf would log: some of qpdf's complaints come in no other way."""
    logger = logging.getLogger("pikepdf._core")
    ear = _Ear()
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(ear)
    try:
        yield ear.lines
    finally:
        logger.removeHandler(ear)
        logger.propagate = propagates


class _Ear(logging.Handler):
    """Keeps what its own thread logs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text and record.thread == self._thread:
            self.lines.append(text)
