"""What a file is taken for, when names and content must be weighed."""

import io

import pytest

from avpres.adapters.identification.decide import decide
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

TEI = b"<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader><title>Reel 1</title></teiHeader></TEI>"
REEL = b'<!DOCTYPE reel SYSTEM "reel.dtd">\n<reel><title>one</title></reel>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><title>a map</title></svg>'
PAGE = b"<html><head><title>Reel 1</title></head><body>one</body></html>"


def taken_for(content: bytes, name: bytes) -> Format | None:
    return decide(Source(io.BytesIO(), "x", content), name, ()).validator


@pytest.mark.parametrize("content", [TEI, REEL, SVG], ids=["TEI", "own document type", "SVG"])
def test_xml_with_a_title_is_not_taken_for_html(content):
    assert taken_for(content, b"reel.xml") is Format.XML
    assert taken_for(b"<!-- made by hand -->\n" + content, b"reel.xml") is Format.XML


@pytest.mark.parametrize("name", [b"page.html", b"page.htm", b"page", b"page.txt", b"page.xml"])
@pytest.mark.parametrize("start", [b"", b"<!DOCTYPE html>\n", b"<!-- home -->\n", b"\n \n"])
def test_a_page_is_html_whatever_it_is_called(name, start):
    assert taken_for(start + PAGE, name) is Format.HTML


def test_a_fragment_of_a_page_is_html_under_its_name():
    assert taken_for(b"<center><title>old page</title></center>", b"old.html") is Format.HTML
