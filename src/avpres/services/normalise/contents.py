"""What of a proved result goes where in its package."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from avpres.adapters.formats.report_json import event_from_json
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import PackagedFile, Role
from avpres.domain.premis import Event
from avpres.services.normalise.stage import EVENTS, RECORD
from avpres.services.packing.building import Building
from avpres.services.packing.result import Result, link_or_move, listed_digests, unreadable

_MASTER = (".mkv", ".mka", ".flac")
_SOURCE = (".source.mediainfo.xml", ".source.mediatrace.xml")
_LOG = ".ffmpeg.log"
_AGAIN = (".mediainfo.xml", ".mediatrace.xml")  # of the master; the package takes its own


class Master(Result):
    """A result, which holds a master."""

    __slots__ = ()

    @property
    def master(self) -> str:
        """Name the master."""
        names = (str(name) for name in self.told["files"] if self.ending(name) in _MASTER)
        return next(names, "")

    @property
    def essence(self) -> list[str]:
        """Name the master, and what Matroska has no place for."""
        beside = [name for name in self.told["files"] if name.endswith(".bin")]
        return [self.master, *beside]

    def events(self) -> Iterator[Event]:
        """Give what was done to make it."""
        place = self.folder / (self.prefix + EVENTS)
        for line in place.read_bytes().splitlines() if place.is_file() else ():
            yield event_from_json(line)

    def ending(self, name: str) -> str:
        """Give what stands behind the prefix of a name: what the file is."""
        return name.removeprefix(self.prefix)


def read_result(folder: Path) -> Master:
    """Read what a result says of itself; it was found whole before.

    Raises:
        IncompleteError: its record or its manifests cannot be read.
    """
    try:
        (record,) = [path for path in folder.iterdir() if path.name.endswith(RECORD)]
        prefix = record.name.removesuffix(RECORD)
        told = json.loads(record.read_bytes())
        algorithms = map(Algorithm, told["output"]["digests"])
        digests = listed_digests(folder, prefix, algorithms)
        told["files"] = {name: told["files"][name] for name in _own(told)}
        result = Master(folder, prefix, told, digests)
        _require_master(result)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, error) from error
    return result


def _require_master(result: Master) -> None:
    if not result.master:
        raise ValueError("it names no master")


def names_of(folder: Path) -> list[str]:
    """Name all files of a result by its record, which comes last; none, where that is gone."""
    try:
        (record,) = [path for path in folder.iterdir() if path.name.endswith(RECORD)]
        told = json.loads(record.read_bytes())
        prefix = record.name.removesuffix(RECORD)
        sums = [f"{prefix}.{algorithm}" for algorithm in told["output"]["digests"]]
        return [*_own(told), *sums, record.name]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _own(told: Mapping[str, Any]) -> list[str]:
    """Name the files that a record lists, without any that would lie elsewhere."""
    return [name for name in told["files"] if os.path.basename(name) == name]


def fill(building: Building, result: Master, lead: str) -> None:
    """Bring a result into the tree of a package; `lead` is the folder that its files came from.

    The master is linked, or moved where no links can be: it is not written twice.

    Raises:
        FixityMismatchError: a file is not as the result's manifests say.
    """
    objects = building.stage.tree / building.places.objects
    objects.mkdir(parents=True)
    asked = building.options.digest
    moment = round(building.stage.created.timestamp()) * 1_000_000_000
    for name in result.essence:
        link_or_move(result.folder / name, objects / name)
        os.utime(objects / name, ns=(moment, moment))
        size = (objects / name).stat().st_size
        place = f"{building.places.objects}/{name}"
        digests = result.known(name, asked) or result.taken(name, objects / name, asked)
        building.shelf.put(PackagedFile(place, f"{lead}/{name}", size, moment, digests))
    for name in result.told["files"]:
        if name not in result.essence and result.ending(name) != EVENTS:
            _bring(building, result, name, lead)
    _bring_record(building, result, lead)


def _bring(building: Building, result: Master, name: str, lead: str) -> None:
    """Bring a file that is no essence to its place.

    A package of a given date is to be the same again; ffmpeg never says the same twice.
    """
    places, ending = building.places, result.ending(name)
    if ending in _SOURCE:
        _copy(building, result, name, (places.supplemental, Role.SUPPLEMENTAL, lead))
    elif ending == _LOG and building.options.date is None:
        place = f"{places.logs}/{name}"
        with building.keeper.written(place, Role.LOG, about=f"{lead}/{name}") as handle:
            _write_log(handle, result.folder / name)
    elif ending not in (*_AGAIN, _LOG):
        _copy(building, result, name, (places.metadata, Role.METADATA, lead))


def _copy(building: Building, result: Master, name: str, to: tuple[str, Role, str]) -> None:
    folder, role, lead = to
    place = f"{folder}/{name}"
    with (
        (result.folder / name).open("rb") as source,
        building.keeper.written(place, role, about=f"{lead}/{name}") as handle,
    ):
        shutil.copyfileobj(source, handle)
    if not result.known(name, building.options.digest):
        result.taken(name, building.stage.tree / place, building.options.digest)
        return
    taken = building.shelf.get(place)
    result.require_same(name, taken.digests if taken else ())


def _write_log(handle: BinaryIO, path: Path) -> None:
    """Copy what ffmpeg said, with names as the package has them."""
    rename = staged_names(path.parent)
    with path.open("rb") as source:
        handle.writelines(map(rename, source))


def staged_names(folder: Path) -> Callable[[bytes], bytes]:
    """Give what takes the hidden folder, in which a result was made, out of names."""
    around, own = (re.escape(os.fsencode(each)) for each in (folder.parent, folder.name))
    hidden = rb"/\.(?:" + own + rb"|[0-9a-f]{32})\.avpres-[0-9a-f]+\.part/"
    staged = re.compile(around + hidden)
    return lambda text: staged.sub(b"", text)


def _bring_record(building: Building, result: Master, lead: str) -> None:
    """Write the record without the sizes of files, which are the manifests' in a package."""
    told = {key: value for key, value in result.told.items() if key != "files"}
    if building.options.date:
        told["output"] = {"digests": told["output"]["digests"]}
    name = result.prefix + RECORD
    place = f"{building.places.metadata}/{name}"
    with building.keeper.written(place, Role.METADATA, about=f"{lead}/{name}") as handle:
        handle.write(json.dumps(told, indent=1, sort_keys=True).encode() + b"\n")
