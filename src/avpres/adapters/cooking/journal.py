"""The journal of a cook: the files of a reel, what was proved of each, and how far the film is.

One SQLite file beside the unfinished film. Whatever stands in it was true of the film when it was
committed: the film is flushed first. So a run that was killed goes on from the last commit.
"""

import errno
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.domain.reel import MARK, Numbered, Role, file_of

FRAMES = (Role.FRAME, Role.PIECE)
"""What becomes a packet of a track of pictures."""

FILES = (Role.FRAME, Role.SOUND, Role.CLIP, Role.ATTACHED, Role.OPAQUE, Role.EMPTY)
"""Every file; parts of files and folders are none."""

OTHERS = (Role.ATTACHED, Role.OPAQUE, Role.EMPTY, Role.FOLDER)
"""What is neither frame nor sound."""

_FORM = 2
_PAGE = 500  # rows fetched at once
_SIGN = 1 << 63  # SQLite's whole numbers are signed
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER, mtime INTEGER, ctime INTEGER,
  inode INTEGER, mode INTEGER, role TEXT, lead BLOB, digits BLOB, tail BLOB, number INTEGER,
  traits TEXT, track INTEGER, place INTEGER, within TEXT DEFAULT '');
CREATE TABLE IF NOT EXISTS results (
  file INTEGER PRIMARY KEY, md5 BLOB, sha256 BLOB, packet BLOB, size INTEGER, frame BLOB,
  raw INTEGER, time INTEGER, block BLOB, about BLOB);
