"""METS packages of other archives: inline, beside, without technical records, divided, damaged."""

import pytest
from foreign_cases import codes, entry, group, md5, mets, put, read, techmd, write

from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role

JHOVE = '<jhove xmlns="http://hul.harvard.edu/ois/xml/ns/jhove" release="1.0 (beta 2)"/>'


def test_harvards_records_stand_inside_with_tool_and_version(tmp_path):
    put(tmp_path, "content/a b.jpg")
    before = techmd("t", JHOVE, "JHOVE")
    attributes = f'ID="f" ADMID="t" SIZE="7" MIMETYPE="image/jpeg" CHECKSUM="{md5()}"'
    listed = entry("content/a%20b.jpg", f'{attributes} CHECKSUMTYPE="MD5"', title="/GMU/a b.jpg")
    write(tmp_path / "harvard.xml", mets(group(listed), before=before))
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert foreign.form is Form.METS_INLINE
    file = files["content/a b.jpg"]
    assert (file.size, file.mime, file.original) == (7, "image/jpeg", "/GMU/a b.jpg")
    assert file.digests == (Digest(Algorithm.MD5, md5()),)
    assert [(one.type, one.tool, one.version) for one in file.records] == [
        ("JHOVE", "JHOVE", "1.0 (beta 2)")
    ]
    assert b"beta 2" in file.records[0].content
    assert notices == []


def test_johns_hopkins_has_no_records(tmp_path):
    put(tmp_path, "a.txt")
    write(tmp_path / "mets.xml", mets(group(entry("a.txt"))))
    foreign = open_foreign(tmp_path)
    assert foreign.form is Form.METS
    assert list(read(foreign)[0]) == ["a.txt"]


def test_stanfords_records_stand_beside_and_are_listed_too(tmp_path):
    put(tmp_path, "content/a.txt", "techmd/a.txt.xml")
    before = (
        '<amdSec><techMD ID="t"><mdRef LOCTYPE="URL" MDTYPE="OTHER" OTHERMDTYPE="JHOVE" '
        'xlink:href="techmd/a.txt.xml"/></techMD></amdSec>'
    )
    write(tmp_path / "METS.xml", mets(group(entry("content/a.txt", 'ADMID="t"')), before=before))
    foreign = open_foreign(tmp_path)
    files, _ = read(foreign)
    assert foreign.form is Form.METS_SIDECAR
    (record,) = files["content/a.txt"].records
    assert (record.type, record.content, record.path) == ("JHOVE", None, "techmd/a.txt.xml")
    assert files["techmd/a.txt.xml"].role is Role.METADATA


@pytest.mark.parametrize("shared", ["", 'GROUPID="g"'])
def test_stanfords_records_may_be_files_of_a_parallel_tree(tmp_path, shared):
    names = ("x/y",) if shared else ("content/a/b%20c.tif", "techmd/a/b%20c.tif.xml")
    content = group(entry(names[0], shared), entry("content/other.tif"))
    records = group(entry(names[-1] if not shared else "z.xml", shared), use="techMD")
    write(tmp_path / "METS.xml", mets(f"<fileGrp>{content}{records}</fileGrp>"))
    foreign = open_foreign(tmp_path)
    first, other, record = read(foreign)[0].values()
    assert foreign.form is Form.METS_SIDECAR
    assert [(one.type, one.path) for one in first.records] == [("techMD", record.path)]
    assert (other.records, record.records) == ((), ())
    assert record.role is Role.METADATA


@pytest.mark.parametrize(
    "href",
    [
        *("/etc/passwd", "../../etc/passwd", "a/../../b", "file:///etc/passwd", "http://x.org/a"),
        *("C:\\a.txt", "\\\\server\\share\\a", "..%2F..%2Fetc%2Fpasswd", "urn:uuid:1"),
    ],
)
def test_a_reference_that_leads_out_is_told_and_not_followed(tmp_path, href):
    write(tmp_path / "mets.xml", mets(group(entry(href))))
    files, notices = read(open_foreign(tmp_path))
    assert files[href].path == ""
    assert files[href].candidates == ()
    assert codes(notices) == ["IMP-OUTSIDE"]


def test_a_cut_document_gives_the_files_before_the_cut(tmp_path):
    whole = mets(group(entry("a.txt"), entry("b.txt")))
    write(tmp_path / "mets.xml", whole[: whole.index("b.txt")])
    files, notices = read(open_foreign(tmp_path))
    assert list(files) == ["a.txt"]
    assert codes(notices) == ["IMP-DOCUMENT"]


def test_a_divided_package_is_read_through_its_pointers(tmp_path):
    put(tmp_path, "representations/rep1/data/a.txt")
    pointer = (
        '<structMap><div><mptr LOCTYPE="URL" xlink:href="representations/rep1/METS.xml"/>'
        '<mptr LOCTYPE="URL" xlink:href="representations/gone/METS.xml"/></div></structMap>'
    )
    attributes = 'PROFILE="https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml"'
    write(tmp_path / "METS.xml", mets("", behind=pointer, attributes=attributes))
    inner = mets(group(entry("data/a.txt")))
    write(tmp_path / "representations/rep1/METS.xml", inner)
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert foreign.form is Form.E_ARK
    assert files["representations/rep1/data/a.txt"].role is Role.OBJECT
    assert files["representations/rep1/METS.xml"].role is Role.METADATA
    assert codes(notices) == ["IMP-DOCUMENT"]


def test_a_package_that_is_named_by_its_uuid_and_lies_in_this_one_is_not_sought_elsewhere(tmp_path):
    one, other = ("3f6c1b8e-0d5a-4c52-9a7e-1f2d3c4b5a69", "9b1c7a52-6a0f-4c1e-8d35-2e4f6a7b8c90")
    put(tmp_path, f"objects/{one}.tar")
    pointers = "".join(
        f'<mptr LOCTYPE="URN" xlink:href="urn:uuid:{name}"/>' for name in (one, other)
    )
    behind = f"<structMap><div>{pointers}</div></structMap>"
    write(tmp_path / "mets.xml", mets(group(entry(f"objects/{one}.tar")), behind=behind))
    files, notices = read(open_foreign(tmp_path))
    assert set(files) == {f"objects/{one}.tar", f"urn:uuid:{other}"}
    assert [(each.code, each.path) for each in notices] == [("IMP-OUTSIDE", f"urn:uuid:{other}")]
