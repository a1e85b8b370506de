"""Decodes everything in a PDF file: every stream, pictures too, and every page's content."""

import warnings
from pathlib import Path

from avpres.adapters.validators.pdf_content import set_limits
from avpres.adapters.validators.pdf_messages import explain, overheard
from avpres.adapters.validators.pdf_pictures import faults
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message

_HARMLESS = ("nsupported", "output may still be valid")
"""What qpdf does not know is no damage, nor are data without the mark of their end."""
_MEMORY = 2 * 1024**3 - 1  # bytes of one decoded picture


def decode_all(path: Path) -> list[Message]:
    """Give what qpdf complains of when it decodes all streams of a file, repairing nothing."""
    import pikepdf

    set_limits(_MEMORY)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            overheard() as lines,
            pikepdf.open(path, suppress_warnings=True, attempt_recovery=False) as pdf,
        ):
            said = [*pdf.check_pdf_syntax(), *lines, *map(str, pdf.get_warnings())]
            said += faults(pdf)
    except pikepdf.PasswordError:
        return []
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError) as error:
        said = [str(error)]
    said = [text for text in dict.fromkeys(said) if not _is_harmless(text)]
    return [_message(text.replace(str(path), "").lstrip(": ")) for text in said]


def _message(text: str) -> Message:
    text, offset = explain(text)
    return Message("PDF-DEEP", Severity.ERROR, text, offset, None, Impact.NOT_WELL_FORMED)


def _is_harmless(text: str) -> bool:
    return any(words in text for words in _HARMLESS)
