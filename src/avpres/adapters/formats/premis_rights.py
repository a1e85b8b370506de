"""PREMIS rights statements as archives write them: which acts are granted, for what, until when.

PREMIS 3.0 and 2.x, by local names; whole documents or fragments inside METS.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from lxml import etree

from avpres.adapters.formats.xml_text import Element
from avpres.domain.errors import NotConformantError

_GRANTED = "rightsGranted"
_MARKS = tuple(_GRANTED.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))
"""Bytes of which one stands in every document that grants an act, in the encodings of XML."""
_LONGEST = max(map(len, _MARKS))

_ELEMENTS = ("{*}rightsStatement", "{*}object", "{*}event", "{*}agent")
_PARTS = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?")
_OPEN = frozenset({"", "..", "open", "unknown"})
_REFUSED = frozenset({"disallow", "disallowed", "deny", "denied", "not allowed"})
_ALLOWED = frozenset({"allow", "allowed"})


@dataclass(frozen=True, slots=True)
class Grant:
    """An act that is granted, with its restrictions and its term, as they are written."""

    act: str
    restrictions: tuple[str, ...] = ()
    start: str = ""
    end: str = ""

    def holds(self, act: str, day: date) -> bool:
        """Say whether it grants an act on a day; a date that cannot be read grants nothing."""
        return self._speaks_of(act, day) and not self._is_refusal

    def forbids(self, act: str, day: date) -> bool:
        """Say whether it refuses an act on a day, whatever else may grant it."""
        return self._speaks_of(act, day) and self._is_refusal

    def _speaks_of(self, act: str, day: date) -> bool:
        is_act = self.act.casefold() == act.casefold()
        return is_act and _begun(self.start, day) and not _over(self.end, day)

    @property
    def _is_refusal(self) -> bool:
        return any(each.casefold() in _REFUSED for each in self.restrictions)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Give the restrictions that a person must heed."""
        return tuple(each for each in self.restrictions if each.casefold() not in _ALLOWED)


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """A statement; `objects` are the identifiers of what it speaks of, none for all there is."""

    id: str
    basis: str
    grants: tuple[Grant, ...]
    objects: tuple[str, ...]


def has_grants(handle: BinaryIO) -> bool:
    """Look through a document for acts that it may grant, without parsing it."""
    tail = b""
    while chunk := handle.read(1 << 20):
        seen = tail + chunk
        if any(mark in seen for mark in _MARKS):
            return True
        tail = seen[-_LONGEST:]
    return False


def read_rights(handle: BinaryIO, name: str) -> Iterator[RightsStatement]:
    """Yield the statements of a document that grant any act; those that are mere text are not.

    Nothing outside the document is fetched, and entities are not resolved.

    Raises:
        NotConformantError: it is not well-formed.
    """
    try:
        for _, element in etree.iterparse(
            _Nameless(handle),
            events=("end",),
            tag=_ELEMENTS,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            if etree.QName(element).localname == "rightsStatement":
                statement = _statement(element)
                if statement.grants:
                    yield statement
            element.clear()
            while element.getprevious() is not None:
                parent = element.getparent()
                if parent is None:
                    break
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise NotConformantError(
            f"{name}, line {error.lineno}: not well-formed XML ({error.msg}); its rights cannot be "
            "read, so nothing is exported. Mend the document first"
        ) from None


class _Nameless:
    """A file without a name: lxml takes that for a URL, and fails if it is not UTF-8."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def read(self, size: int) -> bytes:
        return self._handle.read(size)


def _statement(element: Element) -> RightsStatement:
    return RightsStatement(
        id=_text(element, "rightsStatementIdentifierValue"),
        basis=_text(element, "rightsBasis"),
        grants=tuple(_grant(each) for each in element.iter("{*}rightsGranted")),
        objects=tuple(_texts(element, "linkingObjectIdentifierValue")),
    )


def _grant(element: Element) -> Grant:
    term = next(element.iter("{*}termOfGrant"), None)
    return Grant(
        act=_text(element, "act"),
        restrictions=tuple(_texts(element, "restriction")),
        start="" if term is None else _text(term, "startDate"),
        end="" if term is None else _text(term, "endDate"),
    )


def _texts(element: Element, name: str) -> Iterator[str]:
    for found in element.iter(f"{{*}}{name}"):
        if text := "".join(map(str, found.itertext())).strip():
            yield text


def _text(element: Element, name: str) -> str:
    return next(_texts(element, name), "")


def _begun(start: str, day: date) -> bool:
    if start.casefold() in _OPEN:
        return True
    first = _day(start, last=False)
    return first is not None and first <= day


def _over(end: str, day: date) -> bool:
    if end.casefold() in _OPEN:
        return False
    final = _day(end, last=True)
    return final is None or final < day


def _day(text: str, *, last: bool) -> date | None:
    """Read a date of ISO 8601, the first or the last day of the year or month that it names."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    year, month, day = (part and int(part) for part in match.groups())
    try:
        if day:
            return date(int(year or 0), int(month or 0), int(day))
        month = int(month or (12 if last else 1))
        first = date(int(year or 0), month, 1)
        return _last_of(first) if last else first
    except ValueError:
        return None


def _last_of(first: date) -> date:
    following = first.replace(day=28).toordinal() + 4
    return date.fromordinal(following - date.fromordinal(following).day)
