"""METS of packages: valid, streamed, the same twice, and true to any name."""

import hashlib
import io
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from manifest_cases import needs_schemas, paths
from package_cases import (
    FILES,
    HOSTILE,
    HREF,
    NS,
    PICTURE,
    assert_valid,
    digests,
    mets,
    package,
    packaged,
)

from avpres import __version__
from avpres.adapters.formats.mets import write_mets
from avpres.adapters.formats.mets_techmd import PREMIS_PATH, technical_records
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import PackageKind, Role
from avpres.domain.premis import Agent


def tree(*arguments, **changes) -> etree._Element:
    return etree.fromstring(mets(*arguments, **changes))


def find(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(path, NS)


@needs_schemas
@pytest.mark.parametrize("external", [False, True])
def test_a_package_is_valid_by_the_schemas(external):
    assert_valid(mets(external=external))


@needs_schemas
@pytest.mark.parametrize("external", [False, True])
def test_a_bare_package_without_files_is_valid(external):
    bare = {"agents": (), "events": (), "rights": "", "institution": "", "identifiers": {}}
    assert_valid(mets([], external=external, label="", **bare))


@needs_schemas
def test_hostile_names_give_a_valid_document():
    assert_valid(mets(packaged(path) for path in sorted(HOSTILE)))


@needs_schemas
@settings(max_examples=40, deadline=None, derandomize=True)
@given(names=st.lists(paths, max_size=4, unique=True), label=st.text(max_size=5))
def test_any_names_give_a_valid_document(names, label):
    files = [packaged(path, original=path) for path in sorted(names)]
    assert_valid(mets(files, label=label, rights=label, institution=label))


def test_the_header_says_what_made_the_package_and_whose_it_is():
    header = tree().find("m:metsHdr", NS)
    assert header.get("CREATEDATE") == "2026-03-05T09:12:04Z"
    creator, custodian = find(header, "m:agent")
    assert (creator.get("ROLE"), creator.get("OTHERTYPE")) == ("CREATOR", "SOFTWARE")
    assert [child.text for child in creator] == ["avpres", __version__]
    assert custodian.findtext("m:name", namespaces=NS) == "Film Archive & Museum"
    names = {one.get("TYPE"): one.text for one in find(header, "m:altRecordID")}
    assert names == {"oe": "oe1234", "accession": "aaa0042"}


def test_the_root_names_the_package():
    root = tree(kind=PackageKind.SIP)
    assert root.get("OBJID") == f"urn:uuid:{package().id}"
    assert (root.get("TYPE"), root.get("LABEL")) == ("SIP", "R&D: reel <1>")


def test_files_stand_in_the_group_of_their_role():
    groups = find(tree(), "m:fileSec/m:fileGrp")
    assert [(group.get("USE"), len(group)) for group in groups] == [
        ("objects", 5),
        ("metadata", 1),
        ("supplemental", 1),
        ("logs", 1),
    ]


def test_roles_that_alternate_still_make_one_group_each():
    files = [packaged(f"{n}", role=[Role.LOG, Role.OBJECT][n % 2]) for n in range(10)]
    groups = find(tree(files), "m:fileSec/m:fileGrp")
    assert [(group.get("USE"), len(group)) for group in groups] == [("objects", 5), ("logs", 5)]


def test_a_file_has_its_facts_and_its_strongest_digest():
    file = packaged("objects/reel 1/frame.tif", description=PICTURE)
    (element,) = find(tree([file]), ".//m:file")
    assert element.get("MIMETYPE") == "image/tiff"
    assert element.get("SIZE") == str(file.size)
    assert element.get("CREATED") == "2023-11-14T22:13:20Z"
    assert element.get("CHECKSUMTYPE") == "SHA-512"
    assert element.get("CHECKSUM") == {d.algorithm: d.value for d in file.digests}["sha512"]
    assert element[0].get(HREF) == "objects/reel%201/frame.tif"


@pytest.mark.parametrize(
    ("algorithms", "expected"),
    [
        ((Algorithm.MD5,), "MD5"),
        ((Algorithm.MD5, Algorithm.SHA1), "SHA-1"),
        ((Algorithm.SHA256, Algorithm.XXH128), "SHA-256"),
        ((Algorithm.XXH128, Algorithm.BLAKE3), None),
    ],
)
def test_a_digest_that_mets_has_no_name_for_is_left_to_premis(algorithms, expected):
    root = tree([packaged(digests=digests("x", *algorithms))])
    (element,) = find(root, ".//m:file")
    assert element.get("CHECKSUMTYPE") == expected
    assert len(find(root, ".//p:fixity")) == len(algorithms)


@pytest.mark.parametrize("external", [False, True])
def test_every_reference_leads_to_a_section(external):
    root = tree(external=external)
    names = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(names) == len(set(names))
    used = {name for one in root.iter() for name in (one.get("ADMID") or "").split()}
    used |= {one.get("FILEID") for one in root.iter("{*}fptr")}
    assert used <= set(names)
    assert {name for name in names if name.startswith("file-")} <= used


def test_each_standard_that_fits_a_file_stands_behind_its_premis_object():
    root = tree()
    kinds = {}
    for file in find(root, ".//m:file"):
        sections = [find(root, f".//m:techMD[@ID='{one}']")[0] for one in file.get("ADMID").split()]
        wraps = [section[0] for section in sections]
        kinds[file[0].get(HREF)] = [w.get("OTHERMDTYPE") or w.get("MDTYPE") for w in wraps]
    assert kinds["objects/b/deep/er/frame.tif"] == ["PREMIS:OBJECT", "NISOIMG"]
    assert kinds["objects/a/clip.mov"] == ["PREMIS:OBJECT", "audioMD", "videoMD"]
    assert kinds["objects/a.wav"] == ["PREMIS:OBJECT", "audioMD"]
    assert kinds["metadata/notes.txt"] == ["PREMIS:OBJECT", "TEXTMD"]
    assert kinds["objects/empty"] == ["PREMIS:OBJECT"]


def test_events_agents_and_rights_stand_once_for_the_whole_package():
    once = package()
    twice = {"events": once.events * 2, "agents": once.agents * 2}
    root = tree(**twice)
    assert len(find(root, ".//p:event")) == 1
    assert len(find(root, ".//p:agent")) == 2
    assert len(find(root, "m:amdSec/m:rightsMD")) == 1
    about = find(root, "m:structMap/m:div")[0].get("ADMID").split()
    assert [name.rpartition("-")[0].split("-")[1] for name in about] == [
        "object",
        "rights",
        "event",
    ]


def test_folders_nest_and_files_come_in_their_order():
    root = tree(FILES)
    (top,) = find(root, "m:structMap[@TYPE='physical']/m:div")

    def shape(div):
        if div.get("TYPE") == "Item":
            return div.get("LABEL")
        return {div.get("LABEL"): [shape(child) for child in find(div, "m:div")]}

    assert shape(top) == {
        "R&D: reel <1>": [
            {"logs": ["run.log"]},
            {"metadata": ["notes.txt", {"supplemental": ["paper.pdf"]}]},
            {
                "objects": [
                    {"a": ["clip.mov"]},
                    "a.wav",
                    {"b": ["clip.mov", {"deep": [{"er": ["frame.tif"]}]}]},
                    "empty",
                ]
            },
        ]
    }


def test_folders_deeper_than_parsers_go_are_written_as_one_path():
    file = packaged("/".join("d" * 900) + "/end")
    items = find(tree([file]), ".//m:div[@TYPE='Item']")
    assert [item.get("LABEL") for item in items] == ["/".join("d" * 700) + "/end"]


def test_external_records_are_referred_to_with_their_digests():
    root = tree(external=True)
    written = {
        path: record for file in FILES for path, record in technical_records(package(), file)
    }
    references = find(root, ".//m:techMD/m:mdRef")
    assert {one.get(HREF) for one in references} == set(written)
    for one in references:
        record = written[one.get(HREF)]
        assert one.get("CHECKSUM") == hashlib.sha256(record).hexdigest()
        assert one.get("SIZE") == str(len(record))
    (premis,) = find(root, ".//m:digiprovMD/m:mdRef")
    assert premis.get(HREF) == PREMIS_PATH
    assert not find(root, ".//m:mdWrap")


def test_the_same_package_gives_the_same_bytes():
    assert mets() == mets()
    utc = datetime(2026, 3, 5, 9, 12, 4, tzinfo=UTC)
    assert mets(created=utc) == mets()


def test_text_that_xml_cannot_hold_is_shown():
    agent = Agent(name="\x00\udcff", version="1\x01", note="\ufffe")
    root = tree(label="a\x00b", institution="\udcff", agents=(agent,), identifiers={"\x01": "\x02"})
    assert root.get("LABEL") == "a\\x00b"
    assert root.findtext(".//p:agentName", namespaces=NS) == "\\x00\\xff"


def test_files_go_by_once():
    calls = []

    def files():
        calls.append(1)
        return iter(FILES)

    write_mets(io.BytesIO(), package(), files)
    assert len(calls) == 1


def test_what_waits_lies_in_the_scratch_folder_and_goes(tmp_path):
    kept = io.BytesIO()
    many = [packaged(f"o/{n:05}", description=None, digests=()) for n in range(4000)]
    write_mets(kept, package(), lambda: many, scratch=tmp_path)
    assert kept.getvalue().count(b"<mets:fptr ") == len(many)
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        write_mets(io.BytesIO(), package(), lambda: many, scratch=tmp_path / "absent")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's VmHWM")
def test_memory_does_not_grow_with_the_number_of_files():
    """A child writes them, so that this process's own peak does not count."""
    program = """
        from pathlib import Path
        from package_cases import PICTURE, package, packaged
        from avpres.adapters.formats.mets import write_mets
        from avpres.domain.oais import Role

        def files(count):
            for n in range(count):
                yield packaged(f"o/{n:06}", description=PICTURE, role=Role.LOG, digests=())

        for count in (200, 6000):
            with open("/dev/null", "wb") as handle:
                write_mets(handle, package(), lambda: files(count))
            lines = Path("/proc/self/status").read_text().splitlines()
            print(*(line.split()[1] for line in lines if line.startswith("VmHWM")))
    """
    lead = f"import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\n"
    run = subprocess.run(
        [sys.executable, "-c", lead + textwrap.dedent(program)],
        check=True,
        capture_output=True,
        text=True,
    )
    small, large = map(int, run.stdout.split())  # KiB
    assert large < 150 * 1024
    assert large - small < 4 * 1024
