"""The place where a package is built, beside its final place: hidden, and of one command alone.

A killed run leaves it; the same command finds it again, with the id and the date that were chosen.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from avpres.adapters.storage import durable
from avpres.adapters.storage.locks import held
from avpres.config.naming import is_numbered, written
from avpres.config.packing import PackingOptions
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError
from avpres.domain.oais import Box, Layout
from avpres.domain.report import Output, Report
from avpres.services.context import Context
from avpres.services.packing import parents
from avpres.services.packing.beside import (
    beside,
    boxed_name,
    index_beside,
    outputs_of,
    sums_beside,
)

_IDLE = frozenset({"jobs", "report"})  # options that change nothing of a package
_TREE = "package"  # the folder in which files are brought together


@dataclass(frozen=True, slots=True)
class Stage:
    """A package in the making.

    `box` is what it appears in, `folder` the name of the tree within the stage. `resumed`: a run
    before this one began it. `sealed`: it may have come as far as its end, so that what lies
    outside of the stage under the package's name is its own. `parent` is the folder above the
    package, `made` for it; `media_id` is its name where the layout names it so.
    """

    path: Path
    id: UUID
    created: datetime
    box: Box = Box.FOLDER
    folder: str = _TREE
    parent: str = ""
    media_id: str = ""
    made: bool = False
    resumed: bool = False
    sealed: bool = False

    @property
    def job(self) -> str:
        """Name the job in staged names."""
        return self.path.name.split("-")[-1].removesuffix(".part")

    @property
    def tree(self) -> Path:
        """Give the folder in which the package is built."""
        return self.path / self.folder

    @property
    def product(self) -> Path:
        """Give what becomes the package: the tree, or the container that it is put into."""
        return self.tree if self.box is Box.FOLDER else self.path / f"boxed.{self.box.value}"

    @property
    def final(self) -> Path:
        """Give the place of the package."""
        return self.path.parent / self.parent / boxed_name(self.name, self.box)

    @property
    def name(self) -> str:
        """Give the name of the package, without the ending of a container."""
        return self.media_id or str(self.id)

    @property
    def is_done(self) -> bool:
        """Say whether an earlier run got as far as the package itself."""
        return self.sealed and not self.product.exists() and self.final.exists()

    def seal(self) -> "Stage":
        """Note that from now on something may lie under the package's name."""
        sealed = replace(self, sealed=True)
        _write(sealed)
        return sealed

    def publish(self) -> None:
        """Let the package appear.

        Raises:
            DestinationExistsError: something has come to lie under its name.
        """
        try:
            durable.rename_noreplace(None, os.fsencode(self.product), None, os.fsencode(self.final))
        except OSError as error:
            if not os.path.lexists(self.final):
                raise
            raise _exists(self.final) from error
        durable.sync_folder(self.final.parent)

    def remove(self) -> None:
        """Leave nothing of the stage; until almost all of it is gone, it says what it was for.

        Raises:
            DestinationRefusedError: something of it stays, beside a package that is whole.
        """
        try:
            self._clear()
        except OSError as error:
            if self.product.exists() or not self.final.exists():
                raise
            raise DestinationRefusedError(
                f"{self.final}: is whole, but not all that was needed to make it could be removed "
                f"({error.strerror}); mend that and run the same command again"
            ) from error

    def _clear(self) -> None:
        with os.scandir(self.path) as found:
            for folder in [each.path for each in found if each.is_dir(follow_symlinks=False)]:
                shutil.rmtree(folder)
        os.rename(self.path, _going(self.path))
        shutil.rmtree(_going(self.path))
        if self.made and not self.final.exists():
            with contextlib.suppress(OSError):  # it is not empty: others have come to use it
                self.final.parent.rmdir()
        durable.sync_folder(self.path.parent)


