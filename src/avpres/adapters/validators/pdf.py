"""PDF 1.0 to 2.0: header, end, objects, pages, navigation and the data of its streams.

qpdf (in pikepdf) reads the file without repairing it: what other programs mend in silence is "Not
well-formed" here. Of a file that needs a password only the structure is examined.
"""

import re

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Document, MediaKind

_HEAD = 1024  # bytes in which the header must begin, by the habit of all readers
_TAIL = 1024  # bytes at the end in which %%EOF must be
_HEADER = re.compile(rb"%(?:!PS-Adobe-\d\.\d )?PDF-(\d\.\d+)?")
_LENGTH = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,15})", re.DOTALL)
_START = re.compile(rb"startxref\s+(\d{1,15})\s")
_LIST = re.compile(rb"\s*(?:xref\s|\d+\s+\d+\s+obj\b)")  # how a list of objects begins
_UPDATE = re.compile(rb"\d|xref")  # how an incremental update begins
_NEWEST = 7  # minor version of PDF 1


def validate(source: Source, exam: Examination) -> None:
    """Check the frame of the file, then everything that it holds."""
    exam.mime = "application/pdf"
    exam.technical.kind = MediaKind.DOCUMENT
    exam.technical.document = Document()
    start = _read_header(source, exam)
    listed = _check_end(source, exam)
    _check_length(source, exam)
    from_zero = bool(_LIST.match(source.peek(listed, 32)))
    if start and not from_zero:
        text = f"offsets do not count from the beginning, but from the header at byte {start}"
        exam.invalid("PDF-OFFSETS", text, start)
    from avpres.adapters.validators.pdf_content import Layout, examine_content

    examine_content(source, exam, Layout(start, from_zero))


def _read_header(source: Source, exam: Examination) -> int:
    found = _HEADER.search(source.peek(0, _HEAD + 16))
    if found is None or found.start() > _HEAD:
        exam.halt("PDF-HEADER", "no PDF header in the first 1,024 bytes", 0, jhove="PDF-HUL-137")
    start = found.start()
    if found[1] is None:
        exam.halt("PDF-VERSION", "the header names no version", start, jhove="PDF-HUL-137")
    exam.version = found[1].decode()
    major, _, minor = exam.version.partition(".")
    if major == "1" and int(minor) > _NEWEST:
        text = f"there is no PDF {exam.version}"
        exam.invalid("PDF-VERSION", text, start, jhove="PDF-HUL-148")
    elif major not in {"1", "2"} or (major == "2" and int(minor)):
        exam.broken("PDF-VERSION", f"there is no PDF {exam.version}", start, jhove="PDF-HUL-137")
    if start:
        exam.warn("PDF-HEADER-OFFSET", f"{start} bytes stand before the header", 0)
    return start


def _check_end(source: Source, exam: Examination) -> int:
    """Look for the end mark; give where the file says that its objects are listed."""
    place = max(0, source.size - _TAIL)
    tail = source.peek(place, _TAIL)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        exam.halt("PDF-NO-END", "no %%EOF at the end: cut short", source.size, jhove="PDF-HUL-138")
    rest = tail[end + 5 :].strip(b"\r\n\t \0")
    if _UPDATE.match(rest):
        text = "after the end mark an update begins that has no end: cut short"
        exam.broken("PDF-CUT", text, place + end + 5, jhove="PDF-HUL-138")
    elif rest:
        exam.warn("PDF-AFTER-END", f"{len(rest)} bytes after the end mark", place + end + 5)
    starts = list(_START.finditer(source.peek(max(0, place - 1024), 2048 + _TAIL)))
    if not starts:
        exam.halt(
            "PDF-NO-STARTXREF", "where the objects are listed is not said", place + end,
            jhove="PDF-HUL-139",
        )  # fmt: skip
    listed = int(starts[-1][1])
    if listed >= source.size:
        exam.halt(
            "PDF-STARTXREF", "the list of objects would lie beyond the end", place + end,
            jhove="PDF-HUL-139",
        )  # fmt: skip
    return listed


def _check_length(source: Source, exam: Examination) -> None:
    """Compare the length that a linearized file says it has; less than that is cut off."""
    found = _LENGTH.search(source.peek(0, _HEAD))
    if found and int(found[1]) > source.size:
        text = f"the file says that it has {int(found[1])} bytes, it has {source.size}"
        exam.broken("PDF-CUT", text, source.size)
