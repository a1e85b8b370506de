"""The elements that PREMIS 3.0 documents are made of: events, agents, identifiers and links.

Text is emitted rather than built as a tree. Vocabulary terms carry their URIs at id.loc.gov,
because the schema takes any string.
"""

import uuid
from collections.abc import Iterable, Mapping

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape, quoteattr
from avpres.domain.premis import EVENT_NAMESPACE, Agent, Event, Outcome, event_code_uri, utc

NAMESPACE = "http://www.loc.gov/premis/v3"
VOCABULARY = "http://id.loc.gov/vocabulary/preservation/"
OPENING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" '
    b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
)
CLOSING = b"</premis:premis>\n"
SOURCE, RESULT = ("source", "sou"), ("outcome", "out")
"""What an object is to an event: the word, and its code in the vocabulary."""

_OUTCOME = {Outcome.SUCCESS: "suc", Outcome.FAIL: "fai", Outcome.WARNING: "war"}
_AGENT_TYPE = {"software": "sof", "person": "per", "organization": "org", "hardware": "har"}
_AGENT_ROLE = {"software": ("executing program", "exe")}
_IMPLEMENTER = ("implementer", "imp")


def event_element(
    event: Event,
    agents: Iterable[Agent],
    objects: Iterable[tuple[uuid.UUID, tuple[str, str]]],
    about: Mapping[str, object] | None = None,
) -> str:
    """Write an event, linked to agents and to objects with their roles.

    Facts in `about` stand in its detail, before those of the event itself.
    """
    notes = element("eventOutcomeDetailNote", event.outcome_detail or event.detail)
    outcome = element("eventOutcome", event.outcome.value, _outcome_uri(event.outcome))
    detail = _detail(event, about or {})
    content = [
        identifier("eventIdentifier", event.id),
        element("eventType", event.type.value, event_code_uri(event.type)),
        element("eventDateTime", utc(event.ended)),
        wrap("eventDetailInformation", element("eventDetail", detail)),
        wrap("eventOutcomeInformation", outcome + wrap("eventOutcomeDetail", notes)),
        *(link("Agent", agent_id(agent), *_role(agent)) for agent in agents),
        *(link("Object", object_id, *role) for object_id, role in objects),
    ]
    return wrap("event", "".join(content))


def agent_element(agent: Agent) -> str:
    """Write an agent: a person, an organisation, a program with its version."""
    code = _AGENT_TYPE.get(agent.type)
    content = identifier("agentIdentifier", agent_id(agent))
    content += element("agentName", agent.name)
    content += element("agentType", agent.type, code and f"{VOCABULARY}agentType/{code}")
    if agent.version:
        content += element("agentVersion", agent.version)
    if agent.note:
        content += element("agentNote", agent.note)
    return wrap("agent", content)


def agent_id(agent: Agent) -> uuid.UUID:
    """Name an agent, the same in every document."""
    return named("agent", agent.type, f"{agent.name}\n{agent.version or ''}")


def named(*parts: str) -> uuid.UUID:
    """Make a UUIDv5; a name that UTF-8 cannot hold is shown, since uuid takes only UTF-8."""
    return uuid.uuid5(EVENT_NAMESPACE, visible("\x1f".join(parts)))


def link(kind: str, value: uuid.UUID, role: str, code: str) -> str:
    """Link an event to an object or agent (`kind`) that has a role in it."""
    name = f"linking{kind}Identifier"
    content = element(f"{name}Type", "UUID") + element(f"{name}Value", str(value))
    uri = f"{VOCABULARY}eventRelated{kind}Role/{code}"
    return wrap(name, content + element(f"linking{kind}Role", role, uri))


def identifier(name: str, value: uuid.UUID) -> str:
    """Write an identifier that is a UUID."""
    content = element(f"{name}Type", "UUID") + element(f"{name}Value", str(value))
    return wrap(name, content)


def element(name: str, text: str, uri: str | None = None) -> str:
    """Write an element with text; what XML cannot hold is shown as an escape."""
    value = f" valueURI={quoteattr(uri)}" if uri else ""
    content = text if text.isalnum() else escape(visible(text))
    return f"<premis:{name}{value}>{content}</premis:{name}>\n"


def wrap(name: str, content: str) -> str:
    """Write an element around others."""
    return f"<premis:{name}>\n{content}</premis:{name}>\n"


def _detail(event: Event, about: Mapping[str, object]) -> str:
    known: dict[str, object] = {"started": utc(event.started), "ended": utc(event.ended)}
    known |= about
    known |= event.facts
    known |= {digest.algorithm.value: digest.value for digest in event.digests}
    facts = [f"{key}={_fact(value)}" for key, value in known.items() if value is not None]
    return "; ".join([event.detail, *facts])


def _fact(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _role(agent: Agent) -> tuple[str, str]:
    return _AGENT_ROLE.get(agent.type, _IMPLEMENTER)


def _outcome_uri(outcome: Outcome) -> str:
    return f"{VOCABULARY}eventOutcome/{_OUTCOME[outcome]}"
