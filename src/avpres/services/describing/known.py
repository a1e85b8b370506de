"""What is known of files that were described before, so that unchanged ones are not read again.

A row counts as long as size, times and inode of the file are those that were seen before it was
read. Another version, profile or depth has tables of its own. Losing them costs time, no more.
"""

import contextlib
import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from avpres.adapters.formats.description_json import from_line
from avpres.domain.description import Description
from avpres.domain.errors import DestinationRefusedError

Signature = tuple[int, int, int, int]
COMMIT_EVERY = 2.0  # seconds; what a kill costs at most, beside the files being read
ROWS = 64  # that are written at once
KEPT = 180 * 24 * 3600  # seconds since they were last used that tables are kept
RECENT_NS = 2_000_000_000  # a file that was changed just before it was read may change unseen
_SCHEMA = """
CREATE TABLE IF NOT EXISTS described (
  path BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
  line BLOB, crc INTEGER
);
"""
_FIND = "SELECT path, size, mtime, ctime, inode, line, crc FROM described WHERE path IN ({})"
_VERSION = b"2"  # of the schema


class Known:
    """Descriptions of earlier runs, by path."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._last_commit = time.monotonic()
        self._is_empty = not db.execute("SELECT 1 FROM described LIMIT 1").fetchone()
        self._rows: list[tuple[object, ...]] = []

    def find(self, path: bytes, signature: Signature) -> tuple[Description, bytes] | None:
        """Give what an earlier run knew of a file, if the file has not changed since."""
        return self.find_all([(path, signature)]).get(path)

    def find_all(
        self, files: Sequence[tuple[bytes, Signature]]
    ) -> dict[bytes, tuple[Description, bytes]]:
        """Give what an earlier run knew of those files that have not changed since."""
        if self._is_empty:
            return {}
        wanted = dict(files)
        rows = self._db.execute(_FIND.format(",".join("?" * len(wanted))), list(wanted))
        return {
            path: (from_line(line), line)
            for path, *signature, line, crc in rows
            if wanted[path] == tuple(signature) and zlib.crc32(line) == crc
        }

    def keep(self, path: bytes, signature: Signature, line: bytes, *, listed: int) -> None:
        """Remember a description; it survives a kill two seconds later.

        Args:
            path: names the file, and how it was named.
            signature: what was listed of it.
            line: its description.
            listed: when that was, in nanoseconds since 1970.
        """
        if listed - max(signature[1], signature[2]) < RECENT_NS:
            return
        self._rows.append((path, *signature, line, zlib.crc32(line)))
        is_time = time.monotonic() - self._last_commit > COMMIT_EVERY
        if is_time or len(self._rows) >= ROWS:
            self.close()
            self._last_commit = time.monotonic()

    def _write(self) -> None:
        self._db.executemany("INSERT OR REPLACE INTO described VALUES (?,?,?,?,?,?,?)", self._rows)
        self._rows.clear()

    def close(self) -> None:
        """Write down what was kept last."""
        self._write()
        self._db.commit()

    def pass_over(self) -> None:
        """Give nothing of earlier runs; what this one keeps takes its place."""
        self._is_empty = True


@contextlib.contextmanager
def open_known(folder: Path, key: Iterable[bytes]) -> Iterator[Known]:
    """Open what is known of files described in one way; two runs at once share it.

    Raises:
        DestinationRefusedError: the state folder cannot be written or is full.
    """
    name = hashlib.sha256(b"\0".join([_VERSION, *key])).hexdigest()[:32]
    path = folder / f"{name}.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        with contextlib.closing(_opened(path)) as db:
            known = Known(db)
            try:
                yield known
            finally:
                known.close()
    except (sqlite3.OperationalError, OSError) as error:
        raise DestinationRefusedError(
            f"{folder}: {error}; free some room there or choose another state folder "
            "(AVPRES_STATE_DIR)"
        ) from error
    except sqlite3.DatabaseError as error:
        _remove(path)
        raise DestinationRefusedError(
            f"{path}: {error}; it only saves time and was removed, so run the same command again"
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    """Open a table; one that a power failure has broken is begun anew."""
    try:
        return _connected(path)
    except sqlite3.OperationalError:  # locked, full, not to be written
        raise
    except sqlite3.DatabaseError:
        _remove(path)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=60)
    try:
        db.execute("PRAGMA synchronous = OFF")  # what a power failure takes is described again
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _sweep(folder: Path) -> None:
    for file in folder.glob("*.sqlite"):
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > KEPT:
                _remove(file)


def _remove(file: Path) -> None:
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        each.unlink(missing_ok=True)
