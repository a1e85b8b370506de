"""The ASC MHL history of a package's objects, where it has one."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import ascmhl
from avpres.adapters.formats.ascmhl_chain import CHAIN, FOLDER
from avpres.adapters.formats.ascmhl_generation import new_generation
from avpres.adapters.formats.manifest_file import Heading
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Role
from avpres.services.edit.plan import Plan
from avpres.services.edit.rows import Held
from avpres.services.edit.state import State
from avpres.services.packing.layouts import Places
from avpres.services.packing.mhl import empty_folders
from avpres.services.packing.records import RecordKeeper

KEPT = "ascmhl"  # in a generation's folder: a history that has ended


@dataclass(frozen=True, slots=True)
class History:
    """An ASC MHL history in step with a change.

    A generation can tell of new files, but to whoever reads the history all that was ever in it
    must still be there, under its name. So a change that renames or removes objects ends it: it is
    kept with the manifests of before, and another one begins.
    """

    tree: Path
    places: Places
    plan: Plan
    state: State

    @property
    def folder(self) -> str:
        """Give its place in the package."""
        return f"{self.places.objects}/{FOLDER}"

    def files(self) -> list[Held]:
        """List its files; none when there is no history, or the objects brought it with them."""
        held = self.state.below(self.folder)
        return [each for each in held if each.role is Role.METADATA]

    @property
    def ends(self) -> bool:
        """Say whether the change ends it."""
        lead = f"{self.places.objects}/"
        left = [*(move.old for move in self.plan.moves), *self.plan.removals]
        return bool(self.files()) and any(path.startswith(lead) for path in left)

    @property
    def goes_on(self) -> bool:
        """Say whether the change adds a generation to it."""
        added = self.state.added_below(self.places.objects)[0]
        return bool(self.files()) and bool(added) and not self.ends

    def write(self, keeper: RecordKeeper) -> None:
        """Write what comes of it into the stage; the shelf has all objects as they will be."""
        if not (self.ends or self.goes_on):
            return
        root = keeper.tree / self.places.objects
        old = {each.path.rpartition("/")[2] for each in self.files()}
        if self.goes_on:
            shutil.copytree(self.tree / self.folder, root / FOLDER)
        known = tuple(a for a in keeper.algorithms if a in ascmhl.WRITTEN)
        root.mkdir(parents=True, exist_ok=True)
        written = new_generation(root, self._entries(keeper), Heading(known, keeper.created))
        for name in old - {CHAIN, written.path.name} if self.goes_on else ():
            (root / FOLDER / name).unlink()
        for name in old if self.ends else (CHAIN,):
            keeper.shelf.forget(f"{self.folder}/{name}")
        for name in sorted((written.path.name, CHAIN)):
            keeper.take_in(f"{self.folder}/{name}", Role.METADATA)

    def _entries(self, keeper: RecordKeeper) -> Iterator[ManifestEntry]:
        lead = f"{self.places.objects}/"
        for file in keeper.shelf.below(lead):
            if file.role is Role.OBJECT:
                path = file.path.removeprefix(lead)
                yield ManifestEntry(path, file.digests, file.size, file.mtime)
        for folder in empty_folders(self.tree / self.places.objects):
            if self._stays(lead + folder):
                yield ManifestEntry(f"{folder}/", ())

    def _stays(self, folder: str) -> bool:
        left = [*(move.old for move in self.plan.moves), *self.plan.removals]
        return not any(f"{folder}/".startswith(f"{path}/") for path in left)
