"""What a PDF file holds, read through pikepdf without any repair."""

import io
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_description import describe
from avpres.adapters.validators.pdf_messages import overheard, say
from avpres.adapters.validators.pdf_navigation import check_navigation
from avpres.adapters.validators.pdf_objects import check_objects
from avpres.adapters.validators.pdf_pages import check_pages
from avpres.adapters.validators.source import Source

if TYPE_CHECKING:
    import pikepdf

_MEMORY = 128 * 1024 * 1024  # bytes that one table of objects may take
_WARNINGS = 200


def examine_content(source: Source, exam: Examination, start: int) -> None:
    """Open the file and examine all of it; `start` is where its header begins."""
    import pikepdf

    set_limits(_MEMORY)
    try:
        with overheard() as lines, _open(source) as pdf:
            _examine(pdf, exam)
            for text in (*lines, *map(str, pdf.get_warnings())):
                say(text, exam, start)
    except pikepdf.PasswordError:
        _say_locked(exam)
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        say(str(error), exam, start)
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError, MemoryError) as error:
        say(f"objects that cannot be read: {error}", exam, start)


def set_limits(memory: int) -> None:
    """Bound what qpdf takes for one stream, and how much it says of one file."""
    from pikepdf import settings

    bound = getattr(settings, "set_qpdf_limits", None)  # an older pikepdf has none
    if bound is not None:
        bound(flate_max_memory=memory, doc_max_warnings=_WARNINGS)


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


def _say_locked(exam: Examination) -> None:
    document = exam.technical.document
    if document is not None:
        document.encrypted = True
        document.version = exam.version
    exam.undetermined("PDF-ENCRYPTED", "a password is needed to read what is in the file")
