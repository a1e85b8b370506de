"""DIPs hold what was asked for, proved, and say what they do not hold."""

import csv
import hashlib
import os
import subprocess
from urllib.parse import unquote_to_bytes

import bagit
import pytest
from export_cases import (
    DATE,
    HARD,
    HREF,
    ID,
    METS,
    Exporter,
    contents,
    dip,
    listed,
    packaged,
    require_true,
    unpacked,
    unsealed,
)
from lxml import etree
from packing_cases import film, needs_schemas, schema

from avpres.adapters.formats.report_names import visible
from avpres.adapters.packages.reading import open_foreign
from avpres.config.site import Site
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    FixityMismatchError,
    IncompleteError,
    NotConformantError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Role
from avpres.domain.premis import EventType

FILES = {b"inner/" + name: b"content of " + name for name in HARD}
FILES |= {b"empty": b"", b"card/clip.txt": b"one\n", b"clip.txt": b"two\n"}


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    """A package with hostile names and a supplement."""
    root = tmp_path_factory.mktemp("reel")
    (root / "notes.txt").write_text("about the reel\n", "utf-8")
    return packaged(root, FILES, supplement=[root / "notes.txt"], label="Reel é")


@pytest.fixture
def run(tmp_path):
    return Exporter(tmp_path / "state", operator="Ada", site=Site(institution="Film archive"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def named(files, lead):
    return {lead + b"reel/" + path: content for path, content in files.items()}


def test_one_tar_holds_the_content_under_its_own_names_and_one_mets(run, reel, out, tmp_path):
    report = run(reel, out)
    assert report.exit_code is ExitCode.OK
    assert dip(out).suffix == ".tar"
    tree = unpacked(dip(out), tmp_path / "tree")
    found = contents(tree)
    mets = found.pop(b"mets.xml")
    found.pop(b"left-out.csv")
    assert found == named(FILES, b"content/")
    assert b"PREMIS:OBJECT" in mets
    entries = listed(tree / "mets.xml")
    assert set(entries) == set(found)
    require_true(tree, entries)
    require_true(tree, listed(tree / "mets.xml", "metadata"))


def test_md5sum_accepts_the_checksums_beside_a_container(run, reel, out):
    run(reel, out)
    for program, ending in (("md5sum", "md5"), ("sha512sum", "sha512")):
        command = [program, "-c", f"{dip(out).name}.{ending}"]
        subprocess.run(command, cwd=out, check=True, capture_output=True)


@pytest.mark.parametrize("form", ["aiht", "stanford", "bag"])
def test_another_archive_reads_the_same_files(run, reel, out, form):
    run(reel, out, form=form, container="folder", exclude=["not*"])
    foreign = open_foreign(dip(out))
    objects = [each for each in foreign.listed(print) if each.role is Role.OBJECT]
    lead = "data/" if form == "bag" else "content/"
    kept = {path: content for path, content in FILES.items() if b"not" not in path}
    assert {os.fsencode(each.path) for each in objects} == set(named(kept, lead.encode()))
    for each in objects:
        content = (dip(out) / each.path).read_bytes()
        assert each.size == len(content)
        own = visible(each.path.removeprefix(lead))
        assert each.original.endswith(own) or (form == "stanford" and each.records)
        for digest in each.digests:
            assert hashlib.new(digest.algorithm, content).hexdigest() == digest.value
        assert not each.disagreement


def test_bagit_validates_a_bag(run, tmp_path, out):
    package = packaged(tmp_path, {b"a": b"a", b"b/c": b"c", "é".encode(): b"e"})
    run(package, out, form="bag")
    bag = bagit.Bag(str(dip(out)))
    assert bag.validate()
    assert set(bag.payload_files()) == {"data/reel/a", "data/reel/b/c", "data/reel/é"}


@needs_schemas
@pytest.mark.parametrize(
    ("form", "divided"),
    [
        *(("aiht", False), ("aiht", True), ("bag", False), ("bag", True)),
        *(("stanford", False), ("stanford", True), ("e-ark", False)),
    ],
)
def test_every_document_follows_its_schema(run, tmp_path, out, form, divided):
    film(tmp_path / "film.avi")
    reel = packaged(tmp_path, {b"new\nline": b"text\n", b"film.avi": read(tmp_path / "film.avi")})
    run(reel, out, container="folder", form=form, divided=divided)
    found = [parsed(path) for path in dip(out).rglob("*.xml") if path.name != "dc.xml"]
    assert len(found) >= {"aiht": 1, "bag": 1, "stanford": 3, "e-ark": 4}[form] + divided
    for document in found:
        schema().assertValid(document)


def parsed(path):
    return etree.fromstring(path.read_bytes()).getroottree()


def read(path):
    return path.read_bytes()


def test_stanfords_form_has_a_record_for_each_file_in_a_parallel_tree(run, reel, out):
    run(reel, out, form="stanford")
    tree = dip(out)
    short = {path for path in FILES if len(os.path.basename(path)) < 250}
    found = contents(tree / "metadata")
    assert set(found) == {b"reel/" + path + b".xml" for path in short}
    assert len(contents(tree / "records")) == len(FILES) - len(short)
    entries = listed(tree / "mets.xml")
    assert set(entries) == set(named(FILES, b"content/"))
    require_true(tree, entries)
    for path, said in entries.items():
        record = parsed(tree / os.fsdecode(referred(tree / "mets.xml", said["ADMID"])))
        (size,) = record.iter("{http://www.loc.gov/premis/v3}size")
        assert size.text == said["SIZE"]
        values = {each.text for each in record.iter("{http://www.loc.gov/premis/v3}messageDigest")}
        assert hashlib.sha512(FILES[path.removeprefix(b"content/reel/")]).hexdigest() in values


def referred(mets, identity):
    """Follow a section to the record that it refers to, and hold that against its digest."""
    (section,) = etree.parse(mets).xpath(f"//*[@ID='{identity}']")
    reference = section[0]
    path = unquote_to_bytes(reference.get(HREF))
    content = (mets.parent / os.fsdecode(path)).read_bytes()
    assert reference.get("SIZE") == str(len(content))
    assert reference.get("CHECKSUM") == hashlib.sha256(content).hexdigest()
    return path


def test_e_arks_form_is_a_dip_of_one_representation(run, reel, out):
    run(reel, out, form="e-ark", include=["supplemental"])
    root = etree.parse(dip(out) / "METS.xml").getroot()
    assert root.get("PROFILE").endswith("E-ARK-DIP.xml")
    data = dip(out) / "representations/rep1/data"
    assert contents(data) == named(FILES, b"")
    assert (dip(out) / "documentation/supplemental/notes.txt").is_file()
    foreign = open_foreign(dip(out))
    seen = {os.fsencode(e.path) for e in foreign.listed(print) if e.role is Role.OBJECT}
    assert named(FILES, b"representations/rep1/data/").keys() <= seen


def test_e_ark_divides_in_its_own_way(run, reel, out):
    with pytest.raises(UsageError, match="leave --divided out"):
        run(reel, out, form="e-ark", divided=True)


def test_a_divided_mets_points_to_parts_that_hold_all(run, reel, out, monkeypatch):
    monkeypatch.setattr("avpres.services.export.parts.FILES", 4)
    run(reel, out, container="folder", divided=True)
    parts = sorted(dip(out).glob("mets-*.xml"))
    root = etree.parse(dip(out) / "mets.xml")
    pointers = [each.get("{http://www.w3.org/1999/xlink}href") for each in root.iter(f"{METS}mptr")]
    assert pointers == [part.name for part in parts]
    entries = {path: said for part in parts for path, said in listed(part).items()}
    assert set(entries) == set(named(FILES, b"content/"))
    require_true(dip(out), entries)
    seen = {os.fsencode(e.path) for e in open_foreign(dip(out)).listed(print) if e.role == "object"}
    assert seen == set(entries)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"select": ["clip.txt"]}, {b"card/clip.txt", b"clip.txt"}),
        ({"select": ["reel/card"]}, {b"card/clip.txt"}),
        ({"select": ["reel/*.txt"], "exclude": ["card"]}, {b"clip.txt"}),
        ({"format": ["TEXT/*"], "select": ["clip*"]}, {b"card/clip.txt", b"clip.txt"}),
        ({"format": ["x-fmt/111"], "select": ["reel/card/*"]}, {b"card/clip.txt"}),
    ],
    ids=["name", "folder", "path without folder", "mime", "puid"],
)
def test_a_selection_is_kept_and_all_else_is_told(run, reel, out, options, kept):
    report = run(reel, out, container="folder", **options)
    assert set(contents(dip(out) / "content")) == {b"reel/" + path for path in kept}
    rows = rows_of(dip(out) / "left-out.csv")
    assert len(rows) == len(FILES) + 1 - len(kept)
    assert report.totals.skipped == len(rows)
    assert sum(count["files"] for count in report.facts["left_out"].values()) == len(rows)
    told = [row for row in rows if "utf-8" in row["path"]]
    assert [bool(row["path_base64"]) for row in told] == [True]


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_supplements_come_when_they_are_asked_for(run, reel, out):
    run(reel, out, container="folder", include=["supplemental"])
    assert (dip(out) / "supplemental/notes.txt").read_text("utf-8") == "about the reel\n"
    assert set(listed(dip(out) / "mets.xml", "supplemental")) == {b"supplemental/notes.txt"}
    assert not (dip(out) / "left-out.csv").exists()


