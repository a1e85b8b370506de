"""What a METS document says of files and their metadata, kept on disk while it is read.

A document may name its metadata before or behind its files, and 57,450 files have 300 MB of it.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

MOST = 500
"""Sections of one file: a document could refer to all that it has from each of its files."""

_RECENT = 16  # sections that are kept in memory: some stand for many files

_BATCH = 2 << 20  # bytes of sections that are written at once
_ROW = 500  # bytes of a section beside its content

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE file (id, hrefs, size, mime, checksum_type, checksum, grp, title, metadata, content,
  group_id);
CREATE TABLE beside (key, type, href);
CREATE TABLE section (type, content, href, claims);
CREATE TABLE key (name, section);
CREATE TABLE reference (href, kind, type, size, mime, checksum_type, checksum);
BEGIN;
"""


class FileRow(NamedTuple):
    """A file element's attributes as written; `metadata` are the IDs that it refers to.

    `hrefs` are its locations, with NUL between them; `title` what it was called, if it says.
    """

    id: str
    hrefs: str
    size: str
    mime: str
    checksum_type: str
    checksum: str
    group: str
    title: str
    metadata: str
    content: bytes | None
    group_id: str = ""


class SectionRow(NamedTuple):
    """A technical record, found by any of its `keys`: its section's ID, or that of its parent.

    `claims` is what a PREMIS object says, as text: see `mets_claims`.
    """

    keys: tuple[str, ...]
    type: str
    content: bytes | None
    href: str = ""
    claims: str = ""


class ReferenceRow(NamedTuple):
    """A file beside the document that it refers to and does not list: metadata, another METS.

    `kind` is the local name of the section that refers to it, or `mptr`.
    """

    href: str
    kind: str
    type: str = ""
    size: str = ""
    mime: str = ""
    checksum_type: str = ""
    checksum: str = ""


class Spool:
    """Files and sections in a database that has no name and goes when it is closed."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)
        self._recent: dict[int, SectionRow] = {}
        self._count = 0  # of sections: their row numbers
        self._is_indexed = False
        self._waiting: list[tuple[object, ...]] = []  # sections, written many at once
        self._keys: list[tuple[str, int]] = []
        self._weight = 0

    def add_file(self, row: FileRow) -> None:
        """Keep a file."""
        self._database.execute("INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)

    def add_section(self, row: SectionRow) -> None:
        """Keep a technical record."""
        self._count += 1
        self._waiting.append(row[1:])
        self._keys += [(key, self._count) for key in row.keys if key]
        self._weight += _ROW + len(row.content or b"")
        if self._weight > _BATCH:
            self._flush()

    def add_reference(self, row: ReferenceRow) -> None:
        """Keep a reference to a file beside the document."""
        self._database.execute("INSERT INTO reference VALUES (?,?,?,?,?,?,?)", row)

    def files(self) -> Iterator[FileRow]:
        """Yield the files in their order."""
        for values in self._database.execute("SELECT * FROM file ORDER BY rowid"):
            yield FileRow(*values)

    def pointers(self) -> Iterator[str]:
        """Yield the references to other METS documents."""
        query = "SELECT href FROM reference WHERE kind = 'mptr' ORDER BY rowid"
        for (href,) in self._database.execute(query):
            yield str(href)

    def references(self) -> Iterator[ReferenceRow]:
        """Yield what is referred to and not listed as a file, each once."""
        query = (
            "SELECT * FROM reference WHERE href NOT IN (SELECT hrefs FROM file) "
            "GROUP BY href HAVING rowid = min(rowid) ORDER BY rowid"
        )
        for values in self._database.execute(query):
            yield ReferenceRow(*values)

    def sections(self, metadata: str) -> list[SectionRow]:
        """Give the records that a file refers to, each once, in the order of the document."""
        if not self._is_indexed:
            self._flush()
            self._database.execute("CREATE INDEX by_name ON key (name)")
            self._is_indexed = True
        names = metadata.split()
        marks = ",".join("?" * len(names))
        query = f"SELECT section FROM key WHERE name IN ({marks}) LIMIT {MOST}"  # noqa: S608 - question marks only
        found = {number for (number,) in self._database.execute(query, names)}
        return [self._section(number) for number in sorted(found)]

    def groups(self) -> list[str]:
        """Name the file groups, by their use."""
        query = f"SELECT DISTINCT grp FROM file LIMIT {MOST}"  # noqa: S608 - a number only
        return [str(group) for (group,) in self._database.execute(query)]

    def add_beside(self, key: bytes, type: str, href: str) -> None:
        """Keep a listed file that is a record of another, by what the two have in common."""
        self._database.execute("INSERT INTO beside VALUES (?,?,?)", (key, type, href))

    def index_beside(self) -> None:
        """Make ready for `beside`."""
        self._database.execute("CREATE INDEX by_key ON beside (key)")

    def beside(self, keys: tuple[bytes, ...]) -> list[tuple[str, str]]:
        """Give type and reference of the listed files that are records of one, each once."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT DISTINCT type, href FROM beside WHERE key IN ({marks}) LIMIT {MOST}"  # noqa: S608 - question marks only
        return list(self._database.execute(query, keys))

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _flush(self) -> None:
        self._database.executemany("INSERT INTO section VALUES (?,?,?,?)", self._waiting)
        self._database.executemany("INSERT INTO key VALUES (?,?)", self._keys)
        self._waiting, self._keys, self._weight = [], [], 0

    def _section(self, number: int) -> SectionRow:
        found = self._recent.get(number)
        if found is None:
            query = "SELECT type, content, href, claims FROM section WHERE rowid = ?"
            found = SectionRow((), *self._database.execute(query, (number,)).fetchone())
            if len(self._recent) >= _RECENT:
                self._recent.pop(next(iter(self._recent)))
            self._recent[number] = found
        return found
