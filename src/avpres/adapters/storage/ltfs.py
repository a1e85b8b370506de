"""LTFS tapes: what their extended attributes tell, the order of files on tape, the index."""

import errno
import os
import sys
from pathlib import Path

_PREFIX = "" if sys.platform == "darwin" else "user."


def attribute(place: Path | int, name: str) -> str | None:
    if sys.platform == "win32":
        return None
    try:
        return os.getxattr(place, f"{_PREFIX}ltfs.{name}").decode("utf-8", "replace").strip()
    except OSError:
        return None


def volume_uuid(place: Path | int) -> str | None:
    return attribute(place, "volumeUUID")


def block_size(root: Path) -> int | None:
    value = attribute(root, "volumeBlocksize")
    return int(value) if value and value.isdigit() else None


def tape_root(place: Path, mount: Path, *, search: bool, state: object) -> Path | None:
    if volume_uuid(mount):
        return mount
    if not search:
        return None
    found = None
    for folder in (place, *place.parents):
        if volume_uuid(folder):
            found = folder
        if folder == mount:
            break
    return found
