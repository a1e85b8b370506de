"""What a package holds and what becomes of it, by path, on disk."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avpres.adapters.storage.walk import Entry
from avpres.domain.fixity import pack, unpack
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import PackagedFile, Role
from avpres.services.edit import rows
from avpres.services.edit.rows import Added, Held

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE file (
  path BLOB PRIMARY KEY,
  new BLOB,            -- its path after the change; NULL: it is taken out
  digests TEXT,        -- as the manifests list them
  lists INTEGER,       -- manifests that list it
  size INTEGER, mtime INTEGER,  -- as found on disk; NULL: not found
  role TEXT, original BLOB, known_size INTEGER, known TEXT, line BLOB,
  touched INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX file_new ON file(new);
CREATE TABLE added (
  path BLOB PRIMARY KEY, root BLOB, source BLOB, size INTEGER, mtime INTEGER, role TEXT,
  there INTEGER DEFAULT 0, -- a file of this path is in the package already
  known TEXT DEFAULT ''    -- digests of what a run before this one brought into the stage
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class State:
    """The files of a package, before and after the change."""

    db: sqlite3.Connection

    def list(self, entries: Iterable[ManifestEntry]) -> None:
        """Take in what a manifest lists."""
        self.db.executemany(
            "INSERT INTO file(path, new, digests, lists, role) VALUES (?1, ?1, ?2, 1, 'metadata')"
            " ON CONFLICT(path) DO UPDATE SET digests = digests || ' ' || ?2, lists = lists + 1",
            ((os.fsencode(entry.path), pack(entry.digests)) for entry in entries),
        )

    def know(self, files: Iterable[PackagedFile]) -> None:
        """Take in what the package knows of its files."""
        self.db.executemany(
            "INSERT INTO file(path, new, lists, role, original, known_size, known, line, mtime)"
            " VALUES (?1, ?1, 0, ?2, ?3, ?4, ?5, ?6, NULL) ON CONFLICT(path) DO UPDATE SET"
            " role = ?2, original = ?3, known_size = ?4, known = ?5, line = ?6",
            map(rows.known_row, files),
        )

    def see(self, entry: Entry) -> bool:
        """Note that a file is on disk, and say whether it is expected there."""
        done = self.db.execute(
            "UPDATE file SET size = ?, mtime = ? WHERE path = ?",
            (entry.size, entry.mtime_ns, entry.name),
        )
        return done.rowcount == 1

    def set_role(self, folder: str, role: Role) -> None:
        """Say what the files of a folder are."""
        self.db.execute(
            f"UPDATE file SET role = ?2 WHERE {rows.below('path')}",  # noqa: S608 - a column
            (os.fsencode(folder), role.value),
        )

    def holds(self, path: str, *, column: str = "path") -> bool:
        """Say whether there is such a file, or a folder with files; `new` for after the change."""
        return next(self._rows(rows.below(column), path), None) is not None

    def is_given(self, path: str) -> bool:
        """Say whether there is such an object or supplement, or a folder of them."""
        where = f"{rows.below('path')} AND role IN ('object', 'supplemental')"
        return next(self._rows(where, path), None) is not None

    def is_file(self, path: str, *, column: str = "path") -> bool:
        """Say whether just this path is a file."""
        return next(self._rows(f"{column} = ?1", path), None) is not None

    def is_about(self, path: str) -> bool:
        """Say whether a path is a file that stays where it is, unless it is replaced."""
        return next(self._rows("path = ?1 AND new = path", path), None) is not None

    def below(self, path: str) -> Iterator[Held]:
        """Yield the files of a folder, or the one file, by their old paths."""
        return map(rows.held, self._rows(rows.below("path"), path))

    def move(self, old: str, new: str | None) -> None:
        """Give a file, or all of a folder, other paths; None takes them out."""
        place = None if new is None else os.fsencode(new)
        self.db.execute(
            f"UPDATE file SET new = moved(path, ?2, ?3), touched = 1 WHERE {rows.below('path')}",  # noqa: S608
            (os.fsencode(old), len(os.fsencode(old)), place),
        )

    def held(self, where: str = "1") -> Iterator[Held]:
        """Yield files, all or those of a condition of ours, by the bytes of their old paths."""
        return map(rows.held, self._rows(where))

    def odd(self, where: str) -> Iterator[tuple[str, int | None, int | None]]:
        """Yield path, size on disk and size known of the files that a condition is true of."""
        for path, size, known in self.db.execute(
            f"SELECT path, size, known_size FROM file WHERE {where} ORDER BY path"  # noqa: S608
        ):
            yield os.fsdecode(path), size, known

    def known_otherwise(self) -> Iterator[tuple[str, str, str]]:
        """Yield path, known and listed digests of files of which they are not the same."""
        for path, known, digests in self.db.execute(
            "SELECT path, known, digests FROM file WHERE known IS NOT NULL AND digests IS NOT NULL"
            " AND known <> digests ORDER BY path"
        ):
            if set(unpack(known)) != set(unpack(digests)):
                yield os.fsdecode(path), known, digests

    def add(self, added: Added) -> bool:
        """Take in a file that is to be added; False when another one has its path."""
        path, root, source = map(os.fsencode, added[:3])
        done = self.db.execute(
            "INSERT OR IGNORE INTO added(path, root, source, size, mtime, role, there)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, EXISTS (SELECT 1 FROM file WHERE new = ?1))",
            (path, root, source, added.size, added.mtime, added.role.value),
        )
        return done.rowcount == 1

    def added(self, *, there: bool = False) -> Iterator[Added]:
        """Yield what is to be added, or what of it is there already, by path."""
        for row in self.db.execute(
            "SELECT path, root, source, size, mtime, role, known FROM added WHERE there = ?"
            " ORDER BY path",
            (there,),
        ):
            path, root, source = map(os.fsdecode, row[:3])
            yield Added(path, root, source, row[3], row[4], Role(row[5]), unpack(row[6]))

    def brought(self, path: str, size: int, mtime: int, digests: str) -> None:
        """Note what a run before this one brought in, if its source is as it was."""
        self.db.execute(
            "UPDATE added SET known = ?4 WHERE path = ?1 AND size = ?2 AND mtime = ?3",
            (os.fsencode(path), size, mtime, digests),
        )

    def added_totals(self) -> tuple[int, int]:
        """Count what is to be added, and its bytes."""
        return self._sum("added WHERE NOT there")

    def added_below(self, path: str) -> tuple[int, int]:
        """Count what is to be added under a path, and its bytes."""
        return self._sum(f"added WHERE NOT there AND {rows.below('path')}", path)

    def totals_below(self, path: str) -> tuple[int, int]:
        """Count the files of a folder, or the one file, by their old paths, and their bytes."""
        return self._sum(f"file WHERE {rows.below('path')}", path)

    def at(self, path: str) -> Held:
        """Give the file that has a path after the change."""
        return rows.held(next(self._rows("new = ?1", path)))

    def twins(self) -> Iterator[tuple[str, str]]:
        """Yield new paths with those that they differ from in their Unicode form alone."""
        for one, other in self.db.execute(
            "WITH named(path, fresh) AS (SELECT new, touched FROM file WHERE new IS NOT NULL"
            " UNION ALL SELECT path, 1 FROM added WHERE NOT there)"
            " SELECT MIN(path), MAX(path) FROM named GROUP BY nfc(path)"
            " HAVING COUNT(*) > 1 AND MAX(fresh) ORDER BY 1"
        ):
            yield os.fsdecode(one), os.fsdecode(other)

    def touched_objects(self) -> Iterator[tuple[str, str | None]]:
        """Yield old and new paths of objects that move or go."""
        self.db.execute("DROP TABLE IF EXISTS moving")
        self.db.execute(
            "CREATE TEMP TABLE moving AS SELECT path, new FROM file"
            " WHERE touched AND role = 'object'"
        )
        for path, new in self.db.execute("SELECT path, new FROM moving ORDER BY path"):
            yield os.fsdecode(path), None if new is None else os.fsdecode(new)

    def described(self, *, gone: bool = False) -> Iterator[PackagedFile]:
        """Yield objects and supplements with their descriptions, as they are after the change.

        Or those that are `gone` after it, as they were.
        """
        column, where = ("path", "new IS NULL") if gone else ("new", "new IS NOT NULL")
        for row in self.db.execute(
            f"SELECT {column}, original, size, mtime, known, role, line FROM file"  # noqa: S608
            f" WHERE {where} AND role IN ('object', 'supplemental') ORDER BY path"
        ):
            yield rows.packaged(row)

    def totals(self, where: str) -> tuple[int, int]:
        """Count files and their bytes."""
        return self._sum(f"file WHERE {where}")

    def _sum(self, what: str, *values: str) -> tuple[int, int]:
        found = self.db.execute(
            f"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM {what}",  # noqa: S608 - ours
            [os.fsencode(value) for value in values],
        )
        files, size = found.fetchone()
        return int(files), int(size)

    def _rows(self, where: str, *values: str) -> Iterator[tuple[Any, ...]]:
        return self.db.execute(
            "SELECT path, new, digests, size, mtime, role FROM file"  # noqa: S608 - ours
            f" WHERE {where} ORDER BY path",
            [os.fsencode(value) for value in values],
        )


@contextlib.contextmanager
def open_state(folder: Path) -> Iterator[State]:
    """Begin with nothing; it is gone with the run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="edit-", dir=folder) as home,
        contextlib.closing(sqlite3.connect(Path(home) / "s.sqlite", isolation_level=None)) as db,
    ):
        db.executescript(_SCHEMA)
        db.create_function("moved", 3, rows.moved, deterministic=True)
        db.create_function("nfc", 1, rows.composed, deterministic=True)
        db.execute("BEGIN")
        yield State(db)
