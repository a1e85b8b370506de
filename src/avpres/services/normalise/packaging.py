"""A proved result made into a package: whole, or the result stays as it is."""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.formats import profile_toml
from avpres.adapters.tools.process import ToolStoppedError
from avpres.config.normalise import MasterPacking, NormaliseOptions
from avpres.domain.errors import AvpresError, UsageError
from avpres.services.context import Context, SilentProgress
from avpres.services.normalise import findings
from avpres.services.normalise.building import build
from avpres.services.normalise.contents import (
    names_of,
    read_result,
)
from avpres.services.normalise.items import Item
from avpres.services.normalise.stage import finished
from avpres.services.normalise.workshop import Made, Workshop
from avpres.services.packing.building import Building
from avpres.services.packing.layouts import PLACES, require_utf8
from avpres.services.packing.publishing import publish
from avpres.services.packing.receipts import Receipts
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import (
    Stage,
    open_stage,
    outputs,
    refusals,
    refuse_known,
    stage_path,
    sweep,
)

FORM = "avpres normalise package 1"

Make = Callable[[Item, Workshop], Made]


def check(options: NormaliseOptions, items: Sequence[Item]) -> None:
    """Refuse what cannot be done for any item, before the first is begun.

    Raises:
        UsageError: one name was given for several packages, or the profile is broken.
    """
    if not options.package:
        return
    profile_toml.find(options.profile)
    for option, given in (("package-id", options.package_id), ("media-id", options.media_id)):
        if given and len(items) > 1:
            raise UsageError(
                f"--{option} names one package, and {len(items):,} would be made; name one source"
            )


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes masters by `make`, and a package of each that is proved."""

    workshop: Workshop
    context: Context
    make: Make

    @property
    def _out(self) -> Path:
        return self.workshop.destination

    def __call__(self, item: Item) -> Made:
        """Make a master and its package, or find them made; what is wrong is told in the result.

        Raises:
            ToolStoppedError: the run was stopped.
            OSError: the destination refuses.
        """
        packing = self.workshop.packing
        made = Made(item, self.workshop.clock())
        try:
            place = stage_path("normalise", packing, {"sources": [Path(item.shown)]})
            if self._is_finished(made, packing, place):
                return made
            made = self._found(item) or self.make(item, self.workshop)
            if made.outcome in {"normalised", "already there"} and not made.is_wrong:
                self._pack(made, packing, place)
        except ToolStoppedError:
            raise
        except AvpresError as error:
            made.findings.append(findings.not_packaged(item.shown, error))
        made.ended = self.workshop.clock()
        return made

    def _receipts(self, item: Item) -> Receipts:
        name = os.fsdecode(os.path.basename(item.path))
        source = {"name": name, "size": item.signature[0], "mtime_ns": item.signature[1]}
        final = self._out / os.fsdecode(item.folder)
        return Receipts(FORM, final, source, "master", self.workshop.packing)

    def _found(self, item: Item) -> Made | None:
        """Find a master that an earlier run made, whatever digests it took of it."""
        there = finished(item, self._out, self.workshop.settings, whatever={"digest"})
        if there != "":
            return None
        self.workshop.advance(item.size)
        return Made(item, self.workshop.clock(), outcome="already there")

    def _is_finished(self, made: Made, packing: MasterPacking, place: Path) -> bool:
        """Bring to its end, or take back, what a killed run left; tell of a package that is there.

        Raises:
            AvpresError: no package can be made of the item.
        """
        item = made.item
        require_utf8(item.name, item.shown, packing)
        sweep(place)
        if place.exists():
            with refusals(self._out), open_stage(place, packing, self._quiet) as stage:
                if stage.is_done:
                    self._conclude(made, packing, stage)
                else:
                    _give_back(stage, packing, self._out / os.fsdecode(item.folder))
        there = self._receipts(item).package()
        if there is None:
            if not place.exists():
                refuse_known(self._out, packing)
            return False
        made.outcome, made.output = "already there", there
        made.ended = self.workshop.clock()
        self.workshop.advance(item.size)
        return True

    @property
    def _quiet(self) -> Context:
        """Give surroundings that tell nothing by themselves: several packages are made at once."""
        return replace(self.context, progress=_Stopping(self.workshop.stop), on_finding=None)

    def _pack(self, made: Made, packing: MasterPacking, place: Path) -> None:
        report = self.context.report("normalise")
        report.agents = list(self.workshop.agents)
        result = read_result(self._out / os.fsdecode(made.item.folder))
        is_fresh = made.outcome == "normalised"
        with refusals(self._out), open_stage(place, packing, self._quiet) as stage:
            try:
                shutil.rmtree(stage.tree, ignore_errors=True)
                with open_shelf(stage.path) as shelf:
                    building = Building(packing, self._quiet, report, stage, shelf)
                    build(building, result, made.item, is_fresh=is_fresh)
                    publish(building)
            except BaseException:
                if stage.product.exists() or not stage.final.exists():
                    _give_back(stage, packing, result.folder)
                    stage.remove()
                raise
            self._conclude(made, packing, stage)
        made.package = report
        lead = f"{stage.final}{os.sep}"
        for finding in report.findings:
            path = lead + (finding.path or "")
            made.findings.append(finding.model_copy(update={"path": path}))

    def _conclude(self, made: Made, packing: MasterPacking, stage: Stage) -> None:
        """Write the receipt of a package that has appeared, and remove the folder of the result."""
        self._receipts(made.item).write(stage)
        folder = self._out / os.fsdecode(made.item.folder)
        if folder.is_dir():
            left = _clear(folder, stage)
            if left:
                made.findings.append(findings.left(str(folder), left))
        with suppress(OSError):  # it holds other results
            for above in folder.relative_to(self._out).parents:
                if above != Path():
                    (self._out / above).rmdir()
        made.output, made.size = stage.final, 0
        made.outputs = outputs(stage, packing)
        stage.remove()


class _Stopping(SilentProgress):
    """Says nothing, and ends the work when the run is stopped."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def start(self, phase: str, *, size: int | None = None, files: int | None = None) -> None:
        """Begin a phase, unless the run is stopped."""
        self._go_on()
        super().start(phase, size=size, files=files)

    def advance(self, *, size: int = 0, files: int = 0) -> None:
        """Go on, unless the run is stopped."""
        self._go_on()
        super().advance(size=size, files=files)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise ToolStoppedError("the run was stopped; run it again to go on")


def _give_back(stage: Stage, packing: MasterPacking, folder: Path) -> None:
    """Bring what was moved into a package that does not appear to where it came from."""
    objects = stage.tree / PLACES[packing.layout].objects
    if not (objects.is_dir() and folder.is_dir()):
        return
    for path in sorted(objects.iterdir()):
        if not os.path.lexists(folder / path.name):
            os.rename(path, folder / path.name)


def _clear(folder: Path, stage: Stage) -> list[str]:
    """Remove the folder of a result whose files are in a package; name what is not ours in it."""
    known = names_of(folder)
    others = sorted(set(os.listdir(folder)) - set(known))
    if not others:
        os.rename(folder, stage.path / "result")
        return []
    for name in known:  # its record is the last
        (folder / name).unlink(missing_ok=True)
    return others
