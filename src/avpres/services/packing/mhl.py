"""An ASC MHL generation of a package's objects, in their folder."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import ascmhl
from avpres.adapters.formats.ascmhl_chain import CHAIN, FOLDER
from avpres.adapters.formats.ascmhl_generation import new_generation
from avpres.adapters.formats.manifest_file import Heading
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Package, Role
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Generation:
    """The first generation of an ASC MHL history over the folder of objects."""

    keeper: RecordKeeper
    objects: str

    def write(self, package: Package) -> bool:
        """Write it, unless the objects bring a history of their own, which must not be touched.

        Returns:
            Whether it was written.
        """
        root = self.keeper.tree / self.objects
        if carries_history(self.keeper.shelf, self.objects):
            return False
        root.mkdir(parents=True, exist_ok=True)  # the files of a part lie elsewhere
        shutil.rmtree(root / FOLDER, ignore_errors=True)  # of a run that was cut short
        known = tuple(a for a in self.keeper.algorithms if a in ascmhl.WRITTEN)
        heading = Heading(known, package.created)
        written = new_generation(root, self._entries(root), heading)
        for name in sorted((written.path.name, CHAIN)):
            self.keeper.take_in(f"{self.objects}/{FOLDER}/{name}", Role.METADATA)
        return True

    def _entries(self, root: Path) -> Iterator[ManifestEntry]:
        lead = f"{self.objects}/"
        for file in self.keeper.shelf.below(lead):
            if file.role is Role.OBJECT:
                path = file.path.removeprefix(lead)
                yield ManifestEntry(path, file.digests, file.size, file.mtime)
        for folder in empty_folders(root):
            yield ManifestEntry(f"{folder}/", ())


def carries_history(shelf: Shelf, objects: str) -> bool:
    """Say whether there is a file of an ASC MHL history among the objects."""
    return any(
        FOLDER in file.path.split("/")
        for file in shelf.below(f"{objects}/")
        if file.role is Role.OBJECT
    )


def empty_folders(root: Path) -> Iterator[str]:
    """Yield the folders in a tree that hold nothing, in the order of a walk by name."""
    for folder, folders, names in os.walk(root):
        folders.sort(key=os.fsencode)
        if not folders and not names and folder != str(root):
            yield os.path.relpath(folder, root)
