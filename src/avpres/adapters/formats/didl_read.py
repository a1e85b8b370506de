"""MPEG-21 Digital Item Declarations (ISO/IEC 21000-2) read as a stream: components one by one.

`Container` and `Item` nest; a `Component` has descriptors, each with a statement, and a resource.
What an Item with a single component says of itself is said of that component too.
"""

import binascii
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from avpres.adapters.formats.xml_measured import LARGEST, Measured, TooLargeError
from avpres.adapters.formats.xml_text import Element, is_comment, local
from avpres.domain.errors import NotConformantError

MOST = 200  # statements of one component or item; the others are left out
KEPT = 16 << 20  # bytes of the statements that an item may say of its only component

_INCLUDE = "{http://www.w3.org/2001/XInclude}"
_LEVELS = frozenset({"Container", "Item", "Component"})
_CLOSED = frozenset({"DIDLInfo", "Declarations", "Statement", "Resource"})
"""Elements whose content is another's: a statement may hold a whole declaration."""

IGNORED = frozenset(
    {"Choice", "Selection", "Condition", "Annotation", "Anchor", "Fragment", "Reference"}
    | {"Assertion", "Override", "include"}
)
"""Elements that say nothing of which files there are; XInclude's among them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said: an XML record or text as `content`, or a reference to a file that says it.

    `name`, `namespace` and `text` are those of the record's first element, empty where there is
    none; `label` is the id of the descriptor or statement.
    """

    mime: str
    content: bytes
    name: str = ""
    namespace: str = ""
    href: str = ""
    label: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a component's bytes are: a reference, or the bytes themselves."""

    mime: str
    href: str = ""
    content: bytes | None = None
    encoding: str = ""  # contentEncoding: how the bytes are packed


@dataclass(frozen=True, slots=True)
class Component:
    """A file. `about` is whether it stands in a descriptor, so that it is about another."""

    id: str
    statements: tuple[Statement, ...]
    resources: tuple[Resource, ...]
    about: bool = False


@dataclass(slots=True)
class _Level:
    """An open Container, Item or Component."""

    kind: str
    id: str
    statements: list[Statement] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    kept: int = 0
    parts: int = 0  # components, items and containers in it
    only: Component | None = None

    def say(self, statement: Statement) -> None:
        self.kept += len(statement.content)
        if len(self.statements) < MOST and (self.kind == "Component" or self.kept <= KEPT):
            self.statements.append(statement)


