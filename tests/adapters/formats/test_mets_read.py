"""METS read back: ours without loss, others' whatever they look like, hostile ones safely."""

import base64
import io
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from manifest_cases import paths
from package_cases import FILES, HOSTILE, PICTURE, digests, mets, package, packaged

from avpres.adapters.formats.emit import mix
from avpres.adapters.formats.mets_read import MetsFile, read_files
from avpres.adapters.formats.mets_techmd import technical_records
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
METS = '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">'


def read(document: bytes | str) -> list[MetsFile]:
    data = document.encode() if isinstance(document, str) else document
    return list(read_files(io.BytesIO(data)))


def listed(inside: str, *, before: str = "", behind: str = "") -> str:
    return f"{METS}{before}<fileSec>{inside}</fileSec>{behind}</mets>"


def one(attributes: str = "", href: str = "a.txt", **around: str) -> MetsFile:
    location = f'<FLocat LOCTYPE="URL" xlink:href="{href}"/>'
    text = listed(f'<fileGrp USE="g"><file {attributes}>{location}</file></fileGrp>', **around)
    (file,) = read(text)
    return file


def by_path(files) -> dict:
    return {file.path: (file.size, set(file.digests)) for file in files}


@pytest.mark.parametrize("external", [False, True])
def test_a_package_comes_back_as_it_was_written(external):
    back = read(mets(external=external))
    strongest = [file.digests[1:2] for file in FILES]  # SHA-512: all that METS holds by itself
    expected = {
        file.path: (file.size, set(first if external else file.digests))
        for file, first in zip(FILES, strongest, strict=True)
    }
    assert by_path(back) == expected
    assert {file.path: file.group for file in back}["logs/run.log"] == "logs"
    assert {file.id for file in back} == {f"file-{package().file_id(file)}" for file in FILES}


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_name_comes_back_byte_for_byte(path):
    (file,) = read(mets([packaged(path)]))
    assert file.path == path


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    names=st.lists(paths, max_size=5, unique=True),
    size=st.integers(0, 2**63 - 1),
    algorithms=st.lists(st.sampled_from(Algorithm), min_size=1, unique=True),
    role=st.sampled_from(Role),
    description=st.sampled_from([None, PICTURE]),
)
def test_any_files_come_back(names, size, algorithms, role, description):
    files = [
        packaged(
            name,
            size=size,
            role=role,
            description=description,
            digests=digests(name, *algorithms),
        )
        for name in sorted(names)
    ]
    assert by_path(read(mets(files))) == by_path(files)


def test_technical_records_come_back_whole():
    file = packaged(description=PICTURE)
    (back,) = read(mets([file]))
    kinds = [kind for kind, _ in back.techmd]
    assert kinds == ["PREMIS:OBJECT", "NISOIMG"]
    record = etree.fromstring(back.techmd[1][1])
    expected = etree.fromstring(mix.write(PICTURE))
    assert etree.tostring(record, method="c14n", exclusive=True) == etree.tostring(
        expected, method="c14n", exclusive=True
    )


def test_records_outside_come_back_as_references():
    file = packaged(description=PICTURE)
    (back,) = read(mets([file], external=True))
    assert back.techmd == []
    (path,) = [path for path, _ in technical_records(package(), file)]
    assert back.references == [("NISOIMG", path)]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("objects/My%20film.mov", ("objects/My film.mov", "objects/My%20film.mov")),
        ("objects/100% done", ("objects/100% done",)),
        ("a%23b#frag", ("a#b#frag", "a%23b#frag", "a#b")),
        ("file:///vault/a%20b", ("/vault/a b", "/vault/a%20b", "file:///vault/a%20b")),
        ("file://localhost/a", ("/a", "file://localhost/a")),
        ("./objects/a", ("objects/a", "./objects/a")),
        ("a%FF", ("a\udcff", "a%FF")),
        ("", ()),
    ],
)
def test_a_reference_is_read_decoded_and_literally(href, expected):
    file = one(href=href)
    assert file.candidates == expected
    assert file.path == (expected[0] if expected else "")
    assert file.href == href


def test_a_name_with_spaces_at_its_ends_is_kept():
    assert one(href=" a ").path == " a "


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (f'CHECKSUM="{MD5.upper()}" CHECKSUMTYPE="MD5"', (Digest(Algorithm.MD5, MD5),)),
        (f'CHECKSUM=" {MD5} "', (Digest(Algorithm.MD5, MD5),)),
        (f'CHECKSUM="{MD5}" CHECKSUMTYPE="HAVAL"', ()),
        (f'CHECKSUM="{MD5}" CHECKSUMTYPE="SHA-256"', ()),
        ('CHECKSUM="none" CHECKSUMTYPE="MD5"', ()),
        ('CHECKSUMTYPE="MD5"', ()),
    ],
)
def test_a_checksum_is_taken_only_for_what_it_says_it_is(attributes, expected):
    assert one(attributes).digests == expected


