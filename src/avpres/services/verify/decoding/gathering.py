"""Which films a target holds, and which sidecars speak of them, in tables on disk.

A sidecar lies beside its film, or in a folder `metadata` whose neighbours hold the film. It is
matched by name; where that fails, every film that it may speak of is tried, and the frames decide.
"""

import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from avpres.adapters.media.frame_sidecar import is_frame_sidecar
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.walk import Kind, walk
from avpres.services.fixity.rows import FOUND
from avpres.services.fixity.scratch import Scratch
from avpres.services.transfer.selection import is_junk
from avpres.services.verify.decoding.model import Beside, Film, Side
from avpres.services.verify.targets import Target

ENDINGS = frozenset(
    {
        *(b".mov", b".avi", b".mxf", b".mkv", b".mka", b".mp4", b".m4v", b".qt", b".dv", b".dif"),
        *(b".wav", b".wave", b".bwf", b".rf64", b".w64", b".aif", b".aiff", b".aifc", b".nut"),
        *(b".flac", b".webm", b".mpg", b".mpeg", b".vob", b".m2ts", b".mts", b".m4a", b".gxf"),
        *(b".3gp", b".3g2", b".mj2"),
    }
)
"""Names of what is decoded; a file that is named itself is always tried."""

MIGRATED = b"migration.jsonl"  # record of `migrate`, which proves its targets by it
MOST = 8  # films that one sidecar is tried with
_ABOVE = 3  # folders above what was named in which a folder `metadata` is looked for
_NEAR = 10_000  # names that are looked at outside of what was named
_NAME = re.compile(
    rb"(?P<key>.*?)(?P<side>[._ -](?:source|src|input|original))?"
    rb"[._ -]?(?:frame-?(?:md5|hash|sha\d*)s?|ffmd5)(?P<other>\.(?:txt|md5|csv))?",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT = frozenset(
    {
        *(b"metadata", b"logs", b"checksums", b"fixity", b"framemd5", b"framemd5s", b"filemeta"),
        *(b"administrative", b"technical", b"preservation", b"supplemental", b"documentation"),
    }
)
"""Folders that tell of what lies beside them."""

_TABLES = """
CREATE TABLE work.film (rank INTEGER PRIMARY KEY, path BLOB UNIQUE, size INTEGER, folder BLOB,
  name BLOB, stem BLOB, wanted INTEGER);
CREATE TABLE work.sidecar (path BLOB PRIMARY KEY, folder BLOB, scope BLOB, key BLOB, side TEXT,
  inside INTEGER, why TEXT) WITHOUT ROWID;
CREATE TABLE work.pair (film BLOB, sidecar BLOB, side TEXT, sure INTEGER,
  PRIMARY KEY (film, sidecar)) WITHOUT ROWID;
"""
_FILMS = "SELECT rank, path FROM work.film WHERE wanted AND rank > ? ORDER BY rank LIMIT 1"
_SIDECARS = """
SELECT path, folder, scope, key, side FROM work.sidecar WHERE path > ? ORDER BY path LIMIT 1
"""
_ORPHANS = """
SELECT path, why FROM work.sidecar WHERE why <> '' AND inside AND path > ? ORDER BY path LIMIT 1
"""
_NAMED = """
SELECT path, wanted FROM work.film WHERE path >= :scope AND path < :end AND folder = :folder
AND (name = :key OR stem = :key)
"""
_NAMED_BELOW = """
SELECT path, wanted FROM work.film WHERE path >= :scope AND path < :end
AND (name = :key OR stem = :key) LIMIT :most
"""
_BESIDE = "SELECT path, wanted FROM work.film WHERE folder = :folder LIMIT :most"
_BELOW = """
SELECT path, wanted FROM work.film WHERE path >= :scope AND path < :end LIMIT :most
"""


class Gathering:
    """The films of a target and what lies beside them."""

    def __init__(self, target: Target, scratch: Scratch) -> None:
        self._target = target
        self._db = scratch.db
        self._others = 0
        self.migrated: list[bytes] = []  # folders of results of `migrate`
        for statement in _TABLES.split(";"):
            self._db.execute(statement)
        self._gather()
        for row in _paged(self._db, _SIDECARS):
            self._pair(*row)

    @property
    def others(self) -> int:
        """Count files that are neither films nor about them, and that no system left behind."""
        return self._others

    @property
    def total(self) -> tuple[int, int]:
        """Give the number of films and their bytes."""
        query = "SELECT count(*), coalesce(sum(size), 0) FROM work.film WHERE wanted"
        files, size = self._db.execute(query).fetchone()
        return files, size

    def films(self) -> Iterator[Film]:
        """Yield the films in the order in which they lie on the medium, each with its sidecars."""
        for _, path in _paged(self._db, _FILMS, 0):
            with suppress(FileNotFoundError):  # gone meanwhile, which fixity tells
                yield self._film(path)

    def orphans(self) -> Iterator[tuple[bytes, str]]:
        """Yield sidecars that speak of no film that could be found, and why."""
        yield from _paged(self._db, _ORPHANS)

    def waiting(self, beside: Beside) -> int:
        """Count the films that a sidecar may speak of."""
        query = (
            "SELECT count(*) FROM work.pair JOIN work.film ON film = path"
            " WHERE sidecar = ? AND wanted"
        )
        return int(self._db.execute(query, (os.fsencode(beside.path),)).fetchone()[0])

    def _film(self, path: bytes) -> Film:
        rows = self._db.execute(
            "SELECT sidecar, side, sure FROM work.pair WHERE film = ? ORDER BY sidecar", (path,)
        )
        besides = tuple(
            Beside(Path(os.fsdecode(sidecar)), Side(side), bool(sure))
            for sidecar, side, sure in rows
        )
        return Film(path, signature(os.stat(path)), besides)

    def _gather(self) -> None:
        tree, only = self._target.tree, self._target.tree.only
        rows = self._db.execute(
            "SELECT path, size FROM work.name WHERE side = ? AND kind = ?"
            " ORDER BY stretch, place, path",
            (FOUND, int(Kind.FILE)),
        )
        for path, size in rows.fetchall() if only is not None else rows:
            full = os.path.abspath(tree.path(path))
            self._add(full, size, inside=True, named=path == only)
        named = tree.path(only) if only is not None else os.fsencode(tree.root)
        self._look_around(os.path.abspath(named))

    def _look_around(self, named: bytes) -> None:
        """Find sidecars of a part of a package in the rest of it."""
        folder = os.path.dirname(named)
        if os.path.isfile(named):
            self._add_files(folder)
        for _ in range(_ABOVE):
            for name in (b"metadata", b"Metadata"):
                place = os.path.join(folder, name)
                if not named.startswith(place + b"/") and named != place:
                    self._add_tree(place)
            folder = os.path.dirname(folder)

    def _add_files(self, folder: bytes) -> None:
        with suppress(OSError), os.scandir(folder) as entries:
            for _, entry in zip(range(_NEAR), entries, strict=False):
                if entry.is_file(follow_symlinks=False):
                    self._add(entry.path, 0, inside=False)

    def _add_tree(self, place: bytes) -> None:
        if not os.path.isdir(place) or os.path.islink(place):
            return
        entries = walk(Path(os.fsdecode(place)), on_error=lambda _path, _error: None)
        with suppress(OSError):
            for _, entry in zip(range(_NEAR), entries, strict=False):
                if entry.kind is Kind.FILE:
                    self._add(os.path.join(place, entry.name), 0, inside=False)

    def _add(self, path: bytes, size: int, *, inside: bool, named: bool = False) -> None:
        folder, name = os.path.split(path)
        if inside and name == MIGRATED and len(self.migrated) < MOST:
            self.migrated.append(folder)
        stem, ending = os.path.splitext(name)
        match = _NAME.fullmatch(name)
        if match is not None:
            self._add_sidecar(path, match, inside=inside)
        elif ending.lower() in ENDINGS or named:
            row = (path, size, folder, _folded(name), _folded(stem), inside)
            self._db.execute("INSERT OR IGNORE INTO work.film VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
        else:
            self._others += inside and not name.startswith(b".") and not is_junk(name)

    def _add_sidecar(self, path: bytes, match: re.Match[bytes], *, inside: bool) -> None:
        if match["other"] and not is_frame_sidecar(Path(os.fsdecode(path))):
            return
        side = Side.SOURCE if match["side"] else Side.OWN
        folder = os.path.dirname(path)
        row = (path, folder, _scope(folder), _folded(match["key"]), side.value, inside)
        self._db.execute("INSERT OR IGNORE INTO work.sidecar VALUES (?, ?, ?, ?, ?, ?, '')", row)

    def _pair(self, path: bytes, folder: bytes, scope: bytes, key: bytes, side: str) -> None:
        """Find the films of a sidecar."""
        found, is_named = self._candidates(folder, scope, key)
        why = "" if found else "no film or sound is here that it could speak of"
        if len(found) > MOST:
            why = "its name does not tell which of the films here it speaks of"
        if why:
            self._db.execute("UPDATE work.sidecar SET why = ? WHERE path = ?", (why, path))
            return
        is_inside = all(is_wanted for _, is_wanted in found)
        if not is_named and not is_inside:
            return  # it may as well be that of a film that nobody asked about
        for film, is_wanted in found:
            if is_wanted:
                own = side == Side.SOURCE and _folded(os.path.basename(film)) == key
                words = (film, path, Side.OWN if own else side, is_named and len(found) == 1)
                self._db.execute("INSERT INTO work.pair VALUES (?, ?, ?, ?)", words)

    def _candidates(
        self, folder: bytes, scope: bytes, key: bytes
    ) -> tuple[list[tuple[bytes, bool]], bool]:
        """Give the films that a sidecar may speak of, and whether they have its name."""
        words = {
            "folder": folder,
            "scope": scope,
            "end": scope[:-1] + b"0",  # the character behind the slash
            "key": key,
            "most": MOST + 1,
        }
        for query, is_named in (
            (_NAMED, True),
            (_NAMED_BELOW, True),
            (_BESIDE, False),
            (_BELOW, False),
        ):
            rows = self._db.execute(query, words).fetchall()
            if rows:
                return [(film, bool(wanted)) for film, wanted in rows], is_named
        return [], False


def _scope(folder: bytes) -> bytes:
    """Give the folder in which the film of a sidecar lies at some depth, with a slash behind."""
    above, about = folder, b""
    for _ in range(_ABOVE * 2):
        above, name = os.path.split(above)
        if name.lower() in _ABOUT:
            about = above
        elif about or not name:
            break
    return (about or folder).rstrip(b"/") + b"/"


def _folded(name: bytes) -> bytes:
    """Give a name as it is compared: HFS+ stores other Unicode forms, Windows other capitals."""
    text = unicodedata.normalize("NFC", name.decode("utf-8", "surrogateescape")).casefold()
    return text.encode("utf-8", "surrogateescape")


def _paged(
    db: sqlite3.Connection, query: str, last: bytes | int = b""
) -> Iterator[tuple[Any, ...]]:
    """Yield rows one by one, so that the tables may change meanwhile; `last` begins each row."""
    while (row := db.execute(query, (last,)).fetchone()) is not None:
        last = row[0]
        yield row


def boxed(scratch: Scratch) -> int:
    """Count the films among the members of a container."""
    query = "SELECT path FROM work.name WHERE side = ? AND kind = ?"
    rows = scratch.db.execute(query, (FOUND, int(Kind.FILE)))
    return sum(os.path.splitext(path)[1].lower() in ENDINGS for (path,) in rows)
