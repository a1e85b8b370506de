"""Every record fits its schema, whatever a file says of itself."""

import json

import pytest
from emit_cases import XSD, descriptions, film, letter, picture, schema, wave
from hypothesis import HealthCheck, given, settings
from lxml import etree
from manifest_cases import needs_schemas

from avpres.adapters.formats.emit import KINDS
from avpres.domain.description import Description
from avpres.domain.formats import Emit
from avpres.domain.technical import Audio

SAMPLES = (wave(), film(), film(Audio(codec="AAC", language="en")), picture(), letter())
OWN = [kind for kind in KINDS.values() if not kind.reads]
XML = [kind for kind in OWN if kind.suffix.endswith(".xml")]
quickly = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@needs_schemas
@quickly
@given(description=descriptions)
def test_any_description_gives_valid_records(description):
    for kind in XSD:
        schema(kind).assertValid(etree.fromstring(KINDS[kind].write(description)))


@needs_schemas
@pytest.mark.parametrize("kind", XSD)
@pytest.mark.parametrize("description", SAMPLES, ids=lambda one: one.path)
def test_an_ordinary_file_gives_a_valid_record(kind, description):
    schema(kind).assertValid(etree.fromstring(KINDS[kind].write(description)))


@needs_schemas
@pytest.mark.parametrize("kind", XSD)
def test_nothing_known_still_gives_a_valid_record(kind):
    schema(kind).assertValid(etree.fromstring(KINDS[kind].write(Description(path="x"))))


@quickly
@given(description=descriptions)
def test_any_description_gives_records_that_can_be_read(description):
    for kind in XML:
        record = kind.write(description)
        assert record.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        etree.fromstring(record)
    read = json.loads(KINDS["ffprobe"].write(description).decode())
    assert read["format"]["nb_streams"] == len(read["streams"])


@pytest.mark.parametrize("kind", OWN, ids=lambda one: one.name)
@pytest.mark.parametrize("description", SAMPLES, ids=lambda one: one.path)
def test_the_same_description_gives_the_same_bytes(kind, description):
    assert kind.write(description) == kind.write(description)


def test_what_can_be_asked_for_can_be_written():
    assert {emit.value for emit in Emit} == set(KINDS)


def test_each_kind_has_a_suffix_of_its_own():
    assert len({kind.suffix for kind in KINDS.values()}) == len(KINDS)
    assert all(kind.name == name for name, kind in KINDS.items())


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (wave(), {"audiomd", "aes57", "pbcore", "ffprobe"}),
        (film(), {"videomd", "pbcore", "ffprobe"}),
        (film(Audio()), {"videomd", "audiomd", "pbcore", "ffprobe"}),
        (picture(), {"mix", "pbcore", "ffprobe"}),
        (letter(), {"textmd"}),
    ],
)
def test_kinds_apply_to_what_they_are_made_for(description, expected):
    assert {kind.name for kind in OWN if kind.applies_to(description)} == expected


def test_mediainfo_is_asked_of_what_is_played_or_shown():
    asked = [kind for kind in KINDS.values() if kind.reads]
    assert all(kind.applies_to(film()) and not kind.applies_to(letter()) for kind in asked)
