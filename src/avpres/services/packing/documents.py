"""The documents of a package that its layout asks for: METS, PREMIS, and what goes with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import checksum_file, dfxml
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.mets import write_mets
from avpres.adapters.formats.premis_objects import write_package_premis
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.services.packing.csip import Csip
from avpres.services.packing.layouts import GIVEN, Form, Places
from avpres.services.packing.records import RecordKeeper


@dataclass(frozen=True, slots=True)
class Documents:
    """Writes the documents; logs and `files.jsonl` are there. `scratch` is a folder of ours."""

    keeper: RecordKeeper
    places: Places
    package: Package
    scratch: Path

    def write(self) -> None:
        """Write what the layout asks for, METS last: it lists all else."""
        if self.places.form is Form.CSIP:
            Csip(self.keeper, self.places, self.package, self.scratch).write()
            return
        if self.places.form is Form.MM:
            self._write_mm()
        with self.keeper.written(self.places.premis, Role.METADATA) as handle:
            write_package_premis(handle, self.package, self._files(*GIVEN))
        with self.keeper.written(self.places.mets, Role.METADATA) as handle:
            write_mets(handle, self.package, self._files, scratch=self.scratch)

    def _files(self, *roles: Role) -> Iterator[PackagedFile]:
        return map(self.places.at_home, self.keeper.shelf.outlines(*roles))

    def _write_mm(self) -> None:
        """Write DFXML and checksums of the objects, as mediamicroservices' checksumpackage does."""
        records = self.keeper.tree / self.places.records
        records.parent.mkdir(parents=True, exist_ok=True)  # mediamicroservices have it always
        known = [a for a in self.keeper.algorithms if a in dfxml.WRITTEN]
        heading = Heading(tuple(known), self.package.created)
        if known:
            with self.keeper.written(f"{self.places.metadata}/dfxml.xml", Role.METADATA) as handle:
                dfxml.write(handle, self._objects(), heading)
        for algorithm in self.keeper.algorithms:
            place = f"{self.places.metadata}/checksum.{algorithm}"
            with self.keeper.written(place, Role.METADATA) as handle:
                heading = Heading((algorithm,), self.package.created)
                checksum_file.write_gnu(handle, self._objects(), heading)

    def _objects(self) -> Iterator[ManifestEntry]:
        """Give the objects, with paths that begin in their folder."""
        lead = f"{self.places.objects}/"
        for file in self.keeper.shelf.below(lead):
            path = "./" + file.path.removeprefix(lead)
            yield ManifestEntry(path, file.digests, file.size, file.mtime)
