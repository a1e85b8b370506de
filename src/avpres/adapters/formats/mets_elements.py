"""METS pulled apart: its files and technical sections one by one, and the rest forgotten.

Elements inside `xmlData` are foreign, whatever they are called: HTML has a `div`, and a METS may
hold another METS.
"""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from avpres.adapters.formats.xml_measured import LARGEST, Measured, TooLargeError
from avpres.adapters.formats.xml_text import Element, local
from avpres.domain.errors import NotConformantError

FILE = "file"
POINTER = "mptr"
SECTIONS = frozenset({"techMD", "md"})
OTHERS = frozenset({"dmdSec", "rightsMD", "sourceMD", "digiprovMD"})
"""Sections about anything but how a file is made."""

_YIELDED = SECTIONS | OTHERS | {FILE, POINTER}
_PASSING = frozenset(
    {"metsHdr", "amdSec", "mdGrp", "fileGrp", "div", "fptr", "structMap"}
    | {"smLink", "smLinkGrp", "behavior", "behaviorSec"}
)
_WANTED = tuple(f"{{*}}{name}" for name in sorted({"mets"} | _YIELDED | _PASSING))
_FOREIGN = "{*}xmlData"


def elements(
    handle: BinaryIO, name: str, *, largest: int = LARGEST
) -> Iterator[tuple[str, Element]]:
    """Yield files, sections and pointers, whole, each until the next is asked for.

    Nothing outside the document is fetched, entities are not resolved, and the parser's own limits
    (10 MB a text or an attribute, 256 levels) stay on.

    Raises:
        NotConformantError: not well-formed, no METS, or one record beyond all measure.
    """
    source = Measured(handle, largest)
    lead = None
    try:
        for _, element in etree.iterparse(
            source,
            events=("end",),
            tag=_WANTED,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            lead = _lead(element) if lead is None else lead
            kind = local(element)
            if lead is None or element.tag != lead + kind or _is_foreign(element):
                continue
            source.unclaimed = 0
            if kind in _YIELDED:
                yield kind, element
            _forget(element)
    except etree.XMLSyntaxError as error:
        place = f"{name}, line {error.lineno}" if error.lineno else name
        raise NotConformantError(f"{place}: not well-formed XML ({error.msg})") from None
    except TooLargeError:
        raise NotConformantError(f"{name}: one record of more than {largest} bytes") from None
    if lead is None:
        raise NotConformantError(f"{name}: no METS document")


def _lead(element: Element) -> str | None:
    """Give the namespace of the outermost METS element as tags begin with it; None outside one."""
    outermost = None
    for one in (element, *element.iterancestors()):
        if local(one) == "mets":
            outermost = one
    return None if outermost is None else str(outermost.tag).removesuffix("mets")


def _is_foreign(element: Element) -> bool:
    return next(element.iterancestors(_FOREIGN), None) is not None


def _forget(element: Element) -> None:
    """Empty an element and drop those before it; a file's location before its content is kept."""
    parent: Element | None = element.getparent()
    element.clear()
    if parent is None or local(parent) == FILE:
        return
    while (earlier := element.getprevious()) is not None:
        parent.remove(earlier)
