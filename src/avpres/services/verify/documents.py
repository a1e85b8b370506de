"""METS and PREMIS documents of a package, read once into the tables before its files are read."""

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.formats import names, uris, values, xml_text
from avpres.adapters.rules import premis_entities
from avpres.adapters.rules.eark_judging import Eark
from avpres.adapters.rules.premis_entities import EVENT_TYPES, OUTCOMES, PremisEvent, is_date
from avpres.adapters.rules.rule import Level
from avpres.adapters.rules.xml_walk import Visit, walk
from avpres.adapters.validators.xml_catalogue import catalogue_of
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest, pack
from avpres.services.fixity.rows import LISTED, shown
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.holding import Holding

_TABLES = """
CREATE TABLE IF NOT EXISTS work.doc_id (document INTEGER, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.doc_ref (document INTEGER, name TEXT, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.doc_file (
  document INTEGER, path BLOB, kind TEXT, size INTEGER, digests TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.premis_id (
  package BLOB, document INTEGER, entity TEXT, type TEXT, value TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS work.premis_link (
  package BLOB, document INTEGER, path BLOB, entity TEXT, type TEXT, value TEXT, line INTEGER);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS work.doc_id_value ON doc_id (document, value);
CREATE INDEX IF NOT EXISTS work.premis_id_value ON premis_id (package, entity, value);
"""
_BATCH = 5000  # rows that wait to be written together
_IDREFS = ("ADMID", "DMDID", "FILEID", "MDID", "STRUCTID")
_SCHEME = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:", re.IGNORECASE)
_DRIVER = "package.xsd"


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


