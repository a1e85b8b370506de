"""What METS and PREMIS documents say, held against each other and against what was read."""

from avpres.services.fixity.rows import FOUND, LISTED, shown
from avpres.services.verify.document_reading import Reader
from avpres.services.verify.documents import Document
from avpres.services.verify.holding import Holding

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
_DIFFERENT = """
SELECT f.path, f.kind, f.line, f.size, n.size, coalesce(e.digests, ''), coalesce(r.digests, '')
FROM work.doc_file AS f
LEFT JOIN work.name AS n ON n.side = :found AND n.path = f.path
LEFT JOIN work.entry AS e
  ON e.side = :listed AND e.path = f.path AND e.source = f.document AND e.number = f.id
LEFT JOIN reading AS r ON r.side = :found AND r.path = f.path AND r.error IS NULL
WHERE f.document = :document AND
  (f.size != n.size OR instr(' ' || r.digests || ' ', ' ' || e.digests || ' ') = 0)
ORDER BY f.id
"""
_UNLISTED = """
SELECT path FROM work.name AS n WHERE side = ? AND path >= ? AND path < ? AND kind = 0
AND NOT EXISTS (SELECT 1 FROM work.doc_file AS f WHERE f.path = n.path) ORDER BY path
"""
_LAST = b"\xff" * 4  # follows every name


def judge(reader: Reader, holding: Holding, documents: list[Document]) -> None:
    """Hold what documents say against the files that were read."""
    reader.tables.index()
    for document in documents:
        rows = holding.scratch.db.execute(_DESCRIBED_TWICE, (document.id,))
        for entity, value, line in rows:
            said = f"line {line}: the {entity} {value[:80]} is described already"
            reader.breaches.add("PREMIS-ID", said, document.path)
        if document.kind == "mets":
            _judge_mets(reader, holding, document, {each.path for each in documents})
        _judge_files(reader, holding, document)
    rows = holding.scratch.db.execute(_UNLINKED, (holding.prefix,))
    for path, entity, value, line in rows:
        said = f"line {line}: the {entity} {value[:80]} is not described"
        reader.breaches.add("PREMIS-LINK", said, path)


def _judge_mets(
    reader: Reader, holding: Holding, document: Document, documents: set[bytes]
) -> None:
    db, add = holding.scratch.db, reader.breaches.add
    if not document.maps:
        add("METS-STRUCTMAP", "has no structMap", document.path)
    for value, line in db.execute(_ID_TWICE, (document.id,)):
        add("METS-ID", f"line {line}: the ID {value[:80]} stands there already", document.path)
    for name, value, line in db.execute(_DANGLING, (document.id,)):
        add("METS-REF", f"line {line}: {name} names {value[:80]}, which is no ID", document.path)
    for full, times in db.execute(_TWICE, (document.id,)):
        path = full[len(holding.prefix) :]
        if path not in documents:  # a representation's METS stands in a group of its own too
            add("METS-TWICE", f"{times} file elements lead to {shown(path)}", document.path)


def _judge_files(reader: Reader, holding: Holding, document: Document) -> None:
    """Tell sizes and digests that differ; the tables leave out the files that are as told."""
    sides = {"found": FOUND, "listed": LISTED, "document": document.id}
    for full, kind, line, size, there, cell, found in holding.scratch.db.execute(_DIFFERENT, sides):
        path = full[len(holding.prefix) :]
        place = f"{shown(document.path)}, line {line}"
        if None not in {size, there} and size != there:
            rule = "PREMIS-SIZE" if kind == "premis" else "METS-SIZE"
            differ = f"{size} bytes", f"{there} bytes"
            reader.breaches.add(rule, f"has another size than {place} says", path, differ)
        rule = "PREMIS-FIXITY" if kind == "premis" else "METS-CHECKSUM"
        for name, told, read in _unlike(cell, found):
            said = f"has another {name} digest than {place} says"
            reader.breaches.add(rule, said, path, (told, read))


def _unlike(cell: str, found: str) -> list[tuple[str, str, str]]:
    """Give the algorithms of packed digests whose values differ, with both values."""
    read = dict(word.split(":", 1) for word in found.split())
    told = [word.split(":", 1) for word in cell.split()]
    return [(name, said, read[name]) for name, said in told if read.get(name, said) != said]


def unlisted(reader: Reader, holding: Holding, documents: list[Document], *, is_bag: bool) -> None:
    """Tell the files of a package that none of its METS documents lists.

    What lies at the top of a bag belongs to the bag.
    """
    if not any(each.kind == "mets" and each.files for each in documents):
        return
    begin = holding.prefix + documents[0].home
    own = {each.path for each in documents}
    end = begin[:-1] + b"0" if begin else _LAST  # 0 follows the slash
    for (full,) in holding.scratch.db.execute(_UNLISTED, (FOUND, begin, end)):
        path = full[len(holding.prefix) :]
        if path not in own and not (is_bag and b"/" not in path):
            reader.breaches.add("METS-UNLISTED", "is in no METS of the package", path)
