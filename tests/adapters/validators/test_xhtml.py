import re

import pytest
from documents import XHTML, ids, look
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from avpres.adapters.validators.xml_catalogue import BUNDLED, catalogue_of
from avpres.domain.formats import Format
from avpres.domain.validity import Status

VERSIONS = ["1.0 Strict", "1.0 Transitional", "1.0 Frameset", "1.1"]
GOOD = XHTML.format(version="1.0 Strict", more="<p>two</p>").encode()


@pytest.mark.parametrize("version", [v for v in VERSIONS if "Frame" not in v])
def test_sound_xhtml_is_valid_by_its_own_dtd(version: str) -> None:
    exam = look(XHTML.format(version=version, more="<p>two</p>").encode(), Format.XHTML)
    assert exam.status is Status.VALID
    assert exam.version == version.split(maxsplit=1)[0]
    assert exam.profile == version.partition(" ")[2]
    assert exam.technical.text is not None
    assert (exam.technical.text.markup, exam.technical.text.language) == ("XHTML", "en")


@pytest.mark.parametrize("version", ["1.0 Strict", "1.1"])
@pytest.mark.parametrize("more", ["<font>x</font>", "<p><p/></p>", '<p wide="1">x</p>', "text"])
def test_what_the_dtd_forbids_is_not_valid(version: str, more: str) -> None:
    exam = look(XHTML.format(version=version, more=more).encode(), Format.XHTML)
    assert exam.status is Status.NOT_VALID
    assert "XML-DTD" in ids(exam)


def test_transitional_allows_what_strict_does_not() -> None:
    data = XHTML.format(version="1.0 Transitional", more='<font color="red">x</font>').encode()
    assert look(data, Format.XHTML).status is Status.VALID


def test_an_entity_that_no_dtd_declares_is_not_valid() -> None:
    exam = look(GOOD.replace(b"&nbsp;", b"&reel;"), Format.XHTML)
    assert exam.status is Status.NOT_VALID
    assert ids(exam) == {"XML-ENTITY-UNDECLARED"}


@pytest.mark.parametrize("length", range(1, len(GOOD.rstrip()), 11))
def test_cut_xhtml_is_not_well_formed(length: int) -> None:
    assert look(GOOD[:length], Format.XHTML).status is Status.NOT_WELL_FORMED


def test_tags_that_do_not_close_are_not_well_formed() -> None:
    exam = look(GOOD.replace(b"two</p>", b"two"), Format.XHTML)
    assert exam.status is Status.NOT_WELL_FORMED
    assert "XML-TAG-MISMATCH" in ids(exam)


def test_xhtml_without_a_known_document_type_stays_open() -> None:
    five = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body/></html>'
    exam = look(b"<!DOCTYPE html>" + five, Format.XHTML)
    assert exam.status is Status.WELL_FORMED
    assert ids(exam) == {"XHTML-NOT-CHECKED"}
    other = b'<!DOCTYPE html PUBLIC "-//X//DTD XHTML Own 1.0//EN" "own.dtd">' + five
    assert ids(look(other, Format.XHTML)) == {"XHTML-NO-DTD"}


def test_another_root_or_namespace_is_found() -> None:
    assert "XHTML-ROOT" in ids(look(b"<page/>", Format.XHTML))
    bare = b"<html><head><title>x</title></head><body/></html>"
    assert "XHTML-NAMESPACE" in ids(look(bare, Format.XHTML))


def test_declarations_in_the_file_add_to_those_of_the_dtd() -> None:
    own = GOOD.replace(b'x.dtd">', b'x.dtd" [<!ELEMENT reel EMPTY><!ATTLIST p reel CDATA "">]>')
    assert own != GOOD
    assert look(own.replace(b"<p>two", b'<p reel="2">two'), Format.XHTML).status is Status.VALID
    assert look(own.replace(b"<p>two", b'<p can="2">two'), Format.XHTML).status is Status.NOT_VALID


@pytest.mark.parametrize("version", VERSIONS)
def test_the_dtds_that_come_along_are_whole(version: str) -> None:
    public = f"-//W3C//DTD XHTML {version}//EN"
    path = catalogue_of(None).find((public,), ".dtd")
    assert path is not None
    assert isinstance(catalogue_of(None).dtd(path).dtd, etree.DTD)
    names = {element.name for element in catalogue_of(None).dtd(path).dtd.iterelements()}
    assert {"html", "head", "title", "p", "table", "img"} <= names


def test_every_module_that_the_dtds_name_is_there() -> None:
    used = set()
    for file in (BUNDLED / "xhtml11.dtd", BUNDLED / "xhtml-framework-1.mod"):
        used |= set(re.findall(r'"[^"\s]*?([\w-]+\.(?:mod|ent))"', file.read_text("utf-8")))
    assert used
    assert not [name for name in used if not (BUNDLED / name).is_file()]
    assert "NO WARRANTIES" in (BUNDLED / "LICENSE").read_text("utf-8").upper() or (
        "AS IS" in (BUNDLED / "LICENSE").read_text("utf-8")
    )


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.data())
def test_damaged_xhtml_gives_a_verdict(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert look(bytes(damaged), Format.XHTML).status in Status
