"""What a package holds and what is wanted of it, by path, on disk."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from avpres.domain.fixity import Digest, pack, unpack
from avpres.domain.oais import PackagedFile

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE file (
  path BLOB PRIMARY KEY,  -- begins with the folder of the package
  member BLOB,            -- as its container has it
  kind TEXT, size INTEGER, mtime INTEGER, header INTEGER, offset INTEGER,
  digests TEXT NOT NULL DEFAULT '', original BLOB, target BLOB, word INTEGER
) WITHOUT ROWID;
CREATE INDEX file_member ON file(member);
CREATE INDEX file_original ON file(original);
CREATE TABLE folder (path BLOB PRIMARY KEY, target BLOB) WITHOUT ROWID;
"""


class Kind(StrEnum):
    """What lies under a path."""

    FILE = "file"
    LINK = "link"
    OTHER = "other"
    MANIFEST = "manifest"  # a file that nothing lists, since it is a list itself
    MISSING = "missing"  # a file that a list has, and that is not there


BESIDE = -2
"""In place of an offset: the file does not lie in the container, but beside it."""


class Held(NamedTuple):
    """A file of a package; `header` and `offset` are places in a container, -1 elsewhere."""

    path: bytes
    member: bytes
    kind: Kind
    size: int
    mtime: int
    header: int = -1
    offset: int = -1
    digests: tuple[Digest, ...] = ()
    target: bytes = b""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one package."""

    db: sqlite3.Connection

    def put(self, held: Held) -> bool:
        """Take in a file; False when its path is there already."""
        row = (held.path, held.member, held.kind.value, *held[3:7], pack(held.digests))
        done = self.db.execute(
            "INSERT OR IGNORE INTO file(path, member, kind, size, mtime, header, offset, digests)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        return done.rowcount == 1

    def put_folder(self, path: bytes) -> None:
        """Take in a folder, which comes out though nothing is in it."""
        self.db.execute("INSERT OR IGNORE INTO folder(path) VALUES (?)", (path,))

    def record(self, entries: Iterable[tuple[bytes, tuple[Digest, ...]]], lead: bytes) -> None:
        """Take in what a manifest says of files, and which of them below `lead` are not there."""
        self.db.executemany(
            "INSERT INTO file(path, member, kind, size, mtime, header, offset, digests)"
            " SELECT ?1, ?1, 'missing', 0, 0, -1, -1, ?2"
            " WHERE substr(?1, 1, ?4) = ?3 OR EXISTS (SELECT 1 FROM file WHERE path = ?1)"
            " ON CONFLICT(path) DO UPDATE SET digests = ltrim(digests || ' ' || ?2)",
            ((path, pack(digests), lead, len(lead)) for path, digests in entries),
        )

    def know(self, lead: bytes, files: Iterable[PackagedFile]) -> None:
        """Take in under which names files were found, when the package was made."""
        self.db.executemany(
            "UPDATE file SET original = ? WHERE path = ?",
            ((os.fsencode(file.original), lead + os.fsencode(file.path)) for file in files),
        )

    def mark(self, path: bytes, kind: Kind) -> None:
        """Say what a path is."""
        self.db.execute("UPDATE file SET kind = ? WHERE path = ?", (kind.value, path))

    def is_there(self, path: bytes) -> bool:
        """Say whether a file has just this path."""
        found = self.db.execute("SELECT 1 FROM file WHERE path = ? AND kind <> 'missing'", (path,))
        return found.fetchone() is not None

    def at(self, path: bytes) -> Iterator[Held]:
        """Yield the file of just this path, if there is one."""
        for row in self.db.execute(f"{_SELECT} WHERE path = ?", (path,)):
            yield _held(row)

    def span(self, column: str, path: bytes) -> tuple[int, bytes, bytes]:
        """Count the files of a path or beneath it, else folders; give the first and the last."""
        count, first, last = self.db.execute(
            f"SELECT COUNT(*), MIN(path), MAX(path) FROM file WHERE {_below(column)}",  # noqa: S608
            _ends(path),
        ).fetchone()
        if not count and column == "path":
            count, first, last = self.db.execute(
                f"SELECT COUNT(*), MIN(path), MAX(path) FROM folder WHERE {_below('path')}",  # noqa: S608
                _ends(path),
            ).fetchone()
        return int(count), first or b"", last or b""

    def pick(self, column: str, path: bytes, target: Callable[[bytes], bytes]) -> None:
        """Want the files of a path or beneath it, under the names that `target` gives."""
        self.db.create_function("target", 1, target)
        self.db.execute(
            f"UPDATE file SET target = target(path) WHERE target IS NULL AND {_below(column)}",  # noqa: S608
            _ends(path),
        )
        if column == "path":
            where = f"target IS NULL AND {_below('path')}"
            self.db.execute(f"UPDATE folder SET target = target(path) WHERE {where}", _ends(path))  # noqa: S608

    def pick_folders(self) -> None:
        """Want every folder, where it is."""
        self.db.execute("UPDATE folder SET target = path")

    def empty_folders(self) -> Iterator[bytes]:
        """Yield under which names folders are wanted that hold no file, those above first."""
        rows = self.db.execute(
            "SELECT target FROM folder WHERE target <> x'' AND NOT EXISTS (SELECT 1 FROM file"
            " WHERE file.path >= CAST(folder.path || '/' AS BLOB)"
            " AND file.path < CAST(folder.path || '0' AS BLOB)) ORDER BY path"
        )
        for (target,) in rows:
            yield target

    def pick_matching(self, target: Callable[[bytes], bytes | None]) -> int:
        """Want every file that `target` gives a name for; say how many match."""
        self.db.create_function("target", 1, target)
        found = self.db.execute("SELECT COUNT(*) FROM file WHERE target(path) IS NOT NULL")
        count = int(found.fetchone()[0])
        self.db.execute("UPDATE file SET target = COALESCE(target, target(path))")
        return count

    def picked(self, where: str = "1", *, order: str = "path") -> Iterator[Held]:
        """Yield what is wanted."""
        for row in self.db.execute(
            f"{_SELECT} WHERE target IS NOT NULL AND {where} ORDER BY {order}"
        ):
            yield _held(row)

    def picked_member(self, member: bytes) -> Held | None:
        """Give what is wanted of a container's member."""
        row = self.db.execute(
            f"{_SELECT} WHERE member = ? AND target IS NOT NULL", (member,)
        ).fetchone()
        return None if row is None else _held(row)

    def drop(self, path: bytes) -> None:
        """Want a file no longer."""
        self.db.execute("UPDATE file SET target = NULL WHERE path = ?", (path,))

    def collisions(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield target names that two files would get, and the second of the files."""
        yield from self.db.execute(
            "SELECT target, MAX(path) FROM file WHERE target IS NOT NULL GROUP BY target"
            " HAVING COUNT(*) > 1"
        ).fetchall()

    def totals(self) -> tuple[int, int]:
        """Count what is wanted, and its bytes."""
        files, size = self.db.execute(
            "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file WHERE target IS NOT NULL"
        ).fetchone()
        return int(files), int(size)

    def tops(self) -> list[bytes]:
        """List the first names of paths, as many as tell whether there is one folder."""
        found: list[bytes] = []
        row = self.db.execute("SELECT MIN(path) FROM file").fetchone()
        while row[0] is not None and len(found) < _TOPS:
            top = row[0].partition(b"/")[0]
            found.append(top)
            row = self.db.execute(
                "SELECT MIN(path) FROM file WHERE path >= ? AND path <> ?", (top + b"0", top)
            ).fetchone()
        return found

    def at_top(self, folder: bytes) -> Iterator[Held]:
        """Yield the files that lie just in a folder, and not below; empty for the top itself."""
        lead = folder + b"/" if folder else b""
        self.db.create_function("is_top", 1, lambda path: b"/" not in path[len(lead) :])
        where = "is_top(path)" if not lead else f"{_below('path')} AND is_top(path)"
        for row in self.db.execute(
            f"{_SELECT} WHERE {where} ORDER BY path", _ends(folder) if lead else ()
        ):
            yield _held(row)


_TOPS = 64  # first names that are looked at
_SELECT = "SELECT path, member, kind, size, mtime, header, offset, digests, target FROM file"


def _below(column: str) -> str:
    return f"({column} = ?1 OR ({column} >= ?2 AND {column} < ?3))"


def _ends(path: bytes) -> tuple[bytes, bytes, bytes]:
    return path, path + b"/", path + b"0"


def _held(row: tuple[Any, ...]) -> Held:
    path, member, kind, size, mtime, header, offset, digests, target = row
    known = tuple(dict.fromkeys(unpack(digests)))
    return Held(path, member, Kind(kind), size, mtime, header, offset, known, target or b"")


@contextlib.contextmanager
def open_listing(folder: Path) -> Iterator[Listing]:
    """Begin with nothing; it is gone with the run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="extract-", dir=folder) as home,
        contextlib.closing(sqlite3.connect(Path(home) / "s.sqlite", isolation_level=None)) as db,
    ):
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        yield Listing(db)
