"""`extract`: what comes out of folders and containers, and what does not."""

import io
import json
import os
import shutil
import tarfile
import zipfile

import pytest
from packing_cases import DATE, ID, Packer, tree

from avpres.config.extract import ExtractOptions
from avpres.domain.errors import NotConformantError, SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Box
from avpres.services.context import Context
from avpres.services.extract import extract

BOXES = ["folder", "tar", "tar.gz", "tar.zst", "zip"]
HARD = (b"new\nline", b" outer ", b"100%0Adone", b"back\\slash", b"-rf")


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    root = tmp_path_factory.mktemp("source") / "reel"
    for card in ("cardA", "cardB"):
        (root / card).mkdir(parents=True)
        (root / card / "clip.mov").write_bytes(f"frames of {card}\n".encode() * 5000)
    (root / "notes.txt").write_text("reel one\n", "utf-8")
    (root / "empty").write_bytes(b"")
    (root / "no clips" / "inner").mkdir(parents=True)
    for name in HARD:
        (root / "cardA" / os.fsdecode(name)).write_bytes(name)
    return root


@pytest.fixture(scope="module")
def packages(reel, tmp_path_factory):
    """The same package in every container, and two other layouts."""
    root = tmp_path_factory.mktemp("packages")
    pack = Packer(root / "state", operator="Ann Archivist")
    given = {"package_id": ID, "date": DATE}
    for box in BOXES:
        pack(reel, root / box, container=Box(box), **given)
    for layout in ("ifi", "bag"):
        pack(reel, root / layout, layout=layout, **given)
    pack(reel, root / "ifi.tar", layout="ifi", container=Box.TAR, **given)
    return root


def package_in(folder):
    return next(p for p in folder.iterdir() if p.name in {ID, *(f"{ID}.{b}" for b in BOXES)})


@pytest.fixture(params=BOXES)
def package(request, packages):
    return package_in(packages / request.param)


@pytest.fixture
def take(tmp_path):
    def run(package, *paths, destination=None, **options):
        asked = ExtractOptions(
            package=package, paths=paths, destination=destination or tmp_path / "out", **options
        )
        report = extract(asked, Context(state_dir=tmp_path / "state"))
        assert report.summary
        assert "\n" not in report.summary
        left = list((tmp_path / "out").glob(".avpres*"))
        assert left == []
        return report

    return run


def content(out):
    return {path: found for path, found in tree(out).items() if found is not None}


def test_one_file_comes_out_as_it_was(package, reel, take, tmp_path):
    report = take(package, "reel/cardB/clip.mov")
    assert (report.exit_code, report.findings) == (ExitCode.OK, [])
    expected = (reel / "cardB/clip.mov").read_bytes()
    assert content(tmp_path / "out") == {"reel/cardB/clip.mov": expected}
    kept = (tmp_path / "out/reel/cardB/clip.mov").stat().st_mtime
    assert int(kept) == int((reel / "cardB/clip.mov").stat().st_mtime)


def test_a_folder_comes_out_with_every_name(package, reel, take, tmp_path):
    take(package, "reel")
    assert content(tmp_path / "out/reel") == content(reel)


def test_a_path_may_begin_at_the_package_or_be_that_of_before(package, reel, take, tmp_path):
    take(package, "data/objects/reel/notes.txt", "data/metadata/mets.xml")
    take(package, str(reel / "cardA" / "clip.mov"))
    assert set(content(tmp_path / "out")) == {
        "data/objects/reel/notes.txt",
        "data/metadata/mets.xml",
        "reel/cardA/clip.mov",
    }


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("clip.*", {"reel/cardA/clip.mov", "reel/cardB/clip.mov"}),
        ("reel/card?/clip.mov", {"reel/cardA/clip.mov", "reel/cardB/clip.mov"}),
        ("reel/n*", {"reel/notes.txt"}),
        ("[e]mpty", {"reel/empty"}),
    ],
)
def test_patterns_mean_names_or_whole_paths(packages, take, tmp_path, pattern, found):
    assert take(package_in(packages / "tar"), pattern).exit_code is ExitCode.OK
    assert set(content(tmp_path / "out")) == found


