"""The journal of copies into one folder: what is proved there, so that nothing is done twice.

SQLite in WAL mode on a local disk, in the platform's state folder; never on tape or a network
share. It only saves work: a file counts as done when source and destination still carry the
signatures that were noted after its proof; without a row, digests decide. Losing the journal
loses time and nothing else.
"""

import contextlib
import hashlib
import os
import socket
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from avpres.adapters.storage.reading import Signature

VERSION = 2
STARTED, PROVED = 0, 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS item(
  id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, source BLOB NOT NULL,
  files INTEGER, size INTEGER, begun TEXT, ended TEXT);
CREATE TABLE IF NOT EXISTS file(
  item INTEGER NOT NULL, folder BLOB NOT NULL, name BLOB NOT NULL, state INTEGER NOT NULL,
  s_size INTEGER, s_mtime INTEGER, s_ctime INTEGER, s_inode INTEGER,
  t_size INTEGER, t_mtime INTEGER, t_ctime INTEGER, t_inode INTEGER,
  digests TEXT, evidence TEXT, verify TEXT, run TEXT, outcome TEXT, detail TEXT,
  PRIMARY KEY(item, folder, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS output(
  item INTEGER NOT NULL, path BLOB NOT NULL, size INTEGER, mtime INTEGER, ctime INTEGER,
  inode INTEGER, PRIMARY KEY(item, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place(id INTEGER PRIMARY KEY, mount TEXT);
CREATE TABLE IF NOT EXISTS seal(
  item INTEGER PRIMARY KEY, terms TEXT, source TEXT, target TEXT, facts TEXT);
CREATE TABLE IF NOT EXISTS run(
  id TEXT PRIMARY KEY, begun TEXT, ended TEXT, status INTEGER, proved INTEGER, recorded INTEGER);
"""


class Row(NamedTuple):
    """What the journal knows of one file at one destination. Signatures: see `reading`."""

    folder: bytes
    name: bytes
    state: int
    source: Signature
    target: Signature
    digests: str
    evidence: str
    verify: str
    run: str
    outcome: str
    detail: str = ""  # where it lies on tape


class Brief(NamedTuple):
    """What a record says of one file; `size` in bytes."""

    folder: bytes
    name: bytes
    size: int
    digests: str
    evidence: str
    run: str
    outcome: str
    detail: str | None


class RunRow(NamedTuple):
    """A run that wrote to a destination; `ended` is None when it was cut short.

    `proved` counts the files that it proved there, `recorded` tells whether its own records name
    them.
    """

    id: str
    begun: str
    ended: str | None
    status: int | None
    proved: int | None
    recorded: int


class Journal:
    """What is known of one destination folder. Used by the coordinating thread alone."""

    def __init__(self, path: Path, *, look_only: bool = False) -> None:
        if look_only:
            self.path = path
            self._db = _looked_at(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._db = _opened(path)
        self._drop_other_versions()
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version={VERSION}")

    def _drop_other_versions(self) -> None:
        """Begin anew after a change of the tables: it costs one reading of what is there."""
        if self._db.execute("PRAGMA user_version").fetchone()[0] in {0, VERSION}:
            return
        tables = self._db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        for (name,) in tables:
            self._db.execute(f'DROP TABLE "{name}"')

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def item(self, name: bytes, source: bytes) -> int:
        """Find or begin the item that lands under a name; another source there begins it anew."""
        look = "SELECT id, source FROM item WHERE name=?"
        found = self._db.execute(look, (name,)).fetchone()
        if found and found[1] == source:
            return int(found[0])
        with self.transaction():
            found = self._db.execute(look, (name,)).fetchone()  # another run may have been faster
            if found and found[1] == source:
                return int(found[0])
            if found:
                for table in ("file", "output", "seal"):
                    self._db.execute(f"DELETE FROM {table} WHERE item=?", (found[0],))  # noqa: S608 - names are ours
                self._db.execute("UPDATE item SET source=? WHERE id=?", (source, found[0]))
                return int(found[0])
            made = self._db.execute("INSERT INTO item(name, source) VALUES(?,?)", (name, source))
        return int(made.lastrowid or 0)

    def begin(self, item: int, *, files: int, size: int, when: str) -> None:
        """Note what an item holds and that its copy has begun."""
        self._db.execute(
            "UPDATE item SET files=?, size=?, begun=?, ended=NULL WHERE id=?",
            (files, size, when, item),
        )

    def end(self, item: int, when: str) -> None:
        """Note that an item is complete and proved."""
        self._db.execute("UPDATE item SET ended=? WHERE id=?", (when, item))

    def begin_run(self, run: str, when: str) -> None:
        """Note that a run has begun here."""
        self._db.execute("INSERT OR REPLACE INTO run VALUES(?,?,NULL,NULL,NULL,0)", (run, when))

    def end_run(self, run: str, when: str, *, status: int, proved: int) -> None:
        """Note that a run came to its end and has left its records."""
        self._db.execute(
            "UPDATE run SET ended=?, status=?, proved=?, recorded=1 WHERE id=?",
            (when, status, proved, run),
        )

    def runs(self) -> list[RunRow]:
        """List the runs that wrote here, the latest first."""
        found = self._db.execute(
            "SELECT id, begun, ended, status, proved, recorded FROM run ORDER BY rowid DESC"
        )
        return [RunRow._make(row) for row in found]

    def adopt(self, run: str, others: Iterable[str], items: Iterable[int]) -> None:
        """Take over the rows of runs that were cut short: the records of this one name them."""
        with self.transaction():
            for other in others:
                for item in items:
                    self._db.execute(
                        "UPDATE file SET run=? WHERE item=? AND run=?", (run, item, other)
                    )
                left = self._db.execute("SELECT 1 FROM file WHERE run=? LIMIT 1", (other,))
                if left.fetchone() is None:
                    self._db.execute("UPDATE run SET recorded=1 WHERE id=?", (other,))

    def proved_by(self, item: int, runs: Sequence[str]) -> Iterator[Brief]:
        """Yield, folder by folder, the files of an item that certain runs have proved."""
        marks = ",".join("?" * len(runs))
        found = self._db.execute(
            "SELECT folder, name, s_size, digests, evidence, run, outcome, detail FROM file"  # noqa: S608 - only marks
            f" WHERE item=? AND state=? AND run IN ({marks}) ORDER BY folder, name",
            (item, PROVED, *runs),
        )
        return map(Brief._make, found)

    def rows(self, item: int, folder: bytes, first: bytes, last: bytes) -> dict[bytes, Row]:
        """Fetch what is known of the files of a folder, from one name to another."""
        found = self._db.execute(
            "SELECT folder, name, state, s_size, s_mtime, s_ctime, s_inode, t_size, t_mtime,"
            " t_ctime, t_inode, digests, evidence, verify, run, outcome, detail FROM file"
            " WHERE item=? AND folder=? AND name BETWEEN ? AND ?",
            (item, folder, first, last),
        )
        return {row[1]: _row(row) for row in found}

    def all_rows(self, item: int) -> Iterator[Row]:
        """Yield the proved files of an item, in full-path order."""
        found = self._db.execute(
            "SELECT folder, name, state, s_size, s_mtime, s_ctime, s_inode, t_size, t_mtime,"
            " t_ctime, t_inode, digests, evidence, verify, run, outcome, detail FROM file"
            " WHERE item=? AND state=?"
            " ORDER BY CASE WHEN folder=x'' THEN name"
            " ELSE CAST(folder || x'2f' || name AS BLOB) END",
            (item, PROVED),
        )
        for row in found:
            yield _row(row)

    def count(self, item: int) -> int:
        """Count the proved files of an item."""
        found = self._db.execute(
            "SELECT COUNT(*) FROM file WHERE item=? AND state=?", (item, PROVED)
        )
        return int(found.fetchone()[0])

    def forget(self, item: int, names: Iterable[tuple[bytes, bytes]]) -> None:
        """Forget files that are no longer part of an item."""
        self._forget_conclusions(item)
        self._db.executemany(
            "DELETE FROM file WHERE item=? AND folder=? AND name=?",
            ((item, folder, name) for folder, name in names),
        )

    def put(self, item: int, rows: Iterable[Row]) -> None:
        """Note files, taking the place of what was known of them."""
        self._forget_conclusions(item)
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                (item, r.folder, r.name, r.state, *_stored(r.source), *_stored(r.target), *r[5:])
                for r in rows
            ),
        )

    def _forget_conclusions(self, item: int) -> None:
        """Forget what held for the files as they were: agreeing manifests and the seal."""
        self._db.execute("DELETE FROM output WHERE item=?", (item,))
        self._db.execute("DELETE FROM seal WHERE item=?", (item,))

    def mount(self) -> str | None:
        """Give the mount point of the volume that the last run found here."""
        found = self._db.execute("SELECT mount FROM place").fetchone()
        return None if found is None else str(found[0])

    def put_mount(self, mount: str) -> None:
        """Note the mount point of the volume that lies here."""
        self._db.execute("INSERT OR REPLACE INTO place VALUES(1, ?)", (mount,))

    def seal(self, item: int) -> tuple[str, str, str, str] | None:
        """Give an item's seal: its terms, source and target as they were, facts of the run."""
        found: tuple[str, str, str, str] | None = self._db.execute(
            "SELECT terms, source, target, facts FROM seal WHERE item=?", (item,)
        ).fetchone()
        return found

    def put_seal(self, item: int, seal: tuple[str, str, str, str] | None) -> None:
        """Note an item's seal, or that it has none."""
        if seal is None:
            self._db.execute("DELETE FROM seal WHERE item=?", (item,))
        else:
            self._db.execute("INSERT OR REPLACE INTO seal VALUES(?,?,?,?,?)", (item, *seal))

    def output(self, item: int, path: bytes) -> Signature | None:
        """Give the signature of a manifest as it was when it last agreed with all rows."""
        found = self._db.execute(
            "SELECT size, mtime, ctime, inode FROM output WHERE item=? AND path=?", (item, path)
        ).fetchone()
        return None if found is None else (found[0], found[1], found[2], found[3])

    def put_output(self, item: int, path: bytes, sign: Signature) -> None:
        """Note that a manifest agrees with all rows."""
        self._db.execute(
            "INSERT OR REPLACE INTO output VALUES(?,?,?,?,?,?)", (item, path, *_stored(sign))
        )

    def numbers(self) -> dict[bytes, int]:
        """Give the numbers of all items by the names under which they land."""
        return dict(self._db.execute("SELECT name, id FROM item"))

    def items(self) -> list[tuple[bytes, bytes, int, int, str | None, str | None, int, int]]:
        """Give name, source, files, size, begun, ended, proved files and their size per item."""
        return self._db.execute(
            "SELECT i.name, i.source, i.files, i.size, i.begun, i.ended, COUNT(f.name),"
            " COALESCE(SUM(f.s_size), 0) FROM item i LEFT JOIN file f ON f.item=i.id"
            " AND f.state=? GROUP BY i.id ORDER BY i.name",
            (PROVED,),
        ).fetchall()


def _looked_at(path: Path) -> sqlite3.Connection:
    """Open a journal without leaving a trace, not even the small files of SQLite's own.

    Without a write-ahead log nobody has it open, and all is in the one file.

    Raises:
        FileNotFoundError: nothing was ever copied there from this computer.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    alone = not path.with_name(path.name + "-wal").exists()
    name = quote(os.fsencode(path.absolute()))
    mode = "mode=ro&immutable=1" if alone else "mode=ro"
    return sqlite3.connect(f"file:{name}?{mode}", uri=True, isolation_level=None, timeout=60)


def _opened(path: Path) -> sqlite3.Connection:
    """Open the database; a damaged one is set aside, since digests decide where it is silent."""
    try:
        return _connected(path)
    except sqlite3.OperationalError:  # locked, full or not to be reached: not damaged
        raise
    except sqlite3.DatabaseError:
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}{ending}", f"{path}.damaged{ending}")
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA cache_size=-8192")
        db.execute("PRAGMA temp_store=FILE")
    except BaseException:
        db.close()
        raise
    return db


def journal_path(state_dir: Path, destination: Path) -> Path:
    """Give the place of the journal of a destination folder."""
    key = hashlib.sha256(os.fsencode(destination)).hexdigest()[:24]
    return state_dir / "journals" / f"{key}.sqlite"


def job_name(source: bytes, destination: bytes) -> str:
    """Name a copy job: the same on every run on this computer, another on any other.

    Staged names carry it, so that a run removes what an earlier run of the same job left behind
    and nothing that belongs to somebody else, even when the journal is lost.
    """
    text = b"\0".join((socket.gethostname().encode(), source, destination))
    return hashlib.blake2b(text, digest_size=4).hexdigest()


def _stored(sign: Signature) -> tuple[int, int, int, int]:
    """Fold inode numbers beyond SQLite's 63 bits (NTFS and NFS have such)."""
    size, mtime, ctime, inode = sign
    return (size, mtime, ctime, folded(inode))


def folded(inode: int) -> int:
    """Fold an unsigned 64-bit number into SQLite's signed range."""
    return inode if inode < 1 << 63 else (inode & ((1 << 64) - 1)) - (1 << 64)


def _row(row: tuple[object, ...]) -> Row:
    return Row._make((*row[:3], row[3:7], row[7:11], *row[11:]))
