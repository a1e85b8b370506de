"""What a METS file element and a technical section say, as rows that can wait on disk."""

import binascii
from collections.abc import Iterator

from lxml import etree

from avpres.adapters.formats import mets_claims
from avpres.adapters.formats.mets_spool import MOST, FileRow, ReferenceRow, SectionRow
from avpres.adapters.formats.xml_text import Element, is_comment, local

_REFERENCES = frozenset({"href", "LOCREF"})  # of METS 1 in any XLink namespace, of METS 2
_XLINK = "{http://www.w3.org/1999/xlink}"
_METADATA = ("ADMID", "MDID")  # of METS 1, of METS 2


def file_row(element: Element) -> FileRow:
    """Read a file element; what its groups refer to is its own too."""
    groups = list(element.iterancestors("{*}fileGrp"))
    locations, holders, about = [], [], _about(element)
    for child in element:
        kind = local(child)
        if kind == "FLocat":
            locations.append(child)
        elif kind == "FContent":
            holders.append(child)
        elif kind == "stream":
            about += _about(child)
    about += [identity for group in groups for identity in _about(group)]
    titles = (str(one.get(_XLINK + "title") or "") for one in locations)
    return FileRow(
        id=_get(element, "ID"),
        hrefs="\0".join(filter(None, map(href, locations))),
        size=_get(element, "SIZE"),
        mime=_get(element, "MIMETYPE"),
        checksum_type=_get(element, "CHECKSUMTYPE"),
        checksum=_get(element, "CHECKSUM"),
        group=next(filter(None, (_get(group, "USE") for group in groups)), ""),
        title=next(filter(None, titles), ""),
        metadata=" ".join(list(dict.fromkeys(about))[:MOST]),
        content=b"".join(contents(holders[0])) if holders else None,
        group_id=_get(element, "GROUPID"),
    )


def section_rows(element: Element) -> Iterator[SectionRow]:
    """Read a technical section: one row for each record that it holds or refers to."""
    if local(element) == "md" and "TECH" not in (_get(element, "USE") or "TECHNICAL").upper():
        return
    parent = element.getparent()
    keys = (_get(element, "ID"), "" if parent is None else _get(parent, "ID"))
    for child in element:
        if local(child) not in {"mdWrap", "mdRef"}:
            continue
        kind = type_of(child)
        if local(child) == "mdRef":
            yield SectionRow(keys, kind, None, href(child))
        else:
            premis = kind.upper().startswith("PREMIS")
            claims = mets_claims.of_object(child).written() if premis else ""
            for content in contents(child):
                yield SectionRow(keys, kind, content, "", claims)


def reference_rows(element: Element) -> Iterator[ReferenceRow]:
    """Read what a section, or a pointer to another METS, refers to beside the document."""
    kind = local(element)
    references = [element] if kind == "mptr" else element.iterchildren("{*}mdRef")
    for reference in references:
        if found := href(reference):
            yield ReferenceRow(
                found,
                kind,
                type_of(reference),
                _get(reference, "SIZE"),
                _get(reference, "MIMETYPE"),
                _get(reference, "CHECKSUMTYPE"),
                _get(reference, "CHECKSUM"),
            )


def contents(wrap: Element) -> Iterator[bytes]:
    """Yield what a wrapper holds: each XML record with its namespaces, and decoded bytes."""
    for holder in wrap:
        if local(holder) == "xmlData":
            for record in holder:
                if not is_comment(record):
                    yield etree.tostring(record, encoding="utf-8", with_tail=False)
        elif local(holder) == "binData":
            yield _decoded(holder.text or "")


def type_of(element: Element) -> str:
    """Give what a record is called: MDTYPE, or OTHERMDTYPE where that says more."""
    kind = _get(element, "MDTYPE")
    return _get(element, "OTHERMDTYPE") or kind if kind in {"", "OTHER"} else kind


def href(element: Element) -> str:
    """Give the reference of an element, as METS 1 or METS 2 writes it."""
    usual = element.get(_XLINK + "href")
    if usual:
        return str(usual)
    found = (
        str(value)
        for name, value in element.attrib.items()
        if str(name).rpartition("}")[2] in _REFERENCES
    )
    return next(found, "")


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except ValueError:
        return text.encode()


def _about(element: Element) -> list[str]:
    return [identity for name in _METADATA for identity in _get(element, name).split()]


def _get(element: Element, name: str) -> str:
    return str(element.get(name) or "")
