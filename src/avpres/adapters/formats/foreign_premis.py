"""Events and agents of other archives' PREMIS, of any version, told as ours are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from avpres.adapters.formats.xml_text import Element, local
from avpres.domain.premis import EVENT_NAMESPACE, Agent, Event, EventType, Outcome

LARGEST = 16 * 1024 * 1024
"""Bytes of a record that is read; a larger one tells of single files, and stays where it is."""

_LONGEST = 2000  # characters of a detail
_TYPES = {kind.value: kind for kind in EventType}
_OUTCOMES = {"": Outcome.SUCCESS, "pass": Outcome.SUCCESS, "ok": Outcome.SUCCESS}


@dataclass(slots=True)
class Told:
    """What PREMIS records tell: events, agents by identifier, and events that have no word here."""

    events: list[tuple[Event, tuple[str, ...]]] = field(default_factory=list)
    agents: dict[str, Agent] = field(default_factory=dict)
    untold: int = 0

    def with_agents(self) -> Iterator[Event]:
        """Yield the events with the agents that they name."""
        for event, names in self.events:
            found = [self.agents.get(name) or Agent(name=name, note=_NOTE) for name in names]
            yield event.model_copy(update={"agents": tuple(found)})


_NOTE = "of the imported package"


def read(content: bytes, told: Told) -> None:
    """Add what a record tells; nothing of one that is too large or no XML."""
    if not content or len(content) > LARGEST:
        return
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for element in root.iter("{*}event", "{*}agent"):
        if local(element) == "agent":
            _take_agent(element, told)
        elif (event := _event(element)) is not None:
            told.events.append((event, tuple(_texts(element, "linkingAgentIdentifierValue"))))
        else:
            told.untold += 1


def _take_agent(element: Element, told: Told) -> None:
    name = _text(element, "agentName")
    kind = _text(element, "agentType").lower()
    version = _text(element, "agentVersion") or None
    if not name:
        return
    agent = Agent(name=name, type=kind or "software", version=version, note=_NOTE)
    for identifier in _texts(element, "agentIdentifierValue"):
        told.agents[identifier] = agent


def _event(element: Element) -> Event | None:
    kind = _TYPES.get(_text(element, "eventType").lower())
    moment = _moment(_text(element, "eventDateTime"))
    if kind is None or moment is None:
        return None
    identifier = _text(element, "eventIdentifierValue")
    outcome, note = _text(element, "eventOutcome"), _text(element, "eventOutcomeDetailNote")
    return Event(
        id=_uuid(identifier, f"{kind}\n{moment.isoformat()}"),
        type=kind,
        started=moment,
        ended=moment,
        outcome=_outcome(outcome),
        detail=_text(element, "eventDetail") or "told by the imported package",
        outcome_detail="; ".join(filter(None, (outcome, note))),
        objects=tuple(_texts(element, "linkingObjectIdentifierValue")),
        facts={"foreign_id": identifier or None},
    )


def _outcome(text: str) -> Outcome:
    """Read an outcome; a word that is none of the vocabulary's is a reservation, not a success."""
    word = text.lower()
    if word.startswith(("fail", "negative")):
        return Outcome.FAIL
    return Outcome.SUCCESS if word.startswith("succe") else _OUTCOMES.get(word, Outcome.WARNING)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _uuid(identifier: str, otherwise: str) -> UUID:
    try:
        return UUID(identifier)
    except ValueError:
        return uuid5(EVENT_NAMESPACE, f"foreign\n{identifier}\n{otherwise}")


def _text(element: Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _texts(element: Element, name: str) -> Iterator[str]:
    for child in element.iterdescendants(f"{{*}}{name}"):
        text = " ".join((child.text or "").split())[:_LONGEST]
        if text:
            yield text
