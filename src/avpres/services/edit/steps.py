"""Every rename of an edit, from what is planned and what lies in the stage."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.walk import Kind, walk
from avpres.services.edit.history import History
from avpres.services.edit.journal import Act, Base, Step
from avpres.services.edit.plan import Plan
from avpres.services.edit.removing import INNER
from avpres.services.edit.state import State
from avpres.services.packing.layouts import Places
from avpres.services.packing.sums import Sums

FRESH = "package"  # in the stage: all that comes, in its place
MOVING = "moving"
OLD = "old"  # what was written anew
REMOVED = "removed"
BESIDE = "beside"
_OLD_BESIDE = "old-beside"


@dataclass(frozen=True, slots=True)
class Steps:
    """The renames of one edit. `removed` is the name beside the package for what is taken out."""

    tree: Path
    stage: Path
    places: Places
    sums: Sums
    plan: Plan
    state: State
    removed: str | None
    history: History

    def all(self) -> Iterator[Step]:
        """Yield them: folders that move come before what comes into them."""
        yield from self._roots()
        yield from self._records()
        yield from self._written()
        if self.removed is not None:
            yield Step(Act.ARRIVE, Base.STAGE, REMOVED, Base.BESIDE, self.removed)
        yield from self._emptied()

    def _roots(self) -> Iterator[Step]:
        for number, move in enumerate(self.plan.moves):
            place = f"{MOVING}/{number}"
            yield Step(Act.LEAVE, Base.PACKAGE, move.old, Base.STAGE, place)
            yield Step(Act.ARRIVE, Base.STAGE, place, Base.PACKAGE, move.new)
        for path in self.plan.removals:
            yield Step(Act.LEAVE, Base.PACKAGE, path, Base.STAGE, f"{REMOVED}/{INNER}/{path}")

    def _records(self) -> Iterator[Step]:
        for number, held in enumerate(self.state.held("touched AND role = 'metadata'")):
            place = f"{MOVING}/record-{number}"
            if held.new is None:
                place = f"{REMOVED}/{INNER}/{held.path}"
            yield Step(Act.LEAVE, Base.PACKAGE, held.path, Base.STAGE, place)
            if held.new is not None:
                yield Step(Act.ARRIVE, Base.STAGE, place, Base.PACKAGE, held.new)

    def _written(self) -> Iterator[Step]:
        for entry in walk(self.stage / FRESH, on_error=_stop):
            path = os.fsdecode(entry.name)
            if entry.kind == Kind.FOLDER:
                yield Step(Act.FOLDER, Base.PACKAGE, path)
                continue
            if self.state.is_about(path):
                yield Step(Act.LEAVE, Base.PACKAGE, path, Base.STAGE, f"{OLD}/{path}")
            yield Step(Act.ARRIVE, Base.STAGE, f"{FRESH}/{path}", Base.PACKAGE, path)
        for held in self.history.files() if self.history.ends else ():
            if not os.path.lexists(self.stage / FRESH / held.path):
                yield Step(Act.LEAVE, Base.PACKAGE, held.path, Base.STAGE, f"{OLD}/{held.path}")
        for tag in self.sums.tags.values():
            yield Step(Act.LEAVE, Base.PACKAGE, tag.name, Base.STAGE, f"{OLD}/{tag.name}")
        if not self.places.is_bag:
            for manifest in self.sums.payload.values():
                name, old = manifest.name, f"{_OLD_BESIDE}/{manifest.name}"
                yield Step(Act.LEAVE, Base.BESIDE, name, Base.STAGE, old)
                yield Step(Act.ARRIVE, Base.STAGE, f"{BESIDE}/{name}", Base.BESIDE, name)

    def _emptied(self) -> Iterator[Step]:
        """Name the folders that may be empty now, the inner ones first."""
        places = self.places
        kept = {places.objects, places.supplemental, places.metadata, places.records}
        left = [*(move.old for move in self.plan.moves), *self.plan.removals]
        left += [held.path for held in self.state.held("touched AND role = 'metadata'")]
        folders = {above for path in left for above in _above(path)} - kept
        for folder in sorted(folders, key=lambda path: path.count("/"), reverse=True):
            yield Step(Act.TIDY, Base.PACKAGE, folder)


def _above(path: str) -> Iterator[str]:
    while path := os.path.dirname(path):
        yield path


def _stop(_name: bytes, error: OSError) -> None:
    raise error
