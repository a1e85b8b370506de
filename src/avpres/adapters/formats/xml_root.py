"""The first element of an XML file, which says what it is whatever its name says."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, cast

from avpres.adapters.formats.xml_text import Element

Event: TypeAlias = Literal["start", "end"]

LOOKED_AT = 1 << 20
"""Bytes before the first element: licences stand there, never whole books."""

_STEP = 1 << 15
_BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b" ", b"\n", b"\r")


class Root(NamedTuple):
    """Namespace, local name, attributes as they are tagged, and the namespaces declared."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    namespaces: tuple[str, ...]


def root_of(path: Path) -> Root | None:
    """Read the first element of a file; None when it is no XML or cannot be read."""
    try:
        with path.open("rb") as handle:
            if not handle.read(_STEP).startswith(_BEGINNINGS):
                return None
            handle.seek(0)
            return next((_root(one) for _, one in pull(handle.read, ("start",), LOOKED_AT)), None)
    except OSError:
        return None


def _root(element: Element) -> Root:
    namespace, _, name = str(element.tag).rpartition("}")
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    declared = tuple(str(uri) for uri in element.nsmap.values())
    return Root(namespace.lstrip("{"), name, attributes, declared)


def pull(
    read: Callable[[int], bytes], events: tuple[Event, ...], limit: int
) -> Iterator[tuple[str, Element]]:
    """Yield events of the first bytes of a document; damage just ends them.

    Nothing is fetched, no entity is resolved, and no more than `limit` bytes are read.
    """
    from lxml import etree

    parser = etree.XMLPullParser(events, resolve_entities=False, no_network=True, load_dtd=False)
    found = cast("Iterator[tuple[str, Element]]", parser.read_events())
    with suppress(etree.XMLSyntaxError):
        while limit > 0 and (data := read(min(limit, _STEP))):
            limit -= len(data)
            parser.feed(data)
            yield from found
    yield from found
