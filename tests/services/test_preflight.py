import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from avpres.adapters.storage.limits import LIMITS
from avpres.adapters.storage.volume import MediumKind, free_space, volume_of
from avpres.adapters.storage.walk import Kind
from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity
from avpres.services.preflight import Preflight, preflight


@pytest.fixture
def on(tmp_path):
    """A preflight for a folder, by the rules of any file system."""

    def begin(filesystem, **changes):
        volume = replace(volume_of(tmp_path), **changes)
        return Preflight(volume, LIMITS[filesystem], destination=tmp_path)

    return begin


def seen(flight, *entries):
    return [finding for entry in entries for finding in flight.see(*entry)]


def files(*paths, size=1):
    return [(path, Kind.FILE, size) for path in paths]


def codes(findings):
    return [finding.code for finding in findings]


def test_nothing_is_said_of_what_can_be_held(on):
    flight = on("ext4")

    assert seen(flight, (b"reel", Kind.FOLDER, 0), *files(b"reel/\xff\n: .", b"reel/a")) == []
    assert list(flight.close()) == []


def test_a_name_that_cannot_be_held_is_refused(on):
    (finding,) = seen(on("exfat"), *files(b"reel/a:b"))

    assert finding.code == "PRE-NAME"
    assert finding.severity is Severity.ERROR
    assert finding.exit_code is ExitCode.DESTINATION_REFUSED
    assert finding.path == "reel/a:b"
    assert "rename it" in finding.message


def test_a_name_that_is_too_long_is_refused(on):
    assert codes(seen(on("ext4"), *files(b"reel/" + b"x" * 256, b"reel/" + b"x" * 255))) == [
        "PRE-NAME"
    ]


def test_names_that_would_be_one_file_are_refused_and_both_named(on):
    (finding,) = seen(on("exfat"), *files(b"reel/Foo.mov", b"reel/bar", b"reel/foo.MOV"))

    assert finding.code == "PRE-CLASH"
    assert finding.path == "reel/foo.MOV"
    assert "`Foo.mov`" in finding.message


def test_unicode_twins_are_refused_on_tape(on):
    twins = files("reel/café".encode(), "reel/cafe\u0301".encode())

    assert codes(seen(on("ltfs"), *twins)) == ["PRE-CLASH"]
    assert codes(seen(on("ext4"), *twins)) == []


def test_names_in_different_folders_do_not_clash(on):
    flight = on("exfat")
    tree = [
        *files(b"A", b"a.b"),
        (b"b", Kind.FOLDER, 0),
        *files(b"b/A", b"b/c"),
        (b"b/d", Kind.FOLDER, 0),
        *files(b"b/d/A", b"b/e", b"c"),
    ]

    assert seen(flight, *tree) == []


def test_a_clash_is_found_after_the_folders_between(on):
    tree = [
        *files(b"x/Film"),
        (b"x/a", Kind.FOLDER, 0),
        *files(b"x/a/1", b"x/a/b/2", b"x/a/b/c/3", b"x/film"),
    ]

    assert codes(seen(on("exfat"), *tree)) == ["PRE-CLASH"]


def test_folders_clash_like_files(on):
    tree = [(b"Reel", Kind.FOLDER, 0), *files(b"Reel/a"), (b"reel", Kind.FOLDER, 0)]

    assert codes(seen(on("apfs"), *tree)) == ["PRE-CLASH"]


def test_memory_holds_only_the_folders_on_the_way(on):
    flight = on("exfat")
    for folder in range(50):
        for number in range(50):
            flight.see(b"%d/%d" % (folder, number), Kind.FILE, 1)

    assert sum(len(names) for _, names in flight._levels) <= 100


def test_a_file_that_is_too_large_is_refused(on):
    flight = on("vfat", block_size=4096)
    limit = (1 << 32) - 1

    assert codes(seen(flight, (b"ok", Kind.FILE, limit))) == []
    (finding,) = seen(flight, (b"big", Kind.FILE, limit + 1))
    assert finding.code == "PRE-SIZE"
    assert "4.0 GiB" in finding.message


@pytest.mark.parametrize("name", [b"aux.mov", b"dot.", b"a:b"])
def test_what_windows_could_not_open_is_warned_of_on_ntfs(on, name):
    (finding,) = seen(on("fuse.ntfs-3g"), *files(name))

    assert finding.code == "PRE-PORTABLE"
    assert finding.severity is Severity.WARNING


def test_case_twins_on_ntfs_are_warned_of(on):
    (finding,) = seen(on("fuse.ntfs-3g"), *files(b"Foo", b"foo"))

    assert (finding.code, finding.severity) == ("PRE-PORTABLE", Severity.WARNING)
    assert "`Foo`" in finding.message


def test_too_little_space_is_refused(on):
    flight = on("ext4")
    flight.see(b"huge", Kind.FILE, free_space(flight.volume).total + 1)

    (finding,) = flight.close()

    assert finding.code == "PRE-SPACE"
    assert finding.exit_code is ExitCode.DESTINATION_REFUSED
    assert "--skip-space-check" in finding.message


