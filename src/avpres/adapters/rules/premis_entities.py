"""PREMIS objects, events and agents, as far as rules ask of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.formats import values, xml_text
from avpres.adapters.formats.xml_text import Element
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest

Identifier = tuple[str, str]
"""Type and value."""

EVENT_TYPES = frozenset(
    (
        *("accession", "appraisal", "capture", "compiling", "compression", "creation"),
        *("deaccession", "decompression", "decryption", "deletion", "digital signature generation"),
        *("digital signature validation", "displaying", "dissemination", "encryption", "execution"),
        *(
            "exporting",
            "extraction",
            "filename change",
            "fixity check",
            "forensic feature analysis",
        ),
        *("format identification", "imaging", "information package creation"),
        *("information package merging", "information package splitting", "ingestion"),
        *("ingestion end", "ingestion start", "interpreting", "message digest calculation"),
        *("metadata extraction", "metadata modification", "migration", "modification"),
        *("normalization", "packing", "policy assignment", "printing", "quarantine", "recovery"),
        *("redaction", "refreshment", "rendering", "replication", "transfer", "unpacking"),
        *("unquarantine", "validation", "virus check"),
    )
)
"""Words of id.loc.gov/vocabulary/preservation/eventType."""

OUTCOMES = frozenset({"success", "fail", "failure", "warning"})
_DATE = re.compile(
    r"[+-]?\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-4]):?[0-5]\d(:?([0-5]\d|60)([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?)?)?[?~%]?"
)
_ENDS = re.compile(r"(open|unknown|\.\.)?")


@dataclass(frozen=True, slots=True)
class PremisObject:
    """An object; `paths` are where it may lie, likeliest first; `type` is file, bitstream …."""

    type: str
    ids: tuple[Identifier, ...]
    paths: tuple[str, ...]
    size: int | None
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class PremisEvent:
    """An event and what it names."""

    id: Identifier
    type: str
    date: str
    outcomes: tuple[str, ...]
    objects: tuple[Identifier, ...]
    agents: tuple[Identifier, ...]


def object_of(element: Element) -> PremisObject:
    """Read an object; one that consists of others in it has the characteristics of none."""
    kind = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}type")), "")
    ids, layers, name = [], [], None
    for child in element.iterchildren("*"):
        part = child.tag.rpartition("}")[2]
        if part == "objectIdentifier":
            ids.append(_identifier(child, part))
        elif part == "objectCharacteristics":
            layers.append(child)
        elif part == "originalName" and name is None:
            name = child.text or ""
    size, digests = _characteristics(layers[0]) if len(layers) == 1 else (None, ())
    paths = dict.fromkeys((*_paths(element), (name or "").strip()))
    return PremisObject(kind.rpartition(":")[2], tuple(ids), tuple(paths), size, digests)


def event_of(element: Element) -> PremisEvent:
    """Read an event."""
    outcomes = (_text(each) for each in element.iter("{*}eventOutcome"))
    return PremisEvent(
        next(_identifiers(element, "eventIdentifier"), ("", "")),
        (xml_text.child_text(element, "eventType") or "").strip(),
        (xml_text.child_text(element, "eventDateTime") or "").strip(),
        tuple(filter(None, outcomes)),
        tuple(_identifiers(element, "linkingObjectIdentifier")),
        tuple(_identifiers(element, "linkingAgentIdentifier")),
    )


def identifiers(element: Element, name: str) -> list[Identifier]:
    """Give the identifiers of an entity."""
    return list(_identifiers(element, name))


def is_date(text: str) -> bool:
    """Say whether it is a date or an interval of dates: ISO 8601, or EDTF as PREMIS takes it."""
    if "/" in text:
        begin, _, end = text.partition("/")
        sides = [bool(_DATE.fullmatch(each)) for each in (begin, end)]
        open_ended = [bool(_ENDS.fullmatch(each)) for each in (begin, end)]
        return any(sides) and all(a or b for a, b in zip(sides, open_ended, strict=True))
    return _DATE.fullmatch(text) is not None


def _identifiers(element: Element, name: str) -> Iterator[Identifier]:
    for each in element.iterchildren(f"{{*}}{name}"):
        yield _identifier(each, name)


def _identifier(element: Element, name: str) -> Identifier:
    told = _told(element)
    return told.get(f"{name}Type", "").strip(), told.get(f"{name}Value", "").strip()


def _paths(element: Element) -> Iterator[str]:
    for each in element.iter("{*}contentLocation"):
        told = _told(each)
        yield told.get("contentLocationValue", "").strip()
        if "path" in told.get("contentLocationType", "").lower():
            yield told.get("contentLocationValue", "")


def _characteristics(layer: Element) -> tuple[int | None, tuple[Digest, ...]]:
    """Give the size and the digests that avpres takes."""
    size, digests = None, []
    for child in layer.iterchildren("*"):
        part = child.tag.rpartition("}")[2]
        if part == "fixity":
            digests.append(_digest(_told(child)))
        elif part == "size" and size is None:
            size = child.text or ""
    try:
        return xml_text.size_of(size), tuple(filter(None, digests))
    except NotConformantError:
        return None, tuple(filter(None, digests))


def _digest(told: dict[str, str]) -> Digest | None:
    label = told.get("messageDigestAlgorithm", "").strip()
    algorithm = values.labelled(label) if label else None
    digest = values.digest(told.get("messageDigest", "").strip(), algorithm) if algorithm else None
    return digest if digest is not None and digest.algorithm is algorithm else None


def _told(element: Element) -> dict[str, str]:
    """Give the texts of the children of an element, the first of each name, in one pass."""
    told: dict[str, str] = {}
    for child in element.iterchildren("*"):
        told.setdefault(child.tag.rpartition("}")[2], child.text or "")
    return told


def _text(element: Element) -> str:
    return (element.text or "").strip()
