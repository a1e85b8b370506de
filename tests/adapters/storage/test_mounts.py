import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.storage.mounts import Mount, MountTable, mount_id, parse_mountinfo

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mountinfo is Linux'")

LINES = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:39 /@home /home ro,relatime shared:2 master:3 - btrfs /dev/sda2 rw,compress=zstd:3
41 27 0:50 / /mnt/my\040disk\134x\012y rw - fuse.sshfs me@host:/a\040b rw,user_id=0
broken line
42 27 0:51 / /empty rw - tmpfs  rw
"""


def escape(name: bytes) -> bytes:
    """Write a name as the kernel does (fs/proc_namespace.c, mangle)."""
    return b"".join(b"\\%03o" % byte if byte in b" \t\n\\#" else bytes([byte]) for byte in name)


def test_lines_are_read_into_mounts():
    mounts = parse_mountinfo(LINES)

    assert sorted(mounts) == [22, 27, 40, 41, 42]
    assert mounts[27].filesystem == "ext4"
    assert mounts[27].source == "/dev/vda"
    assert mounts[27].device == (254, 0)
    assert not mounts[27].read_only
    assert mounts[40].read_only
    assert mounts[40].root == "/@home"
    assert mounts[42].source == ""


def test_escapes_are_undone():
    mount = parse_mountinfo(LINES)[41]

    assert mount.point == "/mnt/my disk\\x\ny"
    assert mount.source == "me@host:/a b"


@pytest.mark.parametrize(
    ("name", "value"), [("compress", "zstd:3"), ("rw", ""), ("absent", None), ("comp", None)]
)
def test_an_option_is_found_by_its_whole_name(name, value):
    assert parse_mountinfo(LINES)[40].option(name) == value


@given(point=st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_any_mount_point_comes_back(point):
    point = b"/" + point
    line = b"9 1 8:1 / " + escape(point) + b" rw - ext4 /dev/sda1 rw\n"

    assert os.fsencode(parse_mountinfo(line)[9].point) == point


def test_the_table_knows_the_mount_of_an_open_file(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        _, mounts = MountTable().current()
        mount = mounts[mount_id(fd)]
    finally:
        os.close(fd)

    assert isinstance(mount, Mount)
    assert str(tmp_path).startswith(mount.point)


def test_the_table_keeps_its_state_while_nothing_is_mounted():
    table = MountTable()

    assert table.current()[0] == table.current()[0]


def test_a_closed_file_has_no_mount():
    fd = os.open("/", os.O_RDONLY)
    os.close(fd)

    assert mount_id(fd) is None