class Reader:
    """Reads the documents of one package."""

    def __init__(self, holding: Holding, schemas: Path | None) -> None:
        self.breaches = Breaches(holding)
        self._holding = holding
        self._db: sqlite3.Connection = holding.scratch.db
        self._schemas = schemas
        self._waiting: dict[str, list[tuple[object, ...]]] = {}
        self._count = 0
        for statement in filter(str.strip, _TABLES.split(";")):
            self._db.execute(statement)

    def read(self, path: bytes, home: bytes) -> Document:
        """Put a document into the tables, as far as it can be read.

        Raises:
            OSError: it cannot be read.
        """
        cursor = self._db.execute(
            "INSERT INTO work.source (side, path, format, scope, complete) VALUES (?, ?, ?, ?, 0)",
            (LISTED, os.fsencode(self._holding.root / os.fsdecode(path)), "document", None),
        )
        document = Document(int(cursor.lastrowid or 0), path, home)
        folder = path[: path.rfind(b"/") + 1]
        above = folder[: folder[:-1].rfind(b"/") + 1]
        is_below = folder[len(home) :].startswith(b"metadata/")
        order = [home, above, folder] if is_below else [folder, above, home]
        document.bases = list(dict.fromkeys([*order, b""]))
        schema = self._schema()
        self.breaches.begin()
        try:
            self._walk(document, schema)
            document.is_validated = schema is not None
        except NotConformantError as error:
            self._broken(document, str(error), has_schema=schema is not None)
        self._flush()
        return document

    def _put(self, table: str, *row: object) -> None:
        """Have a row written, with others: one by one takes five times as long."""
        rows = self._waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._waiting.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                self._db.executemany(f"INSERT INTO work.{table} VALUES ({marks})", rows)  # noqa: S608 - question marks only
                rows.clear()

    def _schema(self) -> object:
        if self._schemas is None:
            return None
        catalogue = catalogue_of(self._schemas)
        path = catalogue.at(_DRIVER) or catalogue.at("http://www.loc.gov/METS/")
        schema = None if path is None else catalogue.schema(path)
        return None if isinstance(schema, str) else schema

    def _broken(self, document: Document, said: str, *, has_schema: bool) -> None:
        """Read a document that is not valid once more, without a schema: all is to be told."""
        if has_schema:
            self._clear(document)
            try:
                self._walk(document, None)
            except NotConformantError as error:
                said = str(error)
            else:
                rule = "PREMIS-SCHEMA" if document.kind == "premis" else "METS-SCHEMA"
                self.breaches.add(rule, said, document.path)
                document.is_validated = True
                return
        is_premis = os.path.basename(document.path).lower().startswith(b"premis")
        document.kind = document.kind or ("premis" if is_premis else "mets")
        rule = "PREMIS-XML" if document.kind == "premis" else "METS-XML"
        self.breaches.add(rule, said, document.path)

    def _clear(self, document: Document) -> None:
        """Forget what a document that was not read to its end has said."""
        self._waiting.clear()
        for table in ("doc_id", "doc_ref", "doc_file", "premis_id", "premis_link"):
            self._db.execute(f"DELETE FROM work.{table} WHERE document = ?", (document.id,))  # noqa: S608 - no values in it
        self._db.execute(
            "DELETE FROM work.entry WHERE side = ? AND source = ?", (LISTED, document.id)
        )
        self.breaches.forget()
        document.files = document.maps = 0
        document.kind, document.eark = "", None

    def _walk(self, document: Document, schema: object) -> None:
        with self._holding.open(document.path) as handle:
            name = shown(document.path)
            for visit in walk(handle, name, schema):  # type: ignore[arg-type] # lxml's schema
                if not document.kind:
                    self._begin(document, visit)
                if visit.premis:
                    self._premis(document, visit)
                elif document.kind == "mets":
                    self._mets(document, visit)
        if not document.kind:
            self.breaches.add("METS-ROOT", "holds no METS", document.path)

    def _begin(self, document: Document, visit: Visit) -> None:
        root = visit.around[0] if visit.around else visit
        if root.premis and root.name == "premis":
            document.kind = "premis"
        elif root.name == "mets":
            document.kind = "mets"
            document.eark = Eark.of(root)
            if document.eark is not None:
                below = document.path[len(document.home) :]
                document.eark.is_representation = below.startswith(b"representations/")
        else:
            document.kind = "other"
            self.breaches.add("METS-ROOT", f"begins with {root.name}", document.path)

    def _mets(self, document: Document, visit: Visit) -> None:
        element = visit.element
        if identity := element.get("ID"):
            self._put("doc_id", document.id, str(identity), visit.line)
        for name in _IDREFS:
            for value in str(element.get(name) or "").split():
                self._put("doc_ref", document.id, name, value, visit.line)
        if visit.name in {"FLocat", "mdRef", "mptr"}:
            self._location(document, visit)
        elif visit.name == "file":
            self._file(document, visit)
        elif visit.name in {"structMap", "structSec"}:
            document.maps += 1
        if document.eark is not None:
            for rule, said, level in document.eark.judge(visit):
                self.breaches.add(rule, said, document.path, level=level)

    def _location(self, document: Document, visit: Visit) -> None:
        href = visit.get("href") or visit.get("LOCREF")
        holder = visit.around[-1] if visit.name == "FLocat" and visit.around else visit
        if visit.name == "FLocat" and "at" in holder.notes:
            return  # a second place of the same file
        if not href:
            return
        holder.notes["at"] = href
        if visit.name == "FLocat":
            return
        self._entry(document, visit, href)

    def _file(self, document: Document, visit: Visit) -> None:
        document.files += 1
        href = visit.notes.get("at", "")
        if href:
            self._entry(document, visit, href)
        elif not visit.children["FContent"] and not visit.children["file"]:
            said = f"line {visit.line}: the file {str(visit.element.get('ID'))[:80]} is nowhere"
            self.breaches.add("METS-LOCATION", said, document.path)

    def _entry(self, document: Document, visit: Visit, href: str) -> None:
        path = self._resolve(document, visit, href)
        if path is None:
            return
        size = self._size(visit)
        digests = self._checksum(document, visit, path)
        self._put("doc_file", document.id, path, visit.name, size, pack(digests), visit.line)
        self.expect(document, path, digests, size)

    def expect(
        self, document: Document, path: bytes, digests: tuple[Digest, ...], size: int | None
    ) -> None:
        """Have a file read and compared by the digests that a document tells."""
        if digests:
            self._count += 1
            full, cell = self._holding.prefix + path, pack(digests)
            self._put("entry", LISTED, full, document.id, self._count, cell, size)

    def _resolve(self, document: Document, visit: Visit, href: str) -> bytes | None:
        if _SCHEME.match(href):
            if visit.name == "file":
                said = f"line {visit.line}: {href[:80]} lies elsewhere; nothing is fetched"
                self.breaches.add("METS-HREF", said, document.path, level=Level.SHOULD)
            return None
        path, outside = self.find(document, uris.candidates(href))
        if path is None:
            rule = "METS-OUTSIDE" if outside else "METS-HREF"
            what = "leads out of the package" if outside else "is not there"
            self.breaches.add(rule, f"line {visit.line}: {href[:200]} {what}", document.path)
        return path

    def find(self, document: Document, readings: tuple[str, ...]) -> tuple[bytes | None, bool]:
        """Find the file that one of several readings of a path means, and where it begins.

        Returns:
            Its path in the package or None, and whether every reading leads out of the package.
        """
        outside = bool(readings)
        for base in document.bases:
            for reading in readings:
                path = os.path.normpath(base + names.to_bytes(reading))
                if path.startswith((b"/", b"../")) or path == b"..":
                    continue
                outside = False
                if self._holding.find(path) is not None:
                    document.bases.remove(base)
                    document.bases.insert(0, base)
                    return path, False
        return None, outside

    @staticmethod
    def _size(visit: Visit) -> int | None:
        try:
            return xml_text.size_of(str(visit.element.get("SIZE") or ""))
        except NotConformantError:
            return None

    def _checksum(self, document: Document, visit: Visit, path: bytes) -> tuple[Digest, ...]:
        written = str(visit.element.get("CHECKSUM") or "").strip()
        label = str(visit.element.get("CHECKSUMTYPE") or "").strip()
        if not written:
            return ()
        algorithm = values.labelled(label) if label else None
        digest = values.digest(written, algorithm) if algorithm or not label else None
        if digest is None or (algorithm and digest.algorithm is not algorithm):
            said = f"line {visit.line}: {shown(path)} has the CHECKSUM {label} {written[:40]}"
            self.breaches.add("METS-CHECKSUM-FORM", said, document.path)
            return ()
        return (digest,)

    def _premis(self, document: Document, visit: Visit) -> None:
        if visit.name == "object":
            self._object(document, visit)
        elif visit.name == "event":
            self._event(document, visit, premis_entities.event_of(visit.element))
        elif visit.name == "agent":
            for each in premis_entities.identifiers(visit.element, "agentIdentifier"):
                self._entity(document, "agent", each, visit.line)

    def _object(self, document: Document, visit: Visit) -> None:
        found = premis_entities.object_of(visit.element)
        for each in found.ids:
            self._entity(document, "object", each, visit.line)
        if found.type != "file" or not found.paths:
            return
        readings = (dict.fromkeys((each, *uris.candidates(each))) for each in found.paths)
        places = (self.find(document, tuple(each))[0] for each in readings)
        path = next((place for place in places if place is not None), None)
        if path is None:
            said = f"line {visit.line}: {found.paths[0][:200]} is not in the package"
            self.breaches.add("PREMIS-FILE", said, document.path)
            return
        cell = pack(found.digests)
        self._put("doc_file", document.id, path, "premis", found.size, cell, visit.line)
        self.expect(document, path, found.digests, found.size)

    def _event(self, document: Document, visit: Visit, event: PremisEvent) -> None:
        place = f"line {visit.line}: "
        self._entity(document, "event", event.id, visit.line)
        if not is_date(event.date):
            said = f"{place}{event.date[:40]!r} is no date"
            self.breaches.add("PREMIS-DATE", said, document.path)
        if event.type.lower() not in EVENT_TYPES and not event.type.startswith("local:"):
            said = f"{place}{event.type[:60]!r} is no event type of the vocabulary"
            self.breaches.add("PREMIS-EVENT-TYPE", said, document.path)
        for outcome in event.outcomes:
            if outcome.lower() not in OUTCOMES:
                said = f"{place}{outcome[:60]!r} is no outcome of the vocabulary"
                self.breaches.add("PREMIS-OUTCOME", said, document.path)
        for entity, named in (("object", event.objects), ("agent", event.agents)):
            for each in named:
                row = (self._holding.prefix, document.id, document.path, entity, *each, visit.line)
                self._put("premis_link", *row)

    def _entity(
        self, document: Document, entity: str, identifier: tuple[str, str], line: int
    ) -> None:
        self._put("premis_id", self._holding.prefix, document.id, entity, *identifier, line)


