"""A package as its rules see it: what is there, from the tables, and the few files to be read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Digest, unpack
from avpres.services.fixity.rows import FOUND
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import Tree

LARGEST = 64 << 20
"""Bytes of a tag file that is read into memory; larger ones are no tag files."""


class Named(NamedTuple):
    """A name in a package, relative to it; size in bytes."""

    path: bytes
    kind: int
    size: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A package at `prefix` (empty, or a folder with a slash) of a tree whose tables are full."""

    scratch: Scratch
    tree: Tree
    prefix: bytes = b""

    @property
    def root(self) -> Path:
        """Give the folder of the package."""
        return Path(os.fsdecode(self.tree.path(self.prefix.rstrip(b"/")) or b"."))

    def names(self, below: bytes = b"") -> Iterator[Named]:
        """Yield files and links in path order, those below a folder (with its slash)."""
        begin = self.prefix + below
        where = "side = ? AND path >= ? AND path < ?" if begin else "side = ?"
        bounds = (begin, begin[:-1] + b"0") if begin else ()  # 0 follows the slash
        rows = self.scratch.db.execute(
            f"SELECT path, kind, size FROM work.name WHERE {where} ORDER BY path",  # noqa: S608 - no values in it
            (FOUND, *bounds),
        )
        cut = len(self.prefix)
        for path, kind, size in rows:
            yield Named(path[cut:], kind, size)

    def find(self, path: bytes) -> Named | None:
        """Give a file or link by its path in the package."""
        row = self.scratch.db.execute(
            "SELECT kind, size FROM work.name WHERE side = ? AND path = ?",
            (FOUND, self.prefix + path),
        ).fetchone()
        return None if row is None else Named(path, *row)

    def has(self, path: str) -> bool:
        """Say whether a file or link of that name is there."""
        return self.find(os.fsencode(path)) is not None

    def is_folder(self, path: bytes) -> bool:
        """Say whether a folder is there, empty or not; a link is none."""
        full = self.tree.path(self.prefix + path)
        return os.path.isdir(full) and not os.path.islink(full)

    def open(self, path: bytes) -> BinaryIO:
        """Open a regular file of the package that is no link.

        Raises:
            OSError: it is not there, no regular file, or cannot be read.
        """
        named = self.find(path)
        if named is None or named.kind != Kind.FILE:
            raise FileNotFoundError(2, "not there, or no file", os.fsdecode(path))
        return open(self.tree.path(self.prefix + path), "rb")

    def read(self, path: bytes) -> bytes | None:
        """Read a small file whole; None when it is not there, too large or unreadable."""
        try:
            with self.open(path) as handle:
                data = handle.read(LARGEST + 1)
        except OSError:
            return None
        return data if len(data) <= LARGEST else None

    def found(self, path: bytes) -> tuple[Digest, ...]:
        """Give the digests that were read of a file."""
        row = self.scratch.db.execute(
            "SELECT digests FROM reading WHERE side = ? AND path = ? AND error IS NULL",
            (FOUND, self.prefix + path),
        ).fetchone()
        return unpack(row[0] or "") if row else ()
