"""What METS documents hold about history, rights and description: kept as it stands."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from avpres.adapters.formats.mets_elements import OTHERS, POINTER, elements
from avpres.adapters.formats.mets_sections import contents, href, type_of
from avpres.adapters.formats.xml_text import Element, local
from avpres.adapters.packages.foreign import Provenance
from avpres.adapters.packages.ground import Ground
from avpres.domain.errors import NotConformantError


def read(
    file: Path, path: str, ground: Ground, on_pointer: Callable[[str], None]
) -> Iterator[Provenance]:
    """Yield the records of a document's other sections, in its order, up to where it is broken.

    `on_pointer` is told of each document that it points to.
    """
    folder = os.path.dirname(path)
    try:
        with file.open("rb") as handle:
            for kind, element in elements(handle, path):
                if kind == POINTER:
                    on_pointer(next(iter(ground.readings(href(element), base=folder)), ""))
                elif kind in OTHERS or (kind == "md" and "TECH" not in _use(element)):
                    yield from _records(element, folder, ground)
    except NotConformantError:
        return  # told when the files were read


def _records(element: Element, folder: str, ground: Ground) -> Iterator[Provenance]:
    section, identity = local(element), str(element.get("ID") or "")
    for child in element:
        if local(child) == "mdRef":
            meant = ground.readings(href(child), base=folder)
            yield Provenance(type_of(child), section, identity, None, next(iter(meant), None))
        elif local(child) == "mdWrap":
            for content in contents(child):
                yield Provenance(type_of(child), section, identity, content)


def _use(element: Element) -> str:
    return str(element.get("USE") or "TECHNICAL").upper()
