"""Schemas and DTDs that are at hand: those that come with avpres and those of a local folder.

A folder holds `.xsd` and `.dtd` files and, if wished, a `catalog.json` that maps namespaces, public
and system identifiers to file names. Without an entry a file is found by the last part of the
address it is asked for by.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from avpres.adapters.validators.xml_resolver import parser_asking

if TYPE_CHECKING:
    from lxml import etree

BUNDLED = Path(__file__).parent / "dtds"  # XHTML 1.0 and 1.1, by the W3C
_PUBLIC = {
    "-//W3C//DTD XHTML 1.0 Strict//EN": "xhtml1-strict.dtd",
    "-//W3C//DTD XHTML 1.0 Transitional//EN": "xhtml1-transitional.dtd",
    "-//W3C//DTD XHTML 1.0 Frameset//EN": "xhtml1-frameset.dtd",
    "-//W3C//DTD XHTML 1.1//EN": "xhtml11.dtd",
}


@dataclass(frozen=True, slots=True)
class Dtd:
    """A DTD to validate by, and its general entities for the parser of a document."""

    dtd: "etree.DTD"
    entities: str


@lru_cache(maxsize=8)
def catalogue_of(folder: Path | None) -> "Catalogue":
    """Read the catalogue of a folder once."""
    return Catalogue(folder)


class Catalogue:
    """Finds files for names; a name that is not here has none, and nothing is fetched for it."""

    def __init__(self, folder: Path | None) -> None:
        self._files: dict[str, Path] = {}
        self._names = {name: BUNDLED / file for name, file in _PUBLIC.items()}
        for place in (BUNDLED, folder):
            if place is not None and place.is_dir():
                self._files |= {file.name: file for file in sorted(place.iterdir())}
        if folder is not None:
            self._names |= _entries(folder)
        self._bare = self._names.pop("", None)
        self._schemas: dict[Path, etree.XMLSchema | str] = {}
        self._dtds: dict[Path, Dtd] = {}

    def find(self, names: Iterable[str], suffix: str) -> Path | None:
        """Give the file for the first name that has one with the suffix asked for."""
        wanted = [name for name in names if name]
        for name in wanted:
            found = self._names.get(name)
            if found is not None and found.suffix == suffix and found.is_file():
                return found
        for name in wanted:
            found = self._files.get(name.rpartition("/")[2])
            if found is not None and found.suffix == suffix:
                return found
        return None

    def of_no_namespace(self, root: str) -> Path | None:
        """Give the schema without a namespace, if it is one for this root element."""
        found = self._bare
        if found is None or not found.is_file():
            return None
        return found if f'name="{root}"'.encode() in found.read_bytes() else None

    def schema(self, path: Path) -> "etree.XMLSchema | str":
        """Give a compiled schema, or why it cannot be used."""
        from lxml import etree

        if path not in self._schemas:
            try:
                document = etree.parse(path, self.parser())
                self._schemas[path] = etree.XMLSchema(document)
            except (etree.LxmlError, OSError) as error:
                self._schemas[path] = str(error)
        return self._schemas[path]

    def dtd(self, path: Path) -> "Dtd":
        """Give a DTD, read once, and its entities as text."""
        from lxml import etree

        if path not in self._dtds:
            text = f'<!DOCTYPE r SYSTEM "{path.name}"><r/>'.encode()
            info = etree.fromstring(text, self.parser(load_dtd=True)).getroottree().docinfo
            self._dtds[path] = Dtd(info.externalDTD, _entities_of(info.externalDTD))
        return self._dtds[path]

    def parser(self, **options: bool) -> "etree.XMLParser":
        """Give a parser that answers every address from here, with nothing where nothing is."""
        return parser_asking(lambda public, system: self.at(public, system) or "", **options)

    def at(self, *names: str) -> Path | None:
        """Give the file of the first name that has one, of whatever kind."""
        for name in names:
            found = self._names.get(name) or self._files.get(name.rpartition("/")[2])
            if found is not None and name and found.is_file():
                return found
        return None


def _entries(folder: Path) -> dict[str, Path]:
    try:
        said = json.loads((folder / "catalog.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {str(name): folder / str(file) for name, file in said.items()}


def _entities_of(dtd: "etree.DTD") -> str:
    lines = []
    for entity in dtd.iterentities():  # type: ignore[attr-defined] # not in the stubs
        if entity.content is not None:
            value = entity.content.replace("&", "&#38;").replace('"', "&#34;").replace("%", "&#37;")
            lines.append(f'<!ENTITY {entity.name} "{value}">')
    return "".join(lines)