_DANGLING = """
SELECT name, value, line FROM work.doc_ref AS r WHERE document = ? AND NOT EXISTS
(SELECT 1 FROM work.doc_id AS i WHERE i.document = r.document AND i.value = r.value)
ORDER BY rowid
"""
_UNLINKED = """
SELECT path, entity, value, line FROM work.premis_link AS l WHERE package = ? AND NOT EXISTS
(SELECT 1 FROM work.premis_id AS i WHERE i.package = l.package AND i.entity = l.entity
 AND i.value = l.value) ORDER BY rowid
"""
_SAID = (
    "SELECT path, kind, size, digests, line FROM work.doc_file WHERE document = ? ORDER BY rowid"
)
_ID_TWICE = """
SELECT value, max(line) FROM work.doc_id WHERE document = ? GROUP BY value HAVING count(*) > 1
ORDER BY max(line)
"""
_DESCRIBED_TWICE = """
SELECT entity, value, max(line) FROM work.premis_id WHERE document = ? AND entity != 'agent'
GROUP BY entity, type, value HAVING count(*) > 1 ORDER BY max(line)
"""
_TWICE = """
SELECT path, count(*) FROM work.doc_file WHERE document = ? AND kind = 'file'
GROUP BY path HAVING count(*) > 1 ORDER BY path
"""


