"""What a METS file element and a technical section say, as rows that can wait on disk."""

import binascii
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from avpres.adapters.formats import values
from avpres.adapters.formats.mets_spool import MOST, FileRow, SectionRow
from avpres.adapters.formats.xml_text import Element, is_comment, local
from avpres.domain.fixity import Algorithm, Digest, pack

_REFERENCES = frozenset({"href", "LOCREF"})  # of METS 1 in any XLink namespace, of METS 2
_XLINK = "{http://www.w3.org/1999/xlink}href"
_METADATA = ("ADMID", "MDID")  # of METS 1, of METS 2


def file_row(element: Element) -> FileRow:
    """Read a file element; what its groups refer to is its own too."""
    groups = list(element.iterancestors("{*}fileGrp"))
    streams = list(element.iterchildren("{*}stream"))
    about = [identity for one in (element, *streams, *groups) for identity in _about(one)]
    locations = (_href(child) for child in element.iterchildren("{*}FLocat"))
    return FileRow(
        id=_get(element, "ID"),
        href=next(filter(None, locations), ""),
        size=_get(element, "SIZE"),
        mime=_get(element, "MIMETYPE"),
        checksum_type=_get(element, "CHECKSUMTYPE"),
        checksum=_get(element, "CHECKSUM"),
        group=next(filter(None, (_get(group, "USE") for group in groups)), ""),
        metadata=" ".join(list(dict.fromkeys(about))[:MOST]),
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
        kind = _get(child, "MDTYPE")
        if kind in {"", "OTHER"}:
            kind = _get(child, "OTHERMDTYPE") or kind
        if local(child) == "mdRef":
            yield SectionRow(keys, kind, None, _href(child))
        else:
            digests = pack(_fixity(child)) if kind.upper().startswith("PREMIS") else ""
            for content in _contents(child):
                yield SectionRow(keys, kind, content, "", digests)


def _contents(wrap: Element) -> Iterator[bytes]:
    for holder in wrap:
        if local(holder) == "xmlData":
            for record in holder:
                if not is_comment(record):
                    yield etree.tostring(record, encoding="utf-8", with_tail=False)
        elif local(holder) == "binData":
            yield _decoded(holder.text or "")


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except ValueError:
        return text.encode()


def _fixity(wrap: Element) -> Iterator[Digest]:
    """Yield the digests of a PREMIS object that is one thing, not one packed in another."""
    characteristics = list(wrap.iter("{*}objectCharacteristics"))
    if len(characteristics) != 1:
        return
    for fixity in characteristics[0].iterchildren("{*}fixity"):
        said = {local(child): (child.text or "").strip() for child in fixity}
        algorithm = _algorithm(said.get("messageDigestAlgorithm", ""))
        digest = values.digest(said.get("messageDigest", ""), algorithm) if algorithm else None
        if digest is not None and digest.algorithm is algorithm:
            yield digest


@lru_cache(maxsize=64)
def _algorithm(label: str) -> Algorithm | None:
    return values.labelled(label)


def _href(element: Element) -> str:
    usual = element.get(_XLINK)
    if usual:
        return str(usual)
    found = (
        str(value)
        for name, value in element.attrib.items()
        if str(name).rpartition("}")[2] in _REFERENCES
    )
    return next(found, "")


def _about(element: Element) -> list[str]:
    return [identity for name in _METADATA for identity in _get(element, name).split()]


def _get(element: Element, name: str) -> str:
    return str(element.get(name) or "")