def test_a_checksum_that_avpres_does_not_take_is_kept_as_written():
    assert one('CHECKSUM="03da0195" CHECKSUMTYPE="Adler-32"').checksum == "Adler-32 03da0195"
    assert one().checksum == ""


@pytest.mark.parametrize("size", ["", "-1", "1.5", "big", "9" * 40])
def test_a_size_that_is_none_is_left_out(size):
    assert one(f'SIZE="{size}"').size is None


def test_premis_that_contradicts_the_checksum_is_kept_beside_it():
    other = "0" * 32
    premis = (
        '<object xmlns="info:lc/xmlns/premis-v2"><objectCharacteristics><fixity>'
        f"<messageDigestAlgorithm>md5</messageDigestAlgorithm><messageDigest>{other}"
        "</messageDigest></fixity></objectCharacteristics></object>"
    )
    section = wrapped("t", premis, kind="PREMIS:OBJECT")
    file = one(f'ADMID="t" CHECKSUM="{MD5}" CHECKSUMTYPE="MD5"', before=section)
    assert file.digests == (Digest(Algorithm.MD5, MD5), Digest(Algorithm.MD5, other))


def wrapped(name: str, content: str, *, kind: str = "NISOIMG", amd: str = "amd") -> str:
    return (
        f'<amdSec ID="{amd}"><techMD ID="{name}"><mdWrap MDTYPE="{kind}"><xmlData>{content}'
        "</xmlData></mdWrap></techMD></amdSec>"
    )


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("reference", ["t", "amd", "amd t", "nowhere t"])
def test_metadata_is_found_by_its_own_or_its_sections_name_on_either_side(place, reference):
    file = one(f'ADMID="{reference}"', **{place: wrapped("t", "<mix/>")})
    assert [kind for kind, _ in file.techmd] == ["NISOIMG"]


def test_metadata_of_a_group_or_a_stream_is_the_files_too():
    sections = wrapped("g", "<g/>", amd="a1") + wrapped("s", "<s/>", amd="a2")
    inside = '<fileGrp ADMID="g"><file><FLocat xlink:href="a"/><stream ADMID="s"/></file></fileGrp>'
    (file,) = read(listed(inside, before=sections))
    assert [etree.QName(etree.fromstring(record)).localname for _, record in file.techmd] == [
        "g",
        "s",
    ]


def test_binary_metadata_is_decoded():
    data = base64.b64encode(b"\x00\xff text").decode()
    section = (
        '<amdSec><techMD ID="t"><mdWrap MDTYPE="OTHER" OTHERMDTYPE="tool"><binData>'
        f"{data}</binData></mdWrap></techMD></amdSec>"
    )
    assert one('ADMID="t"', before=section).techmd == [("tool", b"\x00\xff text")]


def test_foreign_elements_of_the_same_name_are_left_where_they_are():
    html = '<div xmlns="http://www.w3.org/1999/xhtml"><div>kept</div><file/></div>'
    inner = f"{METS}<fileSec><fileGrp><file/></fileGrp></fileSec></mets>"
    section = wrapped("t", html, kind="OTHER", amd="a1") + wrapped("u", inner, amd="a2")
    file = one('ADMID="t u"', before=section)
    first, second = (record for _, record in file.techmd)
    assert b"kept" in first
    assert len(etree.fromstring(second).findall(".//{*}file")) == 1


def test_groups_and_files_may_nest():
    inside = (
        '<fileGrp USE="outer"><fileGrp><file ID="tar"><FLocat xlink:href="a.tar"/>'
        '<file ID="in"><FLocat xlink:href="a.txt"/></file></file></fileGrp></fileGrp>'
    )
    files = read(listed(inside))
    assert {(file.id, file.path, file.group) for file in files} == {
        ("tar", "a.tar", "outer"),
        ("in", "a.txt", "outer"),
    }