def test_several_packages_have_a_folder_each(run, tmp_path, out):
    one = packaged(tmp_path, {b"clip": b"1"}, name="one")
    two = packaged(tmp_path, {b"clip": b"2"}, name="two", layout="ifi-bag")
    run(one, two, out, container="folder")
    assert contents(dip(out) / "content") == {
        f"{one.name}/one/clip".encode(): b"1",
        f"{two.name}/two/clip".encode(): b"2",
    }


def test_the_dip_tells_what_happened_and_the_package_stays_as_it_is(run, reel, out):
    before = contents(reel)
    report = run(reel, out, container="tar.gz", select=["clip.txt"])
    types = [event.type for event in report.events]
    assert types == [
        EventType.MESSAGE_DIGEST_CALCULATION,
        EventType.FIXITY_CHECK,
        EventType.DISSEMINATION,
        EventType.PACKING,
        EventType.COMPRESSION,
    ]
    assert "not selected by path" in report.events[2].detail
    assert contents(reel) == before


MADE = (
    ("aiht", "tar"),
    ("aiht", "tar.gz"),
    ("aiht", "tar.zst"),
    ("stanford", "zip"),
    ("e-ark", "folder"),
    ("bag", "folder"),
)


def test_the_same_packages_give_the_same_bytes(run, reel, tmp_path):
    for form, box in MADE:
        made = []
        for number in ("first", "second"):
            folder = tmp_path / f"{form} {box} {number}"
            options = {"package_id": ID, "date": DATE, "exclude": ["not*"]}
            run(reel, folder, form=form, container=box, **options)
            made.append(contents(folder))
        assert made[0] == made[1]


