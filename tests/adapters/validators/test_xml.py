import json
from pathlib import Path

import pytest
from documents import BOMB, ids, look, look_at_file, seconds
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.source import WHOLE
from avpres.domain.formats import Format
from avpres.domain.technical import Text
from avpres.domain.validity import Status

BROKEN, OPEN = Status.NOT_WELL_FORMED, Status.WELL_FORMED
SCHEMA = b"""<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:reels"
  targetNamespace="urn:reels" elementFormDefault="qualified">
<xs:include schemaLocation="http://example.org/types/can.xsd"/>
<xs:element name="reels"><xs:complexType><xs:sequence>
<xs:element name="reel" type="can" maxOccurs="9"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>
"""
TYPES = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:reels">
<xs:simpleType name="can"><xs:restriction base="xs:integer"/></xs:simpleType></xs:schema>
"""
REELS = b'<?xml version="1.0"?>\n<reels xmlns="urn:reels">\n<reel>%s</reel>\n</reels>\n'
SAMPLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<reels xmlns="urn:x" xmlns:p="urn:p" xml:lang="en">
  <reel p:number="1">caf\xc3\xa9 &amp; more</reel>
  <!-- a comment --><![CDATA[<raw>]]><?tool data?>
  <reel p:number="2"><empty/></reel>
</reels>
"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "reels.xsd").write_bytes(SCHEMA)
    (folder / "can.xsd").write_bytes(TYPES)
    (folder / "list.dtd").write_bytes(
        b'<!ENTITY ae "&#228;"><!ELEMENT list (item+)><!ELEMENT item (#PCDATA)>'
    )
    (folder / "catalog.json").write_text(
        json.dumps({"urn:reels": "reels.xsd", "-//X//DTD List//EN": "list.dtd"})
    )
    return folder


def text_of(data: bytes) -> Text:
    text = look(data, Format.XML).technical.text
    assert text is not None
    return text


def test_a_sound_file_without_a_schema_is_well_formed_and_no_more() -> None:
    exam = look(SAMPLE, Format.XML)
    assert exam.status is OPEN
    assert ids(exam) == {"XML-NO-SCHEMA"}


def test_it_is_described() -> None:
    text = text_of(SAMPLE)
    assert (text.root, text.namespace, text.language) == ("reels", "urn:x", "en")
    assert (text.charset, text.markup, text.markup_version) == ("UTF-8", "XML", "1.0")
    assert (text.line_break, text.lines) == ("LF", 6)
    assert text.characters == len(SAMPLE.decode())


def test_schema_locations_and_document_types_are_kept() -> None:
    xsi = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    text = text_of(b'<a xmlns="urn:a" %s xsi:schemaLocation="urn:a http://x/a.xsd"/>' % xsi)
    assert text.schemas == ("http://x/a.xsd",)
    assert text_of(b'<!DOCTYPE a PUBLIC "-//P" "http://x/a.dtd"><a/>').doctype == "-//P"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "utf-8"])
def test_every_encoding_that_xml_has_is_read(codec: str) -> None:
    name = "utf-16" if codec.startswith("utf-16") else codec
    data = f'<?xml version="1.0" encoding="{name}"?>\n<a>é</a>\n'.encode(codec)
    exam = look(data, Format.XML)
    assert exam.status is OPEN
    assert exam.technical.text is not None
    wanted = "UTF-16LE" if codec == "utf-16" else codec.upper()
    assert exam.technical.text.charset == wanted.replace("16-", "16")


def test_an_encoding_that_libxml2_does_not_know_is_read_all_the_same() -> None:
    data = '<?xml version="1.0" encoding="IBM855"?>\n<a>Катушка</a>\n'.encode("cp855")
    assert look(data, Format.XML).status is OPEN
    assert look(data[:-3], Format.XML).status is BROKEN


@pytest.mark.parametrize("name", ["hex", "base64", "rot13", "idna", "undefined", "mbcs", "zip"])
def test_codecs_that_are_no_encodings_harm_nobody(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?>\n<a>one</a>\n'.encode()
    assert look(data, Format.XML).status in {BROKEN, OPEN}


def test_a_relative_namespace_is_no_error() -> None:
    assert look(b'<a xmlns="reels"/>', Format.XML).status is OPEN


@pytest.mark.parametrize(
    ("data", "id", "offset"),
    [
        (b"<a>\n<b></a>", "XML-TAG-MISMATCH", 11),
        (b"<a>\n<b>", "XML-CUT", 7),
        (b"<a/>\nx", "XML-AFTER-END", 5),
        (b'<a b="1" b="2"/>', "XML-ATTRIBUTE-TWICE", 14),
        (b"<a>\n\x01</a>", "XML-CHARACTER", 4),
        (b"<a>\n\n\xff</a>", "XML-ENCODING", 5),
        (b"<a>&what;</a>", "XML-ENTITY-UNDECLARED", 9),
        (b"<a>\n<x:b/></a>", "XML-NAMESPACE", 8),
        (b'<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>', "XML-NAMESPACE", 42),
        (b"words", "XML-EMPTY", 0),
        (b"", "XML-EMPTY", 0),
        (b'<?xml version="1.0" encoding="nothing"?><a/>', "XML-ENCODING", 38),
        (b"<a b=1/>", "XML-SYNTAX", 5),
    ],
)
def test_what_is_not_well_formed_is_said_with_its_place(data: bytes, id: str, offset: int) -> None:
    exam = look(data, Format.XML)
    assert exam.status is BROKEN
    assert id in ids(exam)
    assert exam.messages[0].offset is not None
    assert abs(exam.messages[0].offset - offset) <= 1


@pytest.mark.parametrize("length", range(1, len(SAMPLE.rstrip()), 7))
def test_a_cut_file_is_not_well_formed(length: int) -> None:
    assert look(SAMPLE[:length], Format.XML).status is BROKEN


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        BOMB.replace(b"<l>&k;</l>", b'<l x="&k;"/>'),
        b'<!DOCTYPE l [<!ENTITY a "' + b"a" * 100_000 + b'">]><l>' + b"&a;" * 3000 + b"</l>",
        b'<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]><l>&a;</l>',
    ],
    ids=["billion", "attribute", "quadratic", "loop"],
)
def test_entity_bombs_are_stopped_at_once(data: bytes) -> None:
    exam = look(data, Format.XML)
    assert exam.status is BROKEN
    assert ids(exam) == {"XML-ENTITIES"}
    assert seconds(data, Format.XML) < 0.5


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 200_000,
        b"<a>" * 200_000 + b"</a>" * 200_000,
        b'<a b="' + b"x" * 5_000_000 + b'"/>',
        b"<a>" + b"x" * 12_000_000 + b"</a>",
        b"<a " + b"".join(b'b%d="" ' % n for n in range(50_000)) + b"/>",
        b"<a>" + b"&#65;" * 500_000 + b"</a>",
    ],
    ids=["open", "deep", "attribute", "text", "attributes", "references"],
)
def test_hostile_files_are_done_with_quickly(data: bytes) -> None:
    assert seconds(data, Format.XML) < 1.5


def test_nothing_outside_is_ever_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("<reel/>")
    inside = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()
    assert look(inside, Format.XML).status is OPEN
    address = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>&e;</a>'
    exam = look(address, Format.XML)
    assert exam.status is OPEN
    assert "not in the local catalogue" in exam.messages[0].text


def test_a_document_type_in_the_file_itself_is_validated_by() -> None:
    head = b"<!DOCTYPE l [<!ELEMENT l (m*)><!ELEMENT m EMPTY>]>\n"
    assert look(head + b"<l><m/></l>", Format.XML).status is Status.VALID
    exam = look(head + b"<l>\n<n/></l>", Format.XML)
    assert exam.status is Status.NOT_VALID
    assert "XML-DTD" in ids(exam)


def test_a_schema_of_the_catalogue_decides_validity(schemas: Path) -> None:
    assert look(REELS % b"1", Format.XML, schemas=schemas).status is Status.VALID
    exam = look(REELS % b"one", Format.XML, schemas=schemas)
    assert exam.status is Status.NOT_VALID
    assert exam.messages[0].id == "XML-SCHEMA"
    assert exam.messages[0].offset == REELS.index(b"<reel>")


def test_a_dtd_of_the_catalogue_decides_validity(schemas: Path) -> None:
    head = b'<!DOCTYPE list PUBLIC "-//X//DTD List//EN" "http://example.org/no.dtd">\n'
    good = head + b"<list><item>B&ae;r</item></list>"
    assert look(good, Format.XML, schemas=schemas).status is Status.VALID
    exam = look(good.replace(b"item", b"thing"), Format.XML, schemas=schemas)
    assert exam.status is Status.NOT_VALID
    exam = look(good.replace(b"&ae;", b"&oe;"), Format.XML, schemas=schemas)
    assert ids(exam) == {"XML-ENTITY-UNDECLARED"}


def test_a_schema_that_cannot_be_used_leaves_validity_open(schemas: Path) -> None:
    (schemas / "reels.xsd").write_bytes(SCHEMA.replace(b"can.xsd", b"gone.xsd"))
    exam = look(REELS % b"1", Format.XML, schemas=schemas)
    assert exam.status is OPEN
    assert ids(exam) == {"XML-SCHEMA-UNUSABLE"}


def test_a_schema_without_a_namespace_is_used_for_its_own_root_alone(schemas: Path) -> None:
    bare = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="can"/>'
    (schemas / "bare.xsd").write_bytes(bare + b"</xs:schema>")
    (schemas / "catalog.json").write_text(json.dumps({"": "bare.xsd"}))
    assert look(b"<can/>", Format.XML, schemas=schemas).status is Status.VALID
    assert look(b"<box/>", Format.XML, schemas=schemas).status is OPEN


@pytest.mark.parametrize("catalogue", ["", "[]", "{", '{"urn:reels": "../../etc/passwd"}'])
def test_a_broken_catalogue_harms_nobody(schemas: Path, catalogue: str) -> None:
    (schemas / "catalog.json").write_text(catalogue)
    assert look(REELS % b"1", Format.XML, schemas=schemas).status is OPEN


def test_a_large_file_is_parsed_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    line = b"  <reel>words and more words</reel>\n"
    whole = b"<reels>\n" + line * (WHOLE // len(line) + 10) + b"</reels>\n"
    path.write_bytes(whole)
    assert look_at_file(path, Format.XML).status is OPEN
    path.write_bytes(whole[:-9])
    exam = look_at_file(path, Format.XML)
    assert exam.status is BROKEN
    assert exam.messages[0].offset == pytest.approx(len(whole) - 9, abs=2)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_damage_anywhere_gives_a_verdict_and_no_exception(data: st.DataObject) -> None:
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    assert look(bytes(damaged), Format.XML).status in Status


@pytest.mark.parametrize(
    "namespace",
    ["http://example.org/ros\u00e9", "urn of ours", "\\\\server\\x", "http://[x", "{x}", "#"],
)
def test_a_namespace_need_not_be_an_address(namespace: str) -> None:
    exam = look(f'<a xmlns="{namespace}" xmlns:b="{namespace}/b"><b:c/></a>'.encode(), Format.XML)
    assert exam.status is OPEN, exam.messages
    wrong = look(f'<a xmlns="{namespace}"><b:c/></a>'.encode(), Format.XML)
    assert wrong.status is BROKEN


@pytest.mark.parametrize(
    "data",
    [b"<a><?b:c d?></a>", b'<!DOCTYPE a [<!NOTATION b:c SYSTEM "d">]><a/>'],
    ids=["instruction", "notation"],
)
def test_colons_in_names_of_instructions_and_notations_are_let_pass(data: bytes) -> None:
    assert look(data, Format.XML).status is OPEN


def test_a_system_identifier_with_a_fragment_is_let_pass() -> None:
    assert look(b'<!DOCTYPE a SYSTEM "x.dtd#y"><a/>', Format.XML).status is OPEN
    assert look(b'<!DOCTYPE a SYSTEM "x.dtd#y"><a>', Format.XML).status is BROKEN


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("<a>&#1;&#x1F;</a>", True),
        ("\u0085<a\u2028b='1'>\u0085</a>", True),
        ("<a xmlns:b='c'><d xmlns:b=''/></a>", True),
        ("<a>\x80</a>", False),
        ("<a>\x7f</a>", False),
        ("<a>&#0;</a>", False),
        ("<a>\x01</a>", False),
        ("<a>", False),
        ("\u0085<!DOCTYPE a [<!ELEMENT a ANY>]><a>&#2;</a>", True),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_1_1_has_rules_of_its_own(text: str, encoding: str, *, sound: bool) -> None:
    data = f"<?xml version='1.1' encoding='{encoding}'?>{text}".encode(encoding)
    exam = look(data, Format.XML)
    assert (exam.status is not BROKEN) is sound, exam.messages
    assert exam.version == "1.1"


@pytest.mark.parametrize("version", ["1.2", "1.7", "2.0", "1"])
def test_there_are_two_versions_of_xml(version: str) -> None:
    exam = look(f'<?xml version="{version}"?><a/>'.encode(), Format.XML)
    assert exam.status is BROKEN
    assert "XML-VERSION" in ids(exam)


@pytest.mark.parametrize(
    ("mark", "encoding", "declared", "sound"),
    [
        (b"\xff\xfe", "utf-16-le", "utf-16", True),
        (b"\xff\xfe", "utf-16-le", "UTF-16LE", True),
        (b"\xff\xfe", "utf-16-le", "ISO-10646-UCS-2", True),
        (b"\xff\xfe", "utf-16-le", "utf-16be", False),
        (b"\xff\xfe", "utf-16-le", "utf-8", False),
        (b"\xfe\xff", "utf-16-be", "iso-8859-1", False),
        (b"\xef\xbb\xbf", "utf-8", "utf-8", True),
        (b"\xef\xbb\xbf", "utf-8", "utf-16", False),
        (b"", "cp932", "windows-31j", True),
    ],
)
def test_the_declared_encoding_must_be_that_of_the_mark(
    mark: bytes, encoding: str, declared: str, *, sound: bool
) -> None:
    data = mark + f'<?xml version="1.0" encoding="{declared}"?><a>x</a>'.encode(encoding)
    exam = look(data, Format.XML)
    assert (exam.status is OPEN) is sound, exam.messages
    assert ("XML-ENCODING" in ids(exam)) is not sound
