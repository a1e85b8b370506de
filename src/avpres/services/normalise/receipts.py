"""The receipt that lies where a result would: in which package it is.

By it a later run knows what is done, and people find the package of a tape.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.config.normalise import MasterPacking
from avpres.domain.errors import AvpresError, DestinationExistsError
from avpres.domain.oais import Box
from avpres.services.normalise.items import Item
from avpres.services.packing.opening import open_package
from avpres.services.packing.stage import Stage

FORM = "avpres normalise package 1"
ENDING = ".package.json"

_KEYS = frozenset({"source", "request", "id", "package", "size"})


def place_of(item: Item, destination: Path) -> Path:
    """Name the receipt of an item."""
    final = destination / os.fsdecode(item.folder)
    name = final.name
    if len(os.fsencode(name)) + len(ENDING) > durable.NAME_LIMIT:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return final.with_name(name + ENDING)


def package_of(item: Item, destination: Path, packing: MasterPacking) -> Path | None:
    """Give the package that holds an item's master; None when there is none.

    A receipt whose package is not at its place counts for nothing.

    Raises:
        DestinationExistsError: another package is there, or a file that is no receipt.
    """
    place = place_of(item, destination)
    if not os.path.lexists(place):
        return None
    told = _read(place)
    if told.get("form") != FORM or not told.keys() >= _KEYS:
        raise DestinationExistsError(f"{place}: is no receipt of ours, and was left as it is")
    package = destination / str(told["package"])
    if not _is(package, told):
        return None
    if told["source"] != _source(item) or told["request"] != request_of(packing):
        raise DestinationExistsError(
            f"{package}: holds the master of another state of this source, or was made with other "
            f"options; to make another, remove {place.name}, and the package if it is not wanted"
        )
    return package


def write(item: Item, destination: Path, packing: MasterPacking, stage: Stage) -> None:
    """Write the receipt of a package that has appeared."""
    is_folder = stage.box is Box.FOLDER
    facts = {
        "form": FORM,
        "source": _source(item),
        "request": request_of(packing),
        "id": str(stage.id),
        "package": os.path.relpath(stage.final, destination),
        "size": None if is_folder else stage.final.stat().st_size,
    }
    with durable.replace(place_of(item, destination), job=stage.job) as handle:
        handle.write(json.dumps(facts, indent=1).encode() + b"\n")


def request_of(packing: MasterPacking) -> str:
    """Name what makes a package another one."""
    text = packing.model_dump_json(exclude={"destination", "jobs", "report"})
    return hashlib.sha256(text.encode()).hexdigest()


def _is(package: Path, told: Mapping[str, object]) -> bool:
    """Say whether a package is the one of a receipt; a folder may have been edited since."""
    try:
        if package.is_dir():
            return str(open_package(package).package.id) == told["id"]
        return package.is_file() and package.stat().st_size == told["size"]
    except (AvpresError, OSError):
        return False


def _source(item: Item) -> dict[str, object]:
    name = os.fsdecode(os.path.basename(item.path))
    return {"name": name, "size": item.signature[0], "mtime_ns": item.signature[1]}


def _read(path: Path) -> Mapping[str, object]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