DIALECTS = {
    "no namespace": "<mets><fileSec><fileGrp><file ID='f'><FLocat href='a'/></file></fileGrp>"
    "</fileSec></mets>",
    "old xlink": "<m:mets xmlns:m='http://www.loc.gov/METS/' xmlns:x='http://www.w3.org/TR/xlink'>"
    "<m:fileSec><m:file ID='f'><m:FLocat x:href='a'/></m:file></m:fileSec></m:mets>",
    "METS 2": "<mets xmlns='http://www.loc.gov/METS/v2'><fileSec><file ID='f'>"
    "<FLocat LOCREF='a'/></file></fileSec></mets>",
    "inside a record": "<record><h><div/></h><mets xmlns='http://www.loc.gov/METS/' xmlns:x='u:x'>"
    "<fileSec><file ID='f'><FLocat x:href='a'/></file></fileSec></mets></record>",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_other_dialects_are_read(dialect):
    assert [(file.id, file.path) for file in read(DIALECTS[dialect])] == [("f", "a")]


def test_technical_metadata_of_mets_2_is_read():
    (file,) = read(
        '<mets xmlns="http://www.loc.gov/METS/v2"><mdSec><mdGrp>'
        '<md ID="t" USE="TECHNICAL"><mdWrap MDTYPE="NISOIMG"><xmlData><mix/></xmlData></mdWrap>'
        '</md><md ID="d" USE="DESCRIPTIVE"><mdWrap MDTYPE="DC"><xmlData><dc/></xmlData></mdWrap>'
        '</md></mdGrp></mdSec><fileSec><file MDID="t d"><FLocat LOCREF="a"/></file>'
        "</fileSec></mets>"
    )
    assert [kind for kind, _ in file.techmd] == ["NISOIMG"]


def test_a_file_without_a_location_is_still_listed():
    (file,) = read(listed('<fileGrp><file ID="f"/></fileGrp>'))
    assert (file.id, file.path, file.candidates) == ("f", "", ())


def test_a_cut_document_gives_what_it_had_and_says_where_it_ends():
    document = mets()
    files = read_files(io.BytesIO(document[: document.index(b"</mets:fileSec>")]))
    found = {next(files).path for _ in FILES}
    with pytest.raises(NotConformantError, match=r"METS, line \d+: not well-formed"):
        next(files)
    assert found == {file.path for file in FILES}


def test_a_record_beyond_measure_is_not_taken_into_memory():
    section = wrapped("t", "<a/>" * 100_000)
    inside = '<fileGrp><file ADMID="t"/></fileGrp>'
    document = listed(inside, before=section).encode()
    assert len(read(document)) == 1
    with pytest.raises(NotConformantError, match="one record of more than 100000 bytes"):
        list(read_files(io.BytesIO(document), largest=100_000))


@pytest.mark.parametrize("document", ["", "text", "<html><div/></html>", "<file/>"])
def test_what_is_no_mets_is_refused(document):
    with pytest.raises(NotConformantError, match="METS"):
        read(document)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.data())
def test_any_damage_ends_in_files_or_in_one_kind_of_error(data):
    document = bytearray(mets(FILES[:3]))
    for _ in range(data.draw(st.integers(1, 6))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    with suppress(NotConformantError):
        read(bytes(document))


def test_entities_are_neither_fetched_nor_multiplied(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    entities = f'<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY a "{"a" * 1000}">'
    entities += "".join(
        f'<!ENTITY {later} "{f"&{earlier};" * 100}">'
        for earlier, later in zip("abcd", "bcde", strict=True)
    )
    text = (
        wrapped("t", "<mix>&x;</mix>") + "<fileSec><fileGrp><file ADMID='t'/></fileGrp></fileSec>"
    )
    (file,) = read(f"<!DOCTYPE mets [{entities}]>{METS}{text}</mets>")
    assert b"do not read" not in file.techmd[0][1]
    began = time.process_time()
    with pytest.raises(NotConformantError):
        read(f"<!DOCTYPE mets [{entities}]>{METS}<fileSec><file ID='&e;'/></fileSec></mets>")
    assert time.process_time() - began < 2


def test_ids_without_end_are_read_in_no_time():
    many = " ".join(f"i{number}" for number in range(100_000))
    sections = "".join(wrapped("t", "<mix/>") for _ in range(2000))
    inside = "".join(f'<file ID="{"i" * 100_000}" ADMID="{many} t"/>' for _ in range(5))
    inside += '<file ADMID="t"/>'
    began = time.process_time()
    files = read(listed(inside, before=sections))
    assert time.process_time() - began < 3
    assert len(files) == 6
    assert 0 < len(files[-1].techmd) <= 500


def test_a_name_that_is_not_utf_8_has_its_record_in_a_tree_beside():
    files = (
        '<fileGrp USE="content">'
        '<file ID="a"><FLocat xlink:href="content/caf%E9.tif"/></file></fileGrp>'
        '<fileGrp USE="techmd">'
        '<file ID="b"><FLocat xlink:href="techmd/caf%E9.tif.xml"/></file></fileGrp>'
    )
    file = read(listed(files))[0]
    assert file.references == [("techmd", "techmd/caf%E9.tif.xml")]
