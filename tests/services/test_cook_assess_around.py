"""The assessment of all beside the frames: sounds, rates, names, room, and files that change."""

import csv
import json
import os
import random
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
import scan_maker
from assess_cases import assess, facts, severity
from cook_cases import FIRST, codes, film_of, frames, messages, run, sound, tree, whole_reel

from avpres.domain.reel import Gaps, Misfits
from avpres.domain.severity import Severity
from avpres.services.context import SilentProgress


def test_a_whole_reel_can_be_cooked_and_nothing_is_made(tmp_path):
    reel = whole_reel(tmp_path)
    before = tree(tmp_path)
    report = assess(tmp_path, reel)
    shutil.rmtree(tmp_path / "state")
    assert tree(tmp_path) == before
    assert (report.exit_code, codes(report)) == (0, {"COK-CLUTTER"})
    told = facts(report, reel)
    assert told["verdict"] == "can be cooked"
    assert told["restorable_by_rawcooked"] is True
    assert [each["frames"] for each in told["sequences"]] == [6]
    assert told["sequences"][0]["duration"] == "0:00:00.250"
    assert told["sequences"][0]["dimensions"] == "48 x 32"
    assert told["sounds"][0]["channels"] == 2


def test_the_estimate_holds_the_size_of_the_film(tmp_path):
    reel = frames(tmp_path / "reel", 8)
    told = facts(assess(tmp_path, reel), reel)["film_size"]
    run(tmp_path, reel)
    packets = film_of(tmp_path).stat().st_size - 70_000  # room for data beside the pictures
    assert told["least"] * 0.9 <= packets <= told["most"] * 1.1


def test_rates_of_film_and_television_that_differ_are_told(tmp_path):
    reel = frames(tmp_path / "reel", film_rate=24.0, television_rate=25.0)
    report = assess(tmp_path, reel)
    assert "24 frames a second for film, 25 for television" in messages(report, "COK-RATE")
    assert "why" not in messages(assess(tmp_path, reel, rate="24"), "COK-RATE")
    assert codes(assess(tmp_path, reel, rate="24")) == set()


def test_a_rate_that_is_asked_for_is_held_against_the_header(tmp_path):
    reel = frames(tmp_path / "reel", film_rate=18.0)
    assert "the header says 18" in messages(assess(tmp_path, reel, rate="25"), "COK-RATE")
    plain = frames(tmp_path / "plain", film_rate=None)
    report = assess(tmp_path, plain)
    assert severity(report, "COK-RATE") == {Severity.INFO}


