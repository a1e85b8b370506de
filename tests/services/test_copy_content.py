"""`copy`: what is kept of files, links and folders, and what is left out."""

import os
import shutil
import socket
import stat
import subprocess
import unicodedata

import pytest
from copy_cases import (
    MIB,
    ODD_NAMES,
    Copier,
    assert_manifest,
    assert_same,
    codes,
    essence,
    leftovers,
    make_reel,
)

from avpres.domain.errors import SourceUnreadableError
from avpres.domain.exit_codes import ExitCode


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def test_hidden_files_and_junk_are_part_of_a_source(copier, reel, shelf):
    report = copier(reel, shelf)

    assert codes(report) == set()
    assert (shelf / "reel" / ".hidden").read_bytes() == b"h"
    assert (shelf / "reel" / "Thumbs.db").read_bytes() == b"junk"
    assert_manifest(shelf, "reel")


def test_junk_is_left_out_on_request_and_told(copier, reel, shelf):
    (reel / "a" / ".DS_Store").write_bytes(b"junk")

    report = copier(reel, shelf, skip_junk=True)

    assert report.exit_code is ExitCode.OK
    assert report.totals.skipped == 2
    assert {f.path for f in report.findings} == {
        str(reel / "Thumbs.db"),
        str(reel / "a" / ".DS_Store"),
    }
    assert codes(report) == {"COPY-SKIPPED"}
    assert not (shelf / "reel" / "Thumbs.db").exists()
    assert (shelf / "reel" / ".hidden").exists()
    assert_manifest(shelf, "reel")


def test_what_is_excluded_is_left_out_and_told(copier, reel, shelf):
    report = copier(reel, shelf, exclude=("*.dpx", "a/b"))

    assert report.exit_code is ExitCode.OK
    assert report.totals.skipped == 7
    assert sorted(os.listdir(shelf / "reel" / "a")) == ["link"]
    assert {f.message for f in report.findings} == {
        "left out (--exclude *.dpx)",
        "left out (--exclude a/b)",
    }
    again = copier(reel, shelf, exclude=("*.dpx", "a/b"))
    assert (again.exit_code, again.findings) == (ExitCode.OK, report.findings)


def test_modes_and_times_are_kept_to_the_nanosecond(copier, reel, shelf):
    (reel / "a" / "00001.dpx").chmod(0o640)
    (reel / "a" / "00002.dpx").chmod(0o4755)
    (reel / "nothing").chmod(0o2775)
    os.utime(reel / "nothing", ns=(5, 1_234_567_890_123_456_789))
    (reel / "a" / "b").chmod(0o555)
    reel.chmod(0o555)

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")
    assert copier(reel, shelf).exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")


def test_write_protected_folders_take_what_was_missing(copier, reel, shelf):
    for folder in (reel / "a" / "b", reel / "a", reel):
        folder.chmod(0o555)
    copier(reel, shelf)
    (shelf / "reel" / "a" / "b").chmod(0o755)
    (shelf / "reel" / "a" / "b" / "deep.wav").unlink()
    (shelf / "reel" / "a" / "b").chmod(0o555)

    assert copier(reel, shelf).exit_code is ExitCode.OK

    assert_same(reel, shelf / "reel")


def test_symbolic_links_are_kept_as_they_stand(copier, reel, shelf):
    (reel / "dangling").symlink_to("nowhere/at all")
    (reel / "loop").symlink_to("loop")
    (reel / "up").symlink_to("..")
    (reel / "absolute").symlink_to(reel / "film.mkv")
    (reel / "odd").symlink_to(b"latin-1 \xe9\n")

    for _ in range(2):
        report = copier(reel, shelf)
        assert report.exit_code is ExitCode.OK
        assert report.totals.links == 6
        assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


def test_symbolic_links_can_be_left_out(copier, reel, shelf):
    report = copier(reel, shelf, links="skip")

    assert report.exit_code is ExitCode.OK
    assert [f.path for f in report.findings] == [str(reel / "a" / "link")]
    assert not os.path.lexists(shelf / "reel" / "a" / "link")


