"""The entities of PREMIS as they go by: into the tables, or told where a rule is broken."""

from avpres.adapters.formats import uris
from avpres.adapters.rules import premis_entities
from avpres.adapters.rules.premis_entities import (
    EVENT_TYPES,
    OUTCOMES,
    Identifier,
    PremisEvent,
    PremisObject,
    is_date,
)
from avpres.adapters.rules.xml_walk import Visit
from avpres.services.verify import references
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.documents import Document, Tables
from avpres.services.verify.holding import Holding


class PremisReader:
    """Reads the PREMIS of one package, inside and outside of its METS."""

    def __init__(self, holding: Holding, tables: Tables, breaches: Breaches) -> None:
        self._holding = holding
        self._tables = tables
        self._breaches = breaches

    def read(self, document: Document, visit: Visit) -> None:
        """Take in an entity at its end."""
        if visit.name == "object":
            self._object(document, visit)
        elif visit.name == "event":
            self._event(document, visit, premis_entities.event_of(visit.element))
        elif visit.name == "agent":
            for each in premis_entities.identifiers(visit.element, "agentIdentifier"):
                self._entity(document, "agent", each, visit.line)

    def _object(self, document: Document, visit: Visit) -> None:
        found, line = premis_entities.object_of(visit.element), visit.line
        for each in found.ids:
            self._entity(document, "object", each, line)
        if found.type != "file" or not found.paths:
            return
        path = self._place(document, found)
        if path is None:
            said = f"line {line}: {found.paths[0][:200]} is not in the package"
            self._breaches.add("PREMIS-FILE", said, document.path)
        else:
            self._tables.put_file(document, path, "premis", (found.digests, found.size, line))

    def _place(self, document: Document, found: PremisObject) -> bytes | None:
        for each in found.paths:
            readings = dict.fromkeys((each, *uris.candidates(each)))
            path, _ = references.find(self._holding, document, readings)
            if path is not None:
                return path
        return None

    def _event(self, document: Document, visit: Visit, event: PremisEvent) -> None:
        place = f"line {visit.line}: "
        self._entity(document, "event", event.id, visit.line)
        if not is_date(event.date):
            said = f"{place}{event.date[:40]!r} is no date"
            self._breaches.add("PREMIS-DATE", said, document.path)
        if event.type.lower() not in EVENT_TYPES and not event.type.startswith("local:"):
            said = f"{place}{event.type[:60]!r} is no event type of the vocabulary"
            self._breaches.add("PREMIS-EVENT-TYPE", said, document.path)
        for outcome in event.outcomes:
            if outcome.lower() not in OUTCOMES:
                said = f"{place}{outcome[:60]!r} is no outcome of the vocabulary"
                self._breaches.add("PREMIS-OUTCOME", said, document.path)
        for entity, named in (("object", event.objects), ("agent", event.agents)):
            for each in named:
                row = (self._holding.prefix, document.id, document.path, entity, *each, visit.line)
                self._tables.put("premis_link", *row)

    def _entity(self, document: Document, entity: str, identifier: Identifier, line: int) -> None:
        row = (self._holding.prefix, document.id, entity, *identifier, line)
        self._tables.put("premis_id", *row)
