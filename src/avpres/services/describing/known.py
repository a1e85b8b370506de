"""What is known of files that were described before, so that unchanged ones are not read again.

A row counts as long as size, times and inode of the file are those that were seen before it was
read. Another version, profile or depth has tables of its own. Losing them costs time, no more.
"""

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from avpres.adapters.formats.description_json import from_line
from avpres.domain.description import Description
from avpres.domain.errors import DestinationRefusedError

Signature = tuple[int, int, int, int]
COMMIT_EVERY = 2.0  # seconds; what a kill costs at most, beside the files being read
KEPT = 180 * 24 * 3600  # seconds since they were last used that tables are kept
RECENT_NS = 2_000_000_000  # a file that was changed just before it was read may change unseen
_SCHEMA = """
CREATE TABLE IF NOT EXISTS described (
  path BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER, line BLOB
) WITHOUT ROWID;
"""


class Known:
    """Descriptions of earlier runs, by path."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._last_commit = time.monotonic()

    def find(self, path: bytes, signature: Signature) -> tuple[Description, bytes] | None:
        """Give what is known of a file, if it has not changed since."""
        row = self._db.execute(
            "SELECT line FROM described"
            " WHERE path = ? AND size = ? AND mtime = ? AND ctime = ? AND inode = ?",
            (path, *signature),
        ).fetchone()
        return (from_line(row[0]), row[0]) if row else None

    def keep(self, path: bytes, signature: Signature, line: bytes) -> None:
        """Remember a description; it survives a kill two seconds later."""
        if time.time_ns() - max(signature[1], signature[2]) < RECENT_NS:
            return
        self._db.execute(
            "INSERT OR REPLACE INTO described VALUES (?, ?, ?, ?, ?, ?)",
            (path, *signature, line),
        )
        if time.monotonic() - self._last_commit > COMMIT_EVERY:
            self._db.commit()
            self._last_commit = time.monotonic()

    def forget(self) -> None:
        """Begin anew."""
        self._db.execute("DELETE FROM described")


@contextlib.contextmanager
def open_known(folder: Path, key: Iterable[bytes]) -> Iterator[Known]:
    """Open what is known of files described in one way; two runs at once share it.

    Raises:
        DestinationRefusedError: the state folder cannot be written or is full.
    """
    name = hashlib.sha256(b"\0".join(key)).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        db = sqlite3.connect(folder / f"{name}.sqlite", timeout=60)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(_SCHEMA)
            yield Known(db)
            db.commit()
        finally:
            db.commit()
            db.close()
    except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
        raise DestinationRefusedError(
            f"{folder}: {error}; free some room there or choose another state folder "
            "(AVPRES_STATE_DIR)"
        ) from error


def _sweep(folder: Path) -> None:
    for file in folder.glob("*.sqlite"):
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > KEPT:
                for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                    each.unlink(missing_ok=True)
