"""The record beside a copy: of what it was made, how, and its digest.

By it a later run, on any machine, knows a copy for what it is before it leaves it as it is.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage import durable, hashing
from avpres.domain.fixity import Algorithm, Digest
from avpres.services.viewing.item import Item

ENDING = ".access.json"
ALGORITHMS = (Algorithm.MD5, Algorithm.SHA256)

_LARGEST = 16 * 1024 * 1024  # bytes of a record that is read


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy on disk."""

    size: int
    digests: tuple[Digest, ...]


def place(target: Path) -> Path:
    """Give the path of a copy's record."""
    return target.with_name(target.name + ENDING)


def measure(path: Path) -> Copy:
    """Take the digests of a copy.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return Copy(*hashing.measure(file, ALGORITHMS))


def write(item: Item, copy: Copy, request: str, facts: Mapping[str, object]) -> None:
    """Write the record of a copy, before the copy gets its name."""
    record = {
        "avpres": "access copy",
        "request": request,
        "source": {"path": item.shown, "size": item.size, "written_ns": item.signature[1]},
        "copy": {
            "name": item.target.name,
            "size": copy.size,
            "digests": {each.algorithm.value: each.value for each in copy.digests},
        },
        **facts,
    }
    with durable.replace(place(item.target)) as file:
        file.write(json.dumps(record, indent=1).encode("ascii") + b"\n")


def is_this_copy(item: Item, request: str) -> bool:
    """Say whether what bears a copy's name is that copy: by its record, size and digest.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with place(item.target).open("rb") as file:
            record = json.loads(file.read(_LARGEST))
        source, copy = record["source"], record["copy"]
        same = record["request"] == request and source["size"] == item.size
        same = same and source["written_ns"] == item.signature[1]
        same = same and os.path.basename(source["path"]) == os.path.basename(item.shown)
        digests, size = dict(copy["digests"]), copy["size"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    if not same or size != item.target.stat().st_size:
        return False
    found = {each.algorithm.value: each.value for each in measure(item.target).digests}
    return digests == found


def request_of(words: object) -> str:
    """Name a request by all that decides how a copy is made."""
    return hashlib.sha256(repr(words).encode("utf-8", "surrogateescape")).hexdigest()
