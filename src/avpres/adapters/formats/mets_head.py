"""What a METS document says of itself before its files come: name, kind, profile, makers."""

from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from avpres.adapters.formats.mets_sections import type_of
from avpres.adapters.formats.xml_root import pull
from avpres.adapters.formats.xml_text import Element, local

HEAD = 4 << 20
"""Bytes that are looked at: the tree of more would fill the memory."""

_MOST = 100  # agents and identifiers
_LONGEST = 1000  # characters of a name or a note


@dataclass(frozen=True, slots=True)
class MetsAgent:
    """Who or what had a part in a package, with what is noted of it: a program's version."""

    name: str
    role: str
    type: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetsHead:
    """The beginning of a METS document; `namespaces` are those that its root declares.

    `wraps` says whether a technical record other than PREMIS stands inside the document, `refers`
    whether one stands beside it, as far as was looked.
    """

    version: str
    id: str
    label: str
    type: str
    profile: str
    identifiers: tuple[str, ...]
    agents: tuple[MetsAgent, ...]
    namespaces: tuple[str, ...]
    wraps: bool
    refers: bool


def read_head(handle: BinaryIO) -> MetsHead | None:
    """Read the beginning of a METS document, also of one that is broken further on.

    Returns:
        None when the first element is none of METS.
    """
    root: Element | None = None
    lead = ""
    agents: list[MetsAgent] = []
    identifiers: list[str] = []
    records: set[str] = set()
    for event, element in pull(handle.read, ("start", "end"), HEAD):
        kind = local(element)
        if root is None:
            if kind != "mets":
                return None
            root, lead = element, str(element.tag).removesuffix("mets")
        elif element.tag != lead + kind:
            continue  # PREMIS has agents too
        elif event == "start":
            if kind == "fileSec" or records:
                break
            records |= _record(element, kind)
        elif kind == "agent":
            agents += [_agent(element)] * (len(agents) < _MOST)
        elif kind in {"altRecordID", "metsDocumentID"}:
            identifiers += [_short(element.text)] * (len(identifiers) < _MOST)
    return None if root is None else _head(root, agents, identifiers, records)


def _head(
    root: Element, agents: list[MetsAgent], identifiers: list[str], records: set[str]
) -> MetsHead:
    namespace = str(root.tag).rpartition("}")[0].lstrip("{")
    return MetsHead(
        version="2" if namespace.rstrip("/").endswith("v2") else "1",
        id=_short(root.get("OBJID")),
        label=_short(root.get("LABEL")),
        type=_short(root.get("TYPE")),
        profile=_short(root.get("PROFILE")),
        identifiers=tuple(filter(None, identifiers)),
        agents=tuple(agents),
        namespaces=tuple(str(uri) for uri in islice(root.nsmap.values(), _MOST)),
        wraps="mdWrap" in records,
        refers="mdRef" in records,
    )


def _record(element: Element, kind: str) -> set[str]:
    if kind not in {"mdWrap", "mdRef"} or type_of(element).upper().startswith("PREMIS"):
        return set()
    parent = element.getparent()
    return {kind} if parent is not None and local(parent) in {"techMD", "md"} else set()


def _agent(element: Element) -> MetsAgent:
    name = next(element.iterchildren("{*}name"), None)
    notes = islice(element.iterchildren("{*}note"), _MOST)
    return MetsAgent(
        "" if name is None else _short(name.text),
        _short(element.get("OTHERROLE") or element.get("ROLE")),
        _short(element.get("OTHERTYPE") or element.get("TYPE")),
        tuple(filter(None, (_short(note.text) for note in notes))),
    )


def _short(text: object) -> str:
    return str(text or "").strip()[:_LONGEST]
