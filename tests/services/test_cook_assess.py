"""The assessment of sequences: every kind of defect is named, with its file, before any work."""

import os

import pytest
import scan_maker
from assess_cases import assess, facts, severity
from cook_cases import FIRST, codes, frame, frames, messages

from avpres.domain.reel import CookProfile, Gaps, Misfits
from avpres.domain.severity import Severity
from avpres.services.cook.assessing import headers


def test_gaps_are_written_as_ranges_with_the_digits_of_the_names(tmp_path):
    reel = frames(tmp_path / "reel", 12)
    for place in (3, 5, 6):
        (reel / f"scan_{FIRST + place:07d}.dpx").unlink()
    report = assess(tmp_path, reel)
    assert "3 frames are missing: 0086403, 0086405-0086406" in messages(report, "COK-GAP")
    assert facts(report, reel)["verdict"] == "can be cooked with --gaps hold"
    assert report.exit_code == 13
    assert assess(tmp_path, reel, gaps=Gaps.HOLD).exit_code == 0


def test_a_gap_is_not_hidden_by_a_stray_frame_in_another_folder(tmp_path):
    reel = tmp_path / "reel"
    frames(reel / "scan01")
    missing = reel / "scan01" / f"scan_{FIRST + 3:07d}.dpx"
    frame(reel / "scan02", 3)
    missing.unlink()
    report = assess(tmp_path, reel)
    assert f"scan01{os.sep}scan_*.dpx: 1 frame is missing: 0086403" in messages(report, "COK-GAP")


def test_a_stray_number_far_away_is_told_as_such(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / f"scan_{FIRST + 5:07d}.dpx").rename(reel / "scan_9999999.dpx")
    assert "misnamed" in messages(assess(tmp_path, reel), "COK-GAP")


def test_nine_and_zero_nine_are_two_files_of_one_number(tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    for name, number in (("9", 9), ("09", 9), ("10", 10)):
        (reel / f"{name}.dpx").write_bytes(scan_maker.dpx(number=number))
    report = assess(tmp_path, reel)
    assert codes(report) == {"COK-DOUBLE"}
    assert "9.dpx" in messages(report, "COK-DOUBLE")
    assert "09.dpx" in messages(report, "COK-DOUBLE")
    assert facts(report, reel)["verdict"].startswith("cannot be cooked: ")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["08", "09", "10", "11"], False),
        (["8", "9", "10", "11"], False),
        (["0998", "0999", "1000", "1001"], False),
        (["98", "99", "100", "101"], False),
        (["098", "099", "100", "0101"], True),
        (["8", "9", "010", "011"], True),
    ],
)
def test_numbers_with_different_counts_of_digits_are_told(tmp_path, names, told):
    reel = tmp_path / "reel"
    reel.mkdir()
    for name in names:
        (reel / f"s_{name}.dpx").write_bytes(scan_maker.dpx(number=int(name)))
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-DIGITS"} if told else set())


def test_two_sequences_in_one_folder_are_told(tmp_path):
    reel = frames(tmp_path / "reel")
    for place in range(2):
        copy = reel / f"retake_{place:04d}.dpx"
        copy.write_bytes((reel / f"scan_{FIRST + place:07d}.dpx").read_bytes())
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-MIXED"})
    assert "retake_*.dpx (0000-0001, 2 frames)" in messages(report, "COK-MIXED")
    assert assess(tmp_path, reel, strict=True).exit_code == 13


def test_formats_that_are_mixed_in_one_folder_are_told(tmp_path):
    reel = frames(tmp_path / "reel", 3)
    (reel / f"scan_{FIRST + 3:07d}.tif").write_bytes(scan_maker.tiff())
    text = messages(assess(tmp_path, reel), "COK-MIXED")
    assert "scan_*.dpx" in text
    assert "scan_*.tif" in text


def _empty(data: bytes) -> bytes:
    return data[:0]


def _cut(data: bytes) -> bytes:
    return data[:-100]


def _no_scan(data: bytes) -> bytes:
    return b"NOTADPX!" + data[8:]


@pytest.mark.parametrize(
    ("damage", "words"),
    [(_empty, "empty"), (_cut, "100 bytes are missing"), (_no_scan, "neither DPX")],
)
def test_a_broken_frame_is_named_and_is_no_gap(tmp_path, damage, words):
    reel = frames(tmp_path / "reel")
    path = reel / f"scan_{FIRST + 3:07d}.dpx"
    path.write_bytes(damage(path.read_bytes()))
    report = assess(tmp_path, reel)
    assert codes(report) == {"COK-BAD"}
    assert f"{path}: " in messages(report, "COK-BAD")
    assert words in messages(report, "COK-BAD")
    assert facts(report, reel)["verdict"] == "can be cooked with --bad-frames attach"
    assert assess(tmp_path, reel, bad_frames=Misfits.ATTACH).exit_code == 0


CHANGES = {
    "bits": ({"bits": 16}, ("bits 16 here, bits 10 there",)),
    "byte order": ({"order": "<"}, ("byte order little endian here, byte order big endian there",)),
    "packing": ({"packing": scan_maker.FILLED_B}, ("packing 2 here, packing 1 there",)),
    "channels": ({"descriptor": scan_maker.RGBA}, ("channels RGBA here, channels RGB there",)),
    "transfer": ({"transfer": 2}, ("transfer linear here, transfer logarithmic there",)),
    "colorimetric": ({"colorimetric": 6}, ("colorimetric ITU-R BT.709 here",)),
    "rate": ({"film_rate": 18.0}, ("rate 18 here, rate 24 there",)),
    "orientation": ({"orientation": 2}, ("orientation 2 here, orientation 0 there",)),
}


