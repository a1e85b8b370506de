"""`diff`: trees and manifests, compared by content."""

import os
import shutil
import unicodedata

import pytest
from fixity_cases import Runner, checksums, codes, found, make_tree, run

from avpres.domain.errors import SourceUnreadableError
from avpres.domain.exit_codes import ExitCode


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def a(tmp_path):
    return make_tree(tmp_path / "a")


@pytest.fixture
def b(tmp_path, a):
    return shutil.copytree(a, tmp_path / "b", symlinks=True)


def list_of(tree, algorithm="md5", name=None):
    path = tree.with_name(name or f"{tree.name}.{algorithm}")
    path.write_bytes(checksums(tree, tree, algorithm))
    return path


def change(tree):
    """Change one file, remove one, add one, rename one."""
    data = bytearray((tree / "scans/0002.dpx").read_bytes())
    data[7] ^= 1
    (tree / "scans/0002.dpx").write_bytes(data)
    (tree / "scans/0001.dpx").unlink()
    (tree / "new.mov").write_bytes(b"new")
    (tree / "a.mov").rename(tree / "renamed.mov")


CHANGED = {"DIFF-CHANGED": 1, "DIFF-MISSING": 1, "DIFF-EXTRA": 1, "DIFF-RENAMED": 1}


def test_equal_trees_are_the_same(runner, a, b):
    report = runner.diff(a, b)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {})
    assert report.summary == (
        f"{a} and {b} are the same: 5 files, 206.1 KiB (xxh128), read from the medium."
    )


def test_trees_that_differ_in_every_way(runner, a, b):
    change(b)
    report = runner.diff(a, b)
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, CHANGED)
    assert found(report, "DIFF-RENAMED") == ["a.mov"]
    assert runner.diff(b, a).finding_counts == CHANGED


@pytest.mark.parametrize("listed", ["a", "b", "both"])
def test_manifests_stand_for_trees(runner, a, b, listed):
    change(b)
    one = list_of(a) if listed in {"a", "both"} else a
    other = list_of(b) if listed in {"b", "both"} else b
    report = runner.diff(one, other)
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, CHANGED)


@pytest.mark.parametrize("listed", ["a", "b", "both"])
def test_manifests_of_equal_trees_are_the_same(runner, a, b, listed):
    one = list_of(a, "sha1") if listed in {"a", "both"} else a
    other = list_of(b, "sha1") if listed in {"b", "both"} else b
    report = runner.diff(one, other)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {})
    assert "(sha1)" in report.summary


def test_two_manifests_are_compared_without_any_file(runner, a, b):
    one, other = list_of(a), list_of(b)
    shutil.rmtree(a)
    shutil.rmtree(b)
    report = runner.diff(one, other)
    assert (report.exit_code, report.evidence) == (ExitCode.OK, {})


def test_the_root_of_a_manifest_does_not_matter(runner, tmp_path, a):
    ifi = tmp_path / "a_manifest.md5"
    ifi.write_bytes(checksums(a, tmp_path))
    plain = list_of(a, name="plain.md5")
    shutil.rmtree(a)
    assert runner.diff(ifi, plain).exit_code is ExitCode.OK
    assert runner.diff(plain, ifi).exit_code is ExitCode.OK


def test_manifests_without_a_common_algorithm_could_not_be_compared(runner, a):
    report = runner.diff(list_of(a, "md5"), list_of(a, "sha256"))
    assert (report.exit_code, codes(report)) == (ExitCode.INCOMPLETE, {"DIFF-UNPROVED": 5})


def test_only_presence_is_status_11(runner, a, b):
    (b / "more").write_bytes(b"more")
    assert runner.diff(a, b).exit_code is ExitCode.INCOMPLETE


def test_equal_size_and_time_are_not_enough(runner, a, b):
    path = b / "scans/0001.dpx"
    times = path.stat()
    path.write_bytes(b"ONE")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert found(runner.diff(a, b), "DIFF-CHANGED") == ["scans/0001.dpx"]


