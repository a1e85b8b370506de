"""What the manifests of a package record of its files, in a table: millions may be looked up."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from avpres.domain.fixity import Digest, pack, unpack
from avpres.services.packing.opening import Opened
from avpres.services.packing.sums import sums_of


class Recorded:
    """Digests by path."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def fill(self, opened: Opened) -> None:
        """Read all manifests of a package.

        Raises:
            IncompleteError: there are none.
            NotConformantError: a line is broken.
        """
        rows = (
            (os.fsencode(entry.path), pack(entry.digests))
            for entry in sums_of(opened.tree, opened.places).entries()
        )
        self._db.executemany("INSERT INTO sum VALUES (?, ?)", rows)
        self._db.execute("CREATE INDEX sum_path ON sum (path)")

    def of(self, path: str) -> tuple[Digest, ...]:
        """Give the digests of a file; none when no manifest lists it."""
        rows = self._db.execute("SELECT digests FROM sum WHERE path = ?", (os.fsencode(path),))
        return unpack(" ".join(sorted({text for (text,) in rows})))


@contextlib.contextmanager
def open_recorded(folder: Path, opened: Opened) -> Iterator[Recorded]:
    """Read the manifests into a table that is gone afterwards."""
    path = folder / "recorded.sqlite"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("CREATE TABLE sum (path BLOB, digests TEXT)")
        db.execute("BEGIN")
        recorded = Recorded(db)
        recorded.fill(opened)
        yield recorded
    path.unlink()
