"""File systems in image files: is what is known of them true of them?"""

import os
import subprocess

import pytest

from avpres.adapters.storage.limits import LIMITS, Folding, limits_of
from avpres.adapters.storage.mounts import MountTable
from avpres.adapters.storage.naming import check_name, fold_key
from avpres.adapters.storage.probe import probe_folding, probe_writable
from avpres.adapters.storage.volume import MediumKind, free_space, volume_of
from avpres.adapters.storage.walk import Kind
from avpres.services.preflight import preflight

pytestmark = pytest.mark.mount

NAMES = [
    b"plain.mov",
    b"colon:",
    b"ask?",
    b"star*",
    b'quote"',
    b"less<",
    b"more>",
    b"pipe|",
    b"back\\slash",
    b"new\nline",
    b"tab\t",
    b"\x01control",
    b"\x7fdelete",
    b"dot.",
    b"space ",
    b" lead",
    b"con",
    b"aux.mov",
    b"\xff\xfenot-utf8",
    b"x" * 255,
    b"y" * 256,
    "é".encode() * 127,
    "è".encode() * 128,
    "ü".encode() * 255,
    "\U0001d11e".encode() * 63,
    "\U0001d11f".encode() * 127,
    "\U0001d120".encode() * 128,
]
TWINS = [
    ("Foo.mov", "foo.MOV"),
    ("É", "é"),
    ("ß", "ss"),
    ("\u0131", "i"),
    ("\u017f", "s"),
    ("caf\u00e9", "cafe\u0301"),
]
EVERY = ["ext4", "xfs", "btrfs", "vfat", "exfat", "ntfs"]


def made(folder, name: bytes) -> bool:
    """Make a file and tell whether it is then listed under that very name."""
    path = os.fsencode(folder) + b"/" + name
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError:
        return False
    return name in os.listdir(os.fsencode(folder))


@pytest.mark.parametrize("filesystem", EVERY)
def test_names_are_judged_as_the_file_system_does(mount_image, filesystem):
    root = mount_image(filesystem)
    limits = limits_of(volume_of(root))

    judged = {name: check_name(name, limits) is None for name in NAMES}

    assert judged == {name: made(root, name) for name in NAMES}


@pytest.mark.parametrize("filesystem", EVERY)
def test_twins_are_judged_as_the_file_system_does(mount_image, filesystem):
    root = mount_image(filesystem)
    flight = preflight(root, volume_of(root))

    for one, other in TWINS:
        same = fold_key(one.encode(), flight.limits) == fold_key(other.encode(), flight.limits)
        made(root, one.encode())

        assert same is os.path.lexists(root / other), (one, other)


@pytest.mark.parametrize(
    ("filesystem", "name", "kind"),
    [
        ("ext4", "ext4", MediumKind.LOCAL),
        ("xfs", "xfs", MediumKind.LOCAL),
        ("btrfs", "btrfs", MediumKind.LOCAL),
        ("exfat", "fuse.exfat", MediumKind.FUSE),
        ("ntfs", "fuse.ntfs-3g", MediumKind.FUSE),
    ],
)
def test_volumes_are_recognised(mount_image, filesystem, name, kind):
    root = mount_image(filesystem)
    volume = volume_of(root / "not" / "yet")
    if volume.filesystem in {"ntfs3", "exfat"}:
        pytest.skip("the kernel has a driver of its own")

    assert (volume.filesystem, volume.kind) == (name, kind)
    on_disk = kind is MediumKind.LOCAL
    assert volume.direct_is_proof is volume.eviction_is_countable is on_disk
    assert volume.mount == root
    assert volume.device == root.stat().st_dev
    assert volume.rotational is not None
    assert volume.syncfs_is_enough is on_disk
    assert free_space(volume).trusted


@pytest.mark.parametrize(
    ("filesystem", "options"), [("ext4", "data=journal"), ("btrfs", "compress=zstd")]
)
def test_mounts_that_read_through_the_cache_are_known(mount_image, filesystem, options):
    volume = volume_of(mount_image(filesystem, options=options))

    assert not volume.direct_is_proof
    assert volume.eviction_is_countable


def test_a_btrfs_subvolume_is_named_apart_from_its_volume(mount_image):
    root = mount_image("btrfs")
    subprocess.run(["btrfs", "subvolume", "create", root / "sub"], check=True, capture_output=True)

    volume = volume_of(root / "sub")

    assert volume.mount == root
    assert volume.device == (root / "sub").stat().st_dev != root.stat().st_dev
    assert volume.filesystem == "btrfs"


def test_the_identity_stays_with_the_file_system(mount_image, tmp_path, mounted):
    root = mount_image("ext4")
    before = volume_of(root).identity
    other = tmp_path / "bound"
    other.mkdir()
    (root / "part").mkdir()

    mounted("--bind", root, other)
    assert volume_of(other).identity == before
    assert volume_of(other).mount == other
    mounted("--bind", root / "part", other)
    assert volume_of(other).identity == f"{before}:/part"


def test_two_file_systems_have_two_identities(mount_image):
    assert len({volume_of(mount_image("ext4")).identity for _ in range(2)}) == 2


def test_the_table_notices_mounts(tmp_path, mounted):
    table = MountTable()
    first = table.current()[0]

    mounted("-t", "tmpfs", "none", tmp_path)

    assert table.current()[0] == first + 1
    assert any(mount.point == str(tmp_path) for mount in table.current()[1].values())


def test_a_volume_that_turns_read_only_is_noticed(tmp_path, mounted):
    mounted("-t", "tmpfs", "none", tmp_path)
    assert not volume_of(tmp_path).read_only

    subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)

    assert volume_of(tmp_path).read_only
    assert probe_writable(tmp_path, volume_of(tmp_path)) == "the volume is mounted read-only"


def test_an_overlay_counts_no_pages_but_hands_direct_reads_down(mount_image, tmp_path, mounted):
    disk, merged = mount_image("ext4"), tmp_path / "merged"
    for folder in (disk / "lower", disk / "upper", disk / "work", merged):
        folder.mkdir()

    options = f"lowerdir={disk}/lower,upperdir={disk}/upper,workdir={disk}/work"
    mounted("-t", "overlay", "overlay", "-o", options, merged)
    volume = volume_of(merged)

    assert volume.filesystem == "overlay"
    assert volume.direct_is_proof
    assert not volume.eviction_is_countable


def test_a_full_table_of_inodes_is_refused(tmp_path, mounted):
    mounted("-t", "tmpfs", "-o", "nr_inodes=20", "none", tmp_path)
    flight = preflight(tmp_path, volume_of(tmp_path))
    for number in range(30):
        flight.see(b"%d" % number, Kind.FILE, 1)

    assert [finding.code for finding in flight.close()] == ["PRE-FILES"]


def test_a_small_volume_is_refused_before_the_first_byte(mount_image):
    root = mount_image("ext4", size_mib=16)
    flight = preflight(root / "reel", volume_of(root))
    flight.see(b"reel/film.mkv", Kind.FILE, 20 << 20)

    (finding,) = flight.close()

    assert finding.code == "PRE-SPACE"
    assert "20.0 MiB" in finding.message


def test_folding_is_found_by_trying(mount_image):
    root = mount_image("exfat")

    assert probe_folding(root, volume_of(root)) == (LIMITS["exfat"].folding, None)
    assert os.listdir(root) == []


def test_a_plain_folder_of_ext4_folds_nothing(mount_image):
    root = mount_image("ext4")

    assert probe_folding(root, volume_of(root)) == (Folding.NONE, None)
