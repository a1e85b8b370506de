"""Which validator serves which format, and how it is run.

A module is imported when its format is met for the first time: some need libraries that cost half
a second.
"""

from collections.abc import Callable
from importlib import import_module

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.formats import Format

Validator = Callable[[Source, Examination], None]

_MODULES: dict[Format, str] = {
    Format.AIFF: "aiff",
    Format.ASCII: "text",
    Format.AVI: "avi",
    Format.DPX: "dpx",
    Format.DV: "dv",
    Format.EPUB: "epub",
    Format.FLAC: "flac",
    Format.GIF: "gif",
    Format.GZIP: "gzip",
    Format.HTML: "html",
    Format.JPEG: "jpeg",
    Format.JPEG2000: "jpeg2000",
    Format.MATROSKA: "matroska",
    Format.MOV: "isobmff",
    Format.MP4: "isobmff",
    Format.MXF: "mxf",
    Format.OPENEXR: "openexr",
    Format.PDF: "pdf",
    Format.PNG: "png",
    Format.TAR: "tar",
    Format.TEXT: "text",
    Format.TIFF: "tiff",
    Format.UTF8: "text",
    Format.WARC: "warc",
    Format.WAVE: "wave",
    Format.XHTML: "xhtml",
    Format.XML: "xml",
    Format.ZIP: "zip",
}
_loaded: dict[Format, Validator] = {}


def validator_of(format: Format) -> Validator:
    """Import the validator of a format."""
    found = _loaded.get(format)
    if found is None:
        module = import_module(f"avpres.adapters.validators.{_MODULES[format]}")
        found = _loaded[format] = module.validate
    return found


def examine(source: Source, format: Format, exam: Examination) -> None:
    """Run the validator of a format; where the file is cut short, that is its verdict."""
    prefix = format.name
    try:
        validator_of(format)(source, exam)
    except HaltError:
        pass
    except CutError as cut:
        exam.broken(
            f"{prefix}-CUT",
            f"the file ends inside of what begins at byte {cut.offset}: {cut}",
            source.size,
        )
