"""`import` by its service: every form becomes a package of ours, and nothing of it is lost."""

import csv
import hashlib
import json
import tarfile
import unicodedata
import zipfile

import pytest
from import_cases import (
    Importer,
    foreign_documents,
    holds,
    jhove,
    make_bag,
    make_mets,
    mets_file,
    mix,
    objects,
    pack_tar,
    picture,
)
from packing_cases import DATE, ID, only, tree

from avpres.domain.errors import (
    DestinationRefusedError,
    NotConformantError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode

FILES = {"a/one.txt": b"one\n", "a/two.txt": b"two\n", "deep/er/three.txt": b"three\n"}
HARD = ("100%0Adone", " a ", "new\nline", "re\rturn", "é", "#", "q?", "two  spaces", "x" * 255)


@pytest.fixture
def importer(tmp_path):
    return Importer(tmp_path / "state")


def listing(out):
    """Read what the package says of its files, by path."""
    (lines,) = only(out).glob("data/metadata/files.jsonl")
    return {row["path"]: row for row in map(json.loads, lines.read_text("utf-8").splitlines()[1:])}


def events(out):
    (lines,) = only(out).glob("data/logs/events.jsonl")
    return [json.loads(line) for line in lines.read_text("utf-8").splitlines()]


def test_a_bag_becomes_a_package_that_holds_its_payload(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    before = tree(bag)
    report = importer(bag, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == FILES
    kept = foreign_documents(tmp_path / "out")
    assert set(kept) == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    assert kept["manifest-sha256.txt"] == (bag / "manifest-sha256.txt").read_bytes()
    assert holds(only(tmp_path / "out"), tmp_path / "state")
    assert tree(bag) == before
    assert "3 files listed" in report.summary
    assert "3 digests compared and alike" in report.summary
    assert report.facts["form"] == "bag"


def test_a_file_is_known_by_the_name_that_the_foreign_package_had_for_it(tmp_path, importer):
    importer(make_bag(tmp_path / "reel", FILES), tmp_path / "out")
    assert listing(tmp_path / "out")["data/objects/a/one.txt"]["original"] == "data/a/one.txt"


def test_identifiers_label_and_makers_of_the_foreign_package_are_kept(tmp_path, importer):
    importer(make_mets(tmp_path / "reel", FILES), tmp_path / "out")
    (lines,) = only(tmp_path / "out").glob("data/metadata/files.jsonl")
    head = json.loads(lines.read_text("utf-8").splitlines()[0])
    assert head["identifiers"] == {"foreign": "aiht:42"}
    assert head["label"] == "George Mason 9/11"
    assert "Other Archive" in [agent["name"] for agent in head["agents"]]


def test_the_events_of_an_import_are_told_in_order(tmp_path, importer):
    importer(make_bag(tmp_path / "reel", FILES), tmp_path / "out")
    told = events(tmp_path / "out")
    assert [event["type"] for event in told] == [
        "ingestion start",
        "replication",
        "message digest calculation",
        "fixity check",
        "fixity check",
        "format identification",
        "validation",
        "metadata extraction",
        "accession",
        "information package creation",
        "ingestion end",
    ]
    lists = told[4]
    assert (lists["outcome"], lists["facts"]["digests_agree"]) == ("success", 3)
    assert len({event["id"] for event in told}) == len(told)


def test_mets_with_records_inside_is_compared_with_what_is_found(tmp_path, importer):
    right, wrong = picture(40, 30), picture(20, 10)
    entries = [
        mets_file("right.tif", right, number=1, mime="image/tiff", ADMID="T1"),
        mets_file("wrong.tif", wrong, number=2, mime="image/gif", ADMID="T2"),
    ]
    files = {"right.tif": right, "wrong.tif": wrong}
    before = mix("T1", 40, 30) + mix("T2", 99, 10)
    harvard = make_mets(tmp_path / "harvard", files, entries=entries, before=before)
    report = importer(harvard, tmp_path / "out")
    assert report.exit_code is ExitCode.OK
    table = report.facts["comparison"]["TIFF"]
    assert table["width"] == {"agree": 1, "differ": 1}
    assert table["height"] == {"agree": 2}
    assert table["bits per sample"] == {"agree": 2}
    assert table["MIME type"] == {"agree": 1, "differ": 1}
    assert table["size"] == {"agree": 2}
    differing = [each for each in report.findings if each.code == "IMP-DIFFERS"]
    assert {(each.expected, each.found) for each in differing} == {
        ("99", "20"),
        ("image/gif", "image/tiff"),
    }
    assert any("TIFF, width" in line for line in report.lines)
    path = only(tmp_path / "out") / "data/metadata/supplemental/comparison.csv"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    (row,) = [row for row in rows if row["property"] == "width" and row["outcome"] == "differ"]
    assert (row["package"], row["avpres"]) == ("99", "20")
    assert row["path"] == "data/objects/wrong.tif"


def test_mets_with_records_beside_keeps_them_with_their_tool(tmp_path, importer):
    image = picture(40, 30)
    record = jhove("TIFF", "image/tiff", "Well-Formed and valid", 41)
    before = (
        '<amdSec><techMD ID="T1"><mdRef LOCTYPE="URL" MDTYPE="OTHER"'
        ' xlink:href="techmd/one.tif.xml"/></techMD></amdSec>'
    )
    entries = [mets_file("content/one.tif", image, mime="image/tiff", ADMID="T1")]
    files = {"content/one.tif": image, "techmd/one.tif.xml": record}
    stanford = make_mets(tmp_path / "stanford", files, entries=entries, before=before)
    report = importer(stanford, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert foreign_documents(tmp_path / "out")["techmd/one.tif.xml"] == record
    assert set(objects(tmp_path / "out")) == {"content/one.tif"}
    assert report.facts["comparison"]["TIFF"]["width"] == {"differ": 1}
    assert report.facts["comparison"]["TIFF"]["status"] == {"agree": 1}
    text = (only(tmp_path / "out") / "data/metadata/supplemental/comparison.csv").read_text("utf-8")
    assert '"JHOVE","1.0 (beta 2)"' in text


def test_mets_without_records_is_taken_in(tmp_path, importer):
    report = importer(make_mets(tmp_path / "hopkins", FILES), tmp_path / "out")
    assert report.exit_code is ExitCode.OK
    assert objects(tmp_path / "out") == FILES
    assert set(foreign_documents(tmp_path / "out")) == {"mets.xml"}


def test_a_didl_with_a_file_inside_it_gives_that_file_too(tmp_path, importer):
    root = tmp_path / "dominion"
    root.mkdir()
    (root / "one.txt").write_bytes(b"one\n")
    (root / "didl.xml").write_text(
        '<DIDL xmlns="urn:mpeg:mpeg21:2002:02-DIDL-NS"><Container>'
        '<Item><Component><Resource mimeType="text/plain" ref="one.txt"/></Component></Item>'
        '<Item><Component><Resource mimeType="text/plain" encoding="base64">aW5zaWRlCg=='
        "</Resource></Component></Item></Container></DIDL>",
        "utf-8",
    )
    report = importer(root, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert sorted(objects(tmp_path / "out").values()) == [b"inside\n", b"one\n"]


def test_a_manifest_beside_a_tree_comes_along(tmp_path, importer):
    reel = tmp_path / "from" / "reel"
    reel.mkdir(parents=True)
    (reel / "one.txt").write_bytes(b"one\n")
    line = "5bbf5a52328e7439ae6e719dfe712200  reel/one.txt\n"
    (tmp_path / "from" / "reel_manifest.md5").write_text(line, "utf-8")
    report = importer(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == {"one.txt": b"one\n"}
    assert list(foreign_documents(tmp_path / "out").values()) == [line.encode()]


def test_a_bare_tree_is_taken_in_and_says_that_nothing_was_compared(tmp_path, importer):
    reel = tmp_path / "reel"
    (reel / "sub").mkdir(parents=True)
    (reel / "sub" / "one.txt").write_bytes(b"one\n")
    (reel / "empty").mkdir()
    report = importer(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.OK
    assert "IMP-NO-LIST" in report.finding_counts
    assert "nothing to compare" in report.summary
    assert objects(tmp_path / "out") == {"sub/one.txt": b"one\n"}
    assert (only(tmp_path / "out") / "data/objects/empty").is_dir()
    (lists,) = [each for each in events(tmp_path / "out") if "lists" in each["detail"]]
    assert lists["outcome"] == "warning"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_a_container_is_unpacked_and_imported(tmp_path, importer, mode):
    bag = make_bag(tmp_path / "reel", FILES)
    packed = pack_tar(bag, tmp_path / f"reel.tar{mode[2:]}", mode)
    report = importer(packed, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == FILES
    assert "unpacking" in [event["type"] for event in events(tmp_path / "out")]
    assert holds(only(tmp_path / "out"), tmp_path / "state")


def test_a_zip_without_a_folder_of_its_own_is_imported_into_a_container(tmp_path, importer):
    reel = make_mets(tmp_path / "reel", FILES)
    with zipfile.ZipFile(tmp_path / "reel.zip", "w") as archive:
        for path in sorted(reel.rglob("*")):
            archive.write(path, path.relative_to(reel))
    report = importer(tmp_path / "reel.zip", tmp_path / "out", container="tar", package_id=ID)
    assert report.exit_code is ExitCode.OK, report.findings
    with tarfile.open(tmp_path / "out" / f"{ID}.tar") as archive:
        names = set(archive.getnames())
    assert {f"{ID}/data/objects/{path}" for path in FILES} <= names


def test_a_container_alone_in_a_container_is_unpacked_when_that_is_asked(tmp_path, importer):
    inner = tmp_path / "box"
    inner.mkdir()
    pack_tar(make_bag(tmp_path / "reel", FILES), inner / "reel.tar.gz")
    outer = pack_tar(inner, tmp_path / "box.tar")
    importer(outer, tmp_path / "plain")
    assert set(objects(tmp_path / "plain")) == {"box/reel.tar.gz"}
    report = importer(outer, tmp_path / "out", nested=True)
    assert report.facts["form"] == "bag"
    assert objects(tmp_path / "out") == FILES


@pytest.mark.parametrize("make", [make_bag, make_mets], ids=["bag", "METS"])
def test_hard_names_are_imported_as_they_are(tmp_path, importer, make):
    files = {f"dir/{name}": name.encode() for name in HARD}
    report = importer(make(tmp_path / "reel", files), tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == files
    assert holds(only(tmp_path / "out"), tmp_path / "state")


def test_names_that_are_not_utf8_are_imported_without_a_bag(tmp_path, importer):
    name = b"\xff\xe9.txt".decode("utf-8", "surrogateescape")
    reel = make_mets(tmp_path / "reel", {name: b"odd\n"})
    with pytest.raises(DestinationRefusedError, match="--layout ifi"):
        importer(reel, tmp_path / "bagged")
    report = importer(reel, tmp_path / "out", layout="ifi")
    assert report.exit_code is ExitCode.OK, report.findings
    assert (only(tmp_path / "out") / "objects" / name).read_bytes() == b"odd\n"


def test_both_unicode_twins_are_taken_in_and_told(tmp_path, importer):
    one, other = (unicodedata.normalize(form, "é.txt") for form in ("NFC", "NFD"))
    files = {one: b"composed\n", other: b"decomposed\n"}
    report = importer(make_bag(tmp_path / "reel", files), tmp_path / "out")
    assert report.exit_code is ExitCode.OK
    assert objects(tmp_path / "out") == files
    assert report.finding_counts["IMP-TWINS"] == 1


def test_tag_files_that_no_list_names_are_kept_as_documents(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", {"notes.txt": b"payload\n"})
    (bag / "notes.txt").write_bytes(b"beside\n")
    (bag / "dir").mkdir()
    (bag / "dir" / "mods.xml").write_bytes(b"<mods/>")
    report = importer(bag, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == {"notes.txt": b"payload\n"}
    kept = foreign_documents(tmp_path / "out")
    assert (kept["notes.txt"], kept["dir/mods.xml"]) == (b"beside\n", b"<mods/>")


def test_ocfl_gives_every_logical_name_its_file(tmp_path, importer):
    root = tmp_path / "object"
    (root / "v1" / "content").mkdir(parents=True)
    (root / "v1" / "content" / "stored").write_bytes(b"one\n")
    (root / "v1" / "content" / "old").write_bytes(b"old\n")
    (root / "0=ocfl_object_1.0").write_text("ocfl_object_1.0\n", "utf-8")
    one, old = (hashlib.sha512(each).hexdigest() for each in (b"one\n", b"old\n"))
    version = {"created": "2020-01-01T00:00:00Z", "message": "m"}
    inventory = {
        "id": "info:x/1",
        "type": "https://ocfl.io/1.0/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": "v2",
        "manifest": {one: ["v1/content/stored"], old: ["v1/content/old"]},
        "versions": {
            "v1": {**version, "state": {old: ["a.txt"]}},
            "v2": {**version, "state": {one: ["a.txt", "sub/b.txt"]}},
        },
    }
    text = json.dumps(inventory).encode()
    (root / "inventory.json").write_bytes(text)
    digest = hashlib.sha512(text).hexdigest()
    (root / "inventory.json.sha512").write_text(f"{digest} inventory.json\n", "utf-8")
    report = importer(root, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert objects(tmp_path / "out") == {"a.txt": b"one\n", "sub/b.txt": b"one\n"}
    assert b"old\n" in foreign_documents(tmp_path / "out").values()
    assert listing(tmp_path / "out")["data/objects/sub/b.txt"]["original"] == "sub/b.txt"


def test_a_dry_run_makes_nothing_and_maps_every_file(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    table = tmp_path / "map.csv"
    report = importer(bag, tmp_path / "out", dry_run=True, mapping=table)
    assert report.exit_code is ExitCode.OK
    assert not (tmp_path / "out").exists()
    assert "nothing was made" in report.summary
    assert "3 digests compared and alike" in report.summary
    with table.open(encoding="utf-8-sig", newline="") as handle:
        rows = {row["foreign"]: row["package"] for row in csv.DictReader(handle)}
    assert rows["reel/data/a/one.txt"] == "data/objects/a/one.txt"
    assert rows["reel/bagit.txt"] == "data/metadata/supplemental/foreign/bagit.txt"


def test_a_dry_run_of_a_container_leaves_nothing(tmp_path, importer):
    packed = pack_tar(make_bag(tmp_path / "reel", FILES), tmp_path / "reel.tar.gz")
    report = importer(packed, tmp_path / "out", dry_run=True)
    assert "3 digests compared and alike" in report.summary
    assert not (tmp_path / "out").exists()


def test_the_same_import_gives_the_same_bytes(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    for name in ("first", "second"):
        importer(bag, tmp_path / name, package_id=ID, date=DATE)
    assert tree(tmp_path / "first") == tree(tmp_path / "second")


def test_a_package_of_ours_can_be_imported(tmp_path, importer):
    importer(make_bag(tmp_path / "reel", FILES), tmp_path / "first")
    report = importer(only(tmp_path / "first"), tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert set(FILES.values()) <= set(objects(tmp_path / "out").values())


def test_what_cannot_be_imported_is_refused(tmp_path, importer):
    (tmp_path / "reel").mkdir()
    (tmp_path / "text").write_text("no container\n", "utf-8")
    with pytest.raises(SourceUnreadableError):
        importer(tmp_path / "absent", tmp_path / "out")
    with pytest.raises(UsageError, match="inside"):
        importer(tmp_path / "reel", tmp_path / "reel" / "out")
    with pytest.raises(NotConformantError, match="give a container or a folder"):
        importer(tmp_path / "text", tmp_path / "out")
    assert [path.name for path in tmp_path.glob("out/*")] == []
