import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from avpres.adapters.storage.filesystems import kind_of
from avpres.adapters.storage.volume import MediumKind, free_space, nearest_existing, volume_of

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")


def test_a_path_that_is_not_there_yet_is_known_by_the_folder_above(tmp_path):
    assert volume_of(tmp_path / "a" / "b" / "c") == volume_of(tmp_path)


def test_a_path_below_a_file_is_known_by_the_folder_of_the_file(tmp_path):
    (tmp_path / "file").write_bytes(b"x")

    assert nearest_existing(tmp_path / "file" / "below") == (tmp_path / "file").resolve()


def test_links_are_followed_to_the_volume_behind_them(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert nearest_existing(tmp_path / "link" / "x") == (tmp_path / "real").resolve()


def test_a_dangling_link_is_known_by_where_it_points(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone" / "deeper")

    assert nearest_existing(tmp_path / "link") == tmp_path.resolve()


def test_a_path_that_cannot_be_looked_at_is_an_error_not_its_parent(tmp_path):
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(OSError, match="loop"):
        volume_of(tmp_path / "loop")


def test_a_name_beyond_utf8_is_no_hindrance(tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe\n"))
    odd.mkdir()

    assert volume_of(odd).device == odd.stat().st_dev


def test_a_volume_says_where_it_is_mounted(tmp_path):
    volume = volume_of(tmp_path)

    assert tmp_path.resolve().is_relative_to(volume.mount)
    assert volume.device == tmp_path.stat().st_dev
    assert volume.block_size >= 512
    assert volume.identity


@LINUX
def test_memory_is_recognised():
    volume = volume_of(Path("/dev/shm"))
    if volume.filesystem != "tmpfs":
        pytest.skip("no tmpfs at /dev/shm")

    assert volume.kind is MediumKind.MEMORY
    assert volume.direct_is_proof  # the medium is the memory
    assert not volume.eviction_is_countable
    assert volume.readers == 4


@LINUX
def test_asking_again_leaves_no_file_open(tmp_path):
    volume_of(tmp_path)
    opened = len(os.listdir("/proc/self/fd"))

    for _ in range(200):
        volume_of(tmp_path)

    assert len(os.listdir("/proc/self/fd")) == opened


@pytest.mark.parametrize(
    ("filesystem", "kind"),
    [
        ("ext4", MediumKind.LOCAL),
        ("zfs", MediumKind.LOCAL),
        ("tmpfs", MediumKind.MEMORY),
        ("nfs4", MediumKind.NETWORK),
        ("cifs", MediumKind.NETWORK),
        ("fuse.sshfs", MediumKind.NETWORK),
        ("fuse.rclone", MediumKind.NETWORK),
        ("fuse.mergerfs", MediumKind.FUSE),
        ("fuse.bindfs", MediumKind.FUSE),
        ("fuseblk", MediumKind.FUSE),
        ("fuse.ntfs-3g", MediumKind.FUSE),
        ("fuse.exfat", MediumKind.FUSE),
        ("fuse", MediumKind.FUSE),
        ("macfuse", MediumKind.FUSE),
        ("ltfs", MediumKind.TAPE),
    ],
)
def test_a_file_system_tells_the_kind_of_medium(filesystem, kind):
    assert kind_of(filesystem) is kind


def test_the_user_can_say_that_a_volume_is_tape(tmp_path):
    volume = volume_of(tmp_path, tape=True)

    assert volume.kind is MediumKind.TAPE
    assert (volume.readers, volume.writers) == (1, 1)
    assert volume.filesystem == volume_of(tmp_path).filesystem


@pytest.mark.parametrize(
    ("kind", "rotational", "at_once"),
    [
        (MediumKind.TAPE, None, 1),
        (MediumKind.LOCAL, True, 2),
        (MediumKind.LOCAL, False, 4),
        (MediumKind.LOCAL, None, 2),
        (MediumKind.NETWORK, None, 4),
        (MediumKind.MEMORY, None, 4),
    ],
)
def test_a_medium_says_how_much_it_bears_at_once(tmp_path, kind, rotational, at_once):
    volume = replace(volume_of(tmp_path), kind=kind, rotational=rotational)

    assert (volume.readers, volume.writers) == (at_once, at_once)


def test_free_space_is_that_of_the_volume(tmp_path):
    volume = volume_of(tmp_path)
    free = free_space(volume)
    asked = os.statvfs(volume.mount)

    assert free.trusted
    assert free.total == asked.f_blocks * asked.f_frsize
    assert 0 < free.available < free.total


@LINUX
def test_an_answer_of_nothing_is_not_believed():
    free = free_space(volume_of(Path("/proc")))

    assert free.total == 0
    assert not free.trusted


def test_a_volume_that_went_away_is_an_error(tmp_path):
    volume = replace(volume_of(tmp_path), mount=tmp_path / "gone")

    with pytest.raises(FileNotFoundError):
        free_space(volume)
