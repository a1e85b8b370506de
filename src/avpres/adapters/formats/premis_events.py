"""Events of a run as PREMIS 3.0 XML: representations, events, agents.

Text is emitted rather than built as a tree: a run over a list of items has three events each.
Vocabulary terms carry their URIs at id.loc.gov, because the schema takes any string.
"""

import uuid
from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape, quoteattr
from avpres.domain.premis import (
    EVENT_NAMESPACE,
    Agent,
    Event,
    Outcome,
    event_code_uri,
    utc,
)
from avpres.domain.report import Report

NAMESPACE = "http://www.loc.gov/premis/v3"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/"
_OUTCOME = {Outcome.SUCCESS: "suc", Outcome.FAIL: "fai", Outcome.WARNING: "war"}
_AGENT_TYPE = {"software": "sof", "person": "per", "organization": "org", "hardware": "har"}
_AGENT_ROLE = {"software": ("executing program", "exe")}
_IMPLEMENTER = ("implementer", "imp")
_SOURCE, _RESULT = ("source", "sou"), ("outcome", "out")


def write_premis(handle: BinaryIO, report: Report) -> None:
    """Write a report's events with their agents and the trees they are about.

    A tree is a representation, named by a UUID of its path within the run; its files are in the
    streamed records, so that the XML does not grow with them. The operator is a person.
    """
    agents = [*report.agents]
    if report.operator:
        agents.append(Agent(name=report.operator, type="person"))
    handle.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
    )
    handle.writelines(piece.encode() for piece in _body(report, agents))
    handle.write(b"</premis:premis>\n")


def object_id(run_id: str, path: str) -> uuid.UUID:
    """Name the tree at a path, the same for each event of a run."""
    return _named(run_id, "object", path)


def _body(report: Report, agents: list[Agent]) -> Iterator[str]:
    trees = [name for event in report.events for name in (*event.objects, event.destination)]
    paths = list(dict.fromkeys(name for name in trees if name is not None))
    for path in paths or [report.command]:  # the schema asks for one object at least
        yield _representation(report.run_id, path)
    for event in report.events:
        yield _event(report.run_id, event, agents)
    for agent in agents:
        yield _agent(agent)


def _representation(run_id: str, path: str) -> str:
    content = _identifier("objectIdentifier", object_id(run_id, path))
    content += _element("originalName", path)
    location = _element("contentLocationType", "path") + _element("contentLocationValue", path)
    content += _wrap("storage", _wrap("contentLocation", location))
    return f'<premis:object xsi:type="premis:representation">\n{content}</premis:object>\n'


def _event(run_id: str, event: Event, agents: list[Agent]) -> str:
    notes = _element("eventOutcomeDetailNote", event.outcome_detail or event.detail)
    outcome = _element("eventOutcome", event.outcome.value, _outcome_uri(event.outcome))
    content = [
        _identifier("eventIdentifier", event.id),
        _element("eventType", event.type.value, event_code_uri(event.type)),
        _element("eventDateTime", utc(event.ended)),
        _wrap("eventDetailInformation", _element("eventDetail", _detail(event))),
        _wrap("eventOutcomeInformation", outcome + _wrap("eventOutcomeDetail", notes)),
        *(_link("Agent", _agent_id(agent), *_role(agent)) for agent in agents),
        *(_link("Object", object_id(run_id, path), *_SOURCE) for path in event.objects),
    ]
    if event.destination is not None:
        content.append(_link("Object", object_id(run_id, event.destination), *_RESULT))
    return _wrap("event", "".join(content))


def _agent(agent: Agent) -> str:
    code = _AGENT_TYPE.get(agent.type)
    content = _identifier("agentIdentifier", _agent_id(agent))
    content += _element("agentName", agent.name)
    content += _element("agentType", agent.type, code and f"{_VOCABULARY}agentType/{code}")
    if agent.version:
        content += _element("agentVersion", agent.version)
    if agent.note:
        content += _element("agentNote", agent.note)
    return _wrap("agent", content)


def _detail(event: Event) -> str:
    known = {"started": utc(event.started), "ended": utc(event.ended), **event.facts}
    known |= {digest.algorithm.value: digest.value for digest in event.digests}
    facts = [f"{key}={_fact(value)}" for key, value in known.items() if value is not None]
    return "; ".join([event.detail, *facts])


def _fact(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _role(agent: Agent) -> tuple[str, str]:
    return _AGENT_ROLE.get(agent.type, _IMPLEMENTER)


def _agent_id(agent: Agent) -> uuid.UUID:
    return _named("agent", agent.type, f"{agent.name}\n{agent.version or ''}")


def _named(*parts: str) -> uuid.UUID:
    """Make a UUIDv5; a name that UTF-8 cannot hold is shown, since uuid takes only UTF-8."""
    return uuid.uuid5(EVENT_NAMESPACE, visible("\x1f".join(parts)))


def _outcome_uri(outcome: Outcome) -> str:
    return f"{_VOCABULARY}eventOutcome/{_OUTCOME[outcome]}"


def _link(kind: str, value: uuid.UUID, role: str, code: str) -> str:
    name = f"linking{kind}Identifier"
    content = _element(f"{name}Type", "UUID") + _element(f"{name}Value", str(value))
    uri = f"{_VOCABULARY}eventRelated{kind}Role/{code}"
    return _wrap(name, content + _element(f"linking{kind}Role", role, uri))


def _identifier(name: str, value: uuid.UUID) -> str:
    content = _element(f"{name}Type", "UUID") + _element(f"{name}Value", str(value))
    return _wrap(name, content)


def _element(name: str, text: str, uri: str | None = None) -> str:
    value = f" valueURI={quoteattr(uri)}" if uri else ""
    return f"<premis:{name}{value}>{escape(visible(text))}</premis:{name}>\n"


def _wrap(name: str, content: str) -> str:
    return f"<premis:{name}>\n{content}</premis:{name}>\n"
