"""What of a proved film goes where in its package, and the events of both."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import xml_text
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import FixityMismatchError
from avpres.domain.fixity import Digest
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.cook.describing import DFXML
from avpres.services.cook.result import LOG, Result
from avpres.services.cook.stage import ALGORITHMS, RECORD, Reel, record_bytes
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import examinations, inside
from avpres.services.packing.proving import prove

_PIECE = 4 * 1024 * 1024  # bytes
_AGAIN = (".mediainfo.xml", ".mediatrace.xml")  # of the film; the package takes its own
_MOMENT = re.compile(rb"<start_time>[^<]*")
_OF_RUNS = frozenset({"COK-RESUMED"})  # findings that another run would not have


def build(building: Building, result: Result, reel: Reel, *, is_fresh: bool) -> None:
    """Fill the tree of a package with a film, describe it, write all that goes with it.

    `is_fresh`: the film was read back from the medium in this run; else it is read now.

    Raises:
        AvpresError: something is not as it was; there is no package.
    """
    began = building.context.clock()
    _fill(building, result, reel)
    filled = building.context.clock()
    building.describe()
    package = building.package(os.fsdecode(reel.name))
    own = list(_events(building, package, (began, filled), is_fresh=is_fresh))
    building.report.events = own
    dated = building.options.date is not None
    new = [inside(event, package, dated=dated) for event in own]
    building.write(replace(package, events=(*_before(building, package, result), *new)))
    prove(building.stage.tree, _unproved(building, is_fresh=is_fresh), building.options.digest)


def film_place(building: Building) -> str:
    """Name the film by its package, as seq2ffv1 does."""
    return f"{building.places.objects}/{building.stage.name}.mkv"


def _fill(building: Building, result: Result, reel: Reel) -> None:
    """Bring everything to its place; the film is linked, or moved where no links can be."""
    lead = os.fsdecode(reel.name)
    place = film_place(building)
    full = building.stage.tree / place
    full.parent.mkdir(parents=True)
    link_or_move(result.folder / result.film, full)
    moment = round(building.stage.created.timestamp()) * 1_000_000_000
    os.utime(full, ns=(moment, moment))
    known = _known(building, result, result.film)
    digests = known or _taken(building, result, result.film, place)
    size = full.stat().st_size
    building.shelf.put(PackagedFile(place, f"{lead}/{result.film}", size, moment, digests))
    for name in result.others:
        _bring(building, result, reel, name)
    _bring_record(building, result, lead)


def _bring(building: Building, result: Result, reel: Reel, name: str) -> None:
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
    building: Building, result: Result, name: str, where: tuple[str, Role, str], lead: str
) -> None:
    folder, role, called = where
    path, place = result.folder / name, f"{folder}/{called}"
    hasher = MultiHasher(ALGORITHMS)
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            hasher.update(piece)
    if hasher.digests() != result.digests.get(name):
        raise _changed(path)
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


def _known(building: Building, result: Result, name: str) -> tuple[Digest, ...]:
    """Give the digests that the package lists, when all of them were taken before."""
    known = {each.algorithm: each for each in result.digests.get(name, ())}
    asked = building.options.digest
    return tuple(known[each] for each in asked) if known.keys() >= set(asked) else ()


def _taken(building: Building, result: Result, name: str, place: str) -> tuple[Digest, ...]:
    """Read a file for digests that were not taken before, and hold it against those that were."""
    hasher = MultiHasher(tuple(dict.fromkeys((*building.options.digest, *ALGORITHMS))))
    with (building.stage.tree / place).open("rb") as handle:
        while piece := handle.read(_PIECE):
            hasher.update(piece)
    if not set(hasher.digests()) >= set(result.digests[name]):
        raise _changed(result.folder / name)
    return tuple(each for each in hasher.digests() if each.algorithm in building.options.digest)


def _changed(path: Path) -> FixityMismatchError:
    return FixityMismatchError(
        f"{path}: has changed since it was made; move the folder away and run again"
    )


def _bring_record(building: Building, result: Result, lead: str) -> None:
    """Write the record without the sizes of files, which are the manifests' in a package."""
    told = {key: value for key, value in result.told.items() if key != "files"}
    if building.options.date:
        told["film"] = {key: told["film"][key] for key in told["film"] if key != "read_back"}
        told["findings"] = [each for each in told["findings"] if each[0] not in _OF_RUNS]
    place = f"{building.places.metadata}/{building.stage.name}{RECORD}"
    about = f"{lead}/{result.prefix}{RECORD}"
    with building.keeper.written(place, Role.METADATA, about=about) as handle:
        handle.write(record_bytes(told))


def _unproved(building: Building, *, is_fresh: bool) -> Iterator[PackagedFile]:
    """Give the files that are to be read back: all but a film that was read back just now."""
    for file in building.shelf.files(Role.OBJECT, Role.SUPPLEMENTAL):
        if not (is_fresh and file.path == film_place(building)):
            yield file


def _before(building: Building, package: Package, result: Result) -> Iterator[Event]:
    """Give what was done to make the film."""
    dated = building.options.date is not None
    for event in result.events():
        place = film_place(building) if event.destination else None
        detail = event.detail.replace(event.destination or "\0", place or "")
        told = event.model_copy(update={"destination": place, "detail": detail})
        ours = inside(told, package, dated=dated, occasion="cooking")
        yield ours.model_copy(update={"agents": event.agents or package.agents})


def _events(
    building: Building, package: Package, moments: tuple[datetime, datetime], *, is_fresh: bool
) -> Iterator[Event]:
    """Give what was done to make the package."""
    (began, filled), ended = moments, building.context.clock()
    report, options = building.report, building.options
    files, size = building.given
    step = record.Step(
        objects=[building.places.objects],
        started=began,
        ended=filled,
        files=files,
        size=size,
        algorithms=options.digest,
    )
    yield record.digest_calculation(report, step, subject="film and of what came with it")
    if not is_fresh:
        yield record.fixity_check(report, step, against="the record of the film")
    seen = replace(step, started=filled, ended=ended, algorithms=())
    yield from examinations(report, seen, building.gathered.doubtful)
    made = replace(seen, objects=[str(package.id)], started=package.created)
    detail = f"{package.kind.value} in the layout {options.layout.value}"
    yield record.examination(report, made, EventType.PACKAGE_CREATION, detail)


def link_or_move(path: Path, place: Path) -> None:
    """Let a file of ours lie at another place without writing it again."""
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        os.rename(path, place)
