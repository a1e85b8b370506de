"""What a run of migrations knows on disk: sources, what became of each, files that were made.

It lies in the hidden folder of the run and outlives a kill; when a run ends, everything in it is in
`migration.jsonl`, from which the next one begins. Memory does not grow with the number of files.
"""

import errno
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from avpres.adapters.storage.reading import Signature
from avpres.domain.fixity import Digest, pack, unpack

_FORM = 1
_PAGE = 1000  # rows held in memory at once
_SIGN = 1 << 63
_TABLES = """
CREATE TABLE IF NOT EXISTS source (
  id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, place BLOB NOT NULL, fold TEXT NOT NULL,
  size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER, listed INTEGER NOT NULL DEFAULT 0,
  seen_size INTEGER, seen_mtime INTEGER, outcome TEXT, reason TEXT, decided TEXT, made_by TEXT,
  second INTEGER, line TEXT);
CREATE INDEX IF NOT EXISTS by_fold ON source(listed, fold, path);
CREATE TABLE IF NOT EXISTS begun (one INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS target (
  path BLOB PRIMARY KEY, fold TEXT NOT NULL, source INTEGER NOT NULL, size INTEGER NOT NULL,
  digests TEXT NOT NULL, role TEXT NOT NULL, is_there INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_source ON target(source);
CREATE INDEX IF NOT EXISTS target_fold ON target(fold)
"""


class Source(NamedTuple):
    """A source: `place` is its path below the results' folder, `fold` its stem without case."""

    id: int
    path: bytes
    place: bytes
    fold: str
    signature: Signature
    seen: tuple[int, int] | None  # size and time when its outcome was settled
    outcome: str | None
    reason: str | None
    decided: str
    made_by: str  # the version that did it
    second: bool


class TargetRow(NamedTuple):
    """A file that was made, or is about to get its name; `path` below the results' folder."""

    path: bytes
    source: int
    size: int
    digests: tuple[Digest, ...]
    role: str
    is_there: bool


class Settled(NamedTuple):
    """What became of a source."""

    id: int
    seen: tuple[int, int]
    outcome: str
    reason: str | None
    decided: str
    made_by: str
    second: bool
    line: str


