"""Restoring reels: the right bytes under the right names, or a finding; never over anything."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from cook_cases import back, codes, film_of, frames, messages, run, tree, whole_reel

from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.reversible.layouts import layout_of, picture_array
from avpres.services.reversible.opening import open_cooked
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, restore
from avpres.services.uncook.landing import HostileNameError, place_of


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    place = tmp_path_factory.mktemp("cooked")
    run(place, whole_reel(place))
    return place


@pytest.fixture
def cooked(once, tmp_path):
    """Give a film of one's own; its reel lies beside it."""
    shutil.copytree(once / "reel", tmp_path / "reel")
    shutil.copytree(once / "out", tmp_path / "out")
    return film_of(tmp_path)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x10
    path.write_bytes(data)


def test_a_second_run_restores_nothing_again(tmp_path, cooked):
    back(tmp_path, cooked)
    before = tree(tmp_path / "back")
    again = back(tmp_path, cooked)
    assert (again.exit_code, again.totals.copied_files) == (0, 0)
    assert again.totals.already_there == 11
    assert tree(tmp_path / "back") == before


def test_only_what_is_missing_is_restored(tmp_path, cooked):
    back(tmp_path, cooked)
    (tmp_path / "back/reel/scan_0086401.dpx").unlink()
    (tmp_path / "back/reel/sound.wav").unlink()
    again = back(tmp_path, cooked)
    assert (again.exit_code, again.totals.copied_files) == (0, 2)
    assert tree(tmp_path / "back/reel") == tree(tmp_path / "reel")


def test_nothing_is_overwritten(tmp_path, cooked):
    back(tmp_path, cooked)
    other = tmp_path / "back/reel/scan_0086401.dpx"
    other.write_bytes(b"something else")
    again = back(tmp_path, cooked)
    assert (again.exit_code, codes(again)) == (22, {"UNC-EXISTS"})
    assert other.read_bytes() == b"something else"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*_008640[12].dpx", {"scan_0086401.dpx", "scan_0086402.dpx"}),
        ("notes/*", {"scan.xml"}),
        ("reel/notes/*", {"scan.xml"}),
        ("*.wav", {"sound.wav"}),
        ("empty.txt", {"empty.txt"}),
    ],
)
def test_only_restores_what_matches(tmp_path, cooked, pattern, names):
    report = back(tmp_path, cooked, only=(pattern,))
    assert report.exit_code == 0
    restored = [path for path in (tmp_path / "back").rglob("*") if path.is_file()]
    assert {path.name for path in restored} == names
    source = tree(tmp_path / "reel")
    for name, facts in tree(tmp_path / "back/reel").items():
        assert facts[0] == source[name][0]


def test_a_pattern_that_matches_nothing_is_told(tmp_path, cooked):
    report = back(tmp_path, cooked, only=("*.mxf",))
    assert (report.exit_code, codes(report)) == (11, {"UNC-NOTHING"})


