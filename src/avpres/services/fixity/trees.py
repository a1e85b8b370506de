"""Listing a tree into the tables, with the order in which a tape wants to be read."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.volume import MediumKind, Volume
from avpres.adapters.storage.walk import Entry, Kind, Rule, entry_of, signature_of, walk
from avpres.services.fixity.rows import FOUND, other_spelling, write_signature
from avpres.services.fixity.scratch import Scratch

ORDINARY, OWN, CANDIDATE = 0, 1, 2
"""Roles of a name: content; a manifest in use or what belongs to it, which no manifest need list;
what is named like a manifest."""

MANIFEST_NAME = re.compile(
    rb"(?i)(\.(md5|sha1|sha256|sha512|xxh\w+|b3|blake3|c4|mhl|dfxml|exf|avpres|jsonl)"
    rb"|(^|/)[^/]*manifest[^/]*\.(txt|json|xml)|(^|/)[^/]*(sums?|hashdeep|checksums?)(\.txt)?)$"
)

_ENDINGS = (
    *(b".md5", b".sha1", b".sha256", b".sha512", b".b3", b".blake3", b".c4"),
    *(b".mhl", b".dfxml", b".exf", b".avpres", b".jsonl", b".txt", b".json", b".xml"),
    *(b"sum", b"sums", b"hashdeep"),
)
"""How every name ends that `MANIFEST_NAME` can match, but for xxHash's: 15 times as quick."""

_WINDOWS = sys.platform == "win32"
_POSITIVE = (1 << 63) - 1  # SQLite's integers have a sign, some file systems' inodes have not

TOLD = 64  # names found between two words of progress, at most

Advance = Callable[[int, int], None]
OnError = Callable[[bytes, OSError], None]


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree on a volume, or only the file or folder `only` of the folder `root`.

    `side` is the side of the comparison on which it stands.
    """

    root: Path
    volume: Volume
    only: bytes | None = None
    side: int = FOUND
    prefix: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make once what every full path begins with."""
        object.__setattr__(self, "prefix", os.path.join(os.fsencode(self.root), b""))

    def path(self, relative: bytes) -> bytes:
        """Give the full path of a name relative to the root."""
        if _WINDOWS:
            relative = relative.replace(b"/", b"\\")
        return self.prefix + relative

    def relative(self, path: Path) -> bytes | None:
        """Give a path relative to the root, with `/`; None when it lies elsewhere."""
        try:
            return os.fsencode(path.relative_to(self.root).as_posix())
        except ValueError:
            return None


def entries(tree: Tree, *, on_error: OnError, leave_out: Rule | None = None) -> Iterator[Entry]:
    """Yield what is in a tree, once, in path order.

    Raises:
        OSError: the root cannot be listed, or the one file is not there.
    """
    if tree.only is None:
        yield from walk(tree.root, on_error=on_error, leave_out=leave_out)
        return
    full = tree.path(tree.only)
    if os.path.isdir(full):
        for entry in walk(Path(os.fsdecode(full)), on_error=on_error, leave_out=leave_out):
            yield entry._replace(name=tree.only + b"/" + entry.name)
    else:
        yield entry_of(tree.only, os.lstat(full))


def add_tree(scratch: Scratch, tree: Tree, found: Iterator[Entry], *, advance: Advance) -> None:
    """Put the names of a tree into the tables; folders are left out."""
    scratch.db.executemany(
        "INSERT OR REPLACE INTO work.name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_row(tree, entry) for entry in _counted(found, advance)),
    )


def _counted(found: Iterator[Entry], advance: Advance) -> Iterator[Entry]:
    count = 0
    for entry in found:
        if entry.kind is not Kind.FOLDER:
            count += 1
            yield entry
        if count >= TOLD or (count and entry.kind is Kind.FOLDER):
            advance(0, count)
            count = 0
    advance(0, count)


def _row(tree: Tree, found: Entry) -> tuple[object, ...]:
    entry = _followed(tree, found) if found.kind is Kind.LINK else found
    name, kind, size = entry[:3]
    known = write_signature(signature_of(entry))
    stretch, place = _place(tree, entry)
    return (tree.side, name, other_spelling(name), kind, size, known, stretch, place, role(name))


def role(name: bytes) -> int:
    """Say whether a name, relative to its root, can be a manifest or belongs to one."""
    if b"ascmhl/" in name and b"ascmhl" in name.split(b"/")[:-1]:
        return CANDIDATE if name.endswith(b"/ascmhl_chain.xml") else OWN
    lower = name.lower()
    if not lower.endswith(_ENDINGS) and b".xxh" not in lower:
        return ORDINARY
    return CANDIDATE if MANIFEST_NAME.search(name) else ORDINARY


def _followed(tree: Tree, entry: Entry) -> Entry:
    """Give a link the size and signature of what it leads to, which a manifest speaks of."""
    try:
        target = os.stat(tree.path(entry.name))
    except OSError:
        return entry
    size, mtime_ns, ctime_ns, inode = signature(target)
    return entry._replace(size=size, mtime_ns=mtime_ns, ctime_ns=ctime_ns, inode=inode)


def _place(tree: Tree, entry: Entry) -> tuple[bytes, int]:
    """Give the key by which files are read: folder and inode, on tape partition and block.

    Disks lay files down about in the order of their inodes; a tape winds for every step back.
    """
    if tree.volume.kind is not MediumKind.TAPE:
        return entry.name.rpartition(b"/")[0], entry.inode & _POSITIVE
    if entry.kind is not Kind.FILE or not entry.size:
        return b"", 0
    uuid = tree.volume.identity.removeprefix("ltfs:")
    position = ltfs.tape_position(Path(os.fsdecode(tree.path(entry.name))), uuid=uuid)
    if position is None:
        return b"", 0
    return f"{position.volume_uuid}\n{position.partition}".encode(), position.start_block
