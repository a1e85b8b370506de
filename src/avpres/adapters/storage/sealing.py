"""Seals: one number for the state of a whole tree, cheap to take again.

A seal is the sum of a 128-bit hash of every name with its signature (size, times, inode), so it
does not depend on order and can be added up file by file while a copy goes on. Two equal seals
mean that no file was added, removed, renamed, rewritten or touched in between. It says nothing of
what lies on the medium; that was proved when the seal was taken.
"""

import marshal
import stat
from collections.abc import Callable

import xxhash

from avpres.adapters.storage.folders import Folder, open_folder
from avpres.adapters.storage.reading import Signature

MASK = (1 << 128) - 1
_UNSIGNED = (1 << 64) - 1

LeaveOut = Callable[[bytes], object]
"""Relative path -> something true when it is no part of the tree."""


def of_file(path: bytes, sign: Signature) -> int:
    """Seal one file or link: its path below the root and its signature."""
    size, mtime, ctime, inode = sign
    return xxhash.xxh3_128_intdigest(
        marshal.dumps((path, size, mtime, ctime, inode & _UNSIGNED), 2)
    )


def of_folder(path: bytes, mode: int, mtime_ns: int) -> int:
    """Seal one folder: the root has an empty path."""
    return xxhash.xxh3_128_intdigest(marshal.dumps((path, stat.S_IMODE(mode), mtime_ns), 2))


def of_tree(root: bytes, leave_out: LeaveOut | None = None) -> int:
    """Seal a tree as it is now.

    Raises:
        OSError: a folder of it cannot be listed.
    """
    total = 0
    with open_folder(root) as base:
        waiting = [b""]
        while waiting:
            relative = waiting.pop()
            with base.enter(relative) as folder:
                total += _of_listing(relative, folder, waiting, leave_out)
    return total & MASK


def _of_listing(
    relative: bytes, folder: Folder, waiting: list[bytes], leave_out: LeaveOut | None
) -> int:
    """Seal a folder and the files in it, and note the folders in it for later."""
    own = folder.stat(b".")
    total = of_folder(relative, own.st_mode, own.st_mtime_ns)
    lead = relative + b"/" if relative else b""
    hashed, packed = xxhash.xxh3_128_intdigest, marshal.dumps
    for entry in folder.scandir():
        path = lead + entry.name
        if leave_out is not None and leave_out(path):
            continue
        if entry.is_dir(follow_symlinks=False):
            waiting.append(path)
            continue
        found = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
            continue
        known = (path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        total += hashed(packed(known, 2))
    return total
