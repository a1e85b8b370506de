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
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.storage.reading import Signature
from avpres.domain.fixity import Algorithm, Digest, Evidence

VERSION = 1
STARTED, PROVED = 0, 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS item(
  id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, source BLOB NOT NULL,
  files INTEGER, size INTEGER, begun TEXT, ended TEXT);
CREATE TABLE IF NOT EXISTS file(
  item INTEGER NOT NULL, folder BLOB NOT NULL, name BLOB NOT NULL, state INTEGER NOT NULL,
  s_size INTEGER, s_mtime INTEGER, s_ctime INTEGER, s_inode INTEGER,
  t_size INTEGER, t_mtime INTEGER, t_ctime INTEGER, t_inode INTEGER,
  digests TEXT, evidence TEXT, verify TEXT, run TEXT, outcome TEXT,
  PRIMARY KEY(item, folder, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS output(
  item INTEGER NOT NULL, path BLOB NOT NULL, size INTEGER, mtime INTEGER, ctime INTEGER,
  inode INTEGER, PRIMARY KEY(item, path)) WITHOUT ROWID;
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


class Journal:
    """What is known of one destination folder. Used by the coordinating thread alone."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, timeout=60)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-8192")
        self._db.execute("PRAGMA temp_store=FILE")
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version={VERSION}")

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
        found = self._db.execute("SELECT id, source FROM item WHERE name=?", (name,)).fetchone()
        if found and found[1] == source:
            return int(found[0])
        with self.transaction():
            if found:
                for table in ("file", "output"):
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

    def rows(self, item: int, folder: bytes, first: bytes, last: bytes) -> dict[bytes, Row]:
        """Fetch what is known of the files of a folder, from one name to another."""
        found = self._db.execute(
            "SELECT folder, name, state, s_size, s_mtime, s_ctime, s_inode, t_size, t_mtime,"
            " t_ctime, t_inode, digests, evidence, verify, run, outcome FROM file"
            " WHERE item=? AND folder=? AND name BETWEEN ? AND ?",
            (item, folder, first, last),
        )
        return {row[1]: _row(row) for row in found}

    def all_rows(self, item: int) -> Iterator[Row]:
        """Yield the proved files of an item, in full-path order."""
        found = self._db.execute(
            "SELECT folder, name, state, s_size, s_mtime, s_ctime, s_inode, t_size, t_mtime,"
            " t_ctime, t_inode, digests, evidence, verify, run, outcome FROM file"
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
        self._db.executemany(
            "DELETE FROM file WHERE item=? AND folder=? AND name=?",
            ((item, folder, name) for folder, name in names),
        )

    def put(self, item: int, rows: Iterable[Row]) -> None:
        """Note files, taking the place of what was known of them."""
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                (item, r.folder, r.name, r.state, *_stored(r.source), *_stored(r.target), *r[5:])
                for r in rows
            ),
        )

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

    def items(self) -> list[tuple[bytes, bytes, int, int, str | None, str | None, int, int]]:
        """Give name, source, files, size, begun, ended, proved files and their size per item."""
        return self._db.execute(
            "SELECT i.name, i.source, i.files, i.size, i.begun, i.ended, COUNT(f.name),"
            " COALESCE(SUM(f.s_size), 0) FROM item i LEFT JOIN file f ON f.item=i.id"
            " AND f.state=? GROUP BY i.id ORDER BY i.name",
            (PROVED,),
        ).fetchall()


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


def packed(digests: Iterable[Digest]) -> str:
    """Write digests as one text for a row."""
    return " ".join(f"{d.algorithm.value}:{d.value}" for d in digests)


def unpacked(text: str) -> tuple[Digest, ...]:
    """Read digests from a row."""
    pairs = [pair.split(":") for pair in text.split()]
    return tuple([Digest(_BY_NAME[name], value) for name, value in pairs])


_BY_NAME = {algorithm.value: algorithm for algorithm in Algorithm}


def evidence_of(row: Row) -> Evidence | None:
    """Read how a file was proved."""
    return Evidence(row.evidence) if row.evidence else None


def _stored(sign: Signature) -> tuple[int, int, int, int]:
    """Fold inode numbers beyond SQLite's 63 bits (NTFS and NFS have such)."""
    size, mtime, ctime, inode = sign
    return (size, mtime, ctime, folded(inode))


def folded(inode: int) -> int:
    """Fold an unsigned 64-bit number into SQLite's signed range."""
    return inode if inode < 1 << 63 else (inode & ((1 << 64) - 1)) - (1 << 64)


def _row(row: tuple[object, ...]) -> Row:
    return Row._make((*row[:3], row[3:7], row[7:11], *row[11:]))
