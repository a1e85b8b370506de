"""What a PDF file holds, read through pikepdf without any repair."""

import io
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_description import describe
from avpres.adapters.validators.pdf_messages import overheard, say
from avpres.adapters.validators.pdf_navigation import check_navigation
from avpres.adapters.validators.pdf_objects import MOST_OBJECTS, check_objects
from avpres.adapters.validators.pdf_pages import check_pages
from avpres.adapters.validators.source import Source

if TYPE_CHECKING:
    import pikepdf

_MEMORY = 128 * 1024 * 1024  # bytes that one table of objects may take
_WARNINGS = 200
_OBJECT_STREAM = b"/ObjStm"


class Layout(NamedTuple):
    """Where the header of a file begins, and whether offsets count from the file's beginning."""

    start: int
    from_zero: bool

    @property
    def shift(self) -> int:
        """Bytes that an offset of qpdf is short of one in the file."""
        return 0 if self.from_zero else self.start


def examine_content(source: Source, exam: Examination, layout: Layout) -> None:
    """Open the file and examine all of it."""
    import pikepdf

    set_limits(_MEMORY)
    data = source.data
    if data is not None and layout.from_zero:
        data = _header_first(data, layout.start)
    try:
        examine_opened(source.file if data is None else io.BytesIO(data), exam, layout, _examine)
    except pikepdf.PasswordError:
        _examine_locked(data, exam, layout)


def examine_opened(
    file: BinaryIO,
    exam: Examination,
    layout: Layout,
    examine: "Callable[[pikepdf.Pdf, Examination], None]",
) -> None:
    """Open a file with qpdf and examine it; what qpdf itself complains of is said too."""
    import pikepdf

    try:
        with overheard() as lines, _open(file) as pdf:
            examine(pdf, exam)
            for text in (*lines, *map(str, pdf.get_warnings())):
                say(text, exam, layout.shift)
    except pikepdf.PasswordError:
        raise
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        say(str(error), exam, layout.shift)
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError, MemoryError) as error:
        say(f"objects that cannot be read: {error}", exam, layout.shift)


def set_limits(memory: int) -> None:
    """Bound what qpdf takes for one stream, and how much it says of one file."""
    from pikepdf import settings

    bound = getattr(settings, "set_qpdf_limits", None)  # an older pikepdf has none
    if bound is not None:
        bound(flate_max_memory=memory, doc_max_warnings=_WARNINGS)


def _header_first(data: bytes, start: int) -> bytes:
    """Put the header at the beginning, where qpdf counts from it; all else stays in its place."""
    end = start + len(b"%PDF-1.4")
    return data[start:end] + b" " * start + data[end:] if start else data


def _open(file: BinaryIO) -> "pikepdf.Pdf":
    import pikepdf

    return pikepdf.open(
        file, suppress_warnings=True, attempt_recovery=False, inherit_page_attributes=False
    )


def _examine(pdf: "pikepdf.Pdf", exam: Examination) -> None:
    check_objects(pdf, exam)
    pages = check_pages(pdf, exam)
    check_navigation(pdf, exam, pages)
    describe(pdf, exam, pages)


def _examine_locked(data: bytes | None, exam: Examination, layout: Layout) -> None:
    """Examine how a file is built that needs a password, unless that is encrypted too."""
    document = exam.technical.document
    if document is not None:
        document.encrypted = True
        document.version = exam.version
    if data is None or _OBJECT_STREAM in data:
        exam.undetermined("PDF-ENCRYPTED", "a password is needed to read what is in the file")
        return
    exam.warn("PDF-LOCKED", "a password is needed: only how the file is built was examined")
    opened = io.BytesIO(data.replace(b"/Encrypt", b"/Enkrypt"))
    examine_opened(opened, exam, layout, _examine_structure)


def _examine_structure(pdf: "pikepdf.Pdf", exam: Examination) -> None:
    for _ in islice(pdf.objects, MOST_OBJECTS):
        pass  # each is read and its syntax judged
    pages = check_pages(pdf, exam)
    if exam.technical.document is not None:
        exam.technical.document.pages = len(pages)
