"""Validity of XML against DTDs and schemas of the local catalogue."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.examination import KEPT_OF_AN_ID, Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.xml import offset_of
from avpres.adapters.validators.xml_catalogue import Catalogue, Dtd, catalogue_of
from avpres.adapters.validators.xml_prolog import Prolog
from avpres.adapters.validators.xml_resolver import parser_asking

if TYPE_CHECKING:
    from lxml import etree

_MOST = 1_000  # validity errors that are counted of one file
_LONGEST = 240  # characters of a message; libxml2 lists whole content models
_PARSER, _DTD, _VALID = 1, 4, 23  # libxml2's error domains
_UNDECLARED = {26, 27}
_INSIDE = Path()


def validate_against_catalogue(source: Source, exam: Examination, prolog: Prolog) -> None:
    """Validate with the DTD and the schema that the catalogue has for a well-formed file."""
    catalogue = catalogue_of(exam.rules.schemas)
    schema = _schema_of(catalogue, prolog)
    dtd = _dtd_of(catalogue, prolog)
    if schema is None and dtd is None:
        _say_none(exam, prolog)
    elif source.data is None:
        exam.undetermined("XML-NOT-VALIDATED", "too large to be validated; it is well-formed")
    else:
        if dtd is not None:
            path = None if dtd == _INSIDE else dtd
            validate_by_dtd(source.data, source, exam, prolog, path)
        if schema is not None:
            _validate_by_schema(source.data, source, exam, prolog, schema)


def validate_by_dtd(
    data: bytes, source: Source, exam: Examination, prolog: Prolog, path: Path | None
) -> None:
    """Parse again with the entities of the DTD, and validate by it.

    Without a path, or where the document adds declarations of its own, libxml2 reads the DTD again
    for this one document, which takes five times as long.
    """
    from lxml import etree

    catalogue = catalogue_of(exam.rules.schemas)
    try:
        if path is None or prolog.has_declarations:
            log = _validate_while_parsing(data, catalogue)
        else:
            log = _validate_tree(data, catalogue.dtd(path))
    except etree.XMLSyntaxError as error:
        exam.undetermined("XML-NOT-VALIDATED", f"no tree can be built of it: {error.msg}")
        return
    known = [entry for entry in log if entry.type not in _UNDECLARED]
    unknown = [entry for entry in log if entry.type in _UNDECLARED and entry.domain == _PARSER]
    _say(unknown, "XML-ENTITY-UNDECLARED", source, exam, prolog)
    _say(known, "XML-DTD", source, exam, prolog)


def _validate_while_parsing(data: bytes, catalogue: Catalogue) -> "list[etree._LogEntry]":
    from lxml import etree

    parser = catalogue.parser(load_dtd=True, dtd_validation=True, recover=True, huge_tree=True)
    etree.fromstring(data, parser)
    return [e for e in parser.error_log if e.domain in {_VALID, _DTD, _PARSER}]


def _validate_tree(data: bytes, dtd: Dtd) -> "list[etree._LogEntry]":
    from lxml import etree

    texts = iter([dtd.entities])  # the rest of the DTD is not needed to build the tree
    parser = parser_asking(
        lambda _public, _system: next(texts, ""), load_dtd=True, recover=True, huge_tree=True
    )
    root = etree.fromstring(data, parser)
    found = [entry for entry in parser.error_log if entry.domain == _PARSER]
    if not dtd.dtd.validate(root):
        found += _entries(dtd.dtd.error_log)
    return found


def _validate_by_schema(
    data: bytes, source: Source, exam: Examination, prolog: Prolog, path: Path
) -> None:
    from lxml import etree

    catalogue = catalogue_of(exam.rules.schemas)
    schema = catalogue.schema(path)
    exam.technical.properties["schema"] = path.name
    if isinstance(schema, str):
        exam.undetermined("XML-SCHEMA-UNUSABLE", f"{path.name} cannot be used: {schema}")
        return
    try:
        tree = etree.fromstring(data, catalogue.parser(huge_tree=True))
    except etree.XMLSyntaxError as error:
        exam.undetermined("XML-NOT-VALIDATED", f"no tree can be built of it: {error.msg}")
        return
    if not schema.validate(tree):
        _say(_entries(schema.error_log), "XML-SCHEMA", source, exam, prolog)


def _say(
    entries: "Iterable[etree._LogEntry]",
    name: str,
    source: Source,
    exam: Examination,
    prolog: Prolog,
) -> None:
    for count, entry in enumerate(entries):
        if count >= _MOST:
            return
        offset = None
        if count < KEPT_OF_AN_ID:
            offset = offset_of(source, prolog, entry.line, max(entry.column, 1))
        exam.invalid(name, shorten(entry.message, _LONGEST), offset, jhove="XML-HUL-1")


def _schema_of(catalogue: Catalogue, prolog: Prolog) -> Path | None:
    place = prolog.locations.get(prolog.namespace, "")
    found = catalogue.find((prolog.namespace, place), ".xsd")
    if found is None and not prolog.namespace:
        found = catalogue.of_no_namespace(prolog.root)
    return found


def _dtd_of(catalogue: Catalogue, prolog: Prolog) -> Path | None:
    """Give the DTD, `_INSIDE` for one in the document itself, None where there is none."""
    if not prolog.public and not prolog.system:
        return _INSIDE if prolog.has_declarations else None
    return catalogue.find((prolog.public, prolog.system), ".dtd")


def _say_none(exam: Examination, prolog: Prolog) -> None:
    named = prolog.public or prolog.system or ", ".join(prolog.schemas[:3])
    if named:
        text = f"validity cannot be told: {named} is not in the local catalogue"
        exam.undetermined("XML-NO-SCHEMA", text)
    else:
        exam.undetermined("XML-NO-SCHEMA", "validity cannot be told: the file names no schema")


def _entries(log: Any) -> "list[etree._LogEntry]":
    return list(log)  # the stubs do not know that a log can be walked through
