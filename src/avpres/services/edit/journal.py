"""What an edit renames, decided once and for all: a killed run's work is brought to its end.

An edit touches a package only by renames, and first writes down all of them. From then on the
change is decided: whoever comes next does what is left. Two phases, so that nothing that came is
taken for what goes: first all that leaves is put into the stage, then all that comes is taken
from it. Within a phase each rename can be repeated.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.domain.errors import DestinationExistsError, NotConformantError

NAME = "journal.jsonl"
CLOSED = "done.jsonl"  # the journal of a change that is done and proved
_LEFT = "left"  # is there when all that leaves has left


class Base(StrEnum):
    """What a path in the journal is relative to."""

    PACKAGE = "package"
    STAGE = "stage"
    BESIDE = "beside"  # the folder that the package lies in


class Act(StrEnum):
    """What is done with a path."""

    LEAVE = "leave"
    ARRIVE = "arrive"
    FOLDER = "folder"  # is made, unless it is there
    TIDY = "tidy"  # goes, if nothing is in it


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal."""

    act: Act
    base: Base
    path: str
    to_base: Base = Base.STAGE
    to_path: str = ""


@dataclass(slots=True)
class Journal:
    """The renames of one package, with its stage beside it."""

    tree: Path
    stage: Path
    _touched: set[Path] = field(default_factory=set)

    @property
    def is_decided(self) -> bool:
        """Say whether there is a change that must be brought to its end."""
        return (self.stage / NAME).is_file()

    @property
    def is_closed(self) -> bool:
        """Say whether the change is done and proved, and only its stage is left."""
        return (self.stage / CLOSED).is_file()

    def decide(self, steps: Iterable[Step]) -> None:
        """Write down what will be done; from the end of this on it will be done."""
        with durable.write_new(self.stage / NAME, job="edit") as handle:
            for step in steps:
                words = [step.act, step.base, step.path, step.to_base, step.to_path]
                handle.write(json.dumps(words).encode() + b"\n")

    def roll_forward(self) -> None:
        """Do all that was decided and is not done.

        Raises:
            DestinationExistsError: something has come into the way of it since.
            NotConformantError: the journal is none of ours.
        """
        if not (self.stage / _LEFT).exists():
            self._perform(Act.LEAVE)
            with durable.write_new(self.stage / _LEFT, job="edit"):
                pass
        self._perform(Act.FOLDER, Act.ARRIVE)
        self._perform(Act.TIDY)

    def close(self) -> None:
        """Note that all is done and proved; the stage is of no use any more."""
        os.replace(self.stage / NAME, self.stage / CLOSED)
        durable.sync_folder(self.stage)

    def _perform(self, *acts: Act) -> None:
        for step in self._steps():
            if step.act not in acts:
                continue
            place = self._full(step.base, step.path)
            if step.act is Act.FOLDER:
                self._make(place)
            elif step.act is Act.TIDY:
                self._tidy(place)
            else:
                self._rename(place, self._full(step.to_base, step.to_path))
        for folder in sorted(self._touched):
            if folder.is_dir():
                durable.sync_folder(folder)
        self._touched.clear()

    def _rename(self, source: Path, target: Path) -> None:
        self._make(target.parent)
        self._touched |= {source.parent, target.parent}
        if not os.path.lexists(source):
            if not os.path.lexists(target):
                raise NotConformantError(
                    f"{source}: is gone, and so is {target}; a change of {self.tree} cannot be "
                    f"brought to its end. What is left of it is in {self.stage}"
                )
            return
        if os.path.lexists(target) and os.path.samestat(os.lstat(source), os.lstat(target)):
            os.unlink(
                source
            )  # was linked, and is to be unlinked, where renames cannot be exclusive
        else:
            self._rename_exclusively(source, target)

    def _rename_exclusively(self, source: Path, target: Path) -> None:
        try:
            durable.rename_noreplace(None, os.fsencode(source), None, os.fsencode(target))
        except FileExistsError as error:
            raise DestinationExistsError(
                f"{target}: came into the way of a change of {self.tree}; take it away and run "
                "avpres edit again"
            ) from error

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir()
        self._touched |= {folder, folder.parent}

    def _tidy(self, folder: Path) -> None:
        with suppress(OSError):
            folder.rmdir()
            self._touched.add(folder.parent)

    def _full(self, base: Base, path: str) -> Path:
        if base is Base.PACKAGE:
            return self.tree / path
        return (self.stage if base is Base.STAGE else self.stage.parent) / path

    def _steps(self) -> Iterator[Step]:
        with (self.stage / NAME).open("rb") as handle:
            for number, line in enumerate(handle, start=1):
                try:
                    act, base, path, to_base, to_path = json.loads(line)
                    step = Step(Act(act), Base(base), str(path), Base(to_base), str(to_path))
                except (ValueError, TypeError) as error:
                    raise self._broken(number) from error
                if not (_stays(step.path) and _stays(step.to_path or step.path)):
                    raise self._broken(number)
                yield step

    def _broken(self, number: int) -> NotConformantError:
        return NotConformantError(
            f"{self.stage / NAME}, line {number}: is no step of a change; avpres did not write it"
        )


def _stays(path: str) -> bool:
    return not path.startswith("/") and "\0" not in path and ".." not in path.split("/")
