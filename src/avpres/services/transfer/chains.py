"""Chain files of ASC MHL histories: the one thing in a tree that is meant to grow in its copy."""

import io
import os
from pathlib import Path

from avpres.adapters.formats.ascmhl_chain import CHAIN, FOLDER, Generation, read_chain
from avpres.adapters.storage.folders import Folder
from avpres.domain.errors import AvpresError

NAME = os.fsencode(CHAIN)


def is_chain(folder: bytes, name: bytes) -> bool:
    """Tell whether a name is that of a history's chain file, which grows with each generation."""
    return name == NAME and os.path.basename(folder) == os.fsencode(FOLDER)


def is_continued(source: Folder, there: Folder) -> bool:
    """Tell whether the chain at the destination goes on from the one of the source."""
    ours, theirs = _chain(source), _chain(there)
    return (
        ours is not None
        and theirs is not None
        and len(ours) < len(theirs)
        and (theirs[: len(ours)] == ours)
    )


def _chain(folder: Folder) -> list[Generation] | None:
    try:
        fd = folder.open(os.fsencode(CHAIN), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        with open(fd, "rb") as handle:
            return read_chain(io.BytesIO(handle.read()), Path(CHAIN))
    except (OSError, AvpresError):
        return None


def belongs_to_history(row_path: bytes, name: bytes, folder: Folder) -> bool:
    """Tell whether a name that is only in the copy is part of the history that avpres keeps there.

    Args:
        row_path: the folder, below the item.
        name: what is only in the copy.
        folder: that folder in the copy.
    """
    if os.path.basename(row_path) == os.fsencode(FOLDER):
        known = _chain(folder) or []
        return os.fsdecode(name) in {generation.name for generation in known} | {CHAIN}
    if row_path or name != os.fsencode(FOLDER):
        return False
    try:
        with folder.enter(name) as inside:
            return _chain(inside) is not None
    except OSError:
        return False
