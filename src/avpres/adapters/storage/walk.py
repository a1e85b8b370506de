"""Listing trees: once, in path order, without following links, names as bytes."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from avpres.adapters.storage.folders import Folder, join, open_folder


class Kind:
    """What a name stands for. Plain numbers, because they are spooled by the million."""

    FILE: Final = 0
    FOLDER: Final = 1
    LINK: Final = 2
    SPECIAL: Final = 3


class Entry(NamedTuple):
    """A name as it was found. A tuple, because there may be millions and they are spooled.

    `name` is the bare name in listings and the path relative to the root in `walk`. Size in
    bytes, times in nanoseconds since 1970; `allocated` is what the file takes on its medium.
    """

    name: bytes
    kind: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int
    mode: int
    links: int
    allocated: int


Rule = Callable[[bytes, bytes, bool], str | None]
"""(relative path, name, is a folder) -> why it is left out, or None."""


def entry_of(name: bytes, found: os.stat_result) -> Entry:
    """Make an entry of what `stat` said."""
    mode = found.st_mode
    return Entry(
        name,
        _kind(mode),
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_ino,
        found.st_dev,
        mode,
        found.st_nlink,
        getattr(found, "st_blocks", -(-found.st_size // 512)) * 512,
    )


def signature_of(entry: Entry) -> tuple[int, int, int, int]:
    """Give the signature of what was listed, to be compared with what is read later."""
    return (entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)


def listing(folder: Folder, on_error: Callable[[bytes, OSError], None]) -> list[Entry]:
    """List one folder, in name order.

    Inodes are asked in their own order, because a disk with cold caches answers that in one
    sweep; the result is then sorted so that every run sees the same order.
    """
    found = []
    for item in sorted(folder.scandir(), key=_inode):
        try:
            found.append(entry_of(item.name, item.stat(follow_symlinks=False)))
        except OSError as error:
            on_error(item.name, error)
    found.sort()
    return found


def walk(
    root: Path, *, on_error: Callable[[bytes, OSError], None], leave_out: Rule | None = None
) -> Iterator[Entry]:
    """Yield everything beneath a folder, names relative to it, sorted by full path as bytes.

    That order is the code-point order of IFI manifests. Memory holds one listing for each level.

    Raises:
        OSError: the root itself cannot be listed.
    """
    with open_folder(os.fsencode(root)) as base:
        stack = [_sorted_reversed(base, b"", on_error)]
        while stack:
            level = stack[-1]
            if not level:
                stack.pop()
                continue
            entry = level.pop()
            if leave_out is not None and leave_out(
                entry.name, entry.name.rpartition(b"/")[2], entry.kind == Kind.FOLDER
            ):
                continue
            yield entry
            if entry.kind == Kind.FOLDER:
                stack.append(_open_level(base, entry.name, on_error))


def _open_level(
    base: Folder, relative: bytes, on_error: Callable[[bytes, OSError], None]
) -> list[Entry]:
    try:
        with base.enter(relative) as folder:
            return _sorted_reversed(folder, relative, on_error)
    except OSError as error:
        on_error(relative, error)
        return []


def _sorted_reversed(
    folder: Folder, relative: bytes, on_error: Callable[[bytes, OSError], None]
) -> list[Entry]:
    def relay(name: bytes, error: OSError) -> None:
        on_error(join(relative, name), error)

    found = [e._replace(name=join(relative, e.name)) for e in listing(folder, relay)]
    found.sort(key=path_order, reverse=True)
    return found


def path_order(entry: Entry) -> bytes:
    """Sort key that gives full-path order: a folder sorts as its name with a slash."""
    return entry.name + b"/" if entry.kind == Kind.FOLDER else entry.name


def _inode(item: "os.DirEntry[bytes]") -> int:
    return item.inode()


def _kind(mode: int) -> int:
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.SPECIAL
