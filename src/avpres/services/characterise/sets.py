"""The list that came with a collection, against what is there: listed, present, extra."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avpres.domain.distribution import Distribution
from avpres.domain.reconciliation import Entry, Match, Reconciliation, order, reconcile

if TYPE_CHECKING:
    from avpres.adapters.formats.type_manifest import TypeManifest

_SCHEMA = "CREATE TABLE entry (side INTEGER, key BLOB, path BLOB, said TEXT)"
_LISTED, _FOUND = 0, 1


@dataclass(slots=True)
class Sets:
    """Both sides, on disk while the run lasts."""

    manifest: "TypeManifest"
    db: sqlite3.Connection

    def found(self, path: str, format: str) -> None:
        """Take in a file that is there."""
        relative = os.path.relpath(path, self.manifest.base)
        self._add(_FOUND, Entry(relative.replace(os.sep, "/"), format))

    def listed(self, distribution: Distribution) -> None:
        """Take in the list.

        Raises:
            UsageError: the list is broken.
        """
        from avpres.adapters.formats.type_manifest import read

        for entry in read(self.manifest):
            self._add(_LISTED, entry)
            if entry.said:
                distribution.declare(entry.said)

    def compare(self, reconciliation: Reconciliation) -> Iterator[Match]:
        """Yield every path with the set that it is in, and count it."""
        for match in reconcile(self._side(_LISTED), self._side(_FOUND)):
            reconciliation.add(match)
            yield match

    def _add(self, side: int, entry: Entry) -> None:
        key = "\0".join(order(entry)).encode("utf-8", "surrogatepass")
        path = entry.path.encode("utf-8", "surrogatepass")
        self.db.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", (side, key, path, entry.said))

    def _side(self, side: int) -> Iterator[Entry]:
        rows = self.db.execute("SELECT path, said FROM entry WHERE side = ? ORDER BY key", (side,))
        for path, said in rows:
            yield Entry(path.decode("utf-8", "surrogatepass"), said)


@contextmanager
def open_sets(manifest: Path | None, roots: list[Path]) -> Iterator[Sets | None]:
    """Open the list that was named, if one was.

    Raises:
        UsageError: it cannot be read.
    """
    if manifest is None:
        yield None
        return
    from avpres.adapters.formats.type_manifest import open_types

    opened = open_types(manifest, roots=roots)
    db = sqlite3.connect("")  # a temporary file, gone at the end
    try:
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_SCHEMA)
        yield Sets(opened, db)
    finally:
        db.close()
