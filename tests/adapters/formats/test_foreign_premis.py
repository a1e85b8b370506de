"""Events of other archives' PREMIS, taken over with their agents."""

import pytest

from avpres.adapters.formats import foreign_premis
from avpres.adapters.formats.foreign_premis import Told
from avpres.domain.premis import EventType, Outcome

AGENT = """
<agent xmlns="info:lc/xmlns/premis-v2"><agentIdentifier>
<agentIdentifierType>preservation system</agentIdentifierType>
<agentIdentifierValue>Archivematica-1.7</agentIdentifierValue></agentIdentifier>
<agentName>Archivematica</agentName><agentType>software</agentType></agent>
"""


def event(kind="fixity check", date="2017-03-01T10:00:00+00:00", outcome="Pass"):
    return f"""
    <premis:event xmlns:premis="http://www.loc.gov/premis/v3"><premis:eventIdentifier>
    <premis:eventIdentifierValue>e3f6b0e2-7e4c-4b0e-9d0e-1f4f5d6a7b8c</premis:eventIdentifierValue>
    </premis:eventIdentifier><premis:eventType>{kind}</premis:eventType>
    <premis:eventDateTime>{date}</premis:eventDateTime>
    <premis:eventOutcomeInformation><premis:eventOutcome>{outcome}</premis:eventOutcome>
    </premis:eventOutcomeInformation><premis:linkingAgentIdentifier>
    <premis:linkingAgentIdentifierValue>Archivematica-1.7</premis:linkingAgentIdentifierValue>
    </premis:linkingAgentIdentifier></premis:event>""".encode()


def test_an_event_is_taken_over_with_its_agent():
    told = Told()
    foreign_premis.read(event(), told)
    foreign_premis.read(AGENT.encode(), told)
    (found,) = told.with_agents()
    assert (found.type, found.outcome) == (EventType.FIXITY_CHECK, Outcome.SUCCESS)
    assert str(found.id) == "e3f6b0e2-7e4c-4b0e-9d0e-1f4f5d6a7b8c"
    assert found.started.year == 2017
    assert [agent.name for agent in found.agents] == ["Archivematica"]


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("", Outcome.SUCCESS),
        ("Fail!", Outcome.FAIL),
        ("success", Outcome.SUCCESS),
        ("Positive, perhaps", Outcome.WARNING),
    ],
)
def test_an_outcome_that_is_no_word_of_the_vocabulary_is_no_success(written, outcome):
    told = Told()
    foreign_premis.read(event(outcome=written), told)
    (found,) = told.with_agents()
    assert found.outcome is outcome


@pytest.mark.parametrize(
    "record",
    [event(kind="stroking"), event(date="yesterday"), event(kind="")],
    ids=["kind", "date", "nothing"],
)
def test_an_event_that_cannot_be_told_is_counted(record):
    told = Told()
    foreign_premis.read(record, told)
    assert (told.events, told.untold) == ([], 1)


def test_what_is_no_premis_tells_nothing():
    told = Told()
    for record in (b"", b"text", b"<event", b"<other/>"):
        foreign_premis.read(record, told)
    assert (told.events, told.untold) == ([], 0)