class DidlDocument:
    """A declaration that is read once; `ignored` fills while `components` runs."""

    def __init__(self, handle: BinaryIO, name: str, namespace: str) -> None:
        self._handle = handle
        self._name = name
        lead = f"{{{namespace}}}"
        self._wanted = (f"{lead}*", f"{_INCLUDE}*")
        self._foreign = tuple(f"{lead}{kind}" for kind in sorted(IGNORED | _CLOSED))
        self._levels: list[_Level] = []
        self._about: list[Statement] = []
        self.ignored: Counter[str] = Counter()

    def about(self) -> list[Statement]:
        """Give what is said of the whole, as far as it was met."""
        return self._levels[0].statements if self._levels else self._about

    def components(self, *, largest: int = LARGEST) -> Iterator[Component]:
        """Yield the components in the order of the document.

        Raises:
            NotConformantError: it is not well-formed, or one record is beyond all measure; what
                came before that has been yielded then.
        """
        from lxml import etree

        source = Measured(self._handle, largest)
        try:
            yield from self._components(source)
        except etree.XMLSyntaxError as error:
            yield from self._left()
            place = f"{self._name}, line {error.lineno}" if error.lineno else self._name
            raise NotConformantError(f"{place}: not well-formed XML ({error.msg})") from None
        except TooLargeError:
            yield from self._left()
            message = f"{self._name}: one record of more than {largest} bytes"
            raise NotConformantError(message) from None

    def _components(self, source: Measured) -> Iterator[Component]:
        from lxml import etree

        for event, element in etree.iterparse(
            source,
            events=("start", "end"),
            tag=self._wanted,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            if next(element.iterancestors(*self._foreign), None) is not None:
                continue
            if event == "start":
                yield from self._begin(element)
            else:
                yield from self._end(element)
                source.unclaimed = 0

    def _begin(self, element: Element) -> Iterator[Component]:
        kind = local(element)
        if kind in IGNORED:
            self.ignored[kind] += 1
        if kind not in _LEVELS:
            return
        if self._levels and not _is_about(element):
            holder = self._levels[-1]
            holder.parts += 1
            if holder.only is not None:
                yield holder.only  # it is not alone
                holder.only = None
        self._levels.append(_Level(kind, str(element.get("id") or "")))

    def _end(self, element: Element) -> Iterator[Component]:
        kind = local(element)
        if kind == "Statement" and self._levels:
            for statement in _statements(element):
                self._levels[-1].say(statement)
        elif kind == "Resource" and self._levels:
            self._levels[-1].resources.append(_resource(element))
        elif kind in _LEVELS and self._levels:
            yield from self._close(self._levels.pop(), _is_about(element))
        _forget(element, alone=kind in {"Statement", "Resource"})

    def _close(self, level: _Level, is_about: bool) -> Iterator[Component]:
        if not self._levels:
            self._about = level.statements
        if level.kind == "Component":
            said, found = tuple(level.statements), tuple(level.resources)
            component = Component(level.id, said, found, is_about)
            holder = self._levels[-1] if self._levels else None
            if holder is not None and holder.parts == 1 and not is_about:
                holder.only = component
            else:
                yield component
        elif level.only is not None:
            said = level.only.statements
            if level.kind == "Item":
                said = (*said, *level.statements)
            yield replace(level.only, id=level.only.id or level.id, statements=said)

    def _left(self) -> Iterator[Component]:
        """Yield the components that were whole when the document broke off."""
        for level in reversed(self._levels):
            if level.only is not None:
                yield level.only


def _is_about(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent) == "Descriptor"


def _statements(element: Element) -> Iterator[Statement]:
    parent = element.getparent()
    outer = "" if parent is None else str(parent.get("id") or "")
    label = str(element.get("id") or outer)
    mime = str(element.get("mimeType") or "")
    href = str(element.get("ref") or "")
    if href:
        yield Statement(mime, b"", href=href, label=label)
        return
    records = [child for child in element if not is_comment(child)]
    for record in records:
        namespace = str(record.tag).rpartition("}")[0].lstrip("{")
        content, said = _written(record), record.text or ""
        yield Statement(mime, content, local(record), namespace, label=label, text=said)
    if not records:
        yield Statement(mime, _bytes(element).strip(), label=label)


def _resource(element: Element) -> Resource:
    mime = str(element.get("mimeType") or "")
    packed = str(element.get("contentEncoding") or "")
    href = str(element.get("ref") or "")
    if href:
        return Resource(mime, href, None, packed)
    records = [child for child in element if not is_comment(child)]
    content = b"".join(map(_written, records)) if records else _bytes(element)
    return Resource(mime, "", content, packed)


def _written(record: Element) -> bytes:
    from lxml import etree

    return etree.tostring(record, encoding="utf-8", with_tail=False)


def _bytes(element: Element) -> bytes:
    text = "".join((element.text or "", *(child.tail or "" for child in element)))
    if str(element.get("encoding") or "").lower() != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return binascii.a2b_base64(text)
    except ValueError:
        return text.encode("utf-8", "surrogatepass")


def _forget(element: Element, *, alone: bool) -> None:
    """Empty an element; unless `alone`, drop those before it too."""
    parent: Element | None = element.getparent()
    element.clear()
    if parent is None or alone:
        return
    while (earlier := element.getprevious()) is not None:
        parent.remove(earlier)