def test_files_of_other_sizes_are_not_read(runner, a, b):
    (b / "a.mov").write_bytes(b"short")
    report = runner.diff(a, b)
    assert codes(report) == {"DIFF-CHANGED": 1}
    assert sum(report.evidence.values()) == 8


def test_links_are_compared_by_what_they_say(runner, a, b):
    (a / "link").symlink_to("a.mov")
    (b / "link").symlink_to("empty.txt")
    assert found(runner.diff(a, b), "DIFF-CHANGED") == ["link"]


def test_hidden_files_count(runner, a, b):
    (b / ".DS_Store").write_bytes(b"x")
    assert found(runner.diff(a, b), "DIFF-EXTRA") == [".DS_Store"]


def test_unicode_forms_are_the_same_name(runner, tmp_path):
    trees = [
        make_tree(tmp_path / form, {unicodedata.normalize(form, "Zoé/é.mov"): b"x"})
        for form in ("NFC", "NFD")
    ]
    assert runner.diff(*trees).exit_code is ExitCode.OK
    (trees[1] / os.listdir(trees[1])[0] / unicodedata.normalize("NFD", "é.mov")).write_bytes(b"y")
    assert runner.diff(*trees).exit_code is ExitCode.FIXITY_MISMATCH


def test_wild_names_are_compared(runner, tmp_path):
    for tree in ("a", "b"):
        for name in (b"\xff", b"new\nline", b"back\\slash", b" "):
            path = tmp_path / tree / os.fsdecode(name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(name)
    assert runner.diff(tmp_path / "a", tmp_path / "b").exit_code is ExitCode.OK
    (tmp_path / "b" / os.fsdecode(b"\xff")).write_bytes(b"x")
    report = runner.diff(tmp_path / "a", tmp_path / "b")
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, {"DIFF-CHANGED": 1})


def test_two_files_of_other_names(runner, a, b):
    assert runner.diff(a / "a.mov", b / "a.mov").exit_code is ExitCode.OK
    shutil.copy(a / "a.mov", b / "copy.mov")
    assert runner.diff(a / "a.mov", b / "copy.mov").exit_code is ExitCode.OK
    assert runner.diff(a / "a.mov", b / "empty.txt").exit_code is ExitCode.FIXITY_MISMATCH


def test_one_file_and_a_manifest_that_lists_it(runner, a):
    assert runner.diff(a / "a.mov", list_of(a)).exit_code is ExitCode.OK
    assert runner.diff(list_of(a), a / "a.mov").exit_code is ExitCode.OK


def test_a_manifest_inside_the_tree_is_no_difference(runner, a):
    (a / "checksums.md5").write_text(run("sh", "-c", "find . -type f | xargs md5sum", cwd=a))
    assert runner.diff(a, a / "checksums.md5").exit_code is ExitCode.OK


def test_a_side_that_is_not_there_is_unreadable(runner, a, tmp_path):
    with pytest.raises(SourceUnreadableError, match="is not there"):
        runner.diff(a, tmp_path / "gone")


def test_the_event_names_both_sides(runner, a, b):
    (event,) = runner.diff(a, b).events
    assert (event.objects, event.destination) == ((str(a),), str(b))


def test_the_history_of_a_copy_is_no_difference_to_its_source(tmp_path, a, runner):
    from avpres.config.copy import CopyOptions
    from avpres.services.context import Context
    from avpres.services.copy import copy

    shelf = tmp_path / "shelf"
    options = CopyOptions(sources=(a,), destination=shelf, ascmhl=True)
    assert copy(options, Context(state_dir=tmp_path / "state")).exit_code is ExitCode.OK
    assert (shelf / "a/ascmhl/ascmhl_chain.xml").is_file()
    report = runner.diff(a, shelf / "a")
    assert report.exit_code is ExitCode.OK, report.findings
