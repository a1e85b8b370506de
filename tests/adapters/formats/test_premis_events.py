"""PREMIS events: valid by the schema, linked without gaps, safe for any name."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from avpres.adapters.formats.premis_events import NAMESPACE, object_id, write_premis
from avpres.domain.premis import Outcome

SCHEMAS = Path(os.environ.get("AVPRES_SCHEMAS", Path(__file__).parents[4] / "shared" / "schemas"))
needs_schema = pytest.mark.skipif(
    not (SCHEMAS / "premis.xsd").is_file(), reason="no premis.xsd (AVPRES_SCHEMAS)"
)
P = {"p": NAMESPACE}


class Local(etree.Resolver):
    """Answers imports of a schema from its own folder, never from the network."""

    def resolve(self, url, _public_id, context):
        return self.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)


@pytest.fixture(scope="module")
def schema():
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(SCHEMAS / "premis.xsd", parser))


def premis_of(report):
    handle = io.BytesIO()
    write_premis(handle, report)
    return etree.fromstring(handle.getvalue())


def texts(tree, path: str) -> list[str]:
    return [element.text for element in tree.iterfind(path, P)]


@needs_schema
def test_a_run_is_valid_by_the_schema(make_report, schema):
    schema.assertValid(premis_of(make_report()))


@needs_schema
def test_a_run_without_operator_and_destination_is_valid(make_report, schema):
    event = make_report().events[0].model_copy(update={"destination": None})
    schema.assertValid(premis_of(make_report(operator=None, events=[event])))


@needs_schema
def test_a_run_without_events_is_valid(make_report, schema):
    schema.assertValid(premis_of(make_report(events=[])))


@needs_schema
@settings(max_examples=50)
@given(name=st.binary(min_size=1, max_size=40).map(os.fsdecode))
def test_any_name_gives_valid_xml(schema, name):
    from datetime import UTC, datetime

    from avpres.domain.premis import Agent, Event, EventType, event_id
    from avpres.domain.report import Report

    now = datetime(2026, 3, 5, tzinfo=UTC)
    event = Event(
        id=event_id("r", "s", "x"),
        type=EventType.REPLICATION,
        started=now,
        ended=now,
        outcome=Outcome.SUCCESS,
        detail=name,
        outcome_detail=name,
        objects=(name,),
        destination=name + "2",
        facts={name: name},
    )
    report = Report(
        command="copy",
        run_id="r",
        started=now,
        operator=name,
        events=[event],
        agents=[Agent(name=name, version=name, note=name)],
    )
    schema.assertValid(premis_of(report))


def test_every_link_leads_to_something_in_the_same_file(make_report):
    tree = premis_of(make_report())
    objects = texts(tree, "p:object/p:objectIdentifier/p:objectIdentifierValue")
    agents = texts(tree, "p:agent/p:agentIdentifier/p:agentIdentifierValue")
    linked = "p:event/p:linking{0}Identifier/p:linking{0}IdentifierValue"
    assert set(texts(tree, linked.format("Object"))) == set(objects)
    assert set(texts(tree, linked.format("Agent"))) == set(agents)
    assert len(objects) == 2


def test_terms_carry_the_uris_of_the_vocabulary(make_report):
    tree = premis_of(make_report())
    base = "http://id.loc.gov/vocabulary/preservation/"
    uris = {element.get("valueURI"): element.text for element in tree.iterfind(".//*[@valueURI]")}
    assert uris == {
        f"{base}eventType/fix": "fixity check",
        f"{base}eventOutcome/suc": "success",
        f"{base}eventRelatedAgentRole/exe": "executing program",
        f"{base}eventRelatedAgentRole/imp": "implementer",
        f"{base}eventRelatedObjectRole/sou": "source",
        f"{base}eventRelatedObjectRole/out": "outcome",
        f"{base}agentType/sof": "software",
        f"{base}agentType/per": "person",
    }


@pytest.mark.parametrize(("outcome", "code"), [("fail", "fai"), ("warning", "war")])
def test_outcomes_have_their_codes(make_report, outcome, code):
    event = make_report().events[0].model_copy(update={"outcome": Outcome(outcome)})
    (element,) = premis_of(make_report(events=[event])).iterfind(".//p:eventOutcome", P)
    assert element.text == outcome
    assert str(element.get("valueURI")).endswith(f"/{code}")


def test_events_and_objects_keep_their_names_when_written_again(make_report):
    first, second = premis_of(make_report()), premis_of(make_report())
    assert etree.tostring(first) == etree.tostring(second)
    report = make_report()
    identifiers = texts(first, "p:object/p:objectIdentifier/p:objectIdentifierValue")
    assert identifiers == [
        str(object_id(report.run_id, path)) for path in ("/scans/reel", "/disk/reel")
    ]
    assert texts(first, "p:event/p:eventIdentifier/p:eventIdentifierValue") == [
        str(report.events[0].id)
    ]
