"""What an XML file says of itself before and in its root element."""

import re
from dataclasses import dataclass, field

from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_encoding import bom_of, wide_of

_HEAD = 65_536  # bytes in which the root element has to begin to be described
_DECLARATION = re.compile(rb"^\s*<\?xml\s([^>]*?)\?>")
_PSEUDO = re.compile(rb"""(version|encoding|standalone)\s*=\s*["']([^"']{0,80})["']""")
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(slots=True)
class Prolog:
    """Encoding, document type and root of an XML file; empty where it does not say."""

    charset: str = "UTF-8"
    basis: str = "the rule of XML for files that do not say"
    has_bom: bool = False
    width: int = 1  # bytes of one code unit
    version: str = ""
    declared: str = ""  # encoding, in capitals
    standalone: str = ""
    root: str = ""
    namespace: str = ""
    public: str = ""
    system: str = ""
    has_doctype: bool = False
    has_declarations: bool = False  # of elements, in the document type itself
    language: str = ""
    schemas: tuple[str, ...] = ()
    locations: dict[str, str] = field(default_factory=dict)  # namespace: schema location


def read_prolog(source: Source) -> Prolog:
    """Read the encoding and, as far as it can be parsed, the root element's start."""
    head = source.peek(0, _HEAD)
    prolog = Prolog()
    _read_encoding(head, prolog)
    _read_root(head, prolog)
    return prolog


def _read_encoding(head: bytes, prolog: Prolog) -> None:
    mark = bom_of(head)
    wide = mark[1] if mark else wide_of(head[:256])
    prolog.has_bom = mark is not None
    if wide:
        prolog.charset = wide
        prolog.basis = "byte order mark" if mark else "zero bytes in every other place"
        prolog.width = {"UTF-16": 2, "UTF-32": 4}.get(wide[:6], 1)
        head = head[:400].decode(wide, "replace").lstrip("\ufeff").encode("ascii", "replace")
    found = _DECLARATION.match(head)
    if not found:
        return
    said = {m[1]: m[2].decode("ascii", "replace") for m in _PSEUDO.finditer(found[1])}
    prolog.version = said.get(b"version", "")
    prolog.standalone = said.get(b"standalone", "")
    prolog.declared = said.get(b"encoding", "").upper()
    if prolog.declared and not wide:
        prolog.charset, prolog.basis = prolog.declared, "XML declaration"


def _read_root(head: bytes, prolog: Prolog) -> None:
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start",), no_network=True, resolve_entities=False, recover=True, huge_tree=True
    )
    try:
        for start in range(0, len(head), 2048):
            parser.feed(head[start : start + 2048])
            for _, element in parser.read_events():
                _note(element, prolog)
                return
    except (etree.XMLSyntaxError, etree.ParserError, ValueError):
        return


def _note(root: "etree._Element", prolog: Prolog) -> None:  # type: ignore[name-defined] # noqa: F821
    tag = str(root.tag)
    prolog.namespace, _, prolog.root = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    info = root.getroottree().docinfo
    prolog.public, prolog.system = info.public_id or "", info.system_url or ""
    prolog.has_doctype = bool(info.doctype)
    dtd = info.internalDTD
    prolog.has_declarations = dtd is not None and next(dtd.iterelements(), None) is not None
    prolog.language = root.get(_LANGUAGE) or root.get("lang") or ""
    pairs = (root.get(_SCHEMA + "schemaLocation") or "").split()
    prolog.locations = dict(zip(pairs[::2], pairs[1::2], strict=False))
    bare = root.get(_SCHEMA + "noNamespaceSchemaLocation")
    if bare:
        prolog.locations[""] = bare.strip()
    prolog.schemas = tuple(prolog.locations.values())