@pytest.mark.parametrize(("form", "words"), CHANGES.values(), ids=CHANGES)
def test_a_header_that_changes_is_named_with_both_values(tmp_path, form, words):
    reel = frames(tmp_path / "reel")
    changed = frame(reel, 3, **form)
    report = assess(tmp_path, reel)
    found = [each for each in report.findings if each.code in {"COK-CHANGED", "COK-HEADER"}]
    assert [each.path for each in found] == [str(changed)]
    assert all(each in found[0].message for each in words)


def test_dimensions_that_change_for_a_stretch_are_told_once(tmp_path):
    reel = frames(tmp_path / "reel", 9)
    for place in (2, 3, 4):
        path = reel / f"scan_{FIRST + place:07d}.dpx"
        path.write_bytes(scan_maker.dpx(50, 32, number=place))
    report = assess(tmp_path, reel)
    assert report.finding_counts == {"COK-CHANGED": 1}
    text = messages(report, "COK-CHANGED")
    assert "width 50 here, width 48 there" in text
    assert f"to scan_{FIRST + 4:07d}.dpx, 3 frames in all" in text


def test_a_gap_that_was_renamed_away_shows_in_the_headers(tmp_path):
    reel = tmp_path / "reel"
    numbers = [0, 1, 2, 5, 6, 7, 8, 9]
    for place, number in enumerate(numbers):
        frame(reel, place).write_bytes(scan_maker.dpx(48, 32, seed=number, number=number))
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-NUMBER"})
    assert severity(report, "COK-NUMBER") == {Severity.WARNING}
    text = messages(report, "COK-NUMBER")
    assert f"scan_{FIRST + 3:07d}.dpx: is frame 5 in its header, after 2" in text
    assert "has the timecode 01:01:00:05, after 01:01:00:02" in text


def test_a_frame_that_comes_twice_shows_in_the_headers(tmp_path):
    reel = frames(tmp_path / "reel", 8)
    names = sorted(reel.iterdir())
    names[4].write_bytes(names[3].read_bytes())
    text = messages(assess(tmp_path, reel), "COK-NUMBER")
    assert f"{names[4].name}: is frame 3 again in its header" in text


def test_headers_with_the_same_number_number_nothing(tmp_path):
    reel = tmp_path / "reel"
    for place in range(5):
        frame(reel, place).write_bytes(scan_maker.dpx(number=1, seed=place))
    assert codes(assess(tmp_path, reel)) == set()


def test_headers_that_never_follow_are_a_habit_and_a_note(tmp_path):
    reel = tmp_path / "reel"
    for place in range(6):
        frame(reel, place).write_bytes(scan_maker.dpx(number=7 * place % 5, seed=place))
    assert severity(assess(tmp_path, reel), "COK-NUMBER") == {Severity.INFO}


def test_a_size_in_one_header_that_is_not_the_files_is_told(tmp_path):
    reel = frames(tmp_path / "reel")
    odd = frame(reel, 2)
    odd.write_bytes(scan_maker.dpx(48, 32, number=2, size=9_000))
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-SIZE"})
    assert severity(report, "COK-SIZE") == {Severity.WARNING}
    assert f"{odd}: has 8,192 bytes, and 9,000 in its header" in messages(report, "COK-SIZE")


def test_bytes_behind_the_picture_are_a_note(tmp_path):
    reel = frames(tmp_path / "reel", trailer=b"behind")
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-TRAILER"})
    assert "6 bytes behind the picture (the first of 6)" in messages(report, "COK-TRAILER")


def test_many_bad_frames_are_told_up_to_a_number(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    for place in range(2, 150):
        (reel / f"scan_{FIRST + place:07d}.dpx").touch()
    report = assess(tmp_path, reel)
    assert report.finding_counts == {"COK-BAD": 101}
    assert "48 more such findings" in messages(report, "COK-BAD")


@pytest.mark.parametrize(
    ("before", "after", "follows"),
    [
        ("01:00:00:22", "01:00:00:23", True),
        ("01:00:00:23", "01:00:01:00", True),
        ("01:00:59:24", "01:01:00:00", True),
        ("00:00:59:29", "00:01:00:02", True),
        ("23:59:59:23", "00:00:00:00", True),
        ("01:00:00:05", "01:00:00:05", False),
        ("01:00:00:05", "01:00:00:07", False),
        ("01:00:00:05", "01:00:01:00", False),
        ("01:00:58:29", "01:00:59:02", False),
        ("01:00:00:23", "01:00:02:00", False),
    ],
)
def test_a_timecode_follows_another_whatever_the_frames_of_a_second(before, after, follows):
    assert headers.follows(before, after) is follows


def test_options_that_do_not_go_together_are_told(tmp_path):
    reel = frames(tmp_path / "reel", packing=scan_maker.FILLED_B)
    report = assess(tmp_path, reel, profile=CookProfile.RAWCOOKED, slices=4)
    assert "stronger than --profile rawcooked" in messages(report, "COK-POLICY")
    assert "RAWcooked cannot restore it" in messages(report, "COK-POLICY")
