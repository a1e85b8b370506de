"""What a METS document says of files and their metadata, kept on disk while it is read.

A document may name its metadata before or behind its files, and 57,450 files have 300 MB of it.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

MOST = 500
"""Sections of one file: a document could refer to all that it has from each of its files."""

_RECENT = 16  # sections that are kept in memory: some stand for many files

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE file (id, hrefs, size, mime, checksum_type, checksum, grp, title, metadata, content);
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

    def add_file(self, row: FileRow) -> None:
        """Keep a file."""
        self._database.execute("INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?)", row)

    def add_section(self, row: SectionRow) -> None:
        """Keep a technical record."""
        self._count += 1
        self._database.execute("INSERT INTO section VALUES (?,?,?,?)", row[1:])
        for key in row.keys:
            if key:
                self._database.execute("INSERT INTO key VALUES (?,?)", (key, self._count))

    def add_reference(self, row: ReferenceRow) -> None:
        """Keep a reference to a file beside the document."""
        self._database.execute("INSERT INTO reference VALUES (?,?,?,?,?,?,?)", row)

    def files(self) -> Iterator[FileRow]:
        """Yield the files in their order."""
        for values in self._database.execute("SELECT * FROM file ORDER BY rowid"):
            yield FileRow(*values)

    def references(self) -> Iterator[ReferenceRow]:
        """Yield what is referred to beside the document, each once."""
        query = "SELECT * FROM reference GROUP BY href HAVING rowid = min(rowid) ORDER BY rowid"
        for values in self._database.execute(query):
            yield ReferenceRow(*values)

    def sections(self, metadata: str) -> list[SectionRow]:
        """Give the records that a file refers to, each once, in the order of the document."""
        if not self._is_indexed:
            self._database.execute("CREATE INDEX by_name ON key (name)")
            self._is_indexed = True
        names = metadata.split()
        marks = ",".join("?" * len(names))
        query = f"SELECT section FROM key WHERE name IN ({marks}) LIMIT {MOST}"  # noqa: S608 - question marks only
        found = {number for (number,) in self._database.execute(query, names)}
        return [self._section(number) for number in sorted(found)]

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _section(self, number: int) -> SectionRow:
        found = self._recent.get(number)
        if found is None:
            query = "SELECT type, content, href, claims FROM section WHERE rowid = ?"
            found = SectionRow((), *self._database.execute(query, (number,)).fetchone())
            if len(self._recent) >= _RECENT:
                self._recent.pop(next(iter(self._recent)))
            self._recent[number] = found
        return found
