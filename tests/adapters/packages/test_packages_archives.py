"""Archivematica, E-ARK and our own packages; METS 2; other prefixes; histories kept as they are."""

import pytest
from foreign_cases import codes, entry, group, md5, mets, put, read, techmd, write

from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role

UUID = "0b7e4f8e-2f2f-4a39-9d7a-3a5b8d9c0e11"
PREMIS = f"""<premis:object xmlns:premis="http://www.loc.gov/premis/v3">
<premis:objectCharacteristics><premis:fixity>
<premis:messageDigestAlgorithm>md5</premis:messageDigestAlgorithm>
<premis:messageDigest>{md5()}</premis:messageDigest></premis:fixity><premis:size>7</premis:size>
<premis:format><premis:formatDesignation><premis:formatName>JPEG</premis:formatName>
</premis:formatDesignation><premis:formatRegistry>
<premis:formatRegistryName>PRONOM</premis:formatRegistryName>
<premis:formatRegistryKey>fmt/43</premis:formatRegistryKey></premis:formatRegistry></premis:format>
<premis:objectCharacteristicsExtension><fits version="1.1.0"><identity/></fits><ffprobe/>
</premis:objectCharacteristicsExtension></premis:objectCharacteristics>
<premis:originalName>%transferDirectory%objects/My photo.jpg</premis:originalName>
</premis:object>"""
AGENT = """<premis:agent xmlns:premis="http://www.loc.gov/premis/v3"><premis:agentIdentifier>
<premis:agentIdentifierValue>Archivematica-1.13.2</premis:agentIdentifierValue>
</premis:agentIdentifier></premis:agent>"""


def provenance(content: str) -> str:
    wrap = f'<mdWrap MDTYPE="PREMIS:AGENT"><xmlData>{content}</xmlData></mdWrap>'
    return f'<amdSec><digiprovMD ID="d">{wrap}</digiprovMD></amdSec>'


@pytest.fixture
def archivematica(tmp_path):
    put(tmp_path, "data/objects/My_photo.jpg", "data/logs/x.log")
    attributes = 'ID="f" ADMID="t"'
    listed = group(entry("objects/My_photo.jpg", attributes), use="original")
    gone = group('<file ID="gone"/>', use="deleted")
    before = techmd("t", PREMIS, "PREMIS:OBJECT") + provenance(AGENT)
    write(tmp_path / f"data/METS.{UUID}.xml", mets(listed + gone, before=before))
    names = ("objects/My_photo.jpg", "logs/x.log", f"METS.{UUID}.xml")
    write(tmp_path / "bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")
    lines = "".join(f"{'0' * 64}  data/{name}\n" for name in names)
    write(tmp_path / "manifest-sha256.txt", lines)
    return tmp_path


def test_archivematicas_file_keeps_the_name_it_came_with(archivematica):
    foreign = open_foreign(archivematica)
    files, notices = read(foreign)
    assert (foreign.form, foreign.content) == (Form.ARCHIVEMATICA, "data")
    assert [(one.name, one.version) for one in foreign.creators] == [("Archivematica", "1.13.2")]
    file = files["data/objects/My_photo.jpg"]
    assert (file.original, file.size, file.format) == ("objects/My photo.jpg", 7, "fmt/43")
    assert [(one.type, one.tool, one.version) for one in file.records] == [
        ("PREMIS:OBJECT", "", ""),
        ("fits", "FITS", "1.1.0"),
        ("ffprobe", "", ""),
    ]
    assert {one.algorithm for one in file.digests} == {Algorithm.MD5, Algorithm.SHA256}
    assert {path: file.role for path, file in files.items()} == {
        "data/objects/My_photo.jpg": Role.OBJECT,
        "data/logs/x.log": Role.LOG,
        f"data/METS.{UUID}.xml": Role.METADATA,
    }
    assert notices == []


def test_the_history_comes_as_it_stands(archivematica):
    (found,) = open_foreign(archivematica).provenance()
    assert (found.type, found.section, found.id) == ("PREMIS:AGENT", "digiprovMD", "d")
    assert b"Archivematica-1.13.2</premis:agentIdentifierValue>\n</premis" in found.content


@pytest.mark.parametrize("host", ["DILCIS.eu", "dilcis.eu"])
def test_e_ark_is_told_by_its_extension_in_both_spellings(tmp_path, host):
    put(tmp_path, "metadata/preservation/premis.xml", "documentation/a.pdf")
    declared = f'xmlns:csip="https://{host}/XML/METS/CSIPExtensionMETS"'
    reference = (
        '<amdSec><digiprovMD ID="d"><mdRef LOCTYPE="URL" MDTYPE="PREMIS" SIZE="7" '
        f'xlink:href="metadata/preservation/premis.xml" CHECKSUM="{md5()}" CHECKSUMTYPE="MD5"/>'
        "</digiprovMD></amdSec>"
    )
    listed = group(entry("documentation/a.pdf"), use="Documentation")
    write(tmp_path / "METS.xml", mets(listed, before=reference, attributes=declared))
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert foreign.form is Form.E_ARK
    assert files["documentation/a.pdf"].role is Role.SUPPLEMENTAL
    premis = files["metadata/preservation/premis.xml"]
    assert (premis.size, premis.role) == (7, Role.METADATA)
    assert premis.digests == (Digest(Algorithm.MD5, md5()),)
    assert [one.path for one in foreign.provenance()] == ["metadata/preservation/premis.xml"]
    assert notices == []


def test_e_arks_reference_upwards_inside_the_package_is_followed(tmp_path):
    put(tmp_path, "schemas/a.xsd")
    pointer = '<structMap><div><mptr xlink:href="representations/r/METS.xml"/></div></structMap>'
    write(tmp_path / "METS.xml", mets("", behind=pointer))
    write(tmp_path / "representations/r/METS.xml", mets(group(entry("../../schemas/a.xsd"))))
    files, notices = read(open_foreign(tmp_path))
    assert "schemas/a.xsd" in files
    assert notices == []


