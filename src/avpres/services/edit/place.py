"""The stage of an edit, beside the package and on its volume; one edit of a package at a time."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.adapters.storage.locks import held
from avpres.config.edit import EditOptions
from avpres.services.context import Context
from avpres.services.edit.journal import CLOSED, Journal

_STATE = "state.json"
_IDLE = frozenset({"jobs", "report", "verify"})  # options that change nothing of the outcome


@dataclass(frozen=True, slots=True)
class Place:
    """A package and the stage of what is changed of it."""

    tree: Path
    stage: Path

    def begin(self, options: EditOptions, context: Context) -> datetime:
        """Make the stage, or find it again, and give the moment that was chosen first.

        What another command left there, which was not decided, is removed.
        """
        known = self._known()
        if known["key"] == _key(options):
            return datetime.fromisoformat(known["moment"])
        self.remove()
        self.stage.mkdir()
        moment = options.date or context.clock().replace(microsecond=0)
        with durable.replace(self._state, job="edit") as handle:
            told = {"key": _key(options), "moment": moment.isoformat()}
            handle.write(json.dumps(told).encode())
        return moment

    def is_of(self, options: EditOptions) -> bool:
        """Say whether what lies in the stage is of this very command."""
        return self._known()["key"] == _key(options)

    @property
    def _state(self) -> Path:
        return self.stage / _STATE

    def _known(self) -> dict[str, str]:
        try:
            known = json.loads(self._state.read_bytes())
            return {"key": str(known["key"]), "moment": str(known["moment"])}
        except (OSError, ValueError, TypeError, KeyError):
            return {"key": ""}

    @property
    def journal(self) -> Journal:
        """Give what is decided, or will be."""
        return Journal(self.tree, self.stage)

    def close(self) -> None:
        """Forget a change that is done and proved, and destroy what it was to destroy."""
        self.journal.close()
        self.remove()

    def remove(self) -> None:
        """Leave nothing of the stage; what says whose it is, and that it is done, goes last."""
        if not os.path.lexists(self.stage):
            return
        with os.scandir(self.stage) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                elif entry.name not in {_STATE, CLOSED}:
                    os.unlink(entry.path)
        shutil.rmtree(self.stage)
        durable.sync_folder(self.stage.parent)

    def removed_name(self, moment: datetime) -> str:
        """Name the folder beside the package that keeps what was taken out."""
        first = f"{self.tree.name}.removed-{moment:%Y%m%dT%H%M%SZ}"
        name, number = first, 1
        while os.path.lexists(self.tree.with_name(name)):
            number += 1
            name = f"{first}-{number}"
        return name


@contextlib.contextmanager
def held_place(tree: Path, context: Context) -> Iterator[Place]:
    """Hold the right to change a package.

    Raises:
        DestinationRefusedError: another run on this computer is changing it.
    """
    name = stage_name(tree)
    with held(context.state_dir, Path(os.path.realpath(tree.parent)), [os.fsencode(name)]):
        yield Place(tree, tree.with_name(name))


def stage_name(tree: Path) -> str:
    """Name the stage of a package: it is known by the name of its folder alone."""
    return f".avpres-edit-{hashlib.sha256(os.fsencode(tree.name)).hexdigest()[:16]}.part"


def _key(options: EditOptions) -> str:
    asked = options.model_dump(mode="python", exclude={*_IDLE, "package"})
    text = json.dumps({key: str(value) for key, value in asked.items()}, sort_keys=True)
    return hashlib.sha256(f"{os.getcwd()}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
