"""What Siegfried is shown of files."""

import os
import struct

import pytest
from PIL import Image

from avpres.adapters.identification.excerpts import DROID, folder_in_memory, shown
from avpres.adapters.identification.siegfried import Siegfried


@pytest.fixture(scope="module")
def folder():
    with folder_in_memory() as made:
        yield made


def sizes(paths, folder):
    with shown([os.fsencode(path) for path in paths], folder) as names:
        return [os.path.getsize(name) for name in names]


def puids(path, folder):
    (found,) = Siegfried(folder=folder).identify([os.fsencode(path)])
    return [candidate.puid for candidate in found]


def noise(size):
    return Image.effect_noise((size, size), 80).convert("RGB")


def test_excerpts_are_short_and_gone_afterwards(tmp_path, folder):
    (tmp_path / "a.txt").write_bytes(b"word " * 100_000)
    (tmp_path / "a.html").write_bytes(b"<!DOCTYPE html>\n<html>" + b"<p>word</p>" * 50_000)
    noise(300).save(tmp_path / "a.jpg", "JPEG")
    noise(300).save(tmp_path / "a.tif", "TIFF")

    found = sizes(sorted(tmp_path.iterdir()), folder)

    assert max(found) <= 8192
    assert os.listdir(folder) == []


def test_a_tiff_that_names_its_camera_is_searched_as_far_as_droid_does(tmp_path, folder):
    path = tmp_path / "camera.tif"
    noise(300).save(path, "TIFF", tiffinfo={271: "NIKON CORPORATION"})

    assert sizes([path], folder) == [2 * DROID]


def test_a_jpeg_without_its_end_keeps_both_ends(tmp_path, folder):
    path = tmp_path / "cut.jpg"
    noise(400).save(path, "JPEG", quality=95)
    path.write_bytes(path.read_bytes()[:-2] + b"xx")

    assert sizes([path], folder) == [8192]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("place", [8, 100_000, 2**32 - 1])
def test_a_broken_directory_means_a_wide_search(tmp_path, folder, order, place):
    path = tmp_path / "broken.tif"
    magic = b"II*\0" if order == "<" else b"MM\0*"
    path.write_bytes(magic + struct.pack(order + "I", place) + b"\xff" * 300_000)

    assert sizes([path], folder) == [2 * DROID]


def test_what_is_shown_is_identified_as_the_whole_file_is(tmp_path, folder):
    import pygfried

    noise(300).save(tmp_path / "a.jpg", "JPEG")
    noise(300).save(tmp_path / "a.tif", "TIFF")
    noise(300).save(tmp_path / "a.gif", "GIF")
    (tmp_path / "a.txt").write_bytes(b"word " * 5_000)
    (tmp_path / "a.html").write_bytes(b"<!doctype html>" + b"<p>word</p>" * 5_000 + b"</html>")

    for path in sorted(tmp_path.iterdir()):
        whole = pygfried.identify(str(path), detailed=True)["files"][0]["matches"]
        assert puids(path, folder) == [match["id"] for match in whole]


def test_nobody_waits_for_a_pipe(tmp_path, folder):
    os.mkfifo(tmp_path / "pipe.txt")

    assert sizes([tmp_path / "pipe.txt"], folder) == [0]


def test_a_link_stands_for_a_name_that_is_no_text(tmp_path, folder):
    path = os.fsencode(tmp_path) + b"/\xff.png"
    with open(path, "wb") as file:
        Image.new("L", (4, 4)).save(file, "PNG")

    with shown([path], folder) as (name,):
        assert os.path.islink(name)
        assert name.endswith(".png")
    assert os.path.exists(path)
    assert os.listdir(folder) == []
