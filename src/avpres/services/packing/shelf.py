"""The files of a package, by path, on disk: memory does not grow with their number."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

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
CREATE TABLE folder (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE described (path BLOB PRIMARY KEY, line BLOB) WITHOUT ROWID;
"""

_ROLES = {role.value: role for role in Role}
_LEFT_OUT = ("candidates", "messages", "counts", "completeness")
_PAYLOAD = "path >= x'646174612f' AND path < x'6461746130'"  # data/


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

    def forget(self, path: str) -> None:
        """Let go of a file, if it is there: another one takes its place."""
        for table in ("file", "described"):
            self._db.execute(f"DELETE FROM {table} WHERE path = ?", (os.fsencode(path),))  # noqa: S608

    def describe(self, path: str, description: Description) -> None:
        """Take in what is known of a file."""
        line = to_line(description)
        self._db.execute("INSERT INTO described VALUES (?, ?)", (os.fsencode(path), line))

    def files(self, *roles: Role) -> Iterator[PackagedFile]:
        """Yield the files of some roles, or all; the order is that of their paths."""
        return map(_file, self._rows(roles))

    def outlines(self, *roles: Role) -> Iterator[PackagedFile]:
        """Yield files as `files` does, their descriptions without what METS and PREMIS leave out.

        That is how they were identified and validated; it stands in `files.jsonl`.
        """
        return (_file(row, _LEFT_OUT) for row in self._rows(roles))

    def lines(self, *roles: Role) -> Iterator[tuple[PackagedFile, bytes | None]]:
        """Yield files of some roles with their descriptions as lines, in the order of paths."""
        for row in self._rows(roles):
            yield _file((*row[:-1], None)), row[-1]

    def _rows(self, roles: Sequence[Role]) -> Iterator[Sequence[Any]]:
        wanted = roles or tuple(Role)
        return self._db.execute(
            "SELECT f.path, original, size, mtime, digests, role, line FROM file f"  # noqa: S608 - only marks
            f" LEFT JOIN described d ON d.path = f.path WHERE role IN ({_marks(wanted)})"
            " ORDER BY f.path",
            [role.value for role in wanted],
        )

    def about(self, first: str, last: str) -> Iterator[tuple[PackagedFile, bytes | None]]:
        """Yield the objects from one path to another, and the records that speak of them."""
        ends = (os.fsencode(first), os.fsencode(last))
        found = self._db.execute(
            "SELECT f.path, original, size, mtime, digests, role, line FROM file f"
            " LEFT JOIN described d ON d.path = f.path"
            " WHERE (role = 'object' AND f.path BETWEEN ? AND ?)"
            " OR (role = 'metadata' AND original BETWEEN ? AND ?) ORDER BY f.path",
            (*ends, *ends),
        )
        for row in found:
            yield _file((*row[:-1], None)), row[-1]

    def weights(self) -> Iterator[tuple[str, int, int]]:
        """Yield objects in the order of their paths: path, bytes, and bytes with their records."""
        found = self._db.execute(
            "SELECT about, SUM(own), SUM(size) FROM ("
            " SELECT path AS about, size AS own, size FROM file WHERE role = 'object'"
            " UNION ALL SELECT original, 0, size FROM file"
            " WHERE role = 'metadata' AND original != path"
            ") GROUP BY about ORDER BY about"
        )
        for path, own, size in found:
            yield os.fsdecode(path), own, size

    def take(self, file: PackagedFile, line: bytes | None) -> None:
        """Take in a file as `lines` and `about` give it."""
        self.put(file)
        if line is not None:
            path = os.fsencode(file.path)
            self._db.execute("INSERT INTO described VALUES (?, ?)", (path, line))

    def get(self, path: str) -> PackagedFile | None:
        """Give one file, without its description."""
        found = self._db.execute(
            "SELECT path, original, size, mtime, digests, role, NULL FROM file WHERE path = ?",
            (os.fsencode(path),),
        ).fetchone()
        return None if found is None else _file(found)

    def listed(self, *, payload: bool | None = None) -> Iterator[PackagedFile]:
        """Yield files as manifests list them, without descriptions; `payload` is a bag's `data`."""
        where = {None: "1", True: _PAYLOAD, False: f"NOT ({_PAYLOAD})"}
        found = self._db.execute(
            "SELECT path, original, size, mtime, digests, role, NULL FROM"  # noqa: S608 - one of three
            f" file WHERE {where[payload]} ORDER BY path"
        )
        return map(_file, found)

    def add_folders(self, paths: Iterable[bytes]) -> None:
        """Take in folders, which manifests do not list and containers hold."""
        self._db.executemany("INSERT OR IGNORE INTO folder VALUES (?)", ((each,) for each in paths))

    def folders(self) -> Iterator[bytes]:
        """Yield folders in the order of their paths."""
        return (path for (path,) in self._db.execute("SELECT path FROM folder ORDER BY path"))

    def below(self, folder: str) -> Iterator[PackagedFile]:
        """Yield files without descriptions whose paths begin so; `folder` ends in a slash."""
        lead = os.fsencode(folder)
        found = self._db.execute(
            "SELECT path, original, size, mtime, digests, role, NULL FROM file"
            " WHERE path >= ? AND path < ? ORDER BY path",
            (lead, lead[:-1] + b"0"),  # 0 comes after the slash
        )
        return map(_file, found)

    def sums(self) -> tuple[int, int]:
        """Count the files of a bag's payload, and their bytes."""
        return self._counted(_PAYLOAD, ())

    def totals(self, *roles: Role) -> tuple[int, int]:
        """Count the files of some roles, and their bytes."""
        return self._counted(f"role IN ({_marks(roles)})", [role.value for role in roles])

    def _counted(self, where: str, values: Sequence[str]) -> tuple[int, int]:
        found = self._db.execute(
            f"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file WHERE {where}",  # noqa: S608 - ours
            values,
        )
        files, size = found.fetchone()
        return int(files), int(size)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _file(row: Sequence[Any], without: Iterable[str] = ()) -> PackagedFile:
    path, original, size, mtime, digests, role, line = row
    taken = unpack(digests)
    description = None if line is None else from_line(line, without=without)
    if description is not None:
        description.digests = taken
    return PackagedFile(
        os.fsdecode(path), os.fsdecode(original), size, mtime, taken, _ROLES[role], description
    )


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
