"""The tables of a comparison, on disk: memory must not grow with the number of files.

Two SQLite files lie side by side. One holds the readings made so far and survives a kill, so that
the next run goes on where this one stopped. The other holds what is listed and what is there, is
made anew by every run, and is never flushed.
"""

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from avpres.domain.errors import DestinationRefusedError

KEPT = 7 * 24 * 3600  # seconds since its last reading that an unfinished run can be continued
COMMIT_EVERY = 2.0  # seconds; what a kill costs at most, beside the files being read
CACHE = 32 * 1024  # KiB of each file kept in memory: room for 200,000 files
_VERSION = 1

_READINGS = """
CREATE TABLE IF NOT EXISTS run (begun TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reading (
  side INTEGER, path BLOB, size INTEGER, signature TEXT, digests TEXT, evidence TEXT,
  good INTEGER, error TEXT, PRIMARY KEY (side, path)) WITHOUT ROWID;
"""
_WORK = """
PRAGMA work.journal_mode = OFF;
PRAGMA work.synchronous = OFF;
PRAGMA work.cache_size = -{cache};
CREATE TABLE work.entry (
  side INTEGER, path BLOB, source INTEGER, number INTEGER, digests TEXT, size INTEGER,
  PRIMARY KEY (side, path, source, number)) WITHOUT ROWID;
CREATE TABLE work.name (
  side INTEGER, path BLOB, folded BLOB, kind INTEGER, size INTEGER, signature TEXT,
  stretch BLOB, place INTEGER, role INTEGER, PRIMARY KEY (side, path)) WITHOUT ROWID;
CREATE TABLE work.source (
  id INTEGER PRIMARY KEY, side INTEGER, path BLOB, format TEXT, scope BLOB, complete INTEGER);
CREATE TABLE work.moved (old BLOB PRIMARY KEY, new BLOB UNIQUE, digest TEXT) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Scratch:
    """The open tables of one comparison.

    `begun` is when the first of the runs began whose readings are in use, `kept` how many
    readings an interrupted run left.
    """

    db: sqlite3.Connection
    file: Path
    begun: datetime
    kept: int
    _last_commit: float = 0.0

    def clear(self) -> None:
        """Empty the tables, but keep the readings."""
        for statement in (
            "DELETE FROM work.name",
            "DELETE FROM work.entry",
            "DELETE FROM work.source",
        ):
            self.db.execute(statement)

    @property
    def is_due(self) -> bool:
        """Say whether two seconds have passed since readings were made to survive a kill."""
        return time.monotonic() - self._last_commit > COMMIT_EVERY

    def settle(self, *, now: bool = False) -> None:
        """Make the readings so far survive a kill, every two seconds."""
        if now or self.is_due:
            if self.db.in_transaction:
                self.db.execute("COMMIT")
            self.db.execute("BEGIN")
            self._last_commit = time.monotonic()


@contextlib.contextmanager
def open_scratch(
    folder: Path, key: Iterable[bytes], *, now: datetime, restart: bool = False
) -> Iterator[Scratch]:
    """Open the tables of a comparison, with the readings of an interrupted run of the same.

    Two runs of the same comparison at once do not meet: the second works in tables of its own.

    Args:
        folder: where such tables lie.
        key: what makes the comparison the same one: its paths and manifests.
        now: when this run began.
        restart: forget what an interrupted run left.

    Raises:
        DestinationRefusedError: the folder cannot be written or is full.
    """
    name = hashlib.sha256(b"\0".join(key)).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        scratch = _opened(folder / f"{name}.sqlite", now, restart=restart)
        try:
            yield scratch
            scratch.settle(now=True)
        finally:
            _close(scratch)
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        raise _refused(folder, str(error)) from error


def forget(file: Path) -> None:
    """Remove the readings of a run that is finished: the next one reads everything anew."""
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _opened(file: Path, now: datetime, *, restart: bool) -> Scratch:
    try:
        return _open(file, now, restart=restart)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        own = file.with_name(f"{file.stem}-{time.time_ns()}.sqlite")
        return _open(own, now, restart=True)
    except sqlite3.DatabaseError:  # torn by a power cut; the readings are lost, no verdict is
        forget(file)
        return _open(file, now, restart=True)


def _open(file: Path, now: datetime, *, restart: bool) -> Scratch:
    db = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = {-CACHE}")
        db.execute("BEGIN IMMEDIATE")
        begun, kept = _begin(db, now, restart=restart)
        db.execute("COMMIT")
        _attach_work(db, file)
    except BaseException:
        db.close()
        raise
    db.execute("BEGIN")
    return Scratch(db, file, begun, kept, time.monotonic())


def _begin(db: sqlite3.Connection, now: datetime, *, restart: bool) -> tuple[datetime, int]:
    """Keep the good readings of an interrupted run; what was bad is read again."""
    if restart or db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        db.execute("DROP TABLE IF EXISTS reading")
        db.execute("DROP TABLE IF EXISTS run")
    for statement in filter(str.strip, _READINGS.split(";")):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("DELETE FROM reading WHERE NOT good")
    kept = int(db.execute("SELECT count(*) FROM reading").fetchone()[0])
    if not kept:
        db.execute("DELETE FROM run")
    found = db.execute("SELECT min(begun) FROM run").fetchone()[0]
    begun = datetime.fromisoformat(found) if found else now
    db.execute("INSERT INTO run VALUES (?)", (now.astimezone(UTC).isoformat(),))
    return begun, kept


def _attach_work(db: sqlite3.Connection, file: Path) -> None:
    work = _work_file(file)
    work.unlink(missing_ok=True)
    db.execute("ATTACH ? AS work", (str(work),))
    db.executescript(_WORK.format(cache=CACHE))


def _work_file(file: Path) -> Path:
    return file.with_name(f"{file.stem}.work")


def _close(scratch: Scratch) -> None:
    try:
        if scratch.db.in_transaction:
            scratch.db.execute("COMMIT")
    finally:
        scratch.db.close()
        _work_file(scratch.file).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what runs left that nobody went on with."""
    limit = time.time() - KEPT
    families: dict[str, list[Path]] = {}
    for file in folder.iterdir():
        families.setdefault(file.name.partition(".")[0], []).append(file)
    for files in families.values():
        with contextlib.suppress(OSError):
            if all(file.stat().st_mtime < limit for file in files):
                for file in files:
                    file.unlink(missing_ok=True)


def _refused(folder: Path, what: str) -> DestinationRefusedError:
    return DestinationRefusedError(
        f"{folder}: {what}; free space there or choose another state folder (AVPRES_STATE_DIR)"
    )
