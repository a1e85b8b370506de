"""The engine over both kinds of folders: held open, and known by their paths as on Windows."""

import os

import pytest
from copy_cases import (
    CREW,
    ODD_NAMES,
    Copier,
    Saboteur,
    assert_manifest,
    assert_same,
    codes,
    leftovers,
    make_reel,
    once,
)

from avpres.adapters.storage.folders import DescriptorFolder, PathFolder, open_folder
from avpres.domain.exit_codes import ExitCode


@pytest.fixture(params=["descriptors", "paths"])
def copier(request, tmp_path, monkeypatch):
    """The service with one or the other kind of folders, chosen as a user would."""
    monkeypatch.setenv("AVPRES_FOLDERS", request.param)
    kind = PathFolder if request.param == "paths" else DescriptorFolder
    with open_folder(os.fsencode(tmp_path)) as folder:
        assert type(folder) is kind
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path, copier):
    """A tree with links of both kinds, odd names, and files enough for worker processes."""
    del copier
    root = make_reel(tmp_path / "src" / "reel", small=CREW)
    os.link(root / "film.mkv", root / "a" / "twin.mkv")
    (root / "dangling").symlink_to("nowhere")
    (root / "odd").mkdir()
    for name in ODD_NAMES:
        with open(os.path.join(os.fsencode(root / "odd"), name), "xb") as file:
            file.write(name * 3)
    (root / "a" / "b").chmod(0o555)
    return root


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def test_a_tree_is_copied_and_known_again(copier, reel, shelf):
    for _ in range(2):
        report = copier(reel, shelf, touches_source=True)
        assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
        assert_same(reel, shelf / "reel")
        assert_manifest(shelf, "reel")
    assert report.totals.copied_files == 0
    again = Copier(shelf.with_name("elsewhere"))(reel, shelf, touches_source=True)
    assert (again.exit_code, again.totals.copied_files) == (ExitCode.OK, 0)


def test_a_partial_copy_is_completed_in_two_places(copier, reel, shelf, tmp_path):
    other = tmp_path / "other"
    copier(reel, shelf, touches_source=True)
    (shelf / "reel" / "film.mkv").unlink()
    (shelf / "reel" / "a" / "00017.dpx").unlink()

    report = copier(reel, shelf, to=(other,), touches_source=True)

    assert report.exit_code is ExitCode.OK
    for place in (shelf, other):
        assert_same(reel, place / "reel")
        assert_manifest(place, "reel")


@pytest.mark.parametrize("name", ["film.mkv", "a/00017.dpx"])
def test_what_differs_is_refused_then_replaced(copier, reel, shelf, name):
    copier(reel, shelf, touches_source=True)
    (shelf / "reel" / name).unlink()
    (shelf / "reel" / name).write_bytes(b"other")

    assert copier(reel, shelf, touches_source=True).exit_code is ExitCode.DESTINATION_EXISTS
    assert (shelf / "reel" / name).read_bytes() == b"other"
    assert copier(reel, shelf, replace=True, touches_source=True).exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")


@pytest.mark.parametrize("name", ["film.mkv", "a/00017.dpx"])
def test_a_byte_that_flips_is_found(copier, reel, shelf, name):
    size = (reel / name).stat().st_size

    def flip(_):
        for path in leftovers(shelf):
            if os.stat(path).st_size == size:
                with open(path, "r+b") as file:
                    first = file.read(1)
                    file.seek(0)
                    file.write(bytes([first[0] ^ 1]))

    report = copier(
        reel, shelf, context={"progress": Saboteur(read_back=once(flip))}, touches_source=True
    )

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"COPY-MISMATCH"}
    assert_same(reel, shelf / "reel")


def test_a_folder_that_vanishes_is_told(copier, reel, shelf):
    def remove(_):
        (shelf / "reel").rename(shelf / "away")

    report = copier(
        reel, shelf, context={"progress": Saboteur(copy=once(remove))}, touches_source=True
    )

    assert report.exit_code is not ExitCode.OK
    assert "checksums match" not in report.summary
