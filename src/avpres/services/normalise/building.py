"""The package of one master: what goes into it, and what was done to make it."""

import os
from collections.abc import Iterator

from avpres.domain.oais import Package
from avpres.domain.premis import Event
from avpres.services.normalise.contents import Master, fill, staged_names
from avpres.services.normalise.items import Item
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import inside
from avpres.services.packing.result_package import Contents


def contents_of(building: Building, result: Master, item: Item, *, is_fresh: bool) -> Contents:
    """Say what the package of a master holds.

    `is_fresh`: the master was read back from the medium in this run; else it is read now.
    """
    return Contents(
        label=os.path.basename(item.shown),
        noun="master",
        place=_place(building, result),
        objects=str(building.stage.final / building.places.objects),
        is_fresh=is_fresh,
        fill=lambda: fill(building, result, os.fsdecode(item.folder)),
        before=lambda package: _before(building, package, result),
    )


def _place(building: Building, result: Master) -> str:
    return f"{building.places.objects}/{result.master}"


def _before(building: Building, package: Package, result: Master) -> Iterator[Event]:
    """Give what was done to make the master, with names as the package has them."""
    rename = staged_names(result.folder)
    dated = building.options.date is not None
    for event in result.events():
        facts = {
            name: os.fsdecode(rename(os.fsencode(value))) if isinstance(value, str) else value
            for name, value in event.facts.items()
        }
        place = _place(building, result) if event.destination else None
        told = event.model_copy(update={"facts": facts, "destination": place})
        ours = inside(told, package, dated=dated, occasion="normalisation")
        yield ours.model_copy(update={"agents": event.agents or package.agents})