def test_symbolic_links_can_be_followed_inside_the_source_alone(copier, reel, shelf, tmp_path):
    (tmp_path / "outside").write_bytes(b"secret")
    (reel / "out").symlink_to(tmp_path / "outside")
    (reel / "dangling").symlink_to("nowhere")
    (reel / "loop").symlink_to("loop")
    (reel / "a" / "up").symlink_to("..")
    (reel / "again").symlink_to("a/b")

    report = copier(reel, shelf, links="follow")

    assert report.exit_code is ExitCode.OK
    told = {os.path.basename(f.path): f.message for f in report.findings}
    assert set(told) == {"out", "dangling", "loop", "up"}
    there = shelf / "reel"
    assert not there.joinpath("a/link").is_symlink()
    assert there.joinpath("a/link").read_bytes() == (reel / "a/b/deep.wav").read_bytes()
    assert there.joinpath("again/deep.wav").read_bytes() == (reel / "a/b/deep.wav").read_bytes()
    assert not any(os.path.lexists(there / name) for name in ("out", "dangling", "loop", "a/up"))
    assert copier(reel, shelf, links="follow").exit_code is ExitCode.OK


def test_a_link_that_points_elsewhere_at_the_destination_is_a_difference(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "a" / "link").unlink()
    (shelf / "reel" / "a" / "link").symlink_to("elsewhere")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (shelf / "reel" / "a" / "link").readlink().name == "elsewhere"
    assert copier(reel, shelf, replace=True).exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")


def test_hard_links_stay_hard_links(copier, reel, shelf):
    names = ["film.mkv", "twin.mkv", "a/b/third.mkv"]
    for name in names[1:]:
        os.link(reel / names[0], reel / name)

    for _ in range(2):
        report = copier(reel, shelf)
        assert report.exit_code is ExitCode.OK
        found = [(shelf / "reel" / name).stat() for name in names]
        assert {(f.st_ino, f.st_nlink) for f in found} == {(found[0].st_ino, 3)}
        assert_same(reel, shelf / "reel")
    assert report.totals.copied_files == 0
    assert_manifest(shelf, "reel")


def test_a_hard_link_that_is_missing_is_made_again(copier, reel, shelf):
    os.link(reel / "film.mkv", reel / "twin.mkv")
    copier(reel, shelf)
    (shelf / "reel" / "film.mkv").unlink()

    assert copier(reel, shelf).exit_code is ExitCode.OK

    assert_same(reel, shelf / "reel")


