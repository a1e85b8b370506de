"""What a package says of itself after a change, written into the stage."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import checksum_file, generations
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.package_file import write_package_file
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import utc
from avpres.services.edit import bagging
from avpres.services.edit.history import KEPT, History
from avpres.services.edit.rows import Held
from avpres.services.edit.state import State
from avpres.services.packing.documents import Documents
from avpres.services.packing.layouts import GIVEN
from avpres.services.packing.logs import write_logs
from avpres.services.packing.opening import Opened
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf
from avpres.services.packing.sums import Sums

_CHUNK = 1024 * 1024  # bytes


class Rewriter(RecordKeeper):
    """Writes files that take the place of those that the package had under their names."""

    __slots__ = ()

    @contextmanager
    def written(self, place: str, role: Role, *, about: str = "") -> Iterator[BinaryIO]:
        """Write a file of the package, and take it in instead of the old one."""
        self.shelf.forget(place)
        with RecordKeeper.written(self, place, role, about=about) as handle:
            yield handle


@dataclass(frozen=True, slots=True)
class Writing:
    """The package after the change, of which only what is new lies in the stage."""

    opened: Opened
    sums: Sums
    state: State
    shelf: Shelf
    keeper: Rewriter
    beside: Path
    history: History

    def shelve(self, added: Shelf) -> None:
        """Take in every file that the package will have, but what is written anew."""
        for file in self.state.described():
            self._put(file)
        for file in added.files():
            self._put(file)
        for held in self._kept():
            if not self._is_tag(held):
                self._put(_packaged(held))

    def keep_generation(self, generation: int, operator: str, reason: str) -> None:
        """Keep the manifests up to now, and note in the register that they are no longer in force.

        The register is a chain: each line holds the digest of the one before.
        """
        places = self.opened.places
        folder = f"{places.metadata}/{generations.FOLDER}"
        home = f"{folder}/{generations.folder_of(generation)}"
        kept = {path.name: self._copied(path, f"{home}/{path.name}") for path in self.sums.paths}
        for held in self.history.files() if self.history.ends else ():
            name = f"{KEPT}/{held.path.rpartition('/')[2]}"
            kept[name] = self._copied(self.opened.tree / held.path, f"{home}/{name}")
        lines = [line for _, line in generations.read(self.opened.tree / folder)]
        until = utc(self.keeper.created)
        previous = generations.digest(lines[-1]) if lines else ""
        new = generations.Generation(generation, until, operator, reason, kept, previous)
        with self.keeper.written(f"{folder}/{generations.REGISTER}", Role.METADATA) as handle:
            handle.writelines([*lines, new.line()])

    def write(self, package: Package) -> None:
        """Write logs, records, PREMIS, METS and manifests."""
        keeper, shelf, places = self.keeper, self.shelf, self.opened.places
        self.history.write(keeper)
        write_logs(keeper, places, package)
        with keeper.written(places.files, Role.METADATA) as handle:
            lines, folders = shelf.lines(*GIVEN), self._empty_folders()
            write_package_file(handle, package, self.opened.layout, lines, folders)
        Documents(keeper, places, package, self.beside.parent).write()
        for held in self._kept():
            if self._is_tag(held):
                self._put(_packaged(held))
        if places.is_bag:
            bagging.write_bag(keeper, package, shelf, self.opened.tree)
        else:
            self._write_beside(package.created)

    def _empty_folders(self) -> Iterator[str]:
        """Yield the folders that held nothing, and still do."""
        for folder in self.opened.folders():
            if next(self.shelf.below(f"{folder}/"), None) is None:
                yield folder

    def _put(self, file: PackagedFile) -> None:
        self.shelf.put(replace(file, description=None))
        if file.description is not None:
            self.shelf.describe(file.path, file.description)

    def _kept(self) -> Iterator[Held]:
        """Yield what is said about the objects; METS does not list itself."""
        for held in self.state.held("new IS NOT NULL AND role IN ('metadata', 'log')"):
            if held.path != self.opened.places.mets:
                yield held

    def _is_tag(self, held: Held) -> bool:
        """Say whether a file is the bag's and not the package's: METS does not list it."""
        return self.opened.places.is_bag and "/" not in held.path

    def _copied(self, path: Path, place: str) -> str:
        hasher = hashlib.sha512()
        with path.open("rb") as source, self.keeper.written(place, Role.METADATA) as handle:
            while chunk := source.read(_CHUNK):
                hasher.update(chunk)
                handle.write(chunk)
        return hasher.hexdigest()

    def _write_beside(self, created: datetime) -> None:
        self.beside.mkdir(exist_ok=True)
        name = self.opened.tree.name
        for algorithm, path in self.sums.payload.items():
            entries = (ManifestEntry(f"{name}/{f.path}", f.digests) for f in self.shelf.listed())
            with (self.beside / path.name).open("wb") as handle:
                checksum_file.write_gnu(handle, entries, Heading((algorithm,), created))


def _packaged(held: Held) -> PackagedFile:
    path = held.new or held.path
    return PackagedFile(path, path, held.size, held.mtime, held.digests, held.role)
