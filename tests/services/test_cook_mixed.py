"""Frames whose headers differ, and nothing else: refused, or taken as they are when asked for."""

import json

import pytest
import scan_maker
from cook_cases import codes, comes_back, film_of, frame, frames, messages, run

from avpres.adapters.matroska.reading import open_matroska
from avpres.config.cook import CookOptions
from avpres.domain.reel import CookEngine, Mixed

ALONE = {
    "transfer": {"transfer": 2},
    "colorimetric": {"colorimetric": 6},
    "rate": {"film_rate": 18.0},
    "several": {"film_rate": 18.0, "transfer": 2},
}


def mixed_reel(tmp, **form):
    reel = frames(tmp / "reel")
    frame(reel, 0, **form)
    return reel


@pytest.mark.parametrize("form", ALONE.values(), ids=ALONE)
def test_a_reel_with_another_header_is_refused_and_says_what_to_do(tmp_path, form):
    report = run(tmp_path, mixed_reel(tmp_path, **form))
    assert (report.exit_code, codes(report)) == (13, {"COK-HEADER"})
    assert "--mixed accept" in messages(report, "COK-HEADER")
    assert not (tmp_path / "out" / "reel").exists()


@pytest.mark.parametrize("form", ALONE.values(), ids=ALONE)
def test_what_is_accepted_comes_back_and_is_recorded(tmp_path, form):
    reel = mixed_reel(tmp_path, **form)
    comes_back(tmp_path, reel, mixed=Mixed.ACCEPT)
    told = json.loads((tmp_path / "out" / "reel" / "reel.cook.json").read_text())
    assert any(code == "COK-HEADER" and "accepted" in text for code, _, text in told["findings"])
    assert told["key"]["settings"]["mixed"] == "accept"


def test_the_commonest_header_decides_the_rate(tmp_path):
    report = run(tmp_path, mixed_reel(tmp_path, film_rate=18.0), mixed=Mixed.ACCEPT)
    assert report.exit_code == 0
    with film_of(tmp_path).open("rb") as handle:
        times = [block.time_ns for block in open_matroska(handle).blocks()]
    assert times[3] == 125_000_000


@pytest.mark.parametrize(
    "form",
    [
        {"bits": 16},
        {"packing": scan_maker.FILLED_B},
        {"orientation": 2},
        {"bits": 16, "transfer": 2},
    ],
    ids=str,
)
def test_samples_that_differ_are_never_accepted(tmp_path, form):
    report = run(tmp_path, mixed_reel(tmp_path, **form), mixed=Mixed.ACCEPT)
    assert (report.exit_code, codes(report)) == (13, {"COK-CHANGED"})


def test_many_headers_do_not_hide_a_frame_that_differs(tmp_path):
    reel = frames(tmp_path / "reel", 40)
    for place in range(0, 36, 2):
        frame(reel, place, transfer=2 + place % 4)
    changed = frame(reel, 37, bits=16)
    report = run(tmp_path, reel, mixed=Mixed.ACCEPT)
    assert report.exit_code == 13
    assert str(changed) in messages(report, "COK-CHANGED")


def test_an_assessment_names_the_option(tmp_path):
    reel = mixed_reel(tmp_path, transfer=2)
    report = run(tmp_path, reel, assess=True)
    assert report.facts["reels"][0]["verdict"] == "can be cooked with --mixed accept"


def test_it_is_not_for_rawcooked(tmp_path):
    with pytest.raises(ValueError, match="not for RAWcooked"):
        CookOptions(
            reels=(tmp_path,), destination=tmp_path, engine=CookEngine.RAWCOOKED, mixed=Mixed.ACCEPT
        )
