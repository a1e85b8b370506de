"""What qpdf says of a file, put into our words, with JHOVE's ids and its judgement."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

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
    verdict: Literal["broken", "invalid", "warn"] = "broken"


_MEANINGS = (
    Meaning("duplicated key", "PDF-KEY-TWICE", verdict="warn"),
    Meaning("has offset 0", "PDF-OFFSET-0", verdict="warn"),
    Meaning("empty object", "PDF-EMPTY-OBJECT", verdict="warn"),
    Meaning("may still be valid", "PDF-STREAM-OPEN", verdict="warn"),
    Meaning("extraneous whitespace", "PDF-WHITESPACE", verdict="warn"),
    Meaning("line terminator", "PDF-WHITESPACE", verdict="warn"),
    Meaning("carriage return only", "PDF-WHITESPACE", verdict="warn"),
    Meaning("accepting invalid xref", "PDF-XREF-ENTRY", verdict="warn"),
    Meaning("bad indirect reference", "PDF-REFERENCE", verdict="warn"),
    Meaning("is direct; converting", "PDF-PAGE-TREE", "PDF-HUL-29", "invalid"),
    Meaning("no pages found", "PDF-NO-PAGES", verdict="warn"),
    Meaning("not one plus the highest", "PDF-SIZE", "PDF-HUL-157", "invalid"),
    Meaning("invalid /ID", "PDF-ID", None, "invalid"),
    Meaning("Type entry to /Catalog", "PDF-TYPE", "PDF-HUL-141"),
    Meaning("should be /Pages but", "PDF-TYPE", "PDF-HUL-146"),
    Meaning("should be /Page but", "PDF-PAGE-TREE", "PDF-HUL-29", "invalid"),
    Meaning("includes non-dictionary", "PDF-PAGE-MISSING", "PDF-HUL-29"),
    Meaning("more than once in the pages", "PDF-PAGE-LOOP", "PDF-HUL-30"),
    Meaning("Loop detected in /Pages", "PDF-PAGE-LOOP", "PDF-HUL-32"),
    Meaning("no /Kids array", "PDF-PAGE-TREE", "PDF-HUL-29"),
    Meaning("unable to find page tree", "PDF-PAGES", "PDF-HUL-97"),
    Meaning("MediaBox is undefined", "PDF-PAGE-BOX", verdict="invalid"),
    Meaning("Resources is missing", "PDF-RESOURCES", verdict="invalid"),
    Meaning("Annots is not an array", "PDF-ANNOTATIONS", "PDF-HUL-21", "invalid"),
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
    meaning = next(meaning for meaning in _MEANINGS if meaning.part in text)
    place = None if offset is None else offset + start
    sizes = _SIZES.search(text)
    if sizes is not None and int(sizes[1]) > int(sizes[2]):
        meaning = meaning._replace(verdict="warn", jhove=None)  # numbers may be left unused
    judge = {"broken": exam.broken, "invalid": exam.invalid, "warn": exam.warn}[meaning.verdict]
    judge(meaning.id, text, place, jhove=meaning.jhove)


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
