"""What lies in a package besides its objects and supplements: carried over, made anew, or left."""

import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.storage.walk import Kind, walk
from avpres.services.convert.conversion import Conversion
from avpres.services.packing.layouts import REPRESENTATION, Form, Places

_OF_A_BAG = ("bagit.txt", "bag-info.txt", "manifest-*.txt", "tagmanifest-*.txt")
_OF_MM = ("dfxml.xml", "checksum.*")
_OF_CSIP = (
    "metadata/descriptive/dc.xml",
    "schemas/*.xsd",
    f"{REPRESENTATION}/METS.xml",
    f"{REPRESENTATION}/metadata/preservation/premis.xml",
)


@dataclass(frozen=True, slots=True)
class Others:
    """The files of the old package that `files.jsonl` does not list."""

    conversion: Conversion

    def carried(self) -> Iterator[tuple[str, str]]:
        """Yield what is said about the objects, and where it goes: MediaInfo's records, reports.

        Raises:
            NotConformantError: what the package says of its files is broken.
        """
        for path in self._unlisted():
            place = self._place(path)
            if place is not None:
                yield path, place

    def left(self) -> Iterator[str]:
        """Yield what is neither carried over nor made anew.

        Raises:
            NotConformantError: what the package says of its files is broken.
        """
        opened = self.conversion.opened
        anew = _anew(opened.places, str(opened.package.id))
        for path in self._unlisted():
            if self._place(path) is None and not any(
                fnmatch.fnmatchcase(path, pattern) for pattern in anew
            ):
                yield path

    def _place(self, path: str) -> str | None:
        in_objects = path.startswith(f"{self.conversion.opened.places.objects}/")
        return None if in_objects else self.conversion.moved(path)

    def _unlisted(self) -> Iterator[str]:
        """Go along the tree and the list together; both are in the order of paths."""
        opened = self.conversion.opened
        listed = (os.fsencode(file.path) for file, _ in opened.lines())
        following = next(listed, None)
        for entry in walk(opened.tree, on_error=_raise):
            while following is not None and following < entry.name:
                following = next(listed, None)
            if entry.kind != Kind.FOLDER and entry.name != following:
                yield os.fsdecode(entry.name)


def _anew(places: Places, id: str) -> list[str]:
    """List what avpres writes into every package of a layout, as patterns."""
    names = [places.files, places.mets, places.premis]
    names += [f"{places.logs}/events.jsonl", f"{places.logs}/{places.log.format(id=id)}"]
    names += _OF_A_BAG if places.is_bag else ()
    if places.form is Form.MM:
        names += [f"{places.metadata}/{name}" for name in _OF_MM]
    if places.form is Form.CSIP:
        names += [places.home + name for name in _OF_CSIP]
    return names


def _raise(_name: bytes, error: OSError) -> None:
    raise error