@pytest.mark.parametrize("size", [5 * MIB, 66 * MIB + 13], ids=["5 MiB", "66 MiB"])
def test_sparse_files_stay_sparse(copier, shelf, tmp_path, size):
    reel = tmp_path / "sparse"
    reel.mkdir()
    for name, places in {"ends": (0, size - 5), "middle": (size // 2,), "void": ()}.items():
        with (reel / name).open("xb") as file:
            for place in places:
                file.seek(place)
                file.write(b"data")
            file.truncate(size)

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "sparse")
    for name in os.listdir(reel):
        assert (shelf / "sparse" / name).stat().st_blocks * 512 <= MIB
    assert_manifest(shelf, "sparse")


def test_pipes_sockets_and_devices_are_left_out_and_told(copier, reel, shelf, monkeypatch):
    monkeypatch.chdir(reel)
    os.mkfifo("pipe")
    if os.geteuid() == 0:
        os.mknod("device", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("socket")
        report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    special = {"pipe", "socket", "device"} & set(os.listdir(reel))
    assert {os.path.basename(f.path) for f in report.findings} == special
    assert codes(report) == {"COPY-SPECIAL"}
    assert special.isdisjoint(os.listdir(shelf / "reel"))
    assert_manifest(shelf, "reel")


def test_a_pipe_as_a_source_is_refused_and_not_read(copier, shelf, tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceUnreadableError, match="neither a file nor a folder"):
        copier(tmp_path / "pipe", shelf)


@pytest.fixture
def attributed(reel):
    """A tree whose files and folders carry extended attributes and an ACL."""
    if not shutil.which("setfacl"):
        pytest.skip("needs setfacl")
    for path in (reel / "film.mkv", reel / "a" / "00001.dpx", reel / "a", reel):
        os.setxattr(path, "user.shelf-mark", b"K 17\0\xff")
        subprocess.run(["setfacl", "-m", "u:4711:r", str(path)], check=True)
    return reel


def attributes(path):
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.mark.parametrize("name", ["film.mkv", "a/00001.dpx", "a", ""])
def test_attributes_and_acls_are_kept_on_request(copier, attributed, shelf, name):
    report = copier(attributed, shelf, xattrs=True)

    assert report.exit_code is ExitCode.OK
    assert attributes(shelf / "reel" / name) == attributes(attributed / name) != {}
    assert_same(attributed, shelf / "reel")


def test_attributes_stay_behind_unasked(copier, attributed, shelf):
    assert copier(attributed, shelf).exit_code is ExitCode.OK
    assert attributes(shelf / "reel" / "film.mkv") == {}


def test_attributes_are_added_to_a_copy_that_is_there_without_them(copier, attributed, shelf):
    copier(attributed, shelf)

    assert copier(attributed, shelf, xattrs=True).exit_code is ExitCode.OK

    assert attributes(shelf / "reel" / "film.mkv") == attributes(attributed / "film.mkv")


def test_attributes_of_a_link_on_the_command_line_are_those_of_its_target(
    copier, attributed, shelf, tmp_path
):
    (tmp_path / "door.mkv").symlink_to(attributed / "film.mkv")

    assert copier(tmp_path / "door.mkv", shelf, xattrs=True).exit_code is ExitCode.OK

    assert attributes(shelf / "door.mkv") == attributes(attributed / "film.mkv")


@pytest.fixture
def odd(tmp_path):
    """A tree with every name that ordinary tools stumble over."""
    root = tmp_path / "odd \udce9"
    for folder in (b"", b"sub\nfolder", b"f" * 255):
        place = os.path.join(os.fsencode(root), folder)
        os.makedirs(place, exist_ok=True)
        for number, name in enumerate(ODD_NAMES):
            with open(os.path.join(place, name), "xb") as file:
                file.write(name * (1 if number % 2 else 9000))
    return root


@pytest.mark.parametrize("state", ["state", "elsewhere"], ids=["same", "another computer"])
def test_any_name_is_copied_recorded_and_known_again(odd, shelf, state):
    first = Copier(shelf.with_name("state"))(odd, shelf)
    assert (first.exit_code, codes(first)) == (ExitCode.OK, set())
    assert_same(odd, shelf / odd.name)
    assert_manifest(shelf, odd.name)

    again = Copier(shelf.with_name(state))(odd, shelf)

    assert (again.exit_code, codes(again)) == (ExitCode.OK, set())
    assert again.totals.copied_files == 0
    assert leftovers(shelf) == []


def test_twins_that_differ_in_unicode_form_alone_are_two_files(copier, odd, shelf):
    names = [
        unicodedata.normalize(form, "caf\N{LATIN SMALL LETTER E WITH ACUTE}")
        for form in ("NFC", "NFD")
    ]
    copier(odd, shelf)
    (shelf / odd.name / names[1]).unlink()
    (shelf / odd.name / names[0]).write_bytes(b"changed")

    report = copier(odd, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert [f.path for f in report.findings] == [str(odd / names[0])]
    assert (shelf / odd.name / names[1]).read_bytes() == (odd / names[1]).read_bytes()


def test_an_item_whose_name_is_as_long_as_names_get_has_its_manifest(copier, tmp_path, shelf):
    item = tmp_path / ("\N{LATIN SMALL LETTER E WITH ACUTE}" * 127)
    item.mkdir()
    (item / "a").write_bytes(b"a")

    report = copier(item, shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(item, shelf / item.name)
    (manifest,) = [o.path for o in report.outputs if o.kind == "manifest"]
    assert os.path.isfile(manifest)
    assert copier(item, shelf).exit_code is ExitCode.OK
    assert len(os.listdir(shelf)) == 2


def test_paths_beyond_what_one_call_takes_are_copied(copier, tmp_path, shelf):
    deep = tmp_path / "deep"
    deep.mkdir()
    relative = make_depth(deep, 60, b"d" * 200)
    try:
        for state in ("state", "elsewhere"):
            report = Copier(tmp_path / state)(deep, shelf)
            assert report.exit_code is ExitCode.OK
        manifest = (shelf / "deep_manifest.md5").read_bytes()
        assert manifest.endswith(b"  deep/" + relative + b"/file\n")
        (shelf / "deep" / "stranger").touch()
        (shelf / "deep_manifest.md5").unlink()
        report = copier((deep, make_reel(tmp_path / "reel")), shelf)
        assert report.exit_code is ExitCode.INCOMPLETE
        assert (shelf / "deep_manifest.md5").read_bytes() == manifest
    finally:
        for place in (deep, shelf):
            subprocess.run(["rm", "-rf", str(place)], check=True)


def make_depth(root, levels, name):
    fd = os.open(root, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=fd)
        inner = os.open(name, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    with open(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=fd), "wb") as file:
        file.write(b"bottom")
    os.close(fd)
    return b"/".join([name] * levels)


def test_a_copy_keeps_what_it_should_of_an_empty_tree(copier, tmp_path, shelf):
    root = tmp_path / "folders"
    (root / "a" / "b" / "c").mkdir(parents=True)
    os.utime(root / "a", ns=(1, 1_000_000_001))

    assert copier(root, shelf).exit_code is ExitCode.OK

    assert essence(shelf / "folders") == essence(root)
