"""The files of a package, by path, on disk: memory does not grow with their number."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats.description_json import from_line, to_line
from avpres.domain.description import Description
from avpres.domain.fixity import pack, unpack
from avpres.domain.oais import PackagedFile, Role

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE file (
  path BLOB PRIMARY KEY, original BLOB, size INTEGER, mtime INTEGER, digests TEXT, role TEXT
) WITHOUT ROWID;
CREATE TABLE described (path BLOB PRIMARY KEY, line BLOB) WITHOUT ROWID;
"""


class Shelf:
    """Packaged files, sorted by the bytes of their paths."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, file: PackagedFile) -> None:
        """Take in a file, without its description."""
        self._db.execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
            (
                os.fsencode(file.path),
                os.fsencode(file.original),
                file.size,
                file.mtime,
                pack(file.digests),
                file.role.value,
            ),
        )

    def describe(self, path: str, description: Description) -> None:
        """Take in what is known of a file."""
        line = to_line(description)
        self._db.execute("INSERT INTO described VALUES (?, ?)", (os.fsencode(path), line))

    def files(self, *roles: Role) -> Iterator[PackagedFile]:
        """Yield the files of some roles, or all; the order is that of their paths."""
        wanted = roles or tuple(Role)
        marks = ",".join("?" * len(wanted))
        found = self._db.execute(
            "SELECT f.path, original, size, mtime, digests, role, line FROM file f"  # noqa: S608 - only marks
            f" LEFT JOIN described d ON d.path = f.path WHERE role IN ({marks}) ORDER BY f.path",
            [role.value for role in wanted],
        )
        for path, original, size, mtime, digests, role, line in found:
            taken = unpack(digests)
            yield PackagedFile(
                path=os.fsdecode(path),
                original=os.fsdecode(original),
                size=size,
                mtime=mtime,
                digests=taken,
                role=Role(role),
                description=None if line is None else replace(from_line(line), digests=taken),
            )

    def totals(self, *roles: Role) -> tuple[int, int]:
        """Count files and bytes."""
        marks = ",".join("?" * len(roles))
        found = self._db.execute(
            f"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file WHERE role IN ({marks})",  # noqa: S608 - only marks
            [role.value for role in roles],
        )
        files, size = found.fetchone()
        return int(files), int(size)


@contextlib.contextmanager
def open_shelf(folder: Path) -> Iterator[Shelf]:
    """Begin an empty shelf in a stage; it is gone with it."""
    path = folder / "files.sqlite"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        yield Shelf(db)
    path.unlink()
