"""Headers of a tar."""

import io
import tarfile

import pytest

from avpres.adapters.containers.tar_encode import BLOCK, END, header

SECOND = 1_000_000_000


def read(blocks):
    archive = tarfile.open(fileobj=io.BytesIO(blocks + END), encoding="utf-8")  # noqa: SIM115
    return archive.next()


@pytest.mark.parametrize(
    "path",
    [
        b"short",
        b"a" * 100,
        b"p" * 155 + b"/" + b"n" * 100,
        b"folder/" * 20 + b"file",
    ],
    ids=["short", "full", "prefix", "deep"],
)
def test_a_path_that_fits_needs_no_extended_header(path):
    blocks = header(path, 5, 7 * SECOND, is_folder=False)
    assert len(blocks) == BLOCK
    assert read(blocks).name.encode() == path


@pytest.mark.parametrize(
    "path",
    ["a" * 101, "p" * 156 + "/n", "x/" * 200 + "y", "é", "e\u0301", " a ", "a\nb", "100%0Adone"],
)
def test_python_reads_every_name_back(path):
    info = read(header(path.encode(), 5, 7 * SECOND, is_folder=False))
    assert (info.name, info.size, info.mtime) == (path, 5, 7)


def test_python_reads_a_name_back_that_is_not_utf8():
    info = read(header(b"caf\xe9", 5, 7 * SECOND, is_folder=False))
    assert info.name.encode("utf-8", "surrogateescape") == b"caf\xe9"
    assert info.pax_headers["hdrcharset"] == "BINARY"


def test_nobody_owns_a_member():
    info = read(header(b"a", 0, SECOND, is_folder=True))
    assert (info.uid, info.gid, info.uname, info.gname, info.mode) == (0, 0, "", "", 0o755)
    assert info.isdir()


@pytest.mark.parametrize("size", [8**11 - 1, 8**11, 1 << 50])
def test_sizes_beyond_8_gib_are_kept(size):
    assert read(header(b"a", size, 0, is_folder=False)).size == size


@pytest.mark.parametrize("seconds", [-5, 0, 8**11 - 1, 8**11])
def test_times_before_1970_and_far_away_are_kept(seconds):
    assert read(header(b"a", 0, seconds * SECOND, is_folder=False)).mtime == seconds


def test_times_are_cut_to_seconds():
    assert read(header(b"a", 0, SECOND * 7 + 999, is_folder=False)).mtime == 7