def judge(reader: Reader, holding: Holding, documents: list[Document]) -> None:
    """Hold what documents say against the files that were read."""
    for statement in filter(str.strip, _INDEXES.split(";")):
        holding.scratch.db.execute(statement)
    for document in documents:
        rows = holding.scratch.db.execute(_DESCRIBED_TWICE, (document.id,)).fetchall()
        for entity, value, line in rows:
            said = f"line {line}: the {entity} {value[:80]} is described already"
            reader.breaches.add("PREMIS-ID", said, document.path)
        if document.kind == "mets":
            _judge_mets(reader, holding, document, {each.path for each in documents})
        _judge_files(reader, holding, document)
    rows = holding.scratch.db.execute(_UNLINKED, (holding.prefix,)).fetchall()
    for path, entity, value, line in rows:
        said = f"line {line}: the {entity} {value[:80]} is not described"
        reader.breaches.add("PREMIS-LINK", said, path)


def _judge_mets(
    reader: Reader, holding: Holding, document: Document, documents: set[bytes]
) -> None:
    db, add = holding.scratch.db, reader.breaches.add
    if not document.maps:
        add("METS-STRUCTMAP", "has no structMap", document.path)
    for value, line in db.execute(_ID_TWICE, (document.id,)).fetchall():
        add("METS-ID", f"line {line}: the ID {value[:80]} stands there already", document.path)
    for name, value, line in db.execute(_DANGLING, (document.id,)).fetchall():
        add("METS-REF", f"line {line}: {name} names {value[:80]}, which is no ID", document.path)
    for path, times in db.execute(_TWICE, (document.id,)).fetchall():
        if path not in documents:  # a representation's METS stands in a group of its own too
            add("METS-TWICE", f"{times} file elements lead to {shown(path)}", document.path)


def _judge_files(reader: Reader, holding: Holding, document: Document) -> None:
    for path, kind, size, cell, line in _rows(holding, document):
        family = "PREMIS" if kind == "premis" else "METS"
        there = holding.find(path)
        place = f"{shown(document.path)}, line {line}"
        if size not in {None, there.size if there else size}:
            reader.breaches.add(
                *(f"{family}-SIZE", f"has another size than {place} says", path),
                (f"{size} bytes", f"{there.size if there else 0} bytes"),
            )
        if not cell:
            continue
        found = {d.algorithm: d.value for d in holding.found(path)}
        for word in cell.split():
            name, _, value = word.partition(":")
            read = {str(a): v for a, v in found.items()}.get(name, value)
            if read != value:
                rule = "PREMIS-FIXITY" if kind == "premis" else "METS-CHECKSUM"
                said = f"has another {name} digest than {place} says"
                reader.breaches.add(rule, said, path, (value, read))


def _rows(
    holding: Holding, document: Document
) -> Iterator[tuple[bytes, str, int | None, str, int]]:
    """Give the rows in pieces: what is found out is written into the same tables."""
    last = -1
    query = _SAID.replace("SELECT ", "SELECT rowid, ").replace("ORDER", "AND rowid > ? ORDER")
    while rows := holding.scratch.db.execute(query + " LIMIT 1000", (document.id, last)).fetchall():
        last = rows[-1][0]
        yield from (row[1:] for row in rows)


def unlisted(reader: Reader, holding: Holding, documents: list[Document], *, is_bag: bool) -> None:
    """Tell the files of a package that none of its METS documents lists.

    What lies at the top of a bag belongs to the bag.
    """
    home = documents[0].home
    if not any(each.kind == "mets" and each.files for each in documents):
        return
    own = {each.path for each in documents}
    db = holding.scratch.db
    db.execute("CREATE INDEX IF NOT EXISTS work.doc_file_path ON doc_file (path)")
    for named in holding.names(home):
        if named.path in own or named.kind or (is_bag and b"/" not in named.path):
            continue
        if not db.execute("SELECT 1 FROM work.doc_file WHERE path = ?", (named.path,)).fetchone():
            reader.breaches.add("METS-UNLISTED", "is in no METS of the package", named.path)
