"""Decodes everything in a PDF file: every stream, pictures too, and every page's content."""

from pathlib import Path

from avpres.adapters.validators.pdf_content import set_limits
from avpres.adapters.validators.pdf_messages import explain, overheard
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message

_MEMORY = 2 * 1024**3 - 1  # bytes of one decoded picture


def decode_all(path: Path) -> list[Message]:
    """Give what qpdf complains of when it decodes all streams of a file, repairing nothing."""
    import pikepdf

    set_limits(_MEMORY)
    try:
        with (
            overheard() as lines,
            pikepdf.open(path, suppress_warnings=True, attempt_recovery=False) as pdf,
        ):
            said = [*pdf.check_pdf_syntax(), *lines, *map(str, pdf.get_warnings())]
    except pikepdf.PasswordError:
        return []
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError) as error:
        said = [str(error)]
    return [_message(text.replace(str(path), "").lstrip(": ")) for text in dict.fromkeys(said)]


def _message(text: str) -> Message:
    text, offset = explain(text)
    return Message("PDF-DEEP", Severity.ERROR, text, offset, None, Impact.NOT_WELL_FORMED)
