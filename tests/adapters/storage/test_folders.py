"""Folders: both kinds do the same, and neither is led astray."""

import os
import stat

import pytest

from avpres.adapters.storage.folders import SLICE, DescriptorFolder, PathFolder, open_folder, pieces

NAME = b"latin-1 \xe9\n"


@pytest.fixture(params=["descriptors", "paths"])
def folder(request, tmp_path, monkeypatch):
    monkeypatch.setenv("AVPRES_FOLDERS", request.param)
    with open_folder(os.fsencode(tmp_path)) as opened:
        assert isinstance(opened, PathFolder if request.param == "paths" else DescriptorFolder)
        yield opened


def put(folder, name, data=b""):
    fd = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    os.write(fd, data)
    os.close(fd)


def names(folder):
    return sorted(entry.name for entry in folder.scandir())


def test_a_file_is_made_listed_and_removed(folder):
    put(folder, NAME, b"abc")

    assert names(folder) == [NAME]
    assert folder.stat(NAME).st_size == 3
    (entry,) = folder.scandir()
    assert entry.inode() == folder.stat(NAME).st_ino
    assert not entry.is_dir()
    folder.unlink(NAME)
    assert names(folder) == []


def test_renaming_never_replaces(folder):
    put(folder, b"a", b"a")
    put(folder, b"b", b"b")

    with pytest.raises(FileExistsError):
        folder.rename(b"a", folder, b"b")
    folder.rename(b"a", folder, NAME)
    assert names(folder) == [b"b", NAME]


def test_replacing_replaces(folder):
    put(folder, b"a", b"aaa")
    put(folder, b"b")

    folder.replace(b"a", folder, b"b")

    assert names(folder) == [b"b"]
    assert folder.stat(b"b").st_size == 3


def test_links_are_made_and_not_followed(folder):
    put(folder, b"a", b"a")
    folder.link(b"a", folder, b"hard")
    folder.symlink(b"nowhere", b"soft")
    folder.set_times(b"soft", (1, 2))

    assert folder.stat(b"hard").st_ino == folder.stat(b"a").st_ino
    assert folder.readlink(b"soft") == b"nowhere"
    assert stat.S_ISLNK(folder.stat(b"soft").st_mode)
    assert folder.stat(b"soft").st_mtime_ns == 2


def test_times_and_modes_are_set_by_name(folder):
    put(folder, b"a")
    folder.set_times(b"a", (1_111_111_111, 2_222_222_222))
    folder.set_mode(b"a", 0o440)

    found = folder.stat(b"a")
    assert (found.st_atime_ns, found.st_mtime_ns) == (1_111_111_111, 2_222_222_222)
    assert stat.S_IMODE(found.st_mode) == 0o440


def test_a_folder_beneath_is_entered(folder):
    folder.mkdir(b"one", 0o700)
    with folder.enter(b"one") as one:
        one.mkdir(NAME, 0o700)
    with folder.enter(b"one/" + NAME) as two:
        put(two, b"a")
        assert two.path == folder.path + b"/one/" + NAME
        assert names(two) == [b"a"]
    with folder.enter(b"") as same:
        assert names(same) == [b"one"]


def test_a_link_is_entered_only_when_that_is_asked(folder):
    folder.mkdir(b"one", 0o700)
    folder.symlink(b"one", b"door")

    with pytest.raises(OSError, match=r"directory|symbolic"):
        folder.enter(b"door")
    with folder.enter(b"door", follow=True) as one:
        assert names(one) == []


def test_a_file_is_not_entered(folder):
    put(folder, b"a")

    with pytest.raises(NotADirectoryError):
        folder.enter(b"a")


def test_listing_leaves_no_trace(tmp_path):
    os.utime(tmp_path, ns=(1, 2))

    with open_folder(os.fsencode(tmp_path)) as folder:
        assert names(folder) == []

    assert tmp_path.stat().st_atime_ns == 1


def test_long_paths_are_cut_between_components():
    path = b"/".join([b"d" * 200] * 60)

    cut = list(pieces(path))

    assert b"/".join(cut) == path
    assert all(len(piece) <= SLICE for piece in cut)
