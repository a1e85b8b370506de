"""Which of the many formats in a ZIP package a file is."""

from collections.abc import Iterator
from enum import StrEnum

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.source import CutError, Source
from avpres.adapters.validators.zip_directory import LOCAL, Member, entries, find_directory
from avpres.adapters.validators.zip_member import unpacked


class Kind(StrEnum):
    """What a ZIP package is, told from its first member or its directory."""

    EPUB = "EPUB"
    OOXML = "OOXML"
    ODF = "ODF"
    JAR = "JAR"
    PLAIN = "ZIP"


EPUB_MIME = b"application/epub+zip"
CONTENT_TYPES = b"[Content_Types].xml"

_ODF_MIME = b"application/vnd.oasis.opendocument."
_HEADER = 30  # bytes of a local header before the name
_LOOKED_AT = 2000  # entries; a package that says what it is says it early
_NAMES = {
    CONTENT_TYPES: Kind.OOXML,
    b"META-INF/container.xml": Kind.EPUB,
    b"META-INF/manifest.xml": Kind.ODF,
    b"META-INF/MANIFEST.MF": Kind.JAR,
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MACROS = "application/vnd.ms-"
_OOXML = {  # the type of the main part: the type of the file, its usual name
    b"wordprocessingml.document.main+xml": (_OFFICE + "wordprocessingml.document", "docx"),
    b"wordprocessingml.template.main+xml": (_OFFICE + "wordprocessingml.template", "dotx"),
    b"spreadsheetml.sheet.main+xml": (_OFFICE + "spreadsheetml.sheet", "xlsx"),
    b"spreadsheetml.template.main+xml": (_OFFICE + "spreadsheetml.template", "xltx"),
    b"presentationml.presentation.main+xml": (_OFFICE + "presentationml.presentation", "pptx"),
    b"presentationml.slideshow.main+xml": (_OFFICE + "presentationml.slideshow", "ppsx"),
    b"presentationml.template.main+xml": (_OFFICE + "presentationml.template", "potx"),
    b"ms-word.document.macroEnabled.main+xml": (_MACROS + "word.document.macroEnabled.12", "docm"),
    b"ms-excel.sheet.macroEnabled.main+xml": (_MACROS + "excel.sheet.macroEnabled.12", "xlsm"),
    b"ms-excel.sheet.binary.macroEnabled.main": (
        _MACROS + "excel.sheet.binary.macroEnabled.12",
        "xlsb",
    ),
    b"ms-powerpoint.presentation.macroEnabled.main+xml": (
        _MACROS + "powerpoint.presentation.macroEnabled.12",
        "pptm",
    ),
    b"ms-visio.drawing.main+xml": (_MACROS + "visio.drawing", "vsdx"),
}


def kind_of(source: Source) -> Kind:
    """Tell the kinds of ZIP packages apart, from a few hundred bytes where that is enough.

    Nothing is raised, whatever the file holds: what cannot be read is a plain ZIP.
    """
    head = source.peek(0, _HEADER + 256)
    if len(head) < _HEADER or not head.startswith(LOCAL):
        return Kind.PLAIN
    length, extra = head[26] | head[27] << 8, head[28] | head[29] << 8
    name = head[_HEADER : _HEADER + length]
    if name == b"mimetype":
        kind = _by_mimetype(head[_HEADER + length + extra :])
        if kind is not Kind.PLAIN:
            return kind
    return _NAMES.get(name) or _by_directory(source)


def ooxml_type(content_types: bytes) -> tuple[str, str]:
    """Give the MIME type and the usual extension that `[Content_Types].xml` tells of."""
    for part, found in _OOXML.items():
        if part in content_types:
            return found
    return "application/zip", ""


def type_of_mimetype(source: Source, member: Member | None) -> str:
    """Give what the member `mimetype` says."""
    content = unpacked(source, member, 256) if member else None
    return content.decode("ascii", "replace").strip() if content else ""


def _by_mimetype(content: bytes) -> Kind:
    if content.startswith(EPUB_MIME):
        return Kind.EPUB
    return Kind.ODF if content.startswith(_ODF_MIME) else Kind.PLAIN


def _by_directory(source: Source) -> Kind:
    try:
        found = {_NAMES[name] for name in _names(source) if name in _NAMES}
    except (HaltError, CutError):
        return Kind.PLAIN
    return next((kind for kind in Kind if kind in found), Kind.PLAIN)


def _names(source: Source) -> Iterator[bytes]:
    ignored = Examination()
    directory = find_directory(source, ignored)
    for count, member in enumerate(entries(source, directory, ignored)):
        if count == _LOOKED_AT:
            return
        yield member.name
