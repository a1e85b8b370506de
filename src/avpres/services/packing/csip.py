"""The documents of an E-ARK package: two METS, two PREMIS, Dublin Core, schemas."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from avpres.adapters.formats.csip import (
    DUBLIN_CORE,
    METS,
    PREMIS,
    Content,
    write_package_mets,
)
from avpres.adapters.formats.csip_representation import write_representation_mets
from avpres.adapters.formats.dublin_core import write_dublin_core
from avpres.adapters.formats.premis_objects import write_package_premis
from avpres.adapters.formats.schemas import schemas
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.technical import MediaKind
from avpres.services.packing.layouts import REPRESENTATION, Places
from avpres.services.packing.records import RecordKeeper

_LEAD = f"{REPRESENTATION}/"
_CATEGORIES = {
    MediaKind.VIDEO: "Video – File-based and Physical Media",  # noqa: RUF001 - as the list has it
    MediaKind.AUDIO: "Audio – Media-independent (digital)",  # noqa: RUF001
    MediaKind.IMAGE: "Other Graphic Images – Digital",  # noqa: RUF001
    MediaKind.TEXT: "Textual works – Digital",  # noqa: RUF001
    MediaKind.DOCUMENT: "Textual works – Digital",  # noqa: RUF001
}
_SCANS = "Motion Pictures – Digital and Physical Media"  # noqa: RUF001
_SCANNED = frozenset({"image/x-dpx", "image/dpx", "image/x-exr", "image/aces"})


@dataclass(slots=True)
class Csip:
    """Writes the documents of one package; logs and `files.jsonl` are there.

    METS and PREMIS of the representation name files from its folder, those of the package from
    the package's.
    """

    keeper: RecordKeeper
    places: Places
    package: Package
    scratch: Path
    _categories: set[str] = field(default_factory=set)

    def write(self) -> None:
        """Write what CSIP asks for, METS last: it lists all else."""
        for name, text in schemas():
            with self.keeper.written(self._place(f"schemas/{name}"), Role.METADATA) as handle:
                handle.write(text)
        with self.keeper.written(self._place(DUBLIN_CORE), Role.METADATA) as handle:
            write_dublin_core(handle, self.package)
        supplements = map(self.places.at_home, self.keeper.shelf.outlines(Role.SUPPLEMENTAL))
        with self.keeper.written(self._place(PREMIS), Role.METADATA) as handle:
            write_package_premis(handle, self.package, supplements)
        self._write_representation()
        content = Content(self._category(), REPRESENTATION.rpartition("/")[2])
        with self.keeper.written(self.places.mets, Role.METADATA) as handle:
            write_package_mets(handle, self.package, content, self._below)

    def _write_representation(self) -> None:
        of_files = replace(self.package, events=(), agents=(), rights="")
        with self.keeper.written(self._place(_LEAD + PREMIS), Role.METADATA) as handle:
            write_package_premis(handle, of_files, self._counted())
        with self.keeper.written(self._place(_LEAD + METS), Role.METADATA) as handle:
            (premis,) = self._inside(self._below(_LEAD + "metadata/preservation/"))
            write_representation_mets(
                handle,
                self.package,
                REPRESENTATION.rpartition("/")[2],
                self._category(),
                data=self._named(),
                others=self._inside(self._below(_LEAD + "metadata/other/")),
                premis=premis,
                scratch=self.scratch,
            )

    def _place(self, path: str) -> str:
        return self.places.home + path

    def _below(self, folder: str) -> Iterator[PackagedFile]:
        return map(self.places.at_home, self.keeper.shelf.below(self.places.home + folder))

    def _objects(self) -> Iterator[PackagedFile]:
        return map(self.places.at_home, self.keeper.shelf.outlines(Role.OBJECT))

    def _inside(self, files: Iterable[PackagedFile]) -> Iterator[PackagedFile]:
        return (replace(file, path=file.path.removeprefix(_LEAD)) for file in files)

    def _named(self) -> Iterator[tuple[str, PackagedFile]]:
        """Give each object with the name that PREMIS has for it, its path within the folder.

        Lists that lie among the objects, as those of ASC MHL do, come after them.
        """
        lists = (f for f in self._below(f"{_LEAD}data/") if f.role is Role.METADATA)
        for file in chain(self._objects(), lists):
            inside = replace(file, path=file.path.removeprefix(_LEAD))
            yield str(self.package.file_id(file)), inside

    def _counted(self) -> Iterator[PackagedFile]:
        """Give the objects, and note in passing of what kind they are."""
        for file in self._objects():
            self._categories.add(_category(file))
            yield file

    def _category(self) -> str:
        known = self._categories - {""}
        if not known:
            return "Other"
        return known.pop() if len(known) == 1 else "Mixed"


def _category(file: PackagedFile) -> str:
    if file.description is None:
        return ""
    if file.description.mime in _SCANNED:
        return _SCANS
    return _CATEGORIES.get(file.description.technical.kind or MediaKind.OTHER, "")
