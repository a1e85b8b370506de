"""What was found of each file of a reel: on disk, and only for the time of an assessment."""

import errno
import os
import sqlite3
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from avpres.adapters.cooking.surveyed import Claims, File, Form, Heard, Row, Run
from avpres.domain.reel import Numbered, Role

_TABLES = """
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path BLOB, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
  role TEXT, flavour TEXT, words TEXT, listed INTEGER DEFAULT 0,
  lead BLOB, digits BLOB, tail BLOB, number INTEGER, form INTEGER, claimed INTEGER,
  behind INTEGER, position INTEGER, timecode TEXT);
CREATE TABLE forms (id INTEGER PRIMARY KEY, traits TEXT, flavour TEXT, rate TEXT, film TEXT,
  television TEXT, why TEXT, since TEXT,
  UNIQUE (traits, flavour, rate, film, television, why, since));
CREATE TABLE sounds (path BLOB, flavour TEXT, samples INTEGER, rate INTEGER, channels INTEGER,
  bits INTEGER, why TEXT, since TEXT, warnings TEXT);
CREATE TABLE misread (path BLOB, why TEXT);
"""
_INDEXES = """
CREATE INDEX by_sequence ON files (lead, tail, number, path) WHERE lead IS NOT NULL;
CREATE UNIQUE INDEX by_path ON files (path);
ANALYZE;
"""
_INSERT = (
    "INSERT INTO files (path, size, mtime, ctime, inode, role, flavour, words, lead, digits, tail,"
    " number, form, claimed, behind, position, timecode)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_KNOWN = 256  # forms that are remembered
_CACHE_KIB = 8 * 1024
_SIGN = 1 << 63  # SQLite's whole numbers are signed


class Survey:
    """Holds what an assessment found. SQLite keeps it in a file of its own that nobody sees."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.create_function("alike", 1, _alike, deterministic=True)
        for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self._run(f"PRAGMA {setting}")
        for statement in _TABLES.split(";"):
            self._run(statement)
        self._run("BEGIN")
        self._forms: dict[Form, int] = {}

    def close(self) -> None:
        """Forget everything."""
        self._base.close()

    def add(
        self,
        file: File,
        name: Numbered | None = None,
        form: Form | None = None,
        claims: Claims | None = None,
    ) -> None:
        """Take a file in, in the order of paths; a broken frame has a name and no form."""
        path, size, mtime, ctime, inode, *rest = file
        parts = (name.lead, name.digits, name.tail, name.number) if name else (None,) * 4
        known = None if form is None else self._form(form)
        said = claims or Claims()
        row = (path, size, mtime, ctime, _signed(inode), *rest, *parts, known, *said)
        self._run(_INSERT, row)

    def add_sound(self, sound: Heard) -> None:
        """Say what the header of a sound says."""
        self._run("INSERT INTO sounds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", sound)

    def add_misread(self, path: bytes, why: str) -> None:
        """Say why RAWcooked does not restore a file that is attached."""
        self._run("INSERT INTO misread VALUES (?, ?)", (path, why))

    def misread(self) -> tuple[bytes, str] | None:
        """Give the first of those that RAWcooked does not restore, and why."""
        query = "SELECT path, why FROM misread ORDER BY path LIMIT 1"
        found: tuple[bytes, str] | None = self._run(query).fetchone()
        return found

    def complete(self) -> None:
        """Make ready for questions, when all files are in."""
        for statement in _INDEXES.split(";"):
            self._run(statement)

    def renumber(self, number: Callable[[bytes], Numbered]) -> None:
        """Read the numbers of all frames anew from their names."""
        self._base.create_function("lead_of", 1, lambda path: number(path).lead)
        self._base.create_function("digits_of", 1, lambda path: number(path).digits)
        self._base.create_function("tail_of", 1, lambda path: number(path).tail)
        self._base.create_function("number_of", 1, lambda path: number(path).number)
        self._run(
            "UPDATE files SET lead = lead_of(path), digits = digits_of(path),"
            " tail = tail_of(path), number = number_of(path)"
            " WHERE lead IS NOT NULL AND role <> ?",
            (Role.PIECE,),
        )

    def runs(self) -> Iterator[Run]:
        """Yield the sequences in the order of their names."""
        rows = self._run(
            "SELECT lead, tail, COUNT(form), TOTAL(iif(form IS NULL, 0, size)),"
            " COUNT(DISTINCT number), MIN(number), MAX(number) FROM files WHERE lead IS NOT NULL"
            " GROUP BY lead, tail HAVING COUNT(form) > 0 ORDER BY lead, tail"
        )
        for lead, tail, frames, size, count, first, last in rows:
            ends = [self._digits(lead, tail, number) for number in (first, last)]
            yield Run(lead, tail, frames, int(size), count, first, last, ends[0], ends[1])

    def rows(self, run: Run) -> Iterator[Row]:
        """Yield the frames of a sequence, and what is broken among them, by number."""
        found = self._run(
            "SELECT path, size, digits, number, form, claimed, behind, position, timecode"
            " FROM files WHERE lead = ? AND tail = ? ORDER BY number, path",
            (run.lead, run.tail),
        )
        for row in found:
            yield Row(*row)

    def frame_at(self, run: Run, place: int) -> bytes:
        """Give a frame of a sequence by its place; empty if there are not so many."""
        row = self._run(
            "SELECT path FROM files WHERE lead = ? AND tail = ? AND form IS NOT NULL"
            " ORDER BY number, path LIMIT 1 OFFSET ?",
            (run.lead, run.tail, place),
        ).fetchone()
        return row[0] if row else b""

    def usual(self, run: Run) -> tuple[int, bytes]:
        """Give the commonest form of a sequence, and the first file that has it."""
        row = self._run(
            "SELECT form, path, MIN(coalesce(number, 0)) AS least FROM files WHERE lead = ?"
            " AND tail = ? AND form IS NOT NULL GROUP BY form ORDER BY COUNT(*) DESC, least"
            " LIMIT 1",
            (run.lead, run.tail),
        ).fetchone()
        return row[0], row[1]

    def form(self, number: int) -> Form:
        """Give a form by its number."""
        row = self._run("SELECT * FROM forms WHERE id = ?", (number,)).fetchone()
        return Form(*row[1:])

    def forms(self, run: Run) -> Iterator[tuple[bytes, Form]]:
        """Yield the forms of a sequence, each with a file that has it."""
        rows = self._run(
            "SELECT MIN(path), forms.* FROM files JOIN forms ON forms.id = form WHERE lead = ?"
            " AND tail = ? GROUP BY form",
            (run.lead, run.tail),
        )
        for path, _, *form in rows:
            yield path, Form(*form)

    def sounds(self) -> Iterator[Heard]:
        """Yield the sounds, in the order of their names."""
        for row in self._run("SELECT * FROM sounds ORDER BY path"):
            yield Heard(*row)

    def files(self) -> Iterator[File]:
        """Yield everything, in the order of paths."""
        query = (
            "SELECT path, size, mtime, ctime, inode, role, flavour, words FROM files"
            " WHERE role <> ? ORDER BY id"
        )
        for path, size, mtime, ctime, inode, role, *rest in self._run(query, (Role.PIECE,)):
            yield File(path, size, mtime, ctime, inode % (1 << 64), Role(role), *rest)

    def paths(self) -> Iterator[bytes]:
        """Yield the paths of everything, in their order."""
        query = "SELECT path FROM files WHERE role <> ? ORDER BY id"
        for (path,) in self._run(query, (Role.PIECE,)):
            yield path

    def count(self, role: Role) -> tuple[int, int]:
        """Count files of a role, and their bytes."""
        query = "SELECT COUNT(*), TOTAL(size) FROM files WHERE role = ?"
        files, size = self._run(query, (role,)).fetchone()
        return files, int(size)

    def latest(self) -> tuple[bytes, int, int] | None:
        """Give the file that was written last, with its times; folders do not count."""
        row: tuple[bytes, int, int] | None = self._run(
            "SELECT path, mtime, ctime FROM files WHERE role NOT IN (?, ?)"
            " ORDER BY max(mtime, ctime) DESC LIMIT 1",
            (Role.FOLDER, Role.PIECE),
        ).fetchone()
        return row

    def twins(self, most: int) -> list[tuple[bytes, bytes]]:
        """Give names that some disks take for one: case or Unicode form alone tells them apart."""
        rows = self._run(
            "SELECT MIN(path), MAX(path) FROM files WHERE role <> ? GROUP BY alike(path)"
            " HAVING COUNT(*) > 1 ORDER BY 1 LIMIT ?",
            (Role.PIECE, most),
        )
        return rows.fetchall()

    def tick(self, path: bytes) -> int | None:
        """Note that a manifest lists a file, and give its size; None if there is none."""
        query = "SELECT id, size FROM files WHERE path = ? AND role <> ?"
        row = self._run(query, (path, Role.FOLDER)).fetchone()
        if row is None:
            return None
        self._run("UPDATE files SET listed = 1 WHERE id = ?", (row[0],))
        size: int = row[1]
        return size

    def unlisted(self, most: int) -> tuple[int, list[bytes]]:
        """Count frames and sounds that no manifest lists, name the first, and take ticks off."""
        where = "WHERE listed = 0 AND role IN (?, ?, ?)"
        count = self._run(f"SELECT COUNT(*) FROM files {where}", _CODED).fetchone()[0]  # noqa: S608
        rows = self._run(
            f"SELECT path FROM files {where} ORDER BY path LIMIT ?",  # noqa: S608
            (*_CODED, most),
        ).fetchall()
        self._run("UPDATE files SET listed = 0")
        return count, [row[0] for row in rows]

    def _digits(self, lead: bytes, tail: bytes, number: int | None) -> bytes:
        row = self._run(
            "SELECT digits FROM files WHERE lead = ? AND tail = ? AND number IS ? LIMIT 1",
            (lead, tail, number),
        ).fetchone()
        return row[0] if row else b""

    def _form(self, form: Form) -> int:
        known = self._forms.get(form)
        if known is None:
            self._run("INSERT OR IGNORE INTO forms VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", form)
            known = self._run(
                "SELECT id FROM forms WHERE (traits, flavour, rate, film, television, why, since)"
                " = (?, ?, ?, ?, ?, ?, ?)",
                form,
            ).fetchone()[0]
            if len(self._forms) >= _KNOWN:
                self._forms.clear()
            self._forms[form] = known
        return known

    def _run(self, query: str, values: Iterable[object] = ()) -> sqlite3.Cursor:
        """Turn what the disk refuses into an error of the disk."""
        try:
            return self._base.execute(query, tuple(values))
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            code = errno.ENOSPC if "full" in str(error) else errno.EIO
            text = f"the list of files cannot be kept ({error})"
            raise OSError(code, text, temporary_folder()) from error


_USUAL = ("/var/tmp", "/usr/tmp")  # noqa: S108 - SQLite writes there, not we


def temporary_folder() -> str:
    """Say where SQLite keeps a file without a name (os_unix.c: `unixTempFileDir`)."""
    places = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), *_USUAL)
    for place in (*places, tempfile.gettempdir()):
        if place and os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK):
            return place
    return "."


_CODED = (Role.FRAME, Role.SOUND, Role.CLIP)


def _alike(path: bytes) -> bytes | str:
    try:
        return unicodedata.normalize("NFC", path.decode()).casefold()
    except UnicodeDecodeError:
        return path


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= _SIGN else number
