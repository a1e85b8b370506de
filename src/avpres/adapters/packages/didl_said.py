"""What the statements of a DIDL component say: identifiers, digests, size, format, records."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from avpres.adapters.formats import values
from avpres.adapters.formats.didl_read import Statement
from avpres.adapters.packages.tools import told_by
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.listing import TechnicalRecord

_HEX = re.compile(
    r"(?:\W*([A-Za-z][A-Za-z0-9-]{1,9})\W*[:=]\s*)?"
    r"([0-9A-Fa-f]{128}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})\s*"
)
_DIGESTS = re.compile(r"(?i)digest|digestvalue|checksum|hash|md5|sha-?(?:1|256|512)|fixity")
_FORMAT = re.compile(r"(?i)(?:info:|https?://\S*)(?:\S*/)?(?:fred|pronom|gdfr|udfr)\S*")
_PUID = re.compile(r"(?:x-)?fmt/\d{1,6}")
_SIZE = re.compile(rb"<(?:\w+:)?size>\s*(\d{1,19})\s*<")
_LIKELY = re.compile(rb"[0-9A-Fa-f]{32}|DigestValue")
_LONGEST = 4096  # characters of an identifier, a digest or a format
_RECORD = 1 << 22  # bytes of a record in which digests and sizes are looked for


@dataclass(slots=True)
class Said:
    """What the statements of a component come to; `hrefs` are the files that hold more."""

    identifiers: list[str] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    size: int | None = None
    format: str = ""
    records: list[TechnicalRecord] = field(default_factory=list)
    hrefs: list[Statement] = field(default_factory=list)


def said(statements: Iterable[Statement]) -> Said:
    """Sort statements by what they say; whatever is not understood is kept as a record."""
    found = Said()
    for statement in statements:
        if statement.href:
            found.hrefs.append(statement)
        elif statement.name:
            _take_xml(statement, found)
        elif statement.content:
            _take_text(statement, found)
    return found


def _take_text(statement: Statement, found: Said) -> None:
    text = statement.content.decode("utf-8", "replace").strip()
    digest = _of_hex(text, statement.label)
    if digest is not None:
        found.digests.append(digest)
    elif len(text) < _LONGEST and (_FORMAT.fullmatch(text) or _PUID.fullmatch(text)):
        found.format = found.format or text
    else:
        kind = statement.label or statement.mime or "text"
        found.records.append(_record(kind, statement.content))


def _take_xml(statement: Statement, found: Said) -> None:
    if statement.name == "Identifier":
        text = statement.text.strip()[:_LONGEST]
        found.identifiers += [text] * bool(text)
        return
    digests = list(_digests(statement.content)) if _LIKELY.search(statement.content) else []
    found.digests += digests
    if not (digests and _DIGESTS.fullmatch(statement.name)):
        kind = _kind(statement)
        found.records.append(_record(kind, statement.content))
        if kind == "JHOVE":
            written = _SIZE.search(statement.content)
            found.size = int(written[1]) if written else found.size


def _kind(statement: Statement) -> str:
    if statement.name.lower() == "jhove":
        return "JHOVE"
    return statement.namespace or statement.label or statement.name


def _record(kind: str, content: bytes) -> TechnicalRecord:
    tool, version = told_by(content)
    return TechnicalRecord(kind, content, None, tool, version)


def _digests(record: bytes) -> Iterator[Digest]:
    """Yield the digests in elements that are called so; XML signatures write them in base64."""
    root = _parsed(record)
    method = ""
    for element in root.iter("*") if root is not None else ():
        name = etree.QName(element).localname
        method = str(element.get("Algorithm") or "") if name == "DigestMethod" else method
        text = (element.text or "").strip()
        if not text or len(text) > _LONGEST or not _DIGESTS.fullmatch(name):
            continue
        if name == "DigestValue":
            text = _of_base64(text)
        hint = str(element.get("type") or element.get("algorithm") or method or name)
        if digest := _of_hex(text, hint.rpartition("#")[2]):
            yield digest


def _of_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (ValueError, binascii.Error):
        return text


def _of_hex(text: str, hint: str) -> Digest | None:
    match = _HEX.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    algorithm = values.labelled(match[1] or "") or values.labelled(hint)
    found = values.digest(match[2], algorithm)
    return found if found and found.algorithm in _TAKEN else None


_TAKEN = frozenset({Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512})


def _parsed(record: bytes) -> "etree._Element | None":
    """Parse a record again: it was written from a parsed one, so it is well-formed and bounded."""
    if len(record) > _RECORD:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(record, parser)
    except etree.XMLSyntaxError:
        return None
