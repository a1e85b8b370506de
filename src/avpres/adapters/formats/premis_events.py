"""Events of a run as PREMIS 3.0 XML: representations, events, agents.

A run over a list of items has three events each, so text is emitted rather than a tree built.
"""

import uuid
from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.formats import premis_parts as parts
from avpres.domain.premis import Agent, Event, EventType
from avpres.domain.report import Report

NAMESPACE = parts.NAMESPACE
_DERIVING = frozenset({EventType.MIGRATION, EventType.NORMALIZATION})
_DERIVATION = f"{parts.VOCABULARY}relationshipType/der"


def write_premis(handle: BinaryIO, report: Report) -> None:
    """Write a report's events with their agents and the trees they are about.

    A tree is a representation, named by a UUID of its path within the run; its files are in the
    streamed records, so that the XML does not grow with them. The operator is a person.
    """
    agents = [*report.agents]
    if report.operator:
        agents.append(Agent(name=report.operator, type="person"))
    handle.write(parts.OPENING)
    handle.writelines(piece.encode() for piece in _body(report, agents))
    handle.write(parts.CLOSING)


def object_id(run_id: str, path: str) -> uuid.UUID:
    """Name the tree at a path, the same for each event of a run."""
    return parts.named(run_id, "object", path)


def _body(report: Report, agents: list[Agent]) -> Iterator[str]:
    trees = [name for event in report.events for name in (*event.objects, event.destination)]
    paths = list(dict.fromkeys(name for name in trees if name is not None))
    for path in paths or [report.command]:  # the schema asks for one object at least
        yield _representation(report, path)
    for event in report.events:
        yield parts.event_element(event, agents, _linked(report.run_id, event))
    for agent in agents:
        yield parts.agent_element(agent)


def _representation(report: Report, path: str) -> str:
    content = parts.identifier("objectIdentifier", object_id(report.run_id, path))
    content += parts.element("originalName", path)
    location = parts.element("contentLocationType", "path")
    location += parts.element("contentLocationValue", path)
    content += parts.wrap("storage", parts.wrap("contentLocation", location))
    content += "".join(_derivations(report, path))
    return f'<premis:object xsi:type="premis:representation">\n{content}</premis:object>\n'


def _derivations(report: Report, path: str) -> Iterator[str]:
    """Relate what was made of other objects to them (PREMIS 3.0, 1.13)."""
    for event in report.events:
        if event.type not in _DERIVING or event.destination != path:
            continue
        for source in event.objects:
            related = object_id(report.run_id, source)
            content = parts.element("relationshipType", "derivation", _DERIVATION)
            content += parts.element("relationshipSubType", "has source")
            content += parts.identifier("relatedObjectIdentifier", related)
            content += parts.identifier("relatedEventIdentifier", event.id)
            yield parts.wrap("relationship", content)


def _linked(run_id: str, event: Event) -> Iterator[tuple[uuid.UUID, tuple[str, str]]]:
    for path in event.objects:
        yield object_id(run_id, path), parts.SOURCE
    if event.destination is not None:
        yield object_id(run_id, event.destination), parts.RESULT
