"""What records beside and above targets say of them, on disk: there may be many."""

import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from avpres.services.migrate.records import REVERSIBLE, recorded
from avpres.services.migrate.stage import RECORD


class Wanted(NamedTuple):
    """What comes back from a target: its place, its digest, and how it is made."""

    place: bytes
    kind: str
    sha256: str = ""
    charset: str = ""
    size: int = 0  # of what comes back, where that is known


class Index:
    """Finds what is recorded of a target; each record is read once."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("")  # a file without a name, which goes with it
        self._base.execute(
            "CREATE TABLE target (path BLOB PRIMARY KEY, place BLOB, kind TEXT, sha256 TEXT,"
            " charset TEXT, size INTEGER) WITHOUT ROWID"
        )
        self._read: set[Path] = set()

    def close(self) -> None:
        """Forget all."""
        self._base.close()

    def find(self, path: bytes) -> Wanted | None:
        """Give what the nearest record says of a target that gives its source back."""
        for folder in Path(os.fsdecode(path)).parents:
            if folder not in self._read:
                self._take_in(folder)
        row = self._base.execute(
            "SELECT place, kind, sha256, charset, size FROM target WHERE path = ?", (path,)
        ).fetchone()
        return None if row is None else Wanted(*row)

    def _take_in(self, folder: Path) -> None:
        self._read.add(folder)
        record = folder / RECORD
        if not record.is_file():
            return
        lead = os.fsencode(folder)
        self._base.executemany(
            "INSERT OR IGNORE INTO target VALUES (?,?,?,?,?,?)",
            (
                (
                    os.path.join(lead, each.path),
                    each.place,
                    each.kind,
                    each.source_sha256,
                    each.charset,
                    each.source_size,
                )
                for each in recorded(record)
                if each.kind in REVERSIBLE
            ),
        )
