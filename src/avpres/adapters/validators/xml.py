"""XML: well-formed by libxml2, valid where the local catalogue has the schema or the DTD.

Nothing is ever fetched: what is not in the catalogue leaves the file "Well-Formed", as a file that
names no schema or DTD is with JHOVE. The file is parsed without a tree, so its size does not
matter; a tree, for validation only, is built of files up to `xml_validity.TREE` bytes.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_tally import Tally
from avpres.adapters.validators.xml_prolog import Prolog, read_prolog
from avpres.adapters.validators.xml_resolver import nothing, parser_asking
from avpres.domain.technical import MediaKind, Text

if TYPE_CHECKING:
    from lxml import etree

_HUGE = 64 * 1024 * 1024  # bytes; below it, libxml2's limits need not guard the memory
_HARMFUL = {89, 114}  # libxml2's errors of entity loops and of its own limits
_ENCODING = {31, 32, 81, 6003}  # libxml2: unknown, unsupported, wrong encoding
_ENTITY_UNREAD = 27
_FATAL = 3
_NAMESPACES = 3  # libxml2's domain of errors in names with prefixes, fatal for JHOVE's parser too
_IDS = {
    26: "XML-ENTITY-UNDECLARED",
    76: "XML-TAG-MISMATCH",
    77: "XML-CUT",
    4: "XML-EMPTY",
    5: "XML-AFTER-END",
    9: "XML-CHARACTER",
    42: "XML-ATTRIBUTE-TWICE",
    200: "XML-NAMESPACE",
    201: "XML-NAMESPACE",
    202: "XML-NAMESPACE",
    203: "XML-NAMESPACE",
    204: "XML-NAMESPACE",
    205: "XML-NAMESPACE",
}


def validate(source: Source, exam: Examination) -> None:
    """Parse everything once, then validate against what the catalogue has."""
    exam.mime = "application/xml"
    prolog = examine_xml(source, exam)
    if prolog is not None:
        from avpres.adapters.validators.xml_validity import validate_against_catalogue

        validate_against_catalogue(source, exam, prolog)


def examine_xml(source: Source, exam: Examination) -> Prolog | None:
    """Describe an XML file and say whether it is well-formed; give its prolog if it is."""
    exam.technical.kind = MediaKind.TEXT
    if source.size == 0:
        exam.halt("XML-EMPTY", "the file is empty", 0)
    prolog = read_prolog(source)
    exam.technical.text = text = Text(markup="XML", markup_version=prolog.version or "1.0")
    exam.version = prolog.version or "1.0"
    _describe(text, prolog, exam)
    tally = Tally(0)
    error = parse(source, tally)
    if prolog.width == 1:
        _count(text, tally)
    if error is None:
        return prolog
    say(error, source, exam, prolog)
    return None


def parse(source: Source, tally: Tally) -> "etree._LogEntry | etree.XMLSyntaxError | None":
    """Parse without a tree; give the first error that makes the file not well-formed."""
    from lxml import etree

    parser = parser_asking(nothing, target=_Nothing(), huge_tree=source.size <= _HUGE)
    try:
        for chunk in source.chunks():
            tally.add(chunk)
            parser.feed(chunk)
        parser.close()
    except etree.XMLSyntaxError as error:
        return _first(parser.feed_error_log) or error
    return _first(parser.feed_error_log)


def _first(log: "Iterable[etree._LogEntry]") -> "etree._LogEntry | None":
    """Give the first error that counts: undeclared entities do not where a DTD was not read."""
    for entry in log:
        if entry.domain == _NAMESPACES or (entry.level == _FATAL and entry.type != _ENTITY_UNREAD):
            return entry
    return None


def say(
    error: "etree._LogEntry | etree.XMLSyntaxError",
    source: Source,
    exam: Examination,
    prolog: Prolog,
) -> None:
    """Put libxml2's error into a message with its offset in bytes."""
    from lxml import etree

    if isinstance(error, etree.XMLSyntaxError):
        code, text = getattr(error, "code", 0), error.msg or "not well-formed"
        line, column = error.position
    else:
        code, text, line, column = error.type, error.message, error.line, error.column
    text = text.split(", line ")[0].strip()
    offset = offset_of(source, prolog, line or 1, column or 1)
    if code in _HARMFUL:
        deep = "depth" in text
        name = "XML-DEPTH" if deep else "XML-ENTITIES" if "ntity" in text else "XML-LIMIT"
        exam.broken(name, f"stopped, as this harms who reads it: {text}", offset)
    elif code in _ENCODING:
        exam.broken("XML-ENCODING", f"not in its encoding: {text}", offset, jhove="XML-HUL-11")
    else:
        exam.broken(_IDS.get(code, "XML-SYNTAX"), text, offset, jhove="XML-HUL-1")


def offset_of(source: Source, prolog: Prolog, line: int, column: int) -> int | None:
    """Give the offset of a place that libxml2 names by line and column; None in UTF-16 and 32."""
    if prolog.width > 1:
        return None
    start, left = 0, line - 1
    for chunk in source.chunks():
        found = chunk.count(b"\n")
        if left <= found:
            place = 0
            for _ in range(left):
                place = chunk.index(b"\n", place) + 1
            return min(start + place + column - 1, source.size)
        left -= found
        start += len(chunk)
    return source.size


class _Nothing:
    """A parser's target without methods for elements: the whole parse stays in C."""

    def close(self) -> None:
        """Give nothing."""


def _describe(text: Text, prolog: Prolog, exam: Examination) -> None:
    text.charset = prolog.charset
    text.has_bom = prolog.has_bom
    if prolog.width > 1:
        text.byte_order = "little endian" if prolog.charset.endswith("LE") else "big endian"
    text.root, text.namespace = prolog.root, prolog.namespace
    text.doctype = prolog.public or prolog.system
    text.schemas = prolog.schemas
    text.language = prolog.language
    exam.technical.properties["encoding_basis"] = prolog.basis
    if prolog.standalone:
        exam.technical.properties["standalone"] = prolog.standalone


def _count(text: Text, tally: Tally) -> None:
    tally.finish()
    text.line_break = tally.line_break
    text.lines = tally.lines
    text.characters = tally.characters if text.charset in {"UTF-8", "US-ASCII"} else None
