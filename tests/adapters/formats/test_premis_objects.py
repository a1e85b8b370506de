"""PREMIS of packages: valid, and saying of each file what is known and no more."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from manifest_cases import needs_schemas
from package_cases import (
    FILES,
    FILM,
    HOSTILE,
    NS,
    PAPER,
    PICTURE,
    assert_valid,
    digests,
    package,
    packaged,
)

from avpres.adapters.formats.premis_objects import write_package_premis
from avpres.adapters.formats.uris import path_of
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm


def premis(files=FILES, **changes) -> bytes:
    handle = io.BytesIO()
    write_package_premis(handle, package(**changes), files)
    return handle.getvalue()


def file_of(file) -> etree._Element:
    return etree.fromstring(premis([file])).findall("p:object", NS)[1]


def texts(element: etree._Element, name: str) -> list[str]:
    return [one.text or "" for one in element.iterfind(f".//p:{name}", NS)]


@needs_schemas
def test_a_package_is_valid_by_the_schema():
    assert_valid(premis(), "premis.xsd")


@needs_schemas
def test_a_bare_package_is_valid_by_the_schema():
    bare = premis([], agents=(), events=(), rights="", label="", identifiers={})
    assert_valid(bare, "premis.xsd")


@needs_schemas
@settings(max_examples=40, deadline=None, derandomize=True)
@given(name=st.binary(min_size=1, max_size=40).map(os.fsdecode), words=st.text(max_size=8))
def test_any_name_and_any_words_give_a_valid_document(name, words):
    described = Description(name, format=words, version=words, puid=words, mime=words)
    file = packaged(name, original=name, description=described)
    document = premis([file], label=words, rights=words, identifiers={words: words})
    assert_valid(document, "premis.xsd")


def test_a_file_is_named_measured_and_included_in_its_package():
    file = packaged("objects/reel/1.dpx", original="/mnt/card A/1.dpx", size=2**40)
    element = file_of(file)
    assert texts(element, "objectIdentifierValue") == [str(package().file_id(file))]
    assert texts(element, "size") == [str(2**40)]
    assert texts(element, "compositionLevel") == ["0"]
    assert texts(element, "originalName") == ["/mnt/card A/1.dpx"]
    assert texts(element, "contentLocationValue") == ["objects/reel/1.dpx"]
    assert texts(element, "relationshipType") == ["structural"]
    assert texts(element, "relationshipSubType") == ["is included in"]
    assert texts(element, "relatedObjectIdentifierValue") == [str(package().id)]


def test_two_files_of_one_name_keep_identities_of_their_own():
    root = etree.fromstring(premis())
    names = texts(root, "objectIdentifierValue")
    assert len(set(names)) == len(names)


def test_every_digest_is_written_with_its_algorithm_and_originator():
    every = digests("x", *Algorithm)
    element = file_of(packaged(digests=every))
    assert texts(element, "messageDigest") == [digest.value for digest in every]
    assert set(texts(element, "messageDigestOriginator")) == {"avpres"}
    labels = texts(element, "messageDigestAlgorithm")
    assert labels[:4] == ["MD5", "SHA-1", "SHA-256", "SHA-512"]
    uris = [one.get("valueURI") for one in element.iterfind(".//p:messageDigestAlgorithm", NS)]
    lead = "http://id.loc.gov/vocabulary/preservation/cryptographicHashFunctions/"
    assert uris[:4] == [f"{lead}{name}" for name in ("md5", "sha1", "sha256", "sha512")]
    assert set(uris[4:]) == {None}


def test_a_format_is_named_with_its_pronom_identifier():
    element = file_of(packaged(description=PICTURE))
    assert texts(element, "formatName") == [str(PICTURE.format)]
    assert texts(element, "formatVersion") == ["6.0"]
    assert texts(element, "formatRegistryName") == ["PRONOM"]
    assert texts(element, "formatRegistryKey") == ["fmt/353"]
    assert texts(element, "formatNote") == []


@pytest.mark.parametrize(
    ("description", "name", "note"),
    [
        (None, "unknown", "unknown format"),
        (Description("x"), "unknown", "unknown format"),
        (Description("x", mime="image/x-odd"), "image/x-odd", "unknown PRONOM identifier"),
        (FILM, str(FILM.format), "unknown PRONOM identifier"),
    ],
)
def test_what_is_not_known_of_a_format_is_said(description, name, note):
    element = file_of(packaged(description=description))
    assert texts(element, "formatName") == [name]
    assert texts(element, "formatNote") == [note]
    assert texts(element, "formatRegistryKey") == []


@pytest.mark.parametrize(
    ("description", "name", "date"),
    [
        (FILM, ["Lavf61"], ["2024-05-06T07:08:09Z"]),
        (PAPER, ["Writer"], ["2024-05-06"]),
        (PICTURE, ["Scanner 2"], ["2019-03-04T05:06:07"]),
        (None, [], []),
    ],
)
def test_the_program_that_made_a_file_is_named_if_known(description, name, date):
    element = file_of(packaged(description=description))
    assert texts(element, "creatingApplicationName") == name
    assert texts(element, "dateCreatedByApplication") == date


@pytest.mark.parametrize("path", HOSTILE)
def test_a_location_gives_the_very_name_back(path):
    element = file_of(packaged(path))
    (kind,) = texts(element, "contentLocationType")
    (value,) = texts(element, "contentLocationValue")
    assert (value if kind == "path" else path_of(value)) == path


def test_events_are_of_the_representation_and_say_where_they_were_done():
    root = etree.fromstring(premis())
    linked = root.findall("p:event/p:linkingObjectIdentifier", NS)
    assert [texts(one, "linkingObjectIdentifierValue") for one in linked] == [[str(package().id)]]
    (detail,) = texts(root, "eventDetail")
    assert "objects=/scans/reel; destination=/disk/reel" in detail
    agents = texts(root, "agentIdentifierValue")
    assert texts(root, "linkingAgentIdentifierValue") == agents
    assert len(agents) == 2


def test_the_representation_has_all_its_names():
    element = etree.fromstring(premis()).find("p:object", NS)
    assert texts(element, "objectIdentifierType") == ["UUID", "accession", "oe"]
    assert texts(element, "objectIdentifierValue") == [str(package().id), "aaa0042", "oe1234"]
    assert texts(element, "originalName") == ["R&D: reel <1>"]


def test_rights_are_one_statement_linked_both_ways():
    root = etree.fromstring(premis())
    assert texts(root, "otherRightsNote") == ["In copyright; see contract 7"]
    assert texts(root, "rightsStatementIdentifierValue") == texts(
        root, "linkingRightsStatementIdentifierValue"
    )
    (rights,) = root.findall("p:rights", NS)
    assert texts(rights, "linkingObjectIdentifierValue") == [str(package().id)]
    assert not etree.fromstring(premis(rights="")).findall(".//p:rights", NS)


def test_the_same_package_gives_the_same_bytes():
    assert premis() == premis()
