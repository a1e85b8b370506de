"""A proved result made into a package: whole, or the result stays as it is."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from avpres.domain.errors import UsageError
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import Event
from avpres.domain.report import Finding, Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import inside, making
from avpres.services.packing.proving import prove
from avpres.services.packing.publishing import publish
from avpres.services.packing.receipts import Receipts
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import (
    Stage,
    open_stage,
    outputs,
    refusals,
    refuse_known,
    sweep,
)


class Made(Protocol):
    """What became of a source, as far as its package is told in it."""

    outcome: str
    output: Path | None
    outputs: list[Output]
    findings: list[Finding]
    package: Report | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into the package of one result, and what is told of it.

    `noun` names the result, `place` its film or master in the package, `objects` the objects in
    the records of a run. `is_fresh`: it was read back from the medium in this run; else it is
    read now. `before` gives what was done to make the result.
    """

    label: str
    noun: str
    place: str
    objects: str
    is_fresh: bool
    fill: Callable[[], None]
    before: Callable[[Package], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class ResultPackage:
    """The package of one result, which replaces its folder.

    `place` is the stage, `out` the folder that is named when something refuses. `give_back` brings
    what was moved into a package that does not appear to where it came from; `clear` removes the
    folder of the result, and tells what stays.
    """

    receipts: Receipts
    place: Path
    out: Path
    context: Context
    give_back: Callable[[Stage], None]
    clear: Callable[[Stage], list[Finding]]

    def is_finished(self, made: Made) -> bool:
        """Bring to its end, or take back, what a killed run left; tell of a package that is there.

        Raises:
            AvpresError: no package can be made of the result.
        """
        sweep(self.place)
        if self.place.exists():
            with self._opened() as stage:
                if stage.is_done:
                    self._conclude(made, stage)
                else:
                    self.give_back(stage)
        there = self.receipts.package()
        if there is None:
            if not self.place.exists():
                refuse_known(self.out, self.receipts.packing)
            return False
        made.outcome, made.output = "already there", there
        return True

    def make(self, made: Made, report: Report, contents: Callable[[Building], Contents]) -> None:
        """Make the package, let it appear, and remove the folder of the result.

        Raises:
            AvpresError: something is not as it was, or refuses; the result is as it was.
        """
        with self._opened() as stage:
            try:
                shutil.rmtree(stage.tree, ignore_errors=True)
                with open_shelf(stage.path) as shelf:
                    packing = self.receipts.packing
                    building = Building(packing, self.context, report, stage, shelf)
                    build(building, contents(building))
                    publish(building)
            except BaseException:
                if stage.product.exists() or not stage.final.exists():
                    self.give_back(stage)
                    stage.remove()
                raise
            self._conclude(made, stage)
        made.package = report
        made.findings += _within(stage.final, report.findings)

    @contextmanager
    def _opened(self) -> Iterator[Stage]:
        with refusals(self.out), open_stage(self.place, self.receipts.packing, self.context) as it:
            yield it

    def _conclude(self, made: Made, stage: Stage) -> None:
        """Write the receipt of a package that has appeared, and remove the folder of the result."""
        self.receipts.write(stage)
        made.findings += self.clear(stage)
        made.output = stage.final
        made.outputs = outputs(stage, self.receipts.packing)
        stage.remove()


def require_one(option: str, packages: int, noun: str) -> None:
    """Refuse an option that names one package where several would be made.

    Raises:
        UsageError: there would be several.
    """
    if option and packages > 1:
        raise UsageError(
            f"--{option} names one package, and {packages:,} would be made; name one {noun}"
        )


def build(building: Building, contents: Contents) -> None:
    """Fill the tree of a package with a result, describe it, write all that goes with it.

    Raises:
        AvpresError: something is not as it was; there is no package.
    """
    began = building.context.clock()
    contents.fill()
    filled = building.context.clock()
    building.describe()
    package = building.package(contents.label)
    own = list(_events(building, package, contents, (began, filled)))
    building.report.events = own
    new = [_told(building, package, contents, event) for event in own]
    building.write(replace(package, events=(*contents.before(package), *new)))
    prove(building.stage.tree, _unproved(building, contents), building.options.digest)


def _events(
    building: Building, package: Package, contents: Contents, moments: tuple[datetime, datetime]
) -> Iterator[Event]:
    """Give what was done to make the package."""
    report, noun = building.report, contents.noun
    step = building.step(contents.objects, moments)
    yield record.digest_calculation(report, step, subject=f"{noun} and of what came with it")
    if not contents.is_fresh:
        yield record.fixity_check(report, step, against=f"the record of the {noun}")
    yield from making(building, package, step)


def _told(building: Building, package: Package, contents: Contents, event: Event) -> Event:
    """Name the objects as the package does; the records of a run tell of several packages."""
    if event.objects == (contents.objects,):
        event = event.model_copy(update={"objects": (building.places.objects,)})
    return inside(event, package, dated=building.options.date is not None)


def _unproved(building: Building, contents: Contents) -> Iterator[PackagedFile]:
    """Give the files that are to be read back: all but what was read back just now."""
    for file in building.shelf.files(Role.OBJECT, Role.SUPPLEMENTAL):
        if not (contents.is_fresh and file.path == contents.place):
            yield file


def _within(package: Path, findings: list[Finding]) -> Iterator[Finding]:
    """Name the package, too, in what was found in it."""
    for finding in findings:
        path = f"{package}{os.sep}{finding.path or ''}"
        yield finding.model_copy(update={"path": path})
