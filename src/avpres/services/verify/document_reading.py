"""METS and PREMIS documents of a package, read once into the tables before its files are read."""

import os
from pathlib import Path

from avpres.adapters.rules.eark_judging import Eark
from avpres.adapters.rules.xml_walk import Visit, walk
from avpres.adapters.validators.xml_catalogue import catalogue_of
from avpres.domain.errors import NotConformantError
from avpres.services.fixity.rows import shown
from avpres.services.verify import references
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.documents import Document, Tables
from avpres.services.verify.holding import Holding
from avpres.services.verify.mets_reading import MetsReader
from avpres.services.verify.premis_reading import PremisReader

_DRIVER = "package.xsd"


class Reader:
    """Reads the documents of one package."""

    def __init__(self, holding: Holding, schemas: Path | None) -> None:
        self.breaches = Breaches(holding)
        self.tables = Tables(holding)
        self._holding = holding
        self._schemas = schemas
        self._mets = MetsReader(holding, self.tables, self.breaches)
        self._premis = PremisReader(holding, self.tables, self.breaches)

    def read(self, path: bytes, home: bytes) -> Document:
        """Put a document into the tables, as far as it can be read.

        Raises:
            OSError: it cannot be read.
        """
        document = self.tables.begin(path, home)
        document.bases = references.bases(path, home)
        schema = self._schema()
        self.breaches.begin()
        try:
            self._walk(document, schema)
            document.is_validated = schema is not None
        except NotConformantError as error:
            self._broken(document, str(error), has_schema=schema is not None)
        self.tables.flush()
        return document

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
            self.tables.forget(document)
            self.breaches.forget()
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

    def _walk(self, document: Document, schema: object) -> None:
        with self._holding.open(document.path) as handle:
            name = shown(document.path)
            for visit in walk(handle, name, schema):  # type: ignore[arg-type] # lxml's schema
                if not document.kind:
                    self._begin(document, visit)
                if visit.premis:
                    self._premis.read(document, visit)
                elif document.kind == "mets":
                    self._mets.read(document, visit)
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
