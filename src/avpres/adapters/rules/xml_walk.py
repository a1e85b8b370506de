"""A METS or PREMIS document gone through once, element by element, at constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from avpres.adapters.formats import xml_text
from avpres.adapters.formats.xml_text import Element
from avpres.domain.errors import NotConformantError

if TYPE_CHECKING:
    from lxml import etree

_METS = (
    *("mets", "metsHdr", "agent", "altRecordID", "dmdSec", "amdSec", "md", "mdGrp"),
    *("techMD", "rightsMD", "sourceMD", "digiprovMD", "mdRef", "mdWrap", "xmlData"),
    *("fileSec", "fileGrp", "file", "FLocat", "FContent", "structMap", "structSec"),
    *("div", "fptr", "mptr", "area", "stream", "behavior"),
)
_PREMIS = ("object", "event", "rights", "premis")
_ALL = tuple(f"{{*}}{name}" for name in (*_METS, *_PREMIS))
LARGEST = 256 << 20
"""Bytes of one element: its tree takes several times as much memory."""


_XLINK = "{http://www.w3.org/1999/xlink}"


class Counts(dict[str, int]):
    """How many there are of each name; quicker to make than a Counter, one for each element."""

    def __missing__(self, name: str) -> int:
        return 0


@dataclass(slots=True)
class Visit:
    """An element at its end, with those around it; `children` counts those of METS below it.

    `notes` are for what is learned of its children before it ends. Its content is forgotten when
    the next one is asked for.
    """

    name: str
    element: Element
    premis: bool
    around: tuple["Visit", ...]
    children: Counts = field(default_factory=Counts)
    notes: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Give an attribute, whatever its namespace; empty when it is not there."""
        value = self.element.get(name)
        if value is None:
            value = self.element.get(_XLINK + name)
        if value is None:
            for key, text in self.element.attrib.items():
                if str(key).rpartition("}")[2] == name:
                    return str(text)
        return str(value or "")

    @property
    def line(self) -> int:
        """Give the line on which it begins."""
        return xml_text.line(self.element) or 0

    @property
    def parent(self) -> "Visit | None":
        """Give the element around it."""
        return self.around[-1] if self.around else None


def walk(handle: BinaryIO, name: str, schema: "etree.XMLSchema | None" = None) -> Iterator[Visit]:
    """Yield the elements of METS, and of PREMIS inside and outside of it, each at its end.

    Elements inside `xmlData` are foreign whatever they are called, but for those of PREMIS. With a
    schema the document is validated on the way.

    Raises:
        NotConformantError: not well-formed, not valid, or one element beyond all measure.
    """
    from lxml import etree

    source = _Measured(handle)
    stack: list[Visit] = []
    foreign = 0
    try:
        for event, element in etree.iterparse(
            source,
            events=("start", "end"),
            tag=_ALL,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            schema=schema,
        ):
            kind, premis = _known(element.tag)
            if event == "start":
                if not foreign or premis:
                    stack.append(Visit(kind, element, premis, tuple(stack[-6:])))
                foreign += kind == "xmlData"
                continue
            foreign -= kind == "xmlData"
            if foreign and not premis:
                continue
            visit = stack.pop()
            source.unclaimed = 0
            if stack:
                stack[-1].children[kind] += 1
            yield visit
            if not foreign or kind != "premis":
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise NotConformantError(f"{name}, line {error.lineno}: {error.msg}") from None
    except _TooLargeError:
        raise NotConformantError(f"{name}: one element of more than {LARGEST} bytes") from None


@lru_cache(maxsize=256)
def _known(tag: str) -> tuple[str, bool]:
    """Give the name without its namespace, and whether that is one of PREMIS."""
    space, _, kind = tag.rpartition("}")
    return kind, "premis" in space


def _forget(element: Element) -> None:
    parent: Element | None = element.getparent()
    element.clear()
    if parent is not None:
        while (earlier := element.getprevious()) is not None:
            parent.remove(earlier)


class _TooLargeError(Exception):
    """A single element would not fit into memory."""


class _Measured:
    """A file without its name that counts what was read since the last element ended."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self.unclaimed = 0

    def read(self, size: int) -> bytes:
        data = self._handle.read(size)
        self.unclaimed += len(data)
        if self.unclaimed > LARGEST:
            raise _TooLargeError
        return data