FAILING = pytest.mark.parametrize(
    ("box", "left"), [("folder", [".part"]), ("tar", []), ("tar.zst", []), ("zip", [])]
)
"""What is left for the next run: content that is proved, never a container."""


@FAILING
def test_a_file_that_is_not_what_was_recorded_keeps_the_dip_from_appearing(
    run, tmp_path, out, box, left
):
    package = packaged(tmp_path, {b"good": b"good", b"bad": b"bad!", b"also bad": b"short"})
    (package / "objects/reel/bad").write_bytes(b"BAD!")
    (package / "objects/reel/also bad").write_bytes(b"longer")
    report = run(package, out, container=box)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    told = {each.path: each for each in report.findings if each.code == "EXP-MISMATCH"}
    assert set(told) == {"objects/reel/bad", "objects/reel/also bad"}
    finding = told["objects/reel/bad"]
    assert finding.expected != finding.found
    assert [path.suffix for path in out.iterdir()] == left
    (package / "objects/reel/bad").write_bytes(b"bad!")
    (package / "objects/reel/also bad").write_bytes(b"short")
    assert run(package, out, container=box).exit_code is ExitCode.OK
    assert dip(out)


@FAILING
def test_a_file_that_is_gone_keeps_the_dip_from_appearing(run, tmp_path, out, box, left):
    package = packaged(tmp_path, {b"here": b"1", b"gone": b"2"})
    (package / "objects/reel/gone").unlink()
    report = run(package, out, container=box)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert [path.suffix for path in out.iterdir()] == left
    (event,) = report.events
    assert (event.type, event.outcome) == (EventType.FIXITY_CHECK, "fail")
    assert "1 failed" in event.outcome_detail


def test_what_is_not_asked_for_may_be_damaged(run, tmp_path, out):
    package = packaged(tmp_path, {b"good": b"good", b"bad": b"bad!"})
    (package / "objects/reel/bad").write_bytes(b"BAD!")
    assert run(package, out, exclude=["bad"]).exit_code is ExitCode.OK


def test_further_copies_are_proved(run, reel, out, tmp_path):
    report = run(reel, out, to=[tmp_path / "two", tmp_path / "three"])
    assert report.exit_code is ExitCode.OK
    for place in ("two", "three"):
        assert (tmp_path / place / dip(out).name).read_bytes() == dip(out).read_bytes()


def test_a_further_copy_that_failed_is_made_by_the_same_command(run, reel, out, tmp_path):
    (tmp_path / "two").mkdir()
    blocked = tmp_path / "two" / f"{ID}.tar"
    blocked.write_bytes(b"something else")
    options = {"package_id": ID, "to": [tmp_path / "two"]}
    report = run(reel, out, **options)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert blocked.read_bytes() == b"something else"
    blocked.unlink()
    assert run(reel, out, **options).exit_code is ExitCode.OK
    assert blocked.read_bytes() == dip(out).read_bytes()


