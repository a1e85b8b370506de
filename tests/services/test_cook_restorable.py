"""What a film says of RAWcooked holds for each frame in it, and for the slices that were chosen."""

import json
import os

import pytest
import rawcooked_like
import scan_maker
from cook_cases import back, comes_back, film_of, frame, frames, messages, run

from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.validators.ffv1 import read_config
from avpres.domain.reel import CookProfile, rawcooked_slices

RGBA = {"descriptor": scan_maker.RGBA}
GREY = {"descriptor": scan_maker.LUMA}


def wide(reel, width, count=3, **form):
    reel.mkdir()
    for place in range(count):
        path = reel / f"scan_{place:04d}.dpx"
        path.write_bytes(scan_maker.dpx(width, 48, seed=place, number=place, **form))
    return reel


def told(tmp):
    return json.loads((tmp / "out" / "reel" / "reel.cook.json").read_text())["film"]


def grid(tmp):
    with film_of(tmp).open("rb") as handle:
        config = read_config(open_matroska(handle).tracks[0].private)
    return config.horizontal_slices, config.vertical_slices


def test_one_frame_that_rawcooked_refuses_is_enough(tmp_path):
    reel = frames(tmp_path / "reel")
    frame(reel, 3, key=7)
    report = run(tmp_path, reel)
    assert report.exit_code == 0, report.findings
    assert "scan_0086403.dpx: it has an encryption key" in messages(report, "COK-RAWCOOKED")
    assert told(tmp_path)["restorable_by_rawcooked"] is False


@pytest.mark.skipif(os.name == "nt", reason="a backslash ends a folder there")
def test_a_name_with_a_backslash_is_none_for_rawcooked(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "notes\\old.txt").write_text("a")
    report = run(tmp_path, reel)
    assert "no (notes\\old.txt: RAWcooked takes the backslash" in messages(report, "COK-RAWCOOKED")
    assert back(tmp_path, film_of(tmp_path)).exit_code == 0
    assert (tmp_path / "back" / "reel" / "notes\\old.txt").read_text() == "a"


@pytest.mark.parametrize(("width", "form"), [(54, RGBA), (50, GREY)], ids=["mended", "spanned"])
def test_slices_are_chosen_that_rawcooked_puts_together_again(width, form, tmp_path):
    report = run(tmp_path, wide(tmp_path / "reel", width, **form))
    assert "and later: yes" in messages(report, "COK-RAWCOOKED")
    across, _ = grid(tmp_path)
    edges = [place * width // across for place in range(1, across)]
    assert not any(edge % 3 for edge in edges) or (form is GREY and edges[0] % 3)


def test_slices_that_are_asked_for_are_taken_and_told(tmp_path):
    report = run(tmp_path, wide(tmp_path / "reel", 54, **RGBA), slices=16)
    assert grid(tmp_path) == (4, 4)
    assert "no (scan_*.dpx: slices cut its rows" in messages(report, "COK-RAWCOOKED")
    assert told(tmp_path) | {"restorable_by_rawcooked": False, "rawcooked_since": ""} == told(
        tmp_path
    )


@pytest.mark.parametrize(
    ("width", "form", "since"),
    [(48, {}, "21.09"), (48, GREY, "23.12"), (52, {"bits": 12, "packing": 0}, "23.03")],
)
def test_the_first_version_that_restores_it_is_told(width, form, since, tmp_path):
    report = run(tmp_path, wide(tmp_path / "reel", width, **form))
    text = f"restorable by RAWcooked {since} and later: yes"
    assert text in messages(report, "COK-RAWCOOKED")
    assert told(tmp_path)["rawcooked_since"] == since


def test_the_profile_of_rawcooked_cuts_where_it_cuts(tmp_path):
    form = {"bits": 12, "packing": 0}
    run(tmp_path, wide(tmp_path / "reel", 64, **form), profile=CookProfile.RAWCOOKED)
    assert grid(tmp_path) == (4, 4)  # six would not end at blocks of eight pixels


@pytest.mark.parametrize(
    ("picture", "slices"),
    [
        ((2048, 1556, 10), 64),
        ((2048, 1556, 16), 144),
        ((4096, 3112, 12), 576),
        ((2048, 1556, 12, 8), 64),
        ((2050, 1556, 12, 8), 144),
        ((720, 576, 10, 3), 16),
        ((6, 5, 10), 4),
    ],
)
def test_the_slices_of_rawcooked_are_reckoned_as_it_does(picture, slices):
    assert rawcooked_slices(*picture) == slices


@pytest.mark.parametrize(
    "content",
    [
        rawcooked_like.whole(rawcooked_like.sequence([{"name": b"other/1.dpx", "before": b"x"}])),
        b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01 a film in a film",
        b" rt is how an old film's data began",
    ],
    ids=["data of another film", "a film", "three letters"],
)
def test_sidecars_that_rawcooked_takes_for_its_data_are_told_and_come_back(content, tmp_path):
    reel = frames(tmp_path / "reel", 2)
    (reel / "a.rawcooked_reversibility_data").write_bytes(content)
    comes_back(tmp_path, reel)
    record = json.loads((tmp_path / "out" / "reel" / "reel.cook.json").read_text())
    assert record["film"]["restorable_by_rawcooked"] is False
    assert any("for its own data" in text for _, _, text in record["findings"])