def test_everything_comes_out_as_a_package_that_is_whole(package, packages, take, tmp_path):
    report = take(package, all=True)
    assert report.exit_code is ExitCode.OK
    assert tree(tmp_path / "out") == tree(packages / "folder")


@pytest.mark.parametrize("name", ["ifi", "ifi.tar", "bag"])
def test_other_layouts_come_out_whole(packages, take, tmp_path, name):
    report = take(package_in(packages / name), all=True)
    assert report.exit_code is ExitCode.OK
    expected = packages / name.removesuffix(".tar")
    assert tree(tmp_path / "out") == tree(expected)


def test_what_is_not_there_is_told_and_the_rest_comes_out(package, take, tmp_path):
    report = take(package, "reel/none.mov", "reel/notes.txt")
    assert report.finding_counts == {"EXT-NOT-FOUND": 1}
    assert report.exit_code is ExitCode.INCOMPLETE
    assert set(content(tmp_path / "out")) == {"reel/notes.txt"}


def test_a_second_run_leaves_what_is_there(package, take, tmp_path):
    take(package, "reel")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    report = take(package, "reel")
    assert report.exit_code is ExitCode.OK
    assert (report.totals.already_there, report.totals.copied_files) == (9, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_a_file_with_other_content_is_left_as_it_is(package, take, tmp_path):
    (tmp_path / "out/reel").mkdir(parents=True)
    (tmp_path / "out/reel/notes.txt").write_text("mine\n", "utf-8")
    report = take(package, "reel/notes.txt", "reel/empty")
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (tmp_path / "out/reel/notes.txt").read_text("utf-8") == "mine\n"
    assert (tmp_path / "out/reel/empty").exists()


def test_a_link_in_the_destination_leads_nowhere(package, take, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/reel").symlink_to(tmp_path / "elsewhere")
    report = take(package, "reel/notes.txt")
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_no_success(packages, take, tmp_path):
    shutil.copytree(packages / "folder", tmp_path / "copy")
    notes = tmp_path / "copy" / ID / "data/objects/reel/notes.txt"
    notes.rename(tmp_path / "notes.txt")
    notes.symlink_to(tmp_path / "notes.txt")
    report = take(tmp_path / "copy" / ID, "reel/notes.txt")
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.summary == "0 files, 0 Bytes taken out; 1 not, see the findings."


@pytest.mark.parametrize(("name", "box"), [("folder", False), ("ifi", False), ("folder", True)])
def test_a_listed_file_that_is_not_there_is_no_success(packages, take, tmp_path, name, box):
    shutil.copytree(packages / name, tmp_path / "copy")
    package = tmp_path / "copy" / ID
    lead = "objects" if name == "ifi" else "data/objects"
    (package / lead / "reel/notes.txt").unlink()
    if box:
        with tarfile.open(tmp_path / "cut.tar", "w") as made:
            made.add(package, ID)
        package = tmp_path / "cut.tar"
    assert take(package, "reel/cardA").exit_code is ExitCode.OK
    for word in ("reel", "reel/notes.txt"):
        report = take(package, word)
        assert report.exit_code is ExitCode.INCOMPLETE
        assert report.finding_counts == {"EXT-MISSING": 1}
    assert take(package, all=True).finding_counts["EXT-MISSING"] == 1


def flip(path, place):
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def test_a_file_that_does_not_agree_does_not_appear(packages, take, tmp_path):
    shutil.copytree(packages / "folder", tmp_path / "copy")
    package = tmp_path / "copy" / ID
    flip(package / "data/objects/reel/cardB/clip.mov", 7)
    report = take(package, "reel/cardA/clip.mov", "reel/cardB/clip.mov")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts == {"EXT-MISMATCH": 1}
    assert set(content(tmp_path / "out")) == {"reel/cardA/clip.mov"}


@pytest.mark.parametrize("with_index", [True, False])
def test_a_flipped_byte_in_a_tar_harms_one_file(packages, take, tmp_path, with_index):
    shutil.copytree(packages / "tar", tmp_path / "copy")
    package = tmp_path / "copy" / f"{ID}.tar"
    with tarfile.open(package) as box:
        member = next(m for m in box if m.name.endswith("cardB/clip.mov"))
    flip(package, member.offset_data + 7)
    if not with_index:
        (tmp_path / "copy" / f"{ID}.tar.idx").unlink()
    report = take(package, "reel/cardA/clip.mov", "reel/cardB/clip.mov")
    assert report.finding_counts == {"EXT-MISMATCH": 1}
    assert set(content(tmp_path / "out")) == {"reel/cardA/clip.mov"}


def test_with_an_index_only_what_is_wanted_is_read(packages, take, tmp_path):
    """All else of the tar is holes: a single other read would give zeros, or an error."""
    source = packages / "tar" / f"{ID}.tar"
    lists = ("manifest-md5.txt", "manifest-sha512.txt", "files.jsonl", "bagit.txt", "notes.txt")
    with tarfile.open(source) as box:
        spans = [
            (m.offset, m.offset_data + m.size)
            for m in box
            if m.name.endswith(lists) or "tagmanifest" in m.name
        ]
    whole = source.read_bytes()
    sparse = tmp_path / f"{ID}.tar"
    with sparse.open("wb") as file:
        for start, end in spans:
            file.seek(start)
            file.write(whole[start:end])
        file.truncate(len(whole))
    shutil.copy2(f"{source}.idx", f"{sparse}.idx")
    assert take(sparse, "reel/notes.txt").exit_code is ExitCode.OK
    assert (tmp_path / "out/reel/notes.txt").read_text("utf-8") == "reel one\n"


def test_an_index_of_another_tar_is_refused(packages, take, tmp_path):
    shutil.copytree(packages / "tar", tmp_path / "copy")
    with (tmp_path / "copy" / f"{ID}.tar").open("ab") as file:
        file.write(bytes(10240))
    with pytest.raises(NotConformantError, match="belongs to a tar of"):
        take(tmp_path / "copy" / f"{ID}.tar", "reel/notes.txt")


def test_a_word_that_may_mean_two_things_is_told(take, tmp_path):
    for folder in ("reel", "data/objects/reel"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "a.txt").write_text(folder, "utf-8")
    sources = (tmp_path / "in" / "reel", tmp_path / "in" / "data")
    Packer(tmp_path / "packing")(*sources, tmp_path / "made", package_id=ID)
    report = take(tmp_path / "made" / ID, "data/objects/reel/a.txt")
    assert report.finding_counts == {"EXT-AMBIGUOUS": 1}
    assert report.exit_code is ExitCode.INCOMPLETE
    take(tmp_path / "made" / ID, f"{ID}/data/objects/reel/a.txt", "objects/data/objects/reel/a.txt")
    assert set(content(tmp_path / "out")) == {
        f"{ID}/data/objects/reel/a.txt",
        "objects/data/objects/reel/a.txt",
    }


def hostile_tar(path, names):
    with tarfile.open(path, "w") as box:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 5
            box.addfile(info, io.BytesIO(b"evil\n"))
        link = tarfile.TarInfo("pkg/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        box.addfile(link)
        info = tarfile.TarInfo("pkg/link/passwd")
        info.size = 5
        box.addfile(info, io.BytesIO(b"evil\n"))


def test_a_hostile_tar_writes_nothing_outside(take, tmp_path):
    names = ["../up.txt", "/abs.txt", "pkg/../../up2.txt", "pkg/good.txt", "C:\\x", "pkg/./a"]
    hostile_tar(tmp_path / "hostile.tar", names)
    before = set(os.listdir(tmp_path))
    report = take(tmp_path / "hostile.tar", all=True)
    assert report.finding_counts["EXT-UNSAFE"] == 4
    assert report.exit_code is not ExitCode.OK
    assert set(os.listdir(tmp_path)) - before <= {"out", "state"}
    assert not os.path.exists("/abs.txt")


def test_nothing_comes_out_that_nobody_recorded(take, tmp_path):
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as box:
        box.writestr("folder/a.txt", "a\n")
    report = take(tmp_path / "some.zip", "folder/a.txt")
    assert report.finding_counts == {"EXT-UNLISTED": 1}
    assert report.exit_code is ExitCode.INCOMPLETE
    assert not (tmp_path / "out").exists()


def test_a_foreign_bag_and_a_folder_with_a_manifest_will_do(take, tmp_path):
    (tmp_path / "bag/data").mkdir(parents=True)
    (tmp_path / "bag/data/a.txt").write_text("a\n", "utf-8")
    (tmp_path / "bag/bagit.txt").write_text(
        "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", "utf-8"
    )
    digest = "60b725f10c9c85c70d97880dfe8191b3"
    (tmp_path / "bag/manifest-md5.txt").write_text(f"{digest}  data/a.txt\n", "utf-8")
    assert take(tmp_path / "bag", "a.txt").exit_code is ExitCode.OK
    assert set(content(tmp_path / "out")) == {"a.txt"}
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.txt").write_text("a\n", "utf-8")
    (tmp_path / "tree_manifest.md5").write_text(f"{digest}  tree/a.txt\n", "utf-8")
    assert take(tmp_path / "tree", "a.txt", destination=tmp_path / "out2").exit_code is (
        ExitCode.OK
    )


def test_the_record_names_what_became_of_each_file(package, take, tmp_path):
    take(package, "reel/notes.txt", "reel/none")
    (folder,) = (tmp_path / "state/runs").iterdir()
    (line,) = (folder / "files.jsonl").read_bytes().splitlines()
    told = json.loads(line)
    assert told["outcome"] == "copied"
    assert told["path"].endswith("data/objects/reel/notes.txt")
    events = [json.loads(line) for line in (folder / "events.jsonl").read_bytes().splitlines()]
    assert [event["type"] for event in events] == ["extraction", "fixity check"]


def test_what_cannot_be_is_refused(packages, take, tmp_path):
    package = package_in(packages / "folder")
    with pytest.raises(UsageError):
        take(package)
    with pytest.raises(UsageError):
        take(package, "reel", all=True)
    with pytest.raises(UsageError):
        take(package, "reel", destination=package / "data")
    with pytest.raises(SourceUnreadableError):
        take(tmp_path / "none", "reel")
    (tmp_path / "text").write_text("x", "utf-8")
    with pytest.raises(NotConformantError):
        take(tmp_path / "text", "reel")
    assert not (tmp_path / "out").exists()


def test_folders_that_hold_nothing_come_out_too(package, reel, take, tmp_path):
    take(package, "reel")
    assert tree(tmp_path / "out/reel") == tree(reel)


def test_a_folder_that_holds_nothing_can_be_asked_for_by_itself(package, take, tmp_path):
    report = take(package, "reel/no clips")
    assert report.exit_code is ExitCode.OK
    assert tree(tmp_path / "out") == {
        "reel": None,
        "reel/no clips": None,
        "reel/no clips/inner": None,
    }


def test_a_file_where_an_empty_folder_should_be_stays(package, take, tmp_path):
    (tmp_path / "out/reel").mkdir(parents=True)
    (tmp_path / "out/reel/no clips").write_text("mine", "utf-8")
    report = take(package, "reel")
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (tmp_path / "out/reel/no clips").read_text("utf-8") == "mine"
