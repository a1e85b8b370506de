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
    whether one stands beside it, as far as was looked; `groups` are the uses of file groups.
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
    groups: tuple[str, ...] = ()


def read_head(handle: BinaryIO) -> MetsHead | None:
    """Read the beginning of a METS document, also of one that is broken further on.

    Returns:
        None when the first element is none of METS.
    """
    found: _Found | None = None
    for event, element in pull(handle.read, ("start", "end"), HEAD):
        if found is None:
            if local(element) != "mets":
                return None
            found = _Found(element)
        elif element.tag == found.lead + local(element):  # PREMIS has agents too
            if event == "end":
                found.ended(element)
            elif not found.begun(element):
                break
    return None if found is None else found.head()


class _Found:
    """What was met so far."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self.lead = str(root.tag).removesuffix("mets")
        self._agents: list[MetsAgent] = []
        self._identifiers: list[str] = []
        self._records: set[str] = set()
        self._groups: set[str] = set()

    def begun(self, element: Element) -> bool:
        """Note the beginning of an element; say whether more is worth a look."""
        kind = local(element)
        self._records |= _record(element, kind)
        if kind == "fileGrp" and len(self._groups) < _MOST:
            self._groups.add(_short(element.get("USE")))
        return kind != "structMap" and not self._records

    def ended(self, element: Element) -> None:
        """Note a whole element."""
        kind = local(element)
        if kind == "agent" and len(self._agents) < _MOST:
            self._agents.append(_agent(element))
        elif kind in {"altRecordID", "metsDocumentID"} and len(self._identifiers) < _MOST:
            self._identifiers.append(_short(element.text))

    def head(self) -> MetsHead:
        """Give all that was noted."""
        root = self._root
        namespace = self.lead.strip("{}").rstrip("/")
        return MetsHead(
            version="2" if namespace.endswith("v2") else "1",
            id=_short(root.get("OBJID")),
            label=_short(root.get("LABEL")),
            type=_short(root.get("TYPE")),
            profile=_short(root.get("PROFILE")),
            identifiers=tuple(filter(None, self._identifiers)),
            agents=tuple(self._agents),
            namespaces=tuple(str(uri) for uri in islice(root.nsmap.values(), _MOST)),
            wraps="mdWrap" in self._records,
            refers="mdRef" in self._records,
            groups=tuple(sorted(self._groups)),
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
