"""What METS documents hold about history, rights and description: kept as it stands."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats.mets_elements import OTHERS, elements
from avpres.adapters.formats.mets_sections import contents, href, type_of
from avpres.adapters.formats.xml_text import Element, local
from avpres.adapters.packages.foreign import Provenance
from avpres.adapters.packages.ground import Ground
from avpres.domain.errors import NotConformantError


def read(file: Path, path: str, ground: Ground) -> Iterator[Provenance]:
    """Yield the records of a document's other sections, in its order, up to where it is broken."""
    try:
        with file.open("rb") as handle:
            for kind, element in elements(handle, path):
                if kind in OTHERS or (kind == "md" and "TECH" not in _use(element)):
                    yield from _records(element, os.path.dirname(path), ground)
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