def test_the_space_check_can_be_left_out(on):
    flight = on("ext4")
    flight.see(b"huge", Kind.FILE, free_space(flight.volume).total + 1)

    (finding,) = flight.close(skip_space_check=True)

    assert (finding.code, finding.severity) == ("PRE-SPACE", Severity.WARNING)


def test_what_is_there_already_needs_no_space(on):
    flight = on("ext4")
    size = free_space(flight.volume).total + 1
    flight.see(b"huge", Kind.FILE, size)

    assert codes(flight.close(already=size)) == []


def test_a_reserve_counts_as_full(on):
    flight = on("ext4")
    flight.see(b"film", Kind.FILE, 1)

    (finding,) = flight.close(reserve_percent=90)

    assert finding.code == "PRE-SPACE"
    assert "90 % kept back" in finding.message


def test_a_tape_keeps_a_reserve_of_its_own(on):
    flight = on("ltfs", kind=MediumKind.TAPE, block_size=524288)
    free = free_space(flight.volume)
    flight.see(b"film", Kind.FILE, free.available - free.total // 50)

    assert codes(flight.close()) == ["PRE-SPACE"]
    assert codes(flight.close(reserve_percent=0)) == []


def test_small_files_count_by_the_blocks_they_take(on):
    flight = on("ext4", block_size=524288)
    seen(flight, *files(b"a", b"b", b"c"), (b"empty", Kind.FILE, 0), (b"dir", Kind.FOLDER, 4096))

    assert flight.size == 3 * 524288


def test_the_transfer_size_of_a_server_is_not_its_block(on):
    flight = on("nfs4", kind=MediumKind.NETWORK, block_size=1 << 20)
    flight.see(b"a", Kind.FILE, 1)

    assert flight.size == 4096


def test_too_many_files_are_refused(on):
    flight = on("ext4")
    left = free_space(flight.volume).files
    if left is None:
        pytest.skip("no limit on files here")
    flight.files = left + 1

    assert codes(flight.close()) == ["PRE-FILES"]


def test_an_answer_that_cannot_be_believed_is_warned_of(on):
    flight = on("ext4", kind=MediumKind.NETWORK)
    flight.volume = replace(flight.volume, mount=flight.volume.mount / "proc")
    flight.see(b"film", Kind.FILE, 1 << 60)

    (finding,) = flight.close()

    assert (finding.code, finding.severity) == ("PRE-SPACE-UNSURE", Severity.WARNING)


def test_a_read_only_volume_is_refused(on):
    assert codes(on("ext4", read_only=True).close()) == ["PRE-WRITE"]


def test_a_destination_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    flight = preflight(tmp_path / "file", volume_of(tmp_path))

    (finding,) = flight.close()

    assert finding.code == "PRE-WRITE"
    assert "is no folder" in finding.message


def test_a_volume_that_went_away_is_refused(on, tmp_path):
    flight = on("ext4")
    flight.volume = replace(flight.volume, mount=tmp_path / "gone")

    assert codes(flight.close()) == ["PRE-WRITE"]


def test_the_probe_leaves_nothing_behind(tmp_path):
    volume = replace(volume_of(tmp_path), filesystem="newfs")
    flight = preflight(tmp_path / "not" / "yet", volume)

    assert list(flight.close()) == []
    assert os.listdir(tmp_path) == []
    assert not flight.limits.folds


def test_a_probe_left_by_a_killed_run_is_cleared_away(tmp_path):
    (tmp_path / ".avpres-probe-é").touch()

    assert list(preflight(tmp_path, volume_of(tmp_path)).close()) == []
    assert os.listdir(tmp_path) == []


def test_a_dry_run_touches_nothing(tmp_path):
    before = tmp_path.stat().st_mtime_ns
    flight = preflight(tmp_path, replace(volume_of(tmp_path), filesystem="newfs"), may_write=False)

    assert list(flight.close()) == []
    assert tmp_path.stat().st_mtime_ns == before


def test_nothing_is_tried_on_tape(tmp_path):
    before = tmp_path.stat().st_mtime_ns
    flight = preflight(tmp_path, volume_of(tmp_path, tape=True))

    list(flight.close())

    assert tmp_path.stat().st_mtime_ns == before


def test_a_folder_without_the_right_to_write_is_told_from_a_volume():
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o555)  # noqa: S103 - others are to see that they may not write
        flight = preflight(Path(place), replace(volume_of(Path(place)), read_only=False))
        me = os.geteuid()
        os.seteuid(me or 65534)
        try:
            (finding,) = flight.close()
        finally:
            os.seteuid(me)

    assert finding.code == "PRE-WRITE"
    assert "check the rights on the folder" in finding.message
    assert "mount" not in finding.message


def test_free_space_is_not_spoken_of_where_nothing_can_be_written(on):
    flight = on("ext4", kind=MediumKind.NETWORK, read_only=True)
    flight.volume = replace(flight.volume, mount=flight.volume.mount / "proc")

    assert codes(flight.close()) == ["PRE-WRITE"]
