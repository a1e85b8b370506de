"""Three sets on disk: what a foreign package lists, what is there, and the digests taken of it.

The tables lie in the stage. A step's rows are kept when the step is finished, so that a run that
was killed goes on behind it. Paths are bytes, relative to the folder of what has arrived.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from avpres.domain.manifest import nfc

_SCHEMA = """
CREATE TABLE IF NOT EXISTS step (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS file (
  path BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, digests TEXT, evidence TEXT,
  folded BLOB, role TEXT, original BLOB, place BLOB, key BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_folded ON file(folded);
CREATE UNIQUE INDEX IF NOT EXISTS file_place ON file(place);
CREATE INDEX IF NOT EXISTS file_key ON file(key);
CREATE TABLE IF NOT EXISTS folder (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listing (
  id INTEGER PRIMARY KEY, path BLOB, others BLOB, reference BLOB, size INTEGER, digests TEXT,
  mime TEXT, format TEXT, original BLOB, role TEXT, said TEXT, disagreement TEXT,
  file BLOB, how TEXT);
CREATE INDEX IF NOT EXISTS listing_file ON listing(file);
CREATE TABLE IF NOT EXISTS about (path BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (number INTEGER PRIMARY KEY, step TEXT, line TEXT);
"""
_TABLES = ("step", "file", "folder", "listing", "about", "finding")
CACHE = 16 * 1024  # KiB in memory, however many files there are


class Present(NamedTuple):
    """A file that has arrived. `digests` are packed; `evidence` says how it was read back."""

    path: bytes
    size: int
    mtime: int
    digests: str
    evidence: str = ""


class Placed(NamedTuple):
    """A file and its place in the package."""

    path: bytes
    size: int
    mtime: int
    digests: str
    role: str
    original: bytes
    place: bytes


class Inventory:
    """The tables of one import."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def step(self, name: str) -> str | None:
        """Give what was noted of a finished step, None while it is not finished."""
        found = self.db.execute("SELECT value FROM step WHERE name=?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def finish(self, name: str, value: str = "") -> None:
        """Note that a step is finished; its rows stay from now on."""
        self.db.execute("INSERT OR REPLACE INTO step VALUES (?, ?)", (name, value))
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def clear(self) -> None:
        """Forget everything."""
        for table in _TABLES:
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def forget_lists(self) -> None:
        """Forget what a killed run had begun to compare; what has arrived stays."""
        for table in ("listing", "about"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self.db.execute("DELETE FROM finding WHERE step = 'reconciled'")
        self.db.execute("DELETE FROM file WHERE path >= ? AND path < ?", (b"../", b"..0"))

    def put(self, files: Iterable[Present]) -> None:
        """Take in files that have arrived."""
        self.db.executemany(
            "INSERT OR REPLACE INTO file (path, size, mtime, digests, evidence, folded)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((*each, folded(each.path)) for each in files),
        )

    def present(self, path: bytes) -> Present:
        """Give a file that has arrived."""
        return Present._make(
            self.one("SELECT path, size, mtime, digests, evidence FROM file WHERE path = ?", path)
        )

    def clear_files(self) -> None:
        """Forget files that are gone again."""
        self.db.execute("DELETE FROM file")

    def put_folders(self, paths: Iterable[bytes]) -> None:
        """Take in folders that hold nothing."""
        self.db.executemany("INSERT OR REPLACE INTO folder VALUES (?)", ((p,) for p in paths))

    def put_about(self, path: bytes) -> None:
        """Note a path as one of the package's own documents, whether it is there or not."""
        self.db.execute("INSERT OR IGNORE INTO about VALUES (?)", (path,))

    def put_about_within(self, part: bytes) -> None:
        """Note all files that have something in their paths as the package's own documents."""
        query = "INSERT OR IGNORE INTO about SELECT path FROM file WHERE instr(path, ?)"
        self.db.execute(query, (part,))

    def put_about_beside(self, base: str, payload: str) -> None:
        """Note all files of a folder but those of one in it as the package's own documents."""
        lead = os.fsencode(base + "/" if base else "")
        inner = lead + os.fsencode(payload + "/")
        query = (
            "INSERT OR IGNORE INTO about SELECT path FROM file"
            " WHERE substr(path, 1, ?) = ? AND substr(path, 1, ?) <> ?"
        )
        self.db.execute(query, (len(lead), lead, len(inner), inner))

    def holds(self, path: bytes) -> bool:
        """Say whether a file of this path is there."""
        return self.one("SELECT 1 FROM file WHERE path=?", path) is not None

    def one(self, query: str, *values: object) -> Any:
        """Give the first row of a query, or None."""
        return self.db.execute(query, values).fetchone()

    def counted(self) -> tuple[int, int]:
        """Count the files that are there, and their bytes."""
        files, size = self.one("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file")
        return int(files), int(size)

    def placed(self) -> Iterator[Placed]:
        """Yield every file with its place, in the order of the paths they came with."""
        rows = self.db.execute(
            "SELECT path, size, mtime, digests, role, original, place FROM file ORDER BY path"
        )
        return map(Placed._make, rows)


def folded(path: bytes) -> bytes:
    """Bring a path to the form that its twins in case, Unicode form and separators share."""
    text = nfc(os.fsdecode(path)).replace("\\", "/").casefold()
    return os.fsencode(nfc(text))


@contextlib.contextmanager
def open_inventory(folder: Path) -> Iterator[Inventory]:
    """Open the tables in a stage, as an earlier run left them; they are gone with the stage."""
    path = folder / "inventory.sqlite"
    with contextlib.closing(_connected(path)) as db:
        yield Inventory(db)


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return _opened(path)
    except sqlite3.DatabaseError:  # torn by a power cut: the import begins anew
        for ending in ("", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA cache_size = {-CACHE}")
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
    except BaseException:
        db.close()
        raise
    return db
