import io
from pathlib import Path

import pytest
from lxml import etree
from manifest_cases import HARD_NAMES, SCHEMAS, entry, heading, needs_schemas

from avpres.adapters.formats import mhl
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

CHOSEN = (Algorithm.MD5, Algorithm.SHA1, Algorithm.XXH64)
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="1.1">
  <creatorinfo><username>u</username></creatorinfo>
  <hash>
    <file>Clips\\A001.mov</file>
    <size>5</size>
    <lastmodificationdate>2013-05-07T13:36:02Z</lastmodificationdate>
    <xxhash64>0123456789abcdef</xxhash64>
    <hashdate>2013-05-07T13:36:02Z</hashdate>
  </hash>
  <hash><file>b</file><size>7</size><null></null></hash>
  <hash><file>c</file><size>7</size><xxhash>123456</xxhash>
    <md5>D41D8CD98F00B204E9800998ECF8427E</md5></hash>
</hashlist>
"""


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return list(mhl.read(io.BytesIO(data), Origin(Path("card.mhl"))))


def written(*entries):
    handle = io.BytesIO()
    mhl.write(handle, entries, heading(*CHOSEN))
    return handle.getvalue()


def test_a_foreign_list_is_read():
    first, second, third = read(FOREIGN)
    assert (first.path, first.size) == ("Clips/A001.mov", 5)
    assert first.mtime_ns == 1_367_933_762_000_000_000
    assert (second.path, second.size, second.digests) == ("b", 7, ())
    assert [d.value for d in third.digests] == ["d41d8cd98f00b204e9800998ecf8427e"]


def test_the_little_endian_form_of_xxh64_is_turned_round():
    assert read(FOREIGN)[0].digest(Algorithm.XXH64).value == "efcdab8967452301"


def test_xxh64_is_written_big_endian():
    data = written(entry("a", CHOSEN, b""), entry("b", CHOSEN, b"x"))
    value = entry("b", CHOSEN, b"x").digest(Algorithm.XXH64).value
    assert f"<xxhash64be>{value}</xxhash64be>".encode() in data


def test_a_zero_length_file_stands_in_a_comment_and_is_read_back():
    empty = entry("sub/-- empty --", CHOSEN, b"")
    data = written(entry("a", CHOSEN), empty)
    assert data.count(b"<hash>") == 1
    assert (read(data)[1].path, read(data)[1].digests, read(data)[1].size) == (
        empty.path,
        empty.digests,
        0,
    )


@needs_schemas
def test_what_is_written_is_valid():
    parser = etree.XMLParser(no_network=True)
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "MediaHashList_v1_1.xsd", parser))
    entries = [entry(name, CHOSEN) for name in HARD_NAMES]
    odd = [
        ManifestEntry("old", entries[0].digests, 1, year * 31_556_952 * 10**9)
        for year in (-9, 8100)
    ]
    schema.assertValid(etree.fromstring(written(*entries, *odd, entry("empty", CHOSEN, b""))))


def test_names_that_xml_cannot_hold_are_flagged():
    data = written(entry("a\x01%b", CHOSEN), entry("100%", CHOSEN))
    assert b"<!-- avpres: the name is percent-encoded UTF-8 -->\n    <file>a%01%25b</file>" in data
    assert b"<file>100%</file>" in data


@pytest.mark.parametrize(
    "body",
    [
        "<hash><size>1</size></hash>",
        "<hash><file></file></hash>",
        "<hash><file>a</file><size>-1</size></hash>",
        "<hash><file>a</file><size>1</size><md5>xyz</md5></hash>",
        "<hash><file>a</file>",
    ],
)
def test_what_breaks_the_format_is_refused(body):
    with pytest.raises(NotConformantError, match=r"card\.mhl, line \d+: .*correct it"):
        read(f"<hashlist version='1.1'>\n{body}</hashlist>")


def test_nothing_outside_the_file_is_read(tmp_path):
    (tmp_path / "secret").write_text("d41d8cd98f00b204e9800998ecf8427e")
    text = (
        f'<!DOCTYPE hashlist [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
        "<hashlist><hash><file>a</file><size>1</size><md5>&e;</md5></hash></hashlist>"
    )
    with pytest.raises(NotConformantError):
        read(text)


def test_entities_that_explode_are_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    text = f'<!DOCTYPE h [<!ENTITY e0 "aaaaaaaaaa">{entities}]><h a="&e11;"/>'
    with pytest.raises(NotConformantError):
        read(text)


def test_what_the_format_cannot_hold_is_refused():
    with pytest.raises(UsageError, match=r"MHL 1\.1 holds"):
        mhl.write(io.BytesIO(), [], heading(Algorithm.SHA256))
    with pytest.raises(UsageError, match="needs size and time"):
        written(ManifestEntry("a", ()))