def stage_path(command: str, options: PackingOptions, inputs: Mapping[str, Iterable[Path]]) -> Path:
    """Name the stage of a command: the same words, the same stage.

    `inputs` are the options that name what the package is made of.
    """
    asked = options.model_dump(mode="json", exclude={*_IDLE, *inputs})
    out = os.path.realpath(options.destination)
    paths = [[os.path.abspath(path) for path in group] for group in inputs.values()]
    text = json.dumps([{**asked, "destination": out}, paths], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Path(os.path.abspath(options.destination)) / f".avpres-{command}-{key}.part"


def sweep(path: Path) -> None:
    """Remove what is left of a stage that a killed run was removing."""
    if _going(path).exists():
        shutil.rmtree(_going(path))


@contextlib.contextmanager
def open_stage(path: Path, options: PackingOptions, context: Context) -> Iterator[Stage]:
    """Hold the stage of a command, begun anew or found again at its `stage_path`.

    Raises:
        DestinationExistsError: the package is there already.
        DestinationRefusedError: another run is at it, or the folder cannot be written.
    """
    parents.check(_fixed_parent(options), context)
    if not path.exists():
        refuse_known(path.parent, options)
    with contextlib.ExitStack() as stack:
        real = Path(os.path.realpath(path.parent))
        stack.enter_context(held(context.state_dir, real, [os.fsencode(path.name)]))
        try:
            sweep(path)
            stage = _opened(path, options, context)
        except OSError as error:
            raise DestinationRefusedError(
                f"{path.parent}: cannot be written ({error.strerror}); choose another folder"
            ) from error
        with _fresh_removed(stage):
            names = [str(stage.id).encode(), f"{stage.parent}/{stage.name}".encode()]
            stack.enter_context(held(context.state_dir / "ids", real, names))
            if not stage.sealed:
                _refuse_taken(stage.final.parent, options, stage.name)
            elif os.path.lexists(stage.final) and not stage.is_done:
                raise _exists(stage.final)
        yield stage if stage.is_done else replace(stage, box=options.box, folder=_TREE)


def refuse_known(out: Path, options: PackingOptions) -> None:
    """Refuse before anything is made, where the place of the package is known already.

    Raises:
        DestinationExistsError: something is there.
    """
    name = _media_id(options) or (str(options.package_id) if options.package_id else "")
    parent = _fixed_parent(options)
    if name and (parent or not options.parent):
        _refuse_taken(out / parent, options, name)


@contextlib.contextmanager
def _fresh_removed(stage: Stage) -> Iterator[None]:
    """Leave nothing of a stage that was made for what is refused."""
    try:
        yield
    except (DestinationExistsError, DestinationRefusedError):
        if not stage.resumed:
            stage.remove()
        raise


@contextlib.contextmanager
def refusals(destination: Path) -> Iterator[None]:
    """Say of what the file system or a table of ours refuses that no package came of it."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DestinationRefusedError(
            f"{destination}: {reason.lower()}; no package appeared. Mend that and run the same "
            "command again"
        ) from error


def tell_finished(stage: Stage, options: PackingOptions, report: Report) -> None:
    """Tell of a package that appeared just before its run was cut short."""
    report.facts["package"] = str(stage.id)
    report.outputs += outputs(stage, options)
    report.summary = (
        f"{stage.final}: the package is whole; a run that was cut short had just finished it."
    )


def outputs(stage: Stage, options: PackingOptions) -> list[Output]:
    """Name the package, and all that lies beside it."""
    return outputs_of(stage.final, stage.name, options)


def _going(path: Path) -> Path:
    """Name a stage that is being removed: what is left of it says nothing any more."""
    return path.with_name(path.name.removesuffix(".part") + ".gone.part")


def _media_id(options: PackingOptions) -> str:
    return options.media_id or "" if options.layout in {Layout.MM, Layout.MM_BAG} else ""


def _fixed_parent(options: PackingOptions) -> str:
    parent = options.parent or ""
    return "" if is_numbered(parent) else written(parent, 0)


def _refuse_taken(folder: Path, options: PackingOptions, name: str) -> None:
    final = folder / boxed_name(name, options.box)
    around = (*sums_beside(final, options), *index_beside(final, options))
    for path in (final, *beside(folder, options, name), *around):
        if os.path.lexists(path):
            raise _exists(path)


def _opened(path: Path, options: PackingOptions, context: Context) -> Stage:
    state = path / "state.json"
    if state.is_file():
        known = json.loads(state.read_bytes())
        created = datetime.fromisoformat(known["created"])
        box, sealed = Box(known["box"]), known["sealed"]
        stage = Stage(path, UUID(known["id"]), created, box, known["folder"], known["parent"])
        stage = replace(stage, media_id=_media_id(options), made=known["made"])
        return replace(stage, resumed=True, sealed=sealed)
    path.mkdir(parents=True, exist_ok=True)
    created = options.date or context.clock().replace(microsecond=0)
    stage = Stage(path, options.package_id or uuid4(), created, options.box)
    stage = replace(stage, media_id=_media_id(options))
    if options.parent:
        parent, made = parents.reserve(path.parent, options.parent)
        stage = replace(stage, parent=parent, made=made)
        parents.check(parent, context)
    _write(stage)
    return stage


def _write(stage: Stage) -> None:
    known = {
        "id": str(stage.id),
        "created": stage.created.isoformat(),
        "box": stage.box.value,
        "folder": stage.folder,
        "parent": stage.parent,
        "made": stage.made,
        "sealed": stage.sealed,
    }
    with durable.replace(stage.path / "state.json", job=stage.job) as handle:
        handle.write(json.dumps(known).encode())


def _exists(path: Path) -> DestinationExistsError:
    return DestinationExistsError(
        f"{path}: is there already and was left as it is; choose another name (--package-id, "
        "--media-id) or folder"
    )