def test_a_flipped_byte_spoils_one_frame_alone_and_names_it(tmp_path, cooked):
    with cooked.open("rb") as handle:
        blocks = list(open_matroska(handle).blocks(1))
    flip(cooked, blocks[3].offset + blocks[3].size // 2)
    report = back(tmp_path, cooked)
    assert (report.exit_code, codes(report)) == (10, {"UNC-DAMAGED"})
    assert "scan_0086403.dpx" in messages(report, "UNC-DAMAGED")
    assert "slice" in messages(report, "UNC-DAMAGED")
    wanted = tree(tmp_path / "reel")
    del wanted[b"scan_0086403.dpx"]
    assert tree(tmp_path / "back/reel").keys() == wanted.keys()
    assert not list((tmp_path / "back").rglob("*.part"))


def test_a_flipped_byte_of_sound_spoils_the_sound_alone(tmp_path, cooked):
    with cooked.open("rb") as handle:
        block = next(iter(open_matroska(handle).blocks(2)))
    flip(cooked, block.offset + block.size // 2)
    report = back(tmp_path, cooked)
    assert (report.exit_code, codes(report)) == (10, {"UNC-DAMAGED"})
    assert "sound.wav" in messages(report, "UNC-DAMAGED")
    assert not (tmp_path / "back/reel/sound.wav").exists()
    assert (tmp_path / "back/reel/scan_0086405.dpx").exists()


def test_every_flipped_byte_is_told_or_does_no_harm(tmp_path):
    """A byte anywhere: either all comes back as it was, or the status says that it did not."""
    run(tmp_path, frames(tmp_path / "reel", 2))
    film = film_of(tmp_path)
    wanted = {name: facts[0] for name, facts in tree(tmp_path / "reel").items()}
    whole = film.read_bytes()
    for place in range(5, len(whole), len(whole) // 40):
        film.write_bytes(whole)
        flip(film, place)
        report = back(tmp_path, film, out=f"back{place}")
        found = tree(tmp_path / f"back{place}" / "reel") if report.totals.files else {}
        same = {name: facts[0] for name, facts in found.items()} == wanted
        assert same or report.exit_code != 0, place
        for name, facts in found.items():
            assert facts[0] in {"", wanted.get(name)}, place


def test_a_film_that_was_not_cooked_is_told(tmp_path):
    film = tmp_path / "film.mkv"
    film.write_bytes(b"no film at all")
    report = back(tmp_path, film)
    assert (report.exit_code, codes(report)) == (13, {"UNC-NO-FILM"})


@pytest.mark.parametrize(
    "name", [b"/etc/passwd", b"../up", b"a/../../up", b"", b"a//b", b"a/.", b"nul\0"]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(HostileNameError):
        place_of(tmp_path, name)


def test_a_link_in_the_destination_leads_nothing_elsewhere(tmp_path, cooked):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "reel").symlink_to(elsewhere)
    report = back(tmp_path, cooked)
    assert report.exit_code == 13
    assert not list(elsewhere.iterdir())


def test_a_destination_that_fills_up_is_told_and_leaves_nothing_half(tmp_path, cooked):
    """A limit on the size of files stops the sound in the middle, as a full disk would."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"
    program = f"{limit}; import sys; from avpres.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "uncook", str(cooked), str(tmp_path / "back")],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 21, done.stderr
    assert "UNC-REFUSED" in done.stdout
    assert not list((tmp_path / "back").rglob("*.part"))
    assert back(tmp_path, cooked).exit_code == 0
    assert tree(tmp_path / "back/reel") == tree(tmp_path / "reel")


def test_tracks_that_the_film_lost_are_told(tmp_path, cooked):
    """Matroska's Tracks element with one track less, its sound turned into a Void."""
    content = bytearray(cooked.read_bytes())
    place = content.index(b"A_FLAC")
    entry = content.rindex(b"\xae", 0, place)
    content[entry] = 0xEC
    cooked.write_bytes(content)
    report = back(tmp_path, cooked)
    assert report.exit_code != 0
    assert "sound.wav" in messages(report, "UNC-LOST")


def test_a_hostile_description_of_samples_takes_no_memory(tmp_path, cooked):
    """Rows of 1 GiB, in a film whose picture is 48 by 32 pixels."""
    with open_cooked(cooked) as film:
        header, track = film.tracks[0]
        decoders = PictureDecoders.of(header, film.film.private(1))
        packet = film.film.payload(next(film.film.blocks(1)))
        file = track.file(0)
    array = picture_array(file.layout)
    rows = 1 << 30
    hostile = replace(array, strides=(rows,), segments=((2048, rows * array.height),))
    size = 2048 + rows * array.height
    with pytest.raises(DamagedError, match="contradicts itself"):
        restore(replace(file, layout=layout_of(hostile), size=size), decoders, packet)
    assert restore(file, decoders, packet) == (tmp_path / "reel/scan_0086400.dpx").read_bytes()
