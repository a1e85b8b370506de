"""XML: well-formed by libxml2, valid where the local catalogue has the schema or the DTD.

Nothing is ever fetched: what is not in the catalogue leaves the file "Well-Formed", as a file that
names no schema or DTD is with JHOVE. The file is parsed without a tree, so its size does not
matter; a tree, for validation only, is built of files up to 16 MiB.
"""

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_tally import Tally
from avpres.adapters.validators.xml_parse import Fault, find_fault
from avpres.adapters.validators.xml_prolog import Prolog, read_prolog
from avpres.domain.technical import MediaKind, Text

_HARMFUL = {89, 114}  # libxml2's errors of entity loops and of its own limits
_ENCODING = {31, 32, 81, 6003}  # libxml2: unknown, unsupported, wrong encoding
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
    _check_declaration(prolog, exam)
    tally = Tally(0)
    fault = find_fault(source, prolog, tally)
    if prolog.width == 1:
        _count(text, tally)
    if fault is None:
        return prolog
    say(fault, source, exam, prolog)
    return None


def say(fault: Fault, source: Source, exam: Examination, prolog: Prolog) -> None:
    """Put libxml2's error into a message with its offset in bytes."""
    text = fault.text.split(", line ")[0].strip()
    offset = offset_of(source, prolog, fault.line, fault.column)
    if fault.code in _HARMFUL:
        deep = "depth" in text
        name = "XML-DEPTH" if deep else "XML-ENTITIES" if "ntity" in text else "XML-LIMIT"
        exam.broken(name, f"stopped, as this harms who reads it: {text}", offset)
    elif fault.code in _ENCODING:
        exam.broken("XML-ENCODING", f"not in its encoding: {text}", offset, jhove="XML-HUL-11")
    else:
        exam.broken(_IDS.get(fault.code, "XML-SYNTAX"), text, offset, jhove="XML-HUL-1")


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


def _check_declaration(prolog: Prolog, exam: Examination) -> None:
    """Say where the XML declaration is not true; libxml2 reads on in silence."""
    if prolog.version not in {"", "1.0", "1.1"}:
        exam.broken("XML-VERSION", f"there is no XML {prolog.version}", 0, jhove="XML-HUL-1")
    wide = prolog.declared.startswith(("UTF-16", "UTF-32", "ISO-10646-UCS"))
    is_other = prolog.declared not in {"UTF-16", "ISO-10646-UCS-2", prolog.charset}
    if prolog.declared and (
        (prolog.width == 2 and is_other) or (prolog.width == 1 and prolog.has_bom and wide)
    ):
        text = f"declared to be in {prolog.declared}, but its byte order mark is of"
        exam.broken("XML-ENCODING", f"{text} {prolog.charset}", 0, jhove="XML-HUL-1")


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
