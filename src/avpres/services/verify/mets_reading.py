"""The elements of METS as they go by: into the tables, or told where a rule is broken."""

import re

from avpres.adapters.formats import uris, values, xml_text
from avpres.adapters.rules.rule import Level
from avpres.adapters.rules.xml_walk import Visit
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest
from avpres.services.fixity.rows import shown
from avpres.services.verify import references
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.documents import Document, Tables
from avpres.services.verify.holding import Holding

_IDREFS = frozenset({"ADMID", "DMDID", "FILEID", "MDID", "STRUCTID"})
_SCHEME = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:", re.IGNORECASE)


class MetsReader:
    """Reads the METS of one package."""

    def __init__(self, holding: Holding, tables: Tables, breaches: Breaches) -> None:
        self._holding = holding
        self._tables = tables
        self._breaches = breaches

    def read(self, document: Document, visit: Visit) -> None:
        """Take in an element at its end."""
        self._names(document, visit)
        if visit.name in {"FLocat", "mdRef", "mptr"}:
            self._location(document, visit)
        elif visit.name == "file":
            self._file(document, visit)
        elif visit.name in {"structMap", "structSec"}:
            document.maps += 1
        if document.eark is not None:
            for rule, said, level in document.eark.judge(visit):
                self._breaches.add(rule, said, document.path, level=level)

    def _names(self, document: Document, visit: Visit) -> None:
        """Keep what an element is called, and what it calls others."""
        for name, value in visit.element.items():
            if name == "ID":
                if value:
                    self._tables.put("doc_id", document.id, value, visit.line)
            elif name in _IDREFS:
                for each in str(value).split():
                    self._tables.put("doc_ref", document.id, name, each, visit.line)

    def _location(self, document: Document, visit: Visit) -> None:
        is_place = visit.name == "FLocat"
        holder = visit.around[-1] if is_place and visit.around else visit
        if is_place and "at" in holder.notes:
            return  # a second place of the same file
        href = visit.get("href") or visit.get("LOCREF")
        if not href:
            return
        holder.notes["at"] = href
        if not is_place:
            self._entry(document, visit, href)

    def _file(self, document: Document, visit: Visit) -> None:
        document.files += 1
        href = visit.notes.get("at", "")
        if href:
            self._entry(document, visit, href)
        elif not visit.children["FContent"] and not visit.children["file"]:
            said = f"line {visit.line}: the file {str(visit.element.get('ID'))[:80]} is nowhere"
            self._breaches.add("METS-LOCATION", said, document.path)

    def _entry(self, document: Document, visit: Visit, href: str) -> None:
        path = self._resolve(document, visit, href)
        if path is not None:
            told = self._checksum(document, visit, path), _size(visit), visit.line
            self._tables.put_file(document, path, visit.name, told)

    def _resolve(self, document: Document, visit: Visit, href: str) -> bytes | None:
        if _SCHEME.match(href):
            if visit.name == "file":
                said = f"line {visit.line}: {href[:80]} lies elsewhere; nothing is fetched"
                self._breaches.add("METS-HREF", said, document.path, level=Level.SHOULD)
            return None
        path, outside = references.find(self._holding, document, uris.candidates(href))
        if path is None:
            rule = "METS-OUTSIDE" if outside else "METS-HREF"
            what = "leads out of the package" if outside else "is not there"
            self._breaches.add(rule, f"line {visit.line}: {href[:200]} {what}", document.path)
        return path

    def _checksum(self, document: Document, visit: Visit, path: bytes) -> tuple[Digest, ...]:
        written = str(visit.element.get("CHECKSUM") or "").strip()
        label = str(visit.element.get("CHECKSUMTYPE") or "").strip()
        if not written:
            return ()
        algorithm = values.labelled(label) if label else None
        digest = values.digest(written, algorithm) if algorithm or not label else None
        if digest is None or (algorithm and digest.algorithm is not algorithm):
            said = f"line {visit.line}: {shown(path)} has the CHECKSUM {label} {written[:40]}"
            self._breaches.add("METS-CHECKSUM-FORM", said, document.path)
            return ()
        return (digest,)


def _size(visit: Visit) -> int | None:
    try:
        return xml_text.size_of(str(visit.element.get("SIZE") or ""))
    except NotConformantError:
        return None