def test_a_document_that_is_listed_as_a_file_too_is_followed_and_listed_once(tmp_path):
    pointer = '<structMap><div><mptr xlink:href="representations/r/METS.xml"/></div></structMap>'
    listed = group(entry("representations/r/METS.xml", 'SIZE="1"'), use="Representations/r")
    write(tmp_path / "METS.xml", mets(listed, behind=pointer))
    inner = mets(group(entry("data/a")), before=provenance(AGENT))
    write(tmp_path / "representations/r/METS.xml", inner)
    found = list(open_foreign(tmp_path).listed(pytest.fail))
    assert [one.type for one in open_foreign(tmp_path).provenance()] == ["PREMIS:AGENT"]
    assert [(file.path, file.role) for file in found] == [
        ("representations/r/METS.xml", Role.METADATA),
        ("representations/r/data/a", Role.OBJECT),
    ]


def test_mets_2_has_no_xlink(tmp_path):
    put(tmp_path, "a b", "techmd/a.xml")
    text = (
        '<m:mets xmlns:m="http://www.loc.gov/METS/v2" OBJID="x"><m:mdSec><m:mdGrp>'
        '<m:md ID="t" USE="TECHNICAL"><m:mdRef LOCREF="techmd/a.xml" MDTYPE="NISOIMG"/></m:md>'
        '</m:mdGrp></m:mdSec><m:fileSec><m:fileGrp USE="x"><m:file ID="f" MDID="t">'
        '<m:FLocat LOCREF="a%20b" LOCTYPE="URL"/></m:file></m:fileGrp></m:fileSec></m:mets>'
    )
    write(tmp_path / "any.xml", text)
    foreign = open_foreign(tmp_path)
    files, _ = read(foreign)
    assert (foreign.form, foreign.version) == (Form.METS_SIDECAR, "2")
    assert files["a b"].records[0].path == "techmd/a.xml"


def test_a_file_inside_the_document_comes_with_its_content(tmp_path):
    inside = '<file ID="f" SIZE="2"><FContent><binData>AP8=</binData></FContent></file>'
    write(tmp_path / "mets.xml", mets(group(inside)))
    (file,) = open_foreign(tmp_path).listed(pytest.fail)
    assert (file.path, file.content, file.id) == ("", b"\x00\xff", "f")


def test_premis_that_contradicts_the_file_is_told(tmp_path):
    wrong = f'ADMID="t" SIZE="8" CHECKSUM="{"0" * 32}" CHECKSUMTYPE="MD5"'
    before = techmd("t", PREMIS, "PREMIS:OBJECT")
    write(tmp_path / "mets.xml", mets(group(entry("a", wrong)), before=before))
    (file,) = read(open_foreign(tmp_path))[0].values()
    assert file.disagreement == (
        f"SIZE is 8, in PREMIS 7; CHECKSUM is {'0' * 32}, in PREMIS {md5()}"
    )


def test_premis_of_several_files_in_one_record_says_nothing_of_any(tmp_path):
    before = techmd("t", f"<premis>{PREMIS}{PREMIS.replace(md5(), '0' * 32)}</premis>", "PREMIS")
    listed = group(entry("a", 'ADMID="t"'), entry("b", 'ADMID="t"'))
    write(tmp_path / "mets.xml", mets(listed, before=before))
    files, _ = read(open_foreign(tmp_path))
    assert [(file.digests, file.original) for file in files.values()] == [((), ""), ((), "")]


def test_documents_beside_each_other_are_all_read_and_told(tmp_path):
    put(tmp_path, "a", "b")
    write(tmp_path / "one.xml", mets(group(entry("a"))))
    write(tmp_path / "two.xml", mets(group(entry("b"))))
    files, notices = read(open_foreign(tmp_path))
    assert set(files) == {"a", "b"}
    assert codes(notices) == ["IMP-SEVERAL"]


def test_documents_that_point_at_each_other_are_read_once(tmp_path):
    pointer = '<structMap><div><mptr xlink:href="{}"/></div></structMap>'
    write(tmp_path / "METS.xml", mets("", behind=pointer.format("b/METS.xml")))
    write(tmp_path / "b/METS.xml", mets(group(entry("x")), behind=pointer.format("../METS.xml")))
    found = [file.path for file in open_foreign(tmp_path).listed(pytest.fail)]
    assert sorted(found) == ["METS.xml", "b/METS.xml", "b/x"]


def test_a_folder_around_a_package_is_looked_through(tmp_path):
    write(tmp_path / "harvard/dip/mets.xml", mets(group(entry("a"))))
    put(tmp_path, ".DS_Store")
    assert open_foreign(tmp_path).root == tmp_path / "harvard/dip"


def test_a_link_that_leads_out_is_no_document(tmp_path):
    write(tmp_path / "elsewhere/METS.xml", mets(group(entry("secret"))))
    package = tmp_path / "package"
    pointer = '<structMap><div><mptr xlink:href="link/METS.xml"/></div></structMap>'
    write(package / "METS.xml", mets("", behind=pointer))
    (package / "link").symlink_to(tmp_path / "elsewhere")
    files, notices = read(open_foreign(package))
    assert list(files) == ["link/METS.xml"]
    assert codes(notices) == ["IMP-DOCUMENT"]


def test_names_decide_nothing(tmp_path):
    write(tmp_path / "METS.xml", "<html/>")
    write(tmp_path / "bagit.txt", "a poem")
    write(tmp_path / "0=ocfl_object_1.0", "no")
    assert open_foreign(tmp_path).form is Form.TREE
