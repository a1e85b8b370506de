"""`copy`: where things land, and what a second run does."""

import os
import shutil
from pathlib import Path

import pytest
from copy_cases import (
    Copier,
    assert_manifest,
    assert_same,
    codes,
    essence,
    leftovers,
    look,
    make_reel,
)

from avpres.domain.errors import SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def spellings(reel):
    relative = os.path.relpath(reel)
    return {
        "absolute": str(reel),
        "slash": f"{reel}/",
        "slashes": f"{reel}///",
        "relative": relative,
        "relative slash": f"{relative}/",
        "dots": f"{reel}/../reel/./",
    }


@pytest.mark.parametrize(
    "spelling", ["absolute", "slash", "slashes", "relative", "relative slash", "dots"]
)
@pytest.mark.parametrize("exists", [True, False], ids=["shelf there", "shelf new"])
def test_a_folder_lands_under_its_own_name(copier, reel, shelf, spelling, exists):
    if exists:
        shelf.mkdir()

    report = copier(Path(spellings(reel)[spelling]), shelf)

    assert report.exit_code is ExitCode.OK
    assert sorted(os.listdir(shelf)) == ["reel", "reel_manifest.md5"]
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


def test_a_file_lands_under_its_own_name(copier, reel, shelf):
    report = copier(reel / "film.mkv", shelf)

    assert report.exit_code is ExitCode.OK
    assert sorted(os.listdir(shelf)) == ["film.mkv", "film.mkv_manifest.md5"]
    assert_same(reel / "film.mkv", shelf / "film.mkv")
    assert_manifest(shelf, "film.mkv")


def test_it_is_never_nested_on_a_second_run(copier, reel, shelf):
    for _ in range(3):
        assert copier(reel, shelf).exit_code is ExitCode.OK

    assert not (shelf / "reel" / "reel").exists()
    assert_same(reel, shelf / "reel")


def test_a_dot_stands_for_the_folder_that_it_is(copier, reel, shelf, monkeypatch):
    monkeypatch.chdir(reel)

    assert copier(Path(), shelf).exit_code is ExitCode.OK

    assert_same(reel, shelf / "reel")


def test_a_destination_may_be_relative(copier, reel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert copier(Path("src/reel"), Path("shelf")).exit_code is ExitCode.OK

    assert_same(reel, tmp_path / "shelf" / "reel")


def test_repeated_components_do_not_confuse(copier, tmp_path, shelf):
    reel = make_reel(tmp_path / "reel" / "reel" / "reel")
    make_reel(reel / "reel")

    assert copier(reel, shelf / "reel").exit_code is ExitCode.OK

    assert_same(reel, shelf / "reel" / "reel")
    assert_manifest(shelf / "reel", "reel")


def test_a_source_beneath_the_root_of_the_file_system_works(copier, shelf):
    root = Path("/avpres-root-test-reel")
    if os.geteuid() != 0:
        pytest.skip("needs to write into the root folder")
    shutil.rmtree(root, ignore_errors=True)
    try:
        make_reel(root)
        assert copier(root, shelf).exit_code is ExitCode.OK
        assert_same(root, shelf / root.name)
        assert_manifest(shelf, root.name)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_a_link_on_the_command_line_stands_for_its_target(copier, reel, shelf, tmp_path):
    (tmp_path / "door").symlink_to(reel)
    (tmp_path / "window.mkv").symlink_to(reel / "film.mkv")

    report = copier((tmp_path / "door", tmp_path / "window.mkv"), shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "door")
    assert_same(reel / "film.mkv", shelf / "window.mkv")


def test_several_sources_land_side_by_side(copier, reel, shelf, tmp_path):
    other = make_reel(tmp_path / "other")
    loose = tmp_path / "loose.wav"
    loose.write_bytes(b"sound")

    report = copier((reel, other, loose), shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")
    assert_same(other, shelf / "other")
    assert (shelf / "loose.wav").read_bytes() == b"sound"
    for name in ("reel", "other", "loose.wav"):
        assert_manifest(shelf, name)
    assert len(os.listdir(shelf)) == 6


def test_an_empty_folder_is_copied(copier, tmp_path, shelf):
    (tmp_path / "void").mkdir()

    assert copier(tmp_path / "void", shelf).exit_code is ExitCode.OK

    assert_same(tmp_path / "void", shelf / "void")


def test_a_source_that_holds_no_file_is_warned_of(copier, tmp_path, shelf):
    (tmp_path / "card" / "DCIM").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "film.mkv").write_bytes(b"film")

    report = copier((tmp_path / "card", tmp_path / "other"), shelf)

    assert report.exit_code is ExitCode.OK
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("COPY-EMPTY", Severity.WARNING)
    assert finding.path == str(tmp_path / "card")
    assert finding.message == "holds no file; is the card or disk mounted?"


def test_a_source_of_which_all_was_left_out_is_not_called_empty(copier, tmp_path, shelf):
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "a.tmp").write_bytes(b"x")
    assert codes(copier(tmp_path / "card", shelf, exclude=("*.tmp",))) == {"COPY-SKIPPED"}


