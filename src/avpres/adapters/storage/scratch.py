"""What a run must remember about every folder and link of its sources, outside of memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.storage.journal import folded
from avpres.domain.fixity import Digest, pack, unpack
from avpres.domain.manifest import nfc

_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA cache_size=-16384;
CREATE TABLE folder(
  unit INTEGER, path BLOB, mode INTEGER, atime INTEGER, mtime INTEGER, expected INTEGER,
  PRIMARY KEY(unit, path)) WITHOUT ROWID;
CREATE TABLE link(
  unit INTEGER, device INTEGER, inode INTEGER, folder BLOB, name BLOB,
  PRIMARY KEY(unit, device, inode)) WITHOUT ROWID;
CREATE TABLE listed(
  path TEXT, digests TEXT, source TEXT, form TEXT, PRIMARY KEY(path, source)) WITHOUT ROWID;
CREATE INDEX listed_form ON listed(form);
"""


class FolderRow(NamedTuple):
    """A folder of a source: its mode and times, and how many names belong in its copy."""

    path: bytes
    mode: int
    atime_ns: int
    mtime_ns: int
    expected: int


class Scratch:
    """A database without a future: it goes with the run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._home = tempfile.TemporaryDirectory(prefix="plan-", dir=folder)
        path = Path(self._home.name) / "scratch.sqlite"
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Throw it away."""
        self._db.close()
        self._home.cleanup()

    def put_folder(self, unit: int, row: FolderRow) -> None:
        """Note a folder."""
        self._db.execute("INSERT OR REPLACE INTO folder VALUES(?,?,?,?,?,?)", (unit, *row))

    def folders(self, unit: int, *, inner_first: bool) -> Iterator[FolderRow]:
        """Yield the folders of a unit, inner ones before the outer or the other way round."""
        order = "DESC" if inner_first else "ASC"
        rows = self._db.execute(
            "SELECT path, mode, atime, mtime, expected FROM folder WHERE unit=?"  # noqa: S608 - no outside text
            f" ORDER BY path {order}",
            (unit,),
        )
        for row in rows:
            yield FolderRow(*row)

    def first_link(
        self, unit: int, key: tuple[int, int], place: tuple[bytes, bytes]
    ) -> tuple[bytes, bytes] | None:
        """Find the name under which a hard-linked file was met first, or note this one as it."""
        device, inode = folded(key[0]), folded(key[1])
        found = self._db.execute(
            "SELECT folder, name FROM link WHERE unit=? AND device=? AND inode=?",
            (unit, device, inode),
        ).fetchone()
        if found:
            first = (found[0], found[1])
            return None if first == place else first
        self._db.execute("INSERT INTO link VALUES(?,?,?,?,?)", (unit, device, inode, *place))
        return None

    def list(self, source: str, entries: Iterable[tuple[str, tuple[Digest, ...]]]) -> None:
        """Note what a manifest lists."""
        name = _text(source)
        self._db.executemany(
            "INSERT OR REPLACE INTO listed VALUES(?,?,?,?)",
            ((_text(path), pack(digests), name, _text(nfc(path))) for path, digests in entries),
        )

    def listed(self, path: str) -> Iterator[tuple[str, tuple[Digest, ...]]]:
        """Yield manifest and digests under which a path is listed.

        A manifest that lists it in another Unicode form is meant too, unless it lists both.
        """
        rows = self._db.execute(
            "SELECT source, digests FROM listed WHERE form=? ORDER BY path<>?",
            (_text(nfc(path)), _text(path)),
        )
        first: dict[str, str] = {}
        for source, digests in rows.fetchall():
            first.setdefault(source, digests)
        for source, digests in first.items():
            yield _path(source), unpack(digests)

    def strike(self, path: str) -> None:
        """Take a path off the lists; what is left at the end is missing."""
        done = self._db.execute("DELETE FROM listed WHERE path=?", (_text(path),))
        if done.rowcount == 0:
            self._db.execute("DELETE FROM listed WHERE form=?", (_text(nfc(path)),))

    def unstruck(self) -> Iterator[tuple[str, str]]:
        """Yield manifest and path of what is still listed."""
        for path, source in self._db.execute("SELECT path, source FROM listed ORDER BY path"):
            yield _path(source), _path(path)

    def forget_listed(self) -> None:
        """Empty the lists for the next item."""
        self._db.execute("DELETE FROM listed")


def _text(path: str) -> str:
    """Make text that SQLite takes of any path: it refuses lone surrogates."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _path(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