CREATE INDEX IF NOT EXISTS by_name ON files (role, lead, tail, number, path);
CREATE INDEX IF NOT EXISTS by_track ON files (track, place);
CREATE UNIQUE INDEX IF NOT EXISTS by_path ON files (path);
"""


class DamagedJournalError(Exception):
    """A journal that cannot be read, or is of another version: the work begins anew."""


class Listed(NamedTuple):
    """A file or folder of a reel as it was listed; `path` is relative to the reel.

    `within` tells where a part of a clip stands in it.
    """

    id: int
    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int
    role: Role
    number: int | None
    track: int | None
    place: int | None
    within: str = ""

    @property
    def signature(self) -> tuple[int, int, int, int]:
        """What tells that the file is the one that was listed."""
        return (self.size, self.mtime_ns, self.ctime_ns, self.inode)


class Result(NamedTuple):
    """What was proved of a file.

    `packet` digests what stands in the film for it (XXH128), `frame` is the MD5 of the decoded
    picture of `raw` bytes; both are empty for what is attached. `time_ns` is the frame's, `block`
    its part of the reversibility data; `about` digests what that part must say.
    """

    file: int
    md5: bytes
    sha256: bytes
    packet: bytes = b""
    size: int = 0
    frame: bytes = b""
    raw: int = 0
    time_ns: int = 0
    block: bytes = b""
    about: bytes = b""


class Sequence(NamedTuple):
    """Frames whose names differ in their number alone.

    `first` and `last` are numbers of the frames, and of broken ones that are kept whole.
    """

    lead: bytes
    tail: bytes
    frames: int
    distinct: int
    first: int | None
    last: int | None

    @property
    def star(self) -> bytes:
        """The names of the frames, with a star for the number; of a clip its own."""
        if self.lead.endswith(MARK):
            return file_of(self.lead)
        return self.lead + (b"*" if self.first is not None else b"") + self.tail


class Journal:
    """Holds what is known of a reel on disk; memory does not grow with it."""

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        self._base = sqlite3.connect(path, isolation_level=None)
        for setting in ("locking_mode=EXCLUSIVE", "journal_mode=TRUNCATE", "synchronous=FULL"):
            self._run(f"PRAGMA {setting}")
        if self._run("PRAGMA user_version").fetchone()[0] not in {0, _FORM}:
            self._base.close()
            raise DamagedJournalError
        self._run(f"PRAGMA user_version={_FORM}")
        for statement in _TABLES.split(";"):
            self._run(statement)
        self._run("BEGIN")

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._base.close()

    def commit(self) -> None:
        """Make everything up to here last."""
        self._run("COMMIT")
        self._run("BEGIN")

    def clear(self) -> None:
        """Forget everything."""
        for table in ("meta", "files", "results"):
            self._run(f"DELETE FROM {table}")  # noqa: S608 - names from above

    def say(self, key: str, value: object) -> None:
        """Keep one fact, as JSON."""
        text = json.dumps(value)
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))

    def said(self, key: str) -> object:
        """Give a fact that was kept; None when it was not."""
        row = self._run("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def list_file(  # noqa: PLR0913 - the columns of one row
        self,
        path: bytes,
        signature: tuple[int, int, int, int],
        mode: int,
        role: Role,
        *,
        name: Numbered | None = None,
        traits: str = "",
        within: str = "",
    ) -> None:
        """Take a file in, or a part of one; `mode` is its permissions."""
        size, mtime, ctime, inode = signature
        parts = (name.lead, name.digits, name.tail, name.number) if name else (None,) * 4
        row = (path, size, mtime, ctime, _signed(inode), mode, role, *parts)
        self._run(
            "INSERT INTO files (path, size, mtime, ctime, inode, mode, role, lead, digits, tail,"
            " number, traits, within) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, traits, within),
        )

    def sequences(self) -> Iterator[Sequence]:
        """Yield the sequences in the order of their names."""
        rows = self._run(
            "SELECT lead, tail, TOTAL(role <> ?3),"
            " COUNT(DISTINCT iif(role <> ?3, number, NULL)), MIN(number), MAX(number) FROM files"
            " WHERE role IN (?1, ?2, ?3) GROUP BY lead, tail HAVING TOTAL(role <> ?3) > 0"
            " ORDER BY lead, tail",
            (*FRAMES, Role.OPAQUE),
        )
        for row in rows.fetchall():
            lead, tail, found, *numbers = row
            yield Sequence(lead, tail, int(found), *numbers)

    def renumber(self, number: Callable[[bytes], Numbered]) -> None:
        """Read the numbers of all frames anew from their names."""
        for file in self.of(Role.FRAME, Role.OPAQUE):
            name = number(file.path)
            self._run(
                "UPDATE files SET lead = ?, digits = ?, tail = ?, number = ? WHERE id = ?",
                (name.lead, name.digits, name.tail, name.number, file.id),
            )

    def usual(self, track: int) -> Listed:
        """Give the first frame of a track that is in its commonest form."""
        (traits,) = self._run(
            "SELECT traits FROM files WHERE track = ? GROUP BY traits"
            " ORDER BY COUNT(*) DESC, MIN(place) LIMIT 1",
            (track,),
        ).fetchone()
        return self._rows("track = ? AND traits = ? ORDER BY place LIMIT 1", track, traits)[0]

    def number_track(self, sequence: Sequence, track: int) -> None:
        """Give the frames of a sequence their track, and their places in it."""
        self._run(
            "UPDATE files SET track = ?1, place = o.r FROM (SELECT id AS i, ROW_NUMBER() OVER"
            " (ORDER BY number, path) - 1 AS r FROM files WHERE role IN (?2, ?3) AND lead = ?4"
            " AND tail = ?5) AS o WHERE o.i = files.id",
            (track, *FRAMES, sequence.lead, sequence.tail),
        )

    def number_sound(self, file: int, track: int) -> None:
        """Give a sound its track."""
        self._run("UPDATE files SET track = ?, place = 0 WHERE id = ?", (track, file))

    def frames(self, track: int, start: int = 0) -> Iterator[Listed]:
        """Yield the frames of a track from a place on."""
        while True:
            where = "track = ? AND place >= ? ORDER BY place LIMIT ?"
            page = self._rows(where, track, start, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            start += _PAGE

    def of(self, *roles: Role) -> Iterator[Listed]:
        """Yield what is kept in some ways, in the order of names."""
        marks = ", ".join("?" * len(roles))
        last = b""
        while True:
            where = f"role IN ({marks}) AND path > ? ORDER BY path LIMIT ?"
            page = self._rows(where, *roles, last, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].path

    def others(self) -> Iterator[Listed]:
        """Yield the files that are kept whole, in the order of names."""
        return self.of(Role.ATTACHED, Role.OPAQUE, Role.EMPTY)

    def count(self, *roles: Role) -> tuple[int, int]:
        """Count files of some roles, and their bytes."""
        marks = ", ".join("?" * len(roles))
        query = f"SELECT COUNT(*), TOTAL(size) FROM files WHERE role IN ({marks})"  # noqa: S608
        files, size = self._run(query, roles).fetchone()
        return files, int(size)

    def look_up(self, path: bytes) -> Listed | None:
        """Find a file by its path."""
        return next(iter(self._rows("path = ?", path)), None)

    def prove(self, result: Result) -> None:
        """Keep what was proved of a file."""
        self._run("INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?,?,?,?,?)", result)

    def recall(self, track: int, frames: int) -> None:
        """Forget the frames of a track from a place on; they are not in the film."""
        self._run(
            "DELETE FROM results WHERE file IN (SELECT id FROM files WHERE track = ?"
            " AND place >= ?)",
            (track, frames),
        )

    def results(self, track: int) -> Iterator[Result]:
        """Yield what was proved of the frames of a track, in their order."""
        start = 0
        while True:
            rows = self._run(
                "SELECT results.* FROM files JOIN results ON file = id WHERE track = ?"
                " AND place >= ? ORDER BY place LIMIT ?",
                (track, start, _PAGE),
            ).fetchall()
            yield from (Result(*row) for row in rows)
            if len(rows) < _PAGE:
                return
            start += _PAGE

    def result(self, file: int) -> Result | None:
        """Give what was proved of a file."""
        row = self._run("SELECT * FROM results WHERE file = ?", (file,)).fetchone()
        return None if row is None else Result(*row)

    def all_results(self) -> Iterator[tuple[Listed, Result | None]]:
        """Yield every file with what was proved of it, in the order of names."""
        for each in self.of(*FILES):
            yield each, self.result(each.id)

    def _run(self, query: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Turn what the disk refuses into an error of the disk."""
        try:
            return self._base.execute(query, values)
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                self._base.close()
                raise DamagedJournalError from error
            code = errno.ENOSPC if "full" in str(error) else errno.EIO
            raise OSError(code, f"the journal cannot be kept ({error})", self._name) from error

    def _rows(self, where: str, *values: object) -> list[Listed]:
        query = (
            "SELECT id, path, size, mtime, ctime, inode, mode, role, number, track, place,"  # noqa: S608
            f" within FROM files WHERE {where}"
        )
        return [_listed(row) for row in self._run(query, values)]


def _listed(row: Iterable[object]) -> Listed:
    found = Listed(*row)  # type: ignore[arg-type]
    return found._replace(role=Role(found.role), inode=found.inode % (1 << 64))


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= _SIGN else number
