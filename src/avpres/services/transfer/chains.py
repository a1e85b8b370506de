"""Chain files of ASC MHL histories: the one thing in a tree that is meant to grow in its copy."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats.ascmhl_chain import CHAIN, FOLDER, Generation, read_chain
from avpres.adapters.storage.folders import Folder, open_folder
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
        return read_chain(io.BytesIO(_content(folder, NAME)), Path(CHAIN))
    except (OSError, AvpresError):
        return None


def _content(folder: Folder, name: bytes) -> bytes:
    """Read a small file without leaving a trace in its access time, where that is allowed."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        fd = folder.open(name, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        fd = folder.open(name, flags)
    with open(fd, "rb") as handle:
        return handle.read()


@contextlib.contextmanager
def borrowed(root: Path) -> Iterator[Path]:
    """Give a copy of a folder's history to read in: reading must not show in the source."""
    with tempfile.TemporaryDirectory(prefix="avpres-") as place:
        home = Path(place) / FOLDER
        home.mkdir()
        with open_folder(os.fsencode(root / FOLDER)) as folder:
            for entry in list(folder.scandir()):
                name = os.fsencode(entry.name)
                if name == NAME or name.endswith(b".mhl"):
                    (home / os.fsdecode(name)).write_bytes(_content(folder, name))
        yield Path(place)


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