class Journal:
    """The tables of one folder of results.

    Raises:
        OSError: the disk refuses, or the file is no journal.
    """

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        self._base = sqlite3.connect(path, isolation_level=None)
        try:
            for setting in ("locking_mode=EXCLUSIVE", "journal_mode=TRUNCATE", "synchronous=FULL"):
                self._run(f"PRAGMA {setting}")
            self._require_form()
            self._run(f"PRAGMA user_version={_FORM}")
            for statement in _TABLES.split(";"):
                self._run(statement)
        except BaseException:
            self._base.close()
            raise
        self._run("BEGIN")

    def _require_form(self) -> None:
        if self._run("PRAGMA user_version").fetchone()[0] not in {0, _FORM}:
            raise OSError(errno.EINVAL, "the journal is of another avpres", self._name)

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._base.close()

    def commit(self) -> None:
        """Make everything up to here last."""
        self._run("COMMIT")
        self._run("BEGIN")

    @property
    def is_begun(self) -> bool:
        """Say whether it holds what earlier runs knew."""
        return bool(self._run("SELECT 1 FROM begun").fetchone())

    def begin(self) -> None:
        """Note that it does."""
        self._run("INSERT OR IGNORE INTO begun VALUES (1)")

    def line(self, source: int) -> str:
        """Give the record of a source."""
        return str(self._run("SELECT line FROM source WHERE id = ?", (source,)).fetchone()[0])

    def unlist(self) -> None:
        """Begin a new listing: no source is known to be there."""
        self._run("UPDATE source SET listed = 0")

    def list_sources(self, rows: Iterable[tuple[bytes, bytes, str, Signature]]) -> None:
        """Take in sources: path, place, fold and signature."""
        self._many(
            "INSERT INTO source (path, place, fold, size, mtime, ctime, inode, listed)"
            " VALUES (?,?,?,?,?,?,?,1) ON CONFLICT(path) DO UPDATE SET size=excluded.size,"
            " mtime=excluded.mtime, ctime=excluded.ctime, inode=excluded.inode,"
            " listed=1, place=iif(outcome IS NULL, excluded.place, place),"
            " fold=iif(outcome IS NULL, excluded.fold, fold)",
            (
                (path, place, fold, size, mtime, ctime, _signed(inode))
                for path, place, fold, (size, mtime, ctime, inode) in rows
            ),
        )

    def totals(self) -> tuple[int, int]:
        """Count the sources that were listed, and their bytes."""
        files, size = self._run("SELECT COUNT(*), TOTAL(size) FROM source WHERE listed").fetchone()
        return files, int(size)

    def made(self) -> int:
        """Count the bytes of all files that were made and are there."""
        (size,) = self._run("SELECT TOTAL(size) FROM target WHERE is_there").fetchone()
        return int(size)

    def groups(self) -> Iterator[list[Source]]:
        """Yield the listed sources, together those whose stems are the same but for case."""
        group: list[Source] = []
        for source in self._listed():
            if group and group[0].fold != source.fold:
                yield group
                group = []
            group.append(source)
        if group:
            yield group

    def _listed(self) -> Iterator[Source]:
        fold, path = "", b""
        while True:
            rows = self._run(
                f"SELECT {_SOURCE} FROM source WHERE listed = 1 AND (fold, path) > (?, ?)"  # noqa: S608
                " ORDER BY fold, path LIMIT ?",
                (fold, path, _PAGE),
            ).fetchall()
            yield from map(_source, rows)
            if len(rows) < _PAGE:
                return
            last = _source(rows[-1])
            fold, path = last.fold, last.path

    def announce(self, rows: Iterable[TargetRow], folds: Iterable[str]) -> None:
        """Note the names that files are about to get; a kill after that is cleaned up by them."""
        self._many(
            "INSERT OR REPLACE INTO target VALUES (?,?,?,?,?,?,?)",
            (
                (row.path, fold, row.source, row.size, pack(row.digests), row.role, row.is_there)
                for row, fold in zip(rows, folds, strict=True)
            ),
        )

    def settle(self, settled: Settled) -> None:
        """Note what became of a source; its files are there."""
        values = (*settled.seen, *settled[2:], settled.id)
        self._run(
            "UPDATE source SET seen_size=?, seen_mtime=?, outcome=?, reason=?, decided=?,"
            " made_by=?, second=?, line=? WHERE id=?",
            values,
        )
        self._run("UPDATE target SET is_there = 1 WHERE source = ?", (settled.id,))

    def forget(self, source: int) -> None:
        """Forget what became of a source, and its files."""
        self._run("DELETE FROM target WHERE source = ?", (source,))
        self._run(
            "UPDATE source SET seen_size=NULL, seen_mtime=NULL, outcome=NULL, reason=NULL,"
            " decided=NULL, made_by=NULL, second=NULL, line=NULL WHERE id=?",
            (source,),
        )

    def unlisted(self, outcome: str) -> Iterator[tuple[int, bytes]]:
        """Yield the sources of one outcome that the last listing did not find."""
        last = b""
        while True:
            rows = self._run(
                "SELECT path, id FROM source WHERE NOT listed AND outcome = ? AND path > ?"
                " ORDER BY path LIMIT ?",
                (outcome, last, _PAGE),
            ).fetchall()
            yield from ((number, bytes(path)) for path, number in rows)
            if len(rows) < _PAGE:
                return
            last = bytes(rows[-1][0])

    def source_id(self, path: bytes) -> int:
        """Find a source by its path; it was listed or recorded."""
        return int(self._run("SELECT id FROM source WHERE path = ?", (path,)).fetchone()[0])

    def targets_of(self, source: int) -> list[TargetRow]:
        """Give the files that were made of a source."""
        query = f"SELECT {_TARGET} FROM target WHERE source = ? ORDER BY path"  # noqa: S608
        return [_target(row) for row in self._run(query, (source,))]

    def announced(self) -> list[int]:
        """Give the sources whose files may have got their names without that being noted."""
        rows = self._run("SELECT DISTINCT source FROM target WHERE NOT is_there ORDER BY source")
        return [int(row[0]) for row in rows]

    def is_taken(self, fold: str, source: int) -> bool:
        """Say whether another source has a file whose name is this one, but for case."""
        row = self._run(
            "SELECT 1 FROM target WHERE fold = ? AND source <> ? LIMIT 1", (fold, source)
        )
        return row.fetchone() is not None

    def owner(self, path: bytes) -> int | None:
        """Give the source that a file was made of; None where it is not known."""
        row = self._run("SELECT source FROM target WHERE path = ?", (path,)).fetchone()
        return None if row is None else int(row[0])

    def targets(self) -> Iterator[TargetRow]:
        """Yield all files that are there, by path."""
        last = b""
        while True:
            rows = self._run(
                f"SELECT {_TARGET} FROM target WHERE is_there AND path > ?"  # noqa: S608
                " ORDER BY path LIMIT ?",
                (last, _PAGE),
            ).fetchall()
            yield from map(_target, rows)
            if len(rows) < _PAGE:
                return
            last = bytes(rows[-1][0])

    def lines(self) -> Iterator[str]:
        """Yield the record of every source that has an outcome, by path."""
        last = b""
        while True:
            rows = self._run(
                "SELECT path, line FROM source WHERE outcome IS NOT NULL AND path > ?"
                " ORDER BY path LIMIT ?",
                (last, _PAGE),
            ).fetchall()
            yield from (row[1] for row in rows)
            if len(rows) < _PAGE:
                return
            last = bytes(rows[-1][0])

    def recall(self, path: bytes, place: bytes, fold: str, settled: Settled) -> int:
        """Take in what an earlier run recorded of a source; give its number."""
        self._run(
            "INSERT OR IGNORE INTO source (path, place, fold) VALUES (?,?,?)", (path, place, fold)
        )
        number = self.source_id(path)
        self.settle(settled._replace(id=number))
        return number

    def _run(self, query: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._base.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise self._refused(error) from error

    def _many(self, query: str, rows: Iterable[tuple[object, ...]]) -> None:
        try:
            self._base.executemany(query, rows)
        except sqlite3.DatabaseError as error:
            raise self._refused(error) from error

    def _refused(self, error: sqlite3.DatabaseError) -> OSError:
        code = errno.ENOSPC if "full" in str(error) else errno.EIO
        return OSError(code, f"the journal cannot be kept ({error})", self._name)


_SOURCE = (
    "id, path, place, fold, size, mtime, ctime, inode, seen_size, seen_mtime, outcome, reason,"
    " decided, made_by, second"
)
_TARGET = "path, source, size, digests, role, is_there"


def _source(row: tuple[Any, ...]) -> Source:
    id, path, place, fold, size, mtime, ctime, inode, seen_size, seen_mtime, *rest = row
    outcome, reason, decided, made_by, second = rest
    return Source(
        id,
        path,
        place,
        fold,
        (size, mtime, ctime, inode % (1 << 64)),
        None if seen_size is None else (seen_size, seen_mtime),
        outcome,
        reason,
        decided or "",
        made_by or "",
        bool(second),
    )


def _target(row: tuple[Any, ...]) -> TargetRow:
    path, source, size, digests, role, is_there = row
    return TargetRow(path, source, size, unpack(str(digests)), str(role), bool(is_there))


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= _SIGN else number
