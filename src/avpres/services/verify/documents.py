"""METS and PREMIS documents of a package, and the tables that hold what they say."""

import os
from dataclasses import dataclass, field

from avpres.adapters.rules.eark_judging import Eark
from avpres.domain.fixity import Digest, pack
from avpres.services.fixity.rows import LISTED
from avpres.services.verify.holding import Holding

_TABLES = """
CREATE TABLE IF NOT EXISTS work.doc_id (document INTEGER, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.doc_ref (document INTEGER, name TEXT, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.doc_file (
  id INTEGER PRIMARY KEY, document INTEGER, path BLOB, kind TEXT, size INTEGER, line INTEGER);
CREATE TABLE IF NOT EXISTS work.premis_id (
  package BLOB, document INTEGER, entity TEXT, type TEXT, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.premis_link (
  package BLOB, document INTEGER, path BLOB, entity TEXT, type TEXT, value TEXT, line INTEGER);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS work.doc_id_value ON doc_id (document, value);
CREATE INDEX IF NOT EXISTS work.doc_ref_document ON doc_ref (document);
CREATE INDEX IF NOT EXISTS work.doc_file_document ON doc_file (document);
CREATE INDEX IF NOT EXISTS work.doc_file_path ON doc_file (path);
CREATE INDEX IF NOT EXISTS work.premis_id_value ON premis_id (package, entity, value);
"""
_NAMES = ("doc_id", "doc_ref", "doc_file", "premis_id", "premis_link")
_BATCH = 1000  # rows that wait to be written together


@dataclass(slots=True)
class Document:
    """A document in the tables; `home` is the folder of the package that its files lie in."""

    id: int
    path: bytes
    home: bytes
    kind: str = ""  # `mets` or `premis`
    files: int = 0
    maps: int = 0
    is_validated: bool = False
    eark: Eark | None = None
    bases: list[bytes] = field(default_factory=list)


class Tables:
    """What the documents of one package say, written in batches: a fifth of the time."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding
        self._db = holding.scratch.db
        self._waiting: dict[str, list[tuple[object, ...]]] = {}
        for statement in filter(str.strip, _TABLES.split(";")):
            self._db.execute(statement)
        self._files: int = self._db.execute(
            "SELECT coalesce(max(id), 0) FROM work.doc_file"
        ).fetchone()[0]

    def begin(self, path: bytes, home: bytes) -> Document:
        """Enter a document as a source of what is listed."""
        cursor = self._db.execute(
            "INSERT INTO work.source (side, path, format, scope, complete) VALUES (?, ?, ?, ?, 0)",
            (LISTED, os.fsencode(self._holding.root / os.fsdecode(path)), "document", None),
        )
        return Document(int(cursor.lastrowid or 0), path, home)

    def put(self, table: str, *row: object) -> None:
        """Have a row written."""
        rows = self._waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _BATCH:
            self.flush()

    def put_file(
        self,
        document: Document,
        path: bytes,
        kind: str,
        told: tuple[tuple[Digest, ...], int | None, int],
    ) -> None:
        """Have a file compared by what a document tells of it: digests, size and the line.

        It has one number in both tables, that of files and that of what is listed.
        """
        digests, size, line = told
        self._files += 1
        full = self._holding.prefix + path
        self.put("doc_file", self._files, document.id, full, kind, size, line)
        if digests:
            self.put("entry", LISTED, full, document.id, self._files, pack(digests), size)

    def flush(self) -> None:
        """Write the rows that wait."""
        for table, rows in self._waiting.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                self._db.executemany(f"INSERT INTO work.{table} VALUES ({marks})", rows)  # noqa: S608 - question marks only
                rows.clear()

    def forget(self, document: Document) -> None:
        """Forget what a document that was not read to its end has said."""
        self._waiting.clear()
        for table in _NAMES:
            self._db.execute(f"DELETE FROM work.{table} WHERE document = ?", (document.id,))  # noqa: S608 - no values in it
        self._db.execute(
            "DELETE FROM work.entry WHERE side = ? AND source = ?", (LISTED, document.id)
        )
        document.files = document.maps = 0
        document.kind, document.eark = "", None

    def index(self) -> None:
        """Make the tables ready to be asked, when all documents are read."""
        for statement in filter(str.strip, _INDEXES.split(";")):
            self._db.execute(statement)