def _frames_long(path: Path, count: Fraction | int) -> Path:
    return sound(path, int(count * 2000) // 1000 * 1000)


@pytest.mark.parametrize(
    ("length", "found"), [(6, set()), (7, set()), (10, {Severity.INFO}), (50, {Severity.WARNING})]
)
def test_the_length_of_sound_is_held_against_the_picture(tmp_path, length, found):
    reel = frames(tmp_path / "reel")
    _frames_long(reel / "sound.wav", length)
    report = assess(tmp_path, reel)
    assert severity(report, "COK-LENGTH") == found
    if length == 50:
        text = messages(report, "COK-LENGTH")
        assert "44.0 frames (1.833 s) longer than the picture (0:00:00.250)" in text
        assert assess(tmp_path, reel, strict=True).exit_code == 13


def test_a_rate_at_which_sound_and_picture_agree_is_named(tmp_path):
    reel = frames(tmp_path / "reel", 80, film_rate=24.0)
    sound(reel / "sound.wav", 80 * 48_000 // 16)
    text = messages(assess(tmp_path, reel), "COK-LENGTH")
    assert "at 16 frames a second both would be as long" in text


def test_sounds_that_are_not_alike_are_told(tmp_path):
    reel = frames(tmp_path / "reel")
    sound(reel / "a.wav", 12_000)
    sound(reel / "b.wav", 13_000, width=2)
    text = messages(assess(tmp_path, reel), "COK-SOUND")
    assert "16 bits, a.wav 24; 0.021 s longer than a.wav" in text


def test_a_sound_that_was_cut_is_told(tmp_path):
    reel = frames(tmp_path / "reel")
    path = sound(reel / "a.wav", 12_000)
    path.write_bytes(path.read_bytes()[:-6_000])
    assert "claims 72000 bytes of sound, 66000 are there" in messages(
        assess(tmp_path, reel), "COK-SOUND"
    )


def test_frames_that_are_closed_up_beside_sound_are_told(tmp_path):
    reel = frames(tmp_path / "reel")
    sound(reel / "a.wav")
    (reel / f"scan_{FIRST + 2:07d}.dpx").unlink()
    assert "COK-SYNC" in codes(assess(tmp_path, reel, gaps=Gaps.CLOSE))
    assert "COK-SYNC" not in codes(assess(tmp_path, reel, gaps=Gaps.HOLD))


class Meanwhile(SilentProgress):
    """Does something when headers were read, as a copy that is not done would."""

    def __init__(self, deed):
        self.deed = deed

    def advance(self, **_):
        self.deed()
        self.deed = lambda: None


DEEDS = {
    "came": lambda reel: (reel / "scan_0086499.dpx").write_bytes(b"SDPX"),
    "went away": lambda reel: (reel / "scan_0086403.dpx").unlink(),
    "changed": lambda reel: (reel / "scan_0086402.dpx").write_bytes(b"SDPX"),
}


@pytest.mark.parametrize(("word", "deed"), DEEDS.items(), ids=DEEDS)
def test_a_reel_that_is_still_written_is_refused(tmp_path, word, deed):
    reel = frames(tmp_path / "reel")
    report = assess(tmp_path, reel, progress=Meanwhile(lambda: deed(reel)))
    assert report.exit_code == 11
    assert f"dpx: {word} while" in messages(report, "COK-GROWING")
    assert "run again" in messages(report, "COK-GROWING")


def test_a_reel_must_have_been_left_alone_for_the_time_that_is_asked(tmp_path):
    reel = frames(tmp_path / "reel")
    report = assess(tmp_path, reel, quiet_for=5)
    assert (report.exit_code, codes(report)) == (11, {"COK-GROWING"})
    assert "is the reel still being copied?" in messages(report, "COK-GROWING")
    assert assess(tmp_path, reel, quiet_for=0).exit_code == 0


def test_an_unfinished_copy_is_told_by_its_name(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "scan_0086406.dpx.filepart").write_bytes(b"SD")
    assert "unfinished copy" in messages(assess(tmp_path, reel), "COK-GROWING")


def test_names_that_other_programs_cannot_hold_are_notes(tmp_path):
    reel = frames(tmp_path / "reel")
    with open(os.path.join(os.fsencode(reel), b"\xff\xfe.txt"), "wb") as handle:
        handle.write(b"x")
    (reel / "Notes.txt").write_text("a")
    (reel / "notes.txt").write_text("b")
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (0, {"COK-NAME"})
    assert "is not UTF-8" in messages(report, "COK-NAME")
    assert "are one name to Windows" in messages(report, "COK-NAME")
    assert facts(report, reel)["restorable_by_rawcooked"] is False


def test_links_and_pipes_are_refused_without_being_opened(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "link.dpx").symlink_to("/nowhere/x.dpx")
    os.mkfifo(reel / "pipe.wav")
    report = assess(tmp_path, reel)
    assert report.finding_counts == {"COK-LINK": 2}
    assert "is a link to /nowhere/x.dpx" in messages(report, "COK-LINK")
    assert "is a device, a pipe or a socket" in messages(report, "COK-LINK")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_cannot_be_read_is_named(tmp_path):
    reel = frames(tmp_path / "reel")
    path = reel / f"scan_{FIRST + 3:07d}.dpx"
    path.chmod(0)
    report = assess(tmp_path, reel)
    assert report.exit_code == 20
    assert str(path) in messages(report, "COK-UNREADABLE")


def test_a_folder_without_frames_cannot_be_cooked(tmp_path):
    reel = tmp_path / "reel"
    (reel / "nothing").mkdir(parents=True)
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (13, {"COK-NOTHING"})


def test_what_rawcooked_cannot_restore_is_said_with_the_reason(tmp_path):
    reel = frames(tmp_path / "reel", packing=scan_maker.FILLED_B)
    told = facts(assess(tmp_path, reel), reel)
    assert told["restorable_by_rawcooked"] is False
    assert f"scan_{FIRST:07d}.dpx: " in told["why_not_rawcooked"]


def test_reels_are_assessed_one_by_one_and_each_gets_a_verdict(tmp_path):
    good, bad = frames(tmp_path / "good"), frames(tmp_path / "bad")
    (bad / f"scan_{FIRST + 2:07d}.dpx").unlink()
    report = assess(tmp_path, bad, good)
    assert [line for line in report.lines if ": can" in line] == [
        f"{bad}: can be cooked with --gaps hold",
        f"{good}: can be cooked",
    ]
    assert report.summary == "1 of 2 can be cooked as asked; nothing was made."
    assert report.totals.failed == 1


def test_a_report_has_a_row_for_each_file(tmp_path):
    reel = whole_reel(tmp_path)
    assess(tmp_path, reel, report=(tmp_path / "list.csv",))
    with (tmp_path / "list.csv").open(encoding="utf-8-sig") as handle:
        rows = {row["path"]: row for row in csv.DictReader(handle)}
    assert rows["sound.wav"]["outcome"] == "sound"
    assert rows["empty.txt"]["outcome"] == "empty"
    assert rows[f"scan_{FIRST:07d}.dpx"]["detail"].startswith("DPX/Raw/RGB/10bit")
    assert len(rows) == 6 + 1 + 4


def test_room_is_looked_at_where_the_films_would_go(tmp_path):
    reel = frames(tmp_path / "reel")
    report = assess(tmp_path, reel, onto=tmp_path / "not there yet")
    assert severity(report, "COK-SPACE") == {Severity.INFO}


def test_a_reel_of_any_name_is_told_in_every_report(tmp_path):
    reel = frames(tmp_path / os.fsdecode(b"re\xffel\n"), 2)
    report = assess(tmp_path, reel, report=(tmp_path / "all.json", tmp_path / "all.csv"))
    assert report.exit_code == 0
    assert "re\\xffel\\n: can be cooked" in report.lines[0]
    told = json.loads((tmp_path / "all.json").read_text())
    assert told["report"]["facts"]["reels"][0]["path"].endswith("re\\xffel\n")


def test_broken_frames_that_are_closed_up_beside_sound_are_told(tmp_path):
    reel = frames(tmp_path / "reel")
    sound(reel / "a.wav")
    (reel / f"scan_{FIRST + 2:07d}.dpx").write_bytes(b"")
    attached = assess(tmp_path, reel, gaps=Gaps.CLOSE, bad_frames=Misfits.ATTACH)
    assert "1 frames are closed up" in messages(attached, "COK-SYNC")


def test_the_directory_behind_a_tiff_is_no_trailer(tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    for number in range(3):
        (reel / f"s_{number:03d}.tif").write_bytes(scan_maker.tiff(seed=number))
    report = assess(tmp_path, reel)
    assert codes(report) == {"COK-RATE"}
    assert facts(report, reel)["sequences"][0]["dimensions"] == "16 x 9"


@pytest.mark.parametrize("seed", range(3))
def test_headers_of_noise_never_stop_an_assessment(tmp_path, seed):
    reel = frames(tmp_path / "reel", 3)
    chance = random.Random(seed)  # noqa: S311 - noise, no secret
    for number, name in enumerate(("dpx", "tif", "cin", "exr", "wav", "aif", "md5", "mhl", "xml")):
        path = reel / f"noise_{number}.{name}"
        magic = {"dpx": b"SDPX", "tif": b"II*\0", "wav": b"RIFF\xff\xff\xff\xffWAVEfmt "}
        path.write_bytes(magic.get(name, b"") + chance.randbytes(5_000))
    report = assess(tmp_path, reel, bad_frames=Misfits.ATTACH, uncodable=Misfits.ATTACH)
    assert report.exit_code == 0, report.findings
