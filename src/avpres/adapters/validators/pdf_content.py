"""What a PDF file holds, read through pikepdf without any repair."""

import io
import re
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_description import describe
from avpres.adapters.validators.pdf_navigation import check_navigation
from avpres.adapters.validators.pdf_objects import check_objects
from avpres.adapters.validators.pdf_pages import check_pages
from avpres.adapters.validators.source import Source

if TYPE_CHECKING:
    import pikepdf

_OFFSET = re.compile(r"offset (\d+)")
_PLACE = re.compile(r"^(?:stream )?<[^>]*>:?\s*")
_MEMORY = 128 * 1024 * 1024  # bytes that one table of objects may take
_LONGEST = 240  # characters of a message
_WARNINGS = 200
_JHOVE = {
    "startxref": "PDF-HUL-139",
    "trailer": "PDF-HUL-71",
    "/Root": "PDF-HUL-75",
    "xref": "PDF-HUL-68",
    "endobj": "PDF-HUL-38",
    "endstream": "PDF-HUL-64",
    "dictionary": "PDF-HUL-42",
    "array": "PDF-HUL-40",
}


def examine_content(source: Source, exam: Examination, start: int) -> None:
    """Open the file and examine all of it; `start` is where its header begins."""
    import pikepdf

    set_limits(_MEMORY)
    try:
        with _open(source) as pdf:
            _examine(pdf, exam)
            for warning in pdf.get_warnings():
                _say(str(warning), exam, start)
    except pikepdf.PasswordError:
        _say_locked(source, exam)
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        _say(str(error), exam, start)
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError, MemoryError) as error:
        _say(f"objects that cannot be read: {error}", exam, start)


def set_limits(memory: int) -> None:
    """Bound what qpdf takes for one stream, and how much it says of one file."""
    from pikepdf import settings

    settings.set_qpdf_limits(flate_max_memory=memory, doc_max_warnings=_WARNINGS)


def explain(text: str) -> tuple[str, int | None]:
    """Give qpdf's text without the name of the file, and the offset that it names."""
    text = _PLACE.sub("", text)
    found = _OFFSET.search(text)
    return text[:_LONGEST], int(found[1]) if found else None


def _open(source: Source) -> "pikepdf.Pdf":
    import pikepdf

    data = source.data
    file = source.file if data is None else io.BytesIO(data)
    return pikepdf.open(
        file, suppress_warnings=True, attempt_recovery=False, inherit_page_attributes=False
    )


def _examine(pdf: "pikepdf.Pdf", exam: Examination) -> None:
    check_objects(pdf, exam)
    pages = check_pages(pdf, exam)
    check_navigation(pdf, exam, pages)
    describe(pdf, exam, pages)


def _say(text: str, exam: Examination, start: int) -> None:
    text, offset = explain(text)
    jhove = next((id for word, id in _JHOVE.items() if word in text), None)
    exam.broken("PDF-SYNTAX", text, None if offset is None else offset + start, jhove=jhove)


def _say_locked(source: Source, exam: Examination) -> None:
    del source
    document = exam.technical.document
    if document is not None:
        document.encrypted = True
        document.version = exam.version
    exam.undetermined("PDF-ENCRYPTED", "a password is needed to read what is in the file")
