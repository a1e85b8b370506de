"""What of a proved film goes where in its package, and the events of both."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from avpres.adapters.formats import xml_text
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import Event
from avpres.services.cook.describing import DFXML
from avpres.services.cook.result import LOG, CookedResult
from avpres.services.cook.stage import ALGORITHMS, RECORD, Reel, record_bytes
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import inside
from avpres.services.packing.result import link_or_move
from avpres.services.packing.result_package import Contents

_AGAIN = (".mediainfo.xml", ".mediatrace.xml")  # of the film; the package takes its own
_MOMENT = re.compile(rb"<start_time>[^<]*")
_OF_RUNS = frozenset({"COK-RESUMED"})  # findings that another run would not have


def contents_of(
    building: Building, result: CookedResult, reel: Reel, *, is_fresh: bool
) -> Contents:
    """Say what the package of a film holds.

    `is_fresh`: the film was read back from the medium in this run; else it is read now.
    """
    return Contents(
        label=os.fsdecode(reel.name),
        noun="film",
        place=film_place(building),
        objects=building.places.objects,
        is_fresh=is_fresh,
        fill=lambda: _fill(building, result, reel),
        before=lambda package: _before(building, package, result),
    )


def film_place(building: Building) -> str:
    """Name the film by its package, as seq2ffv1 does."""
    return f"{building.places.objects}/{building.stage.name}.mkv"


def _fill(building: Building, result: CookedResult, reel: Reel) -> None:
    """Bring everything to its place; the film is linked, or moved where no links can be."""
    lead = os.fsdecode(reel.name)
    place = film_place(building)
    full = building.stage.tree / place
    full.parent.mkdir(parents=True)
    link_or_move(result.folder / result.film, full)
    moment = round(building.stage.created.timestamp()) * 1_000_000_000
    os.utime(full, ns=(moment, moment))
    asked = building.options.digest
    digests = result.known(result.film, asked) or result.taken(result.film, full, asked)
    size = full.stat().st_size
    building.shelf.put(PackagedFile(place, f"{lead}/{result.film}", size, moment, digests))
    for name in result.others:
        _bring(building, result, reel, name)
    _bring_record(building, result, lead)


def _bring(building: Building, result: CookedResult, reel: Reel, name: str) -> None:
    places, own, lead = building.places, building.stage.name, os.fsdecode(reel.name)
    folder, _, called = name.rpartition("/")
    ending = called.removeprefix(result.prefix)
    supplement = (places.supplemental, Role.SUPPLEMENTAL)
    if folder and ending.startswith("_manifest."):
        called = f"{result.prefix}_manifest-{ending.removeprefix('_manifest.')}.txt"
        where = (*supplement, called)
    elif folder:
        where = (*supplement, f"{own}_source{ending}")
    elif ending == LOG:
        where = (places.logs, Role.LOG, f"{own}.mkv_rawcooked.log")
    else:
        where = (places.metadata, Role.METADATA, own + ending)
    if name.removeprefix(result.prefix) in _AGAIN or (ending == LOG and building.options.date):
        return
    _copy(building, result, name, where, lead)


def _copy(
    building: Building, result: CookedResult, name: str, where: tuple[str, Role, str], lead: str
) -> None:
    folder, role, called = where
    path, place = result.folder / name, f"{folder}/{called}"
    if digests_of(path, ALGORITHMS) != result.digests.get(name):
        raise result.changed(name)
    with (
        path.open("rb") as source,
        building.keeper.written(place, role, about=f"{lead}/{name}") as handle,
    ):
        if building.options.date and name.endswith(DFXML):
            _write_dated(source, handle, building.stage.created)
        else:
            shutil.copyfileobj(source, handle)


def _write_dated(source: BinaryIO, handle: BinaryIO, moment: datetime) -> None:
    """Copy DFXML with the moment of a package whose date was given."""
    stamp = b"<start_time>" + xml_text.stamp(moment).encode()
    for line in source:
        handle.write(_MOMENT.sub(lambda _: stamp, line))
        if b"</creator>" in line:
            break
    shutil.copyfileobj(source, handle)


def _bring_record(building: Building, result: CookedResult, lead: str) -> None:
    """Write the record without the sizes of files, which are the manifests' in a package."""
    told = {key: value for key, value in result.told.items() if key != "files"}
    if building.options.date:
        told["film"] = {key: told["film"][key] for key in told["film"] if key != "read_back"}
        told["findings"] = [each for each in told["findings"] if each[0] not in _OF_RUNS]
    place = f"{building.places.metadata}/{building.stage.name}{RECORD}"
    about = f"{lead}/{result.prefix}{RECORD}"
    with building.keeper.written(place, Role.METADATA, about=about) as handle:
        handle.write(record_bytes(told))


def _before(building: Building, package: Package, result: CookedResult) -> Iterator[Event]:
    """Give what was done to make the film."""
    dated = building.options.date is not None
    for event in result.events():
        place = film_place(building) if event.destination else None
        detail = event.detail.replace(event.destination or "\0", place or "")
        told = event.model_copy(update={"destination": place, "detail": detail})
        ours = inside(told, package, dated=dated, occasion="cooking")
        yield ours.model_copy(update={"agents": event.agents or package.agents})
