"""The package of one master: its files, its events, its proof."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.normalise.contents import Result, fill, staged_names
from avpres.services.normalise.items import Item
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import examinations, inside
from avpres.services.packing.proving import prove


def build(building: Building, result: Result, item: Item, *, is_fresh: bool) -> None:
    """Fill the tree of a package with a result, describe it, write all that goes with it.

    `is_fresh`: the master was read back from the medium in this run; else it is read now.

    Raises:
        AvpresError: something is not as it was; there is no package.
    """
    began = building.context.clock()
    fill(building, result, os.fsdecode(item.folder))
    filled = building.context.clock()
    building.describe()
    package = building.package(os.path.basename(item.shown))
    own = list(_events(building, package, (began, filled), is_fresh=is_fresh))
    building.report.events = own
    dated = building.options.date is not None
    new = [inside(_within(building, event), package, dated=dated) for event in own]
    building.write(replace(package, events=(*_before(building, package, result), *new)))
    prove(building.stage.tree, _unproved(building, result, is_fresh), building.options.digest)


def _objects(building: Building) -> str:
    """Name the objects as the records of a run do, which tell of several packages."""
    return str(building.stage.final / building.places.objects)


def _within(building: Building, event: Event) -> Event:
    """Name them as the package does."""
    if event.objects != (_objects(building),):
        return event
    return event.model_copy(update={"objects": (building.places.objects,)})


def _unproved(building: Building, result: Result, is_fresh: bool) -> Iterator[PackagedFile]:
    """Give the files that are to be read back: all but a master that was read back just now."""
    master = f"{building.places.objects}/{result.master}"
    for file in building.shelf.files(Role.OBJECT, Role.SUPPLEMENTAL):
        if not (is_fresh and file.path == master):
            yield file


def _before(building: Building, package: Package, result: Result) -> Iterator[Event]:
    """Give what was done to make the master, with names as the package has them."""
    rename = staged_names(result.folder)
    for event in result.events():
        facts = {
            name: os.fsdecode(rename(os.fsencode(value))) if isinstance(value, str) else value
            for name, value in event.facts.items()
        }
        place = f"{building.places.objects}/{result.master}" if event.destination else None
        told = event.model_copy(update={"facts": facts, "destination": place})
        dated = building.options.date is not None
        ours = inside(told, package, dated=dated, occasion="normalisation")
        yield ours.model_copy(update={"agents": event.agents or package.agents})


def _events(
    building: Building, package: Package, moments: tuple[datetime, datetime], *, is_fresh: bool
) -> Iterator[Event]:
    """Give what was done to make the package."""
    (began, filled), ended = moments, building.context.clock()
    report, options = building.report, building.options
    files, size = building.given
    step = record.Step(
        objects=[_objects(building)],
        started=began,
        ended=filled,
        files=files,
        size=size,
        algorithms=options.digest,
    )
    yield record.digest_calculation(report, step, subject="master and of what came with it")
    if not is_fresh:
        yield record.fixity_check(report, step, against="the record of the master")
    seen = replace(step, started=filled, ended=ended, algorithms=())
    yield from examinations(report, seen, building.gathered.doubtful)
    made = replace(seen, objects=[str(package.id)], started=package.created)
    detail = f"{package.kind.value} in the layout {options.layout.value}"
    yield record.examination(report, made, EventType.PACKAGE_CREATION, detail)
