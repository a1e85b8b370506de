"""A proved result made into a package: whole, or the result stays as it is."""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.formats import profile_toml
from avpres.adapters.tools.process import ToolStoppedError
from avpres.config.normalise import NormaliseOptions
from avpres.config.packing import ResultPacking
from avpres.domain.errors import AvpresError
from avpres.domain.report import Finding
from avpres.services.context import Context, SilentProgress
from avpres.services.normalise import findings
from avpres.services.normalise.building import contents_of
from avpres.services.normalise.contents import (
    names_of,
    read_result,
)
from avpres.services.normalise.items import Item
from avpres.services.normalise.stage import finished
from avpres.services.normalise.workshop import Made, Workshop
from avpres.services.packing.layouts import PLACES, require_utf8
from avpres.services.packing.receipts import Receipts
from avpres.services.packing.result import remove_but_others
from avpres.services.packing.result_package import ResultPackage, require_one
from avpres.services.packing.stage import Stage, stage_path

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
        require_one(option if given else "", len(items), "source")


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
            require_utf8(item.name, item.shown, packing)
            package = self._package(item, packing, place)
            if package.is_finished(made):
                made.ended = self.workshop.clock()
                self.workshop.advance(item.size)
                return made
            made = self._found(item) or self.make(item, self.workshop)
            if made.outcome in {"normalised", "already there"} and not made.is_wrong:
                self._pack(made, package)
        except ToolStoppedError:
            raise
        except AvpresError as error:
            made.findings.append(findings.not_packaged(item.shown, error))
        made.ended = self.workshop.clock()
        return made

    def _package(self, item: Item, packing: ResultPacking, place: Path) -> ResultPackage:
        name = os.fsdecode(os.path.basename(item.path))
        source = {"name": name, "size": item.signature[0], "mtime_ns": item.signature[1]}
        final = self._out / os.fsdecode(item.folder)
        return ResultPackage(
            Receipts(FORM, final, source, "master", packing),
            place,
            self._out,
            self._quiet,
            give_back=lambda stage: _give_back(stage, packing, final),
            clear=lambda stage: self._clear(final, stage),
        )

    def _found(self, item: Item) -> Made | None:
        """Find a master that an earlier run made, whatever digests it took of it."""
        there = finished(item, self._out, self.workshop.settings, whatever={"digest"})
        if there != "":
            return None
        self.workshop.advance(item.size)
        return Made(item, self.workshop.clock(), outcome="already there")

    @property
    def _quiet(self) -> Context:
        """Give surroundings that tell nothing by themselves: several packages are made at once."""
        return replace(self.context, progress=_Stopping(self.workshop.stop), on_finding=None)

    def _pack(self, made: Made, package: ResultPackage) -> None:
        report = self.context.report("normalise")
        report.agents = list(self.workshop.agents)
        result = read_result(package.receipts.final)
        is_fresh = made.outcome == "normalised"
        package.make(
            made,
            report,
            lambda building: contents_of(building, result, made.item, is_fresh=is_fresh),
        )
        made.size = 0

    def _clear(self, folder: Path, stage: Stage) -> list[Finding]:
        """Remove the folder of a result whose files are in a package, and those above it."""
        left: list[str] = []
        if folder.is_dir():
            there = set(os.listdir(folder))
            left = remove_but_others(folder, names_of(folder), there, stage.path)
        with suppress(OSError):  # it holds other results
            for above in folder.relative_to(self._out).parents:
                if above != Path():
                    (self._out / above).rmdir()
        return [findings.left(str(folder), left)] if left else []


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


def _give_back(stage: Stage, packing: ResultPacking, folder: Path) -> None:
    """Bring what was moved into a package that does not appear to where it came from."""
    objects = stage.tree / PLACES[packing.layout].objects
    if not (objects.is_dir() and folder.is_dir()):
        return
    for path in sorted(objects.iterdir()):
        if not os.path.lexists(folder / path.name):
            os.rename(path, folder / path.name)