def test_a_bag_refuses_names_that_it_cannot_list(run, reel, out):
    with pytest.raises(DestinationRefusedError, match=r"not \\xff utf-8: this name is not UTF-8"):
        run(reel, out, form="bag")
    assert list(out.iterdir()) == []


def test_nothing_to_export_is_an_error(run, reel, out):
    with pytest.raises(IncompleteError, match="every file is left out"):
        run(reel, out, select=["no such name"])
    assert list(out.iterdir()) == []


def test_a_package_of_another_archive_must_be_imported(run, tmp_path, out):
    (tmp_path / "foreign").mkdir()
    bagit.make_bag(str(tmp_path / "foreign"))
    with pytest.raises(NotConformantError, match="avpres import"):
        run(tmp_path / "foreign", out)
    assert not out.exists()


def test_no_dip_appears_inside_a_package(run, reel):
    with pytest.raises(UsageError, match="lies inside the package"):
        run(reel, reel / "dip")


def test_a_package_is_named_once(run, reel, out):
    with pytest.raises(UsageError, match="named twice"):
        run(reel, reel, out)


def test_a_dip_takes_nobodys_place(run, reel, out):
    out.mkdir()
    (out / f"{ID}.tar").write_bytes(b"mine")
    with pytest.raises(DestinationExistsError):
        run(reel, out, package_id=ID)
    assert (out / f"{ID}.tar").read_bytes() == b"mine"


@pytest.mark.parametrize("layout", ["ifi-bag", "ifi", "bag", "mm", "mets", "csip"])
def test_packages_of_every_layout_are_exported(run, tmp_path, out, layout):
    package = packaged(tmp_path, {b"a": b"a", b"b/c": b"c"}, layout=layout)
    run(package, out, container="folder")
    assert contents(dip(out) / "content") == {b"reel/a": b"a", b"reel/b/c": b"c"}


def test_a_package_that_lists_paths_outside_itself_is_refused(run, tmp_path, out):
    package = unsealed(packaged(tmp_path, {b"a": b"a"}))
    (tmp_path / "secret").write_bytes(b"a")
    files = package / "metadata/files.jsonl"
    text = files.read_bytes()
    for wrong in (b"../../secret", b"objects/../../../secret"):
        files.write_bytes(text.replace(b'"path": "objects/reel/a"', b'"path": "%b"' % wrong))
        try:
            assert run(package, out).exit_code is ExitCode.NOT_CONFORMANT
        except NotConformantError:
            assert wrong.startswith(b"..")
        assert not list(out.glob("*.tar"))


@pytest.mark.parametrize("box", ["folder", "tar"])
def test_digests_that_no_package_recorded_are_taken(run, tmp_path, out, box):
    package = packaged(tmp_path, {b"a": b"a"}, digest=["md5"])
    run(package, out, container=box, digest=["sha256"])
    tree = unpacked(dip(out), tmp_path / "tree") if box == "tar" else dip(out)
    (entry,) = listed(tree / "mets.xml").values()
    assert entry["CHECKSUMTYPE"] == "SHA-256"
    require_true(tree, listed(tree / "mets.xml"))


def test_digests_that_are_asked_for_are_given(run, tmp_path, out):
    package = packaged(tmp_path, {b"a": b"a"}, digest=["md5"])
    run(package, out, form="bag", digest=["sha256"])
    assert (dip(out) / "manifest-sha256.txt").read_text("utf-8").endswith("  data/reel/a\n")
    (entry,) = listed(dip(out) / "mets.xml").values()
    assert entry["CHECKSUMTYPE"] == "SHA-256"


@pytest.mark.parametrize("box", ["folder", "tar"])
@pytest.mark.parametrize("layout", ["ifi", "ifi-bag", "bag"])
def test_a_list_of_files_that_was_cut_leaves_nothing_out(run, tmp_path, out, layout, box):
    package = packaged(tmp_path, {b"a": b"a", b"b": b"b"}, layout=layout)
    (records,) = package.rglob("files.jsonl")
    lines = records.read_bytes().splitlines(keepends=True)
    records.write_bytes(b"".join(lines[:-1]))
    if box == "tar":
        tar = package.with_name("moved.tar")
        subprocess.run(["tar", "-cf", tar, "-C", package.parent, package.name], check=True)
        package = tar
    with pytest.raises(FixityMismatchError, match="is not what the manifests say"):
        run(package, out)
    assert list(out.iterdir()) == []


def test_a_package_without_manifests_is_told_of(run, tmp_path, out):
    package = packaged(tmp_path, {b"a": b"a"})
    assert "EXP-UNATTESTED" not in run(package, out).finding_counts
    assert run(unsealed(package), out).finding_counts["EXP-UNATTESTED"] == 1
