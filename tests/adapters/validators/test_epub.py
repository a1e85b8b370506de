import io
import time
import zipfile

import pytest
from archive_samples import cuts, examined, flagged_share, ids, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.examination import Examination
from avpres.domain.formats import Format
from avpres.domain.validity import Status

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
OPF = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
    'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<dc:identifier id="id">urn:isbn:1</dc:identifier><dc:title>Nitrate</dc:title>'
    "<dc:language>en</dc:language><dc:creator>A. Archivist</dc:creator>"
    '<meta property="dcterms:modified">2005-05-05T05:05:05Z</meta></metadata><manifest>'
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="one" href="page%20one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="far" href="https://example.org/film.mp4" media-type="video/mp4"/></manifest>'
    '<spine><itemref idref="one"/></spine></package>'
)
PAGE = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body>x</body></html>'
)
PARTS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OPS/book.opf": OPF,
    "OPS/nav.xhtml": PAGE,
    "OPS/page one.xhtml": PAGE,
}


def book(changes=(), *, first="mimetype", extra=b"", method=zipfile.ZIP_STORED) -> bytes:
    parts = PARTS | dict(changes)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: name != first):
            if parts[name] is not None:
                info = zipfile.ZipInfo(name, (2005, 5, 5, 5, 5, 6))
                info.extra = extra if name == "mimetype" else b""
                kind = method if name == "mimetype" else zipfile.ZIP_DEFLATED
                archive.writestr(info, parts[name], kind)
    return file.getvalue()


def judge(data: bytes) -> Examination:
    return examined(data, Format.EPUB)


def test_a_package_in_order_is_well_formed_and_described():
    exam = judge(book())
    assert (exam.status, ids(exam)) == (Status.WELL_FORMED, {"EPUB-PAGES-NOT-CHECKED"})
    assert (exam.version, exam.mime) == ("3.0", "application/epub+zip")
    document = exam.technical.document
    assert (document.title, document.author, document.language) == ("Nitrate", "A. Archivist", "en")
    assert (document.encrypted, document.modified) == (False, "2005-05-05T05:05:05Z")
    assert exam.technical.container.members == 5


def test_an_epub_2_needs_its_table_of_contents():
    old = OPF.replace('"3.0"', '"2.0"')
    assert "EPUB-NCX" in ids(judge(book({"OPS/book.opf": old})))
    ncx = '<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
    old = old.replace("</manifest>", ncx).replace("<spine>", '<spine toc="toc">')
    exam = judge(book({"OPS/book.opf": old, "OPS/toc.ncx": "<ncx/>"}))
    assert (exam.status, exam.version) == (Status.WELL_FORMED, "2.0")


@pytest.mark.parametrize(
    ("data", "id", "status", "jhove"),
    [
        (book(first="OPS/book.opf"), "EPUB-MIMETYPE-FIRST", Status.NOT_WELL_FORMED, "PKG-006"),
        (book({"mimetype": None}), "EPUB-MIMETYPE-FIRST", Status.NOT_WELL_FORMED, "PKG-006"),
        (book(extra=b"XY\x02\0ab"), "EPUB-MIMETYPE-EXTRA", Status.NOT_WELL_FORMED, "PKG-005"),
        (book({"mimetype": "application/epub+zip\n"}), "EPUB-MIMETYPE", None, "PKG-007"),
        (book(method=zipfile.ZIP_DEFLATED), "EPUB-MIMETYPE", None, "PKG-007"),
        (book({"META-INF/container.xml": None}), "EPUB-CONTAINER-MISSING", None, "RSC-002"),
        (book({"META-INF/container.xml": "<a"}), "EPUB-XML", None, "RSC-016"),
        (book({"META-INF/container.xml": "<a/>"}), "EPUB-ROOTFILE", Status.NOT_VALID, "RSC-003"),
        (book({"OPS/book.opf": None}), "EPUB-OPF-MISSING", None, "OPF-002"),
        (book({"OPS/nav.xhtml": "<p>"}), "EPUB-XML", None, "RSC-016"),
        (book({"OPS/nav.xhtml": None}), "EPUB-ITEM-MISSING", Status.NOT_VALID, "RSC-001"),
        (book({"OPS/more.css": "p {}"}), "EPUB-NOT-LISTED", Status.WELL_FORMED, "OPF-003"),
    ],
)
def test_what_is_wrong_with_the_container_is_named(data, id, status, jhove):
    exam = judge(data)
    found = next(message for message in exam.messages if message.id == id)
    assert found.jhove == jhove
    assert exam.status is (status or Status.NOT_WELL_FORMED)


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        ('"3.0"', '"4.0"', "EPUB-VERSION"),
        ("dc:title>", "dc:type>", "EPUB-METADATA"),
        ("dcterms:modified", "dcterms:m", "EPUB-METADATA"),
        ('identifier id="id"', 'identifier id="it"', "EPUB-IDENTIFIER"),
        (' properties="nav"', "", "EPUB-NAV"),
        ('idref="one"', 'idref="two"', "EPUB-SPINE"),
        ('<itemref idref="one"/>', "", "EPUB-SPINE"),
        ('id="one" href', 'id="nav" href', "EPUB-ITEM"),
        ("page%20one", "nav", "EPUB-ITEM"),
        ("href=", "ref=", "EPUB-ITEM"),
    ],
)
def test_what_is_wrong_with_the_package_is_named(old, new, id):
    assert old in OPF
    exam = judge(book({"OPS/book.opf": OPF.replace(old, new)}))
    assert id in ids(exam)
    assert exam.status is Status.NOT_VALID


def test_encrypted_pages_are_not_parsed():
    text = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        '<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#kw-aes128"/>'
        '<e:CipherReference URI="OPS/page one.xhtml"/></e:EncryptedData></encryption>'
    )
    exam = judge(book({"META-INF/encryption.xml": text, "OPS/page one.xhtml": "\1\2\3"}))
    assert exam.status is Status.WELL_FORMED
    assert "EPUB-ENCRYPTED" in ids(exam)
    assert exam.technical.document.encrypted


def test_obfuscated_fonts_are_no_encryption():
    text = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        '<e:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
        '<e:CipherReference URI="OPS/font.otf"/></e:EncryptedData></encryption>'
    )
    exam = judge(book({"META-INF/encryption.xml": text}))
    assert "EPUB-ENCRYPTED" not in ids(exam)
    assert not exam.technical.document.encrypted


def test_entity_bombs_are_harmless():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(30))
    page = f"<!DOCTYPE html [{entities}]>" + PAGE.replace("x<", "&e29;<")
    began = time.process_time()
    judge(book({"OPS/nav.xhtml": page}))
    assert time.process_time() - began < 1


def test_a_cut_epub_is_not_well_formed():
    assert {judge(cut).status for cut in cuts(book())} == {Status.NOT_WELL_FORMED}


def test_eight_of_ten_changed_bytes_are_found():
    assert flagged_share(book(), Format.EPUB) >= 0.8


@given(st.integers(min_value=0))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_damage_stops_the_validator(seed):
    judge(mutated(book(), seed))


@given(st.integers(min_value=0), st.sampled_from(["META-INF/container.xml", "OPS/book.opf"]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_damage_inside_stops_the_validator(seed, name):
    judge(book({name: mutated(PARTS[name].encode(), seed)}))