@pytest.mark.parametrize("kept", [True, False], ids=["same computer", "another computer"])
def test_a_complete_copy_is_left_as_it_is(copier, reel, shelf, tmp_path, kept):
    copier(reel, shelf)
    before = look(shelf)
    again = copier if kept else Copier(tmp_path / "elsewhere")

    report = again(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert report.totals.copied_files == 0
    assert report.totals.already_there == report.totals.files
    after = look(shelf)
    assert [s.inode for s in after.values()] == [s.inode for s in before.values()]
    assert [s.content for s in after.values()] == [s.content for s in before.values()]


@pytest.mark.parametrize("kept", [True, False], ids=["same computer", "another computer"])
def test_a_partial_copy_is_completed(copier, reel, shelf, tmp_path, kept):
    copier(reel, shelf)
    (shelf / "reel" / "film.mkv").unlink()
    shutil.rmtree(shelf / "reel" / "a" / "b")
    (shelf / "reel_manifest.md5").unlink()
    again = copier if kept else Copier(tmp_path / "elsewhere")

    report = again(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert report.totals.copied_files == 2
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


@pytest.mark.parametrize("state", ["state", "elsewhere"], ids=["in the journal", "unknown"])
@pytest.mark.parametrize("name", ["film.mkv", "a/00003.dpx"], ids=["large", "small"])
def test_the_same_size_and_time_do_not_make_a_file_the_same(reel, shelf, state, name):
    Copier(shelf.with_name("state"))(reel, shelf)
    there = shelf / "reel" / name
    found = there.stat()
    data = bytearray(there.read_bytes())
    data[50] ^= 1
    there.chmod(0o644)
    there.write_bytes(data)
    there.chmod(found.st_mode)
    os.utime(there, ns=(found.st_atime_ns, found.st_mtime_ns))
    report = Copier(shelf.with_name(state))(reel, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert [f.path for f in report.findings if f.code == "COPY-EXISTS"] == [str(reel / name)]
    assert there.read_bytes() == data
    assert "checksums match" not in report.summary


@pytest.mark.parametrize("other", [b"", b"other content", "folder", "link", "pipe"], ids=repr)
def test_what_differs_is_never_overwritten_unasked(copier, reel, shelf, other):
    there = shelf / "reel" / "a" / "00003.dpx"
    put(there, other)
    before = look(shelf)

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert codes(report) >= {"COPY-EXISTS"}
    after = look(shelf)
    for path, sight in before.items():
        if path.startswith(b"reel/a/0"):
            assert after[path] == sight
    assert essence(shelf / "reel")[b"film.mkv"] == essence(reel)[b"film.mkv"]
    assert leftovers(shelf) == []


def put(there, other):
    there.parent.mkdir(parents=True)
    if isinstance(other, bytes):
        there.write_bytes(other)
    elif other == "folder":
        there.mkdir()
    elif other == "link":
        there.symlink_to("elsewhere")
    else:
        os.mkfifo(there)


@pytest.mark.parametrize("other", [b"", b"other content", b"x" * 103], ids=["0", "13", "103"])
def test_what_differs_is_replaced_when_asked(copier, reel, shelf, other):
    there = shelf / "reel" / "a" / "00003.dpx"
    put(there, other)

    report = copier(reel, shelf, replace=True)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


def test_a_changed_source_file_is_a_difference_until_replacing_is_asked(copier, reel, shelf):
    copier(reel, shelf)
    old = (shelf / "reel" / "a" / "00001.dpx").read_bytes()
    (reel / "a" / "00001.dpx").write_bytes(b"new version")

    refused = copier(reel, shelf)

    assert refused.exit_code is ExitCode.DESTINATION_EXISTS
    assert (shelf / "reel" / "a" / "00001.dpx").read_bytes() == old
    replaced = copier(reel, shelf, replace=True)
    assert (shelf / "reel" / "a" / "00001.dpx").read_bytes() == b"new version"
    assert replaced.exit_code is ExitCode.FIXITY_MISMATCH  # the manifest on the shelf is older
    assert codes(replaced) == {"COPY-RECORDED"}


@pytest.mark.parametrize("first", ["file", "link"])
def test_a_file_where_a_folder_belongs_is_a_difference(copier, reel, shelf, first):
    put(shelf / "reel", "link" if first == "link" else b"a file")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert leftovers(shelf) == []


def test_extras_in_the_copy_are_told_and_kept(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "a" / "stranger.txt").write_bytes(b"?")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert [f.path for f in report.findings] == ["reel/a/stranger.txt"]
    assert (shelf / "reel" / "a" / "stranger.txt").exists()


def test_junk_that_a_system_strewed_about_is_no_extra(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "a" / ".DS_Store").write_bytes(b"?")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert codes(report) == {"COPY-EXTRA-JUNK"}
    assert (shelf / "reel" / "a" / ".DS_Store").exists()


def test_a_destination_inside_the_source_is_refused(copier, reel):
    for inside in (reel, reel / "a", reel / "new" / "one"):
        with pytest.raises(UsageError):
            copier(reel, inside)


def test_a_copy_onto_itself_is_refused(copier, reel):
    with pytest.raises(UsageError):
        copier(reel, reel.parent)


def test_a_copy_that_would_land_around_its_own_source_is_refused(copier, tmp_path):
    reel = make_reel(tmp_path / "reel" / "reel")
    make_reel(reel / "reel")

    with pytest.raises(UsageError):
        copier(reel, tmp_path)


def test_a_source_deeper_in_the_destination_is_fine(copier, tmp_path):
    reel = make_reel(tmp_path / "inbox" / "reel")

    assert copier(reel, tmp_path).exit_code is ExitCode.OK
    assert_same(reel, tmp_path / "reel")


def test_two_sources_of_one_name_are_refused(copier, reel, shelf, tmp_path):
    other = make_reel(tmp_path / "elsewhere" / "reel")

    with pytest.raises(UsageError, match="both land"):
        copier((reel, other), shelf)
    assert not shelf.exists()


def test_a_source_that_is_named_twice_is_copied_once(copier, reel, shelf):
    report = copier((reel, Path(f"{reel}/"), reel / "film.mkv", reel / "film.mkv"), shelf)

    assert report.exit_code is ExitCode.OK
    assert report.totals.copied_files == report.totals.files
    assert_same(reel, shelf / "reel")
    assert_same(reel / "film.mkv", shelf / "film.mkv")


def test_a_source_that_is_not_there_stops_the_command(copier, shelf, tmp_path):
    with pytest.raises(SourceUnreadableError, match="No such file"):
        copier(tmp_path / "absent", shelf)
    assert not shelf.exists()


def test_a_dry_run_leaves_nothing_behind(copier, reel, tmp_path):
    report = copier(reel, tmp_path / "shelf", dry_run=True)

    assert report.exit_code is ExitCode.OK
    assert not (tmp_path / "shelf").exists()
    assert "nothing was copied" in report.summary


def test_a_list_names_sources(copier, reel, shelf, tmp_path):
    other = tmp_path / "new\nline.wav"
    other.write_bytes(b"x")
    lines, zeros = tmp_path / "lines.txt", tmp_path / "zeros.txt"
    lines.write_bytes(os.fsencode(reel) + b"\n\n" + os.fsencode(reel / "film.mkv") + b"\n")
    zeros.write_bytes(os.fsencode(reel) + b"\0" + os.fsencode(other) + b"\0")

    assert copier((), shelf / "one", from_list=lines).exit_code is ExitCode.OK
    assert copier((), shelf / "two", from_list=zeros).exit_code is ExitCode.OK

    assert_same(reel, shelf / "one" / "reel")
    assert_same(reel / "film.mkv", shelf / "one" / "film.mkv")
    assert_same(other, shelf / "two" / "new\nline.wav")


def test_a_pattern_names_sources(copier, tmp_path, shelf):
    for name in ("a.mkv", "b.mkv", "c.wav", "[x].mkv"):
        (tmp_path / "in[1]").mkdir(exist_ok=True)
        (tmp_path / "in[1]" / name).write_bytes(name.encode())

    report = copier(tmp_path / "in[1]", shelf, glob="*.mkv", touches_source=True)

    assert report.exit_code is ExitCode.OK
    names = sorted(name for name in os.listdir(shelf) if not name.endswith("md5"))
    assert names == ["[x].mkv", "a.mkv", "b.mkv"]
    with pytest.raises(UsageError):
        copier(tmp_path / "in[1]", shelf, glob="*.nothing")


@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_any_number_of_jobs_gives_the_same_tree(copier, tmp_path, shelf, jobs):
    reel = make_reel(tmp_path / "many", small=600)

    report = copier(reel, shelf, jobs=jobs)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "many")
    assert_manifest(shelf, "many")


def test_a_pasted_list_is_read_as_it_was_meant(copier, tmp_path, shelf):
    for name in ("a b", "c d", "'e'", "f"):
        (tmp_path / name).write_bytes(b"x")
    lines = tmp_path / "list"
    lines.write_text(
        f"\"{tmp_path}/a b\"\n{(tmp_path / 'c d').as_uri()}\n{tmp_path}/'e'\n'{tmp_path}/f'\n"
    )

    assert copier((), shelf, from_list=lines).exit_code is ExitCode.OK

    found = {name for name in os.listdir(shelf) if "manifest" not in name}
    assert found == {"a b", "c d", "'e'", "f"}


def test_a_list_with_a_url_of_a_share_is_refused(copier, tmp_path, shelf):
    (tmp_path / "list").write_text("smb://server/share\n")
    with pytest.raises(UsageError, match="mount the share"):
        copier((), shelf, from_list=tmp_path / "list")


def test_a_list_that_a_program_wrote_is_what_it_is(copier, tmp_path, shelf):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "list").write_bytes(os.fsencode(f"'{tmp_path}/a'") + b"\0")
    with pytest.raises(SourceUnreadableError):
        copier((), shelf, from_list=tmp_path / "list")
