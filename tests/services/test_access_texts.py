"""Subtitles, chapters and languages of a source come over, or it is told that they do not."""

import subprocess

import pytest
from access_cases import FFMPEG, codes, ffmpeg, heading, numbers, run, steps
from PIL import Image, ImageChops
from pydantic import ValidationError

from avpres.domain.errors import ToolMissingError
from avpres.domain.exit_codes import ExitCode

LINES = "1\n00:00:00,400 --> 00:00:00,900\nFirst\n\n2\n00:00:01,200 --> 00:00:01,800\nSecond\n\n"
CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=790
title=One
[CHAPTER]
TIMEBASE=1/1000
START=790
END=1600
title=Two\\; and \\= more
[CHAPTER]
TIMEBASE=1/1000
START=1600
END=2000
title=Three
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    """Make two seconds with French sound, two tracks of subtitles, and chapters."""
    folder = tmp_path_factory.mktemp("reel")
    (folder / "lines.srt").write_text(LINES)
    (folder / "chapters.txt").write_text(CHAPTERS)
    steps(folder / "plain.mkv")
    ffmpeg(
        *("-i", str(folder / "plain.mkv"), "-f", "lavfi", "-i", "sine=r=48000:d=2"),
        *("-i", str(folder / "lines.srt"), "-i", str(folder / "chapters.txt")),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "2", "-map_chapters", "3", "-c:v", "copy"),
        *("-c:a", "flac", "-c:s:0", "srt", "-c:s:1", "ass", "-metadata:s:a:0", "language=fra"),
        *("-metadata:s:s:0", "language=eng", str(folder / "reel.mkv")),
    )
    return folder / "reel.mkv"


def lines(path, track=0):
    words = ("-v", "error", "-i", str(path), "-map", f"0:s:{track}", "-f", "srt", "-")
    return ffmpeg(*words).decode("utf-8")


def test_subtitles_and_languages_are_kept(tmp_path, reel):
    report = run(tmp_path, reel)
    copy = report.outputs[0].path
    assert report.exit_code is ExitCode.OK
    assert [lines(copy, track) for track in (0, 1)] == [LINES, LINES]
    told = heading(copy)
    assert told.count("Chapter #0:") == 3
    assert "(fra): Audio" in told
    assert "(eng): Subtitle: mov_text" in told


def test_subtitles_are_cut_with_the_film(tmp_path, reel):
    report = run(tmp_path, reel, begin="1", watermark_text="x")
    assert report.exit_code is ExitCode.OK
    assert "00:00:00,200 --> 00:00:00,800\nSecond" in lines(report.outputs[0].path)


def test_what_a_wrapper_cannot_hold_is_told(tmp_path, reel):
    report = run(tmp_path, reel, profile="xdcam-hd422")
    assert (codes(report), report.exit_code) == ({"ACC-SUBTITLES"}, ExitCode.OK)
    assert codes(run(tmp_path, reel, profile="low", subtitles="off")) == set()
    assert "Subtitle:" not in heading(tmp_path / "out" / "reel_low.mp4")


def frame(path, at, to):
    ffmpeg("-ss", str(at), "-i", str(path), "-frames:v", "1", str(to))
    return Image.open(to).convert("L")


@pytest.mark.parametrize("begin", [None, "0.2"])
def test_burnt_subtitles_are_seen_when_they_are_said(tmp_path, reel, begin):
    plain = run(tmp_path, reel, out="plain", subtitles="off", begin=begin).outputs[0].path
    burnt = run(tmp_path, reel, subtitles="burn", begin=begin).outputs[0].path
    assert "Subtitle:" not in heading(burnt)
    seen = {}
    for at in (0.3, 0.6, 1.0, 1.4):
        shown = at - float(begin or 0)
        both = [
            frame(path, shown, tmp_path / f"{number}.png")
            for number, path in enumerate((plain, burnt))
        ]
        seen[at] = ImageChops.difference(*both).getextrema()[1] > 20
    assert seen == {0.3: False, 0.6: True, 1.0: False, 1.4: True}


def test_burning_what_is_not_there_gives_no_copy(tmp_path):
    report = run(tmp_path, steps(tmp_path / "a.mov", frames=3), subtitles="burn")
    assert (codes(report), report.exit_code) == ({"ACC-SUBTITLES"}, ExitCode.NOT_CONFORMANT)


def test_a_program_that_cannot_write_subtitles_is_refused_before_the_work(tmp_path, reel):
    program = tmp_path / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *-filters*) {FFMPEG} "$@" | grep -v " subtitles ";;'
        f' *) exec {FFMPEG} "$@";; esac\n'
    )
    program.chmod(0o755)
    with pytest.raises(ToolMissingError, match="filter subtitles"):
        run(tmp_path, reel, subtitles="burn", program=program)


def test_chapters_become_copies_without_a_frame_lost_or_twice(tmp_path, reel):
    report = run(tmp_path, reel, chapters="split", subtitles="off")
    made = sorted(output.path for output in report.outputs if output.kind == "access copy")
    assert [path.rpartition("/")[2] for path in made] == [
        f"reel_{number:02}_h264.mp4" for number in (1, 2, 3)
    ]
    shown = [numbers(path) for path in made]
    assert [number for each in shown for number in each] == list(range(50))
    assert [each[0] for each in shown] == [0, 20, 40]
    assert "Two; and = more" in heading(made[1])
    again = run(tmp_path, reel, chapters="split", subtitles="off")
    assert (again.totals.already_there, again.totals.copied_files) == (3, 0)


def test_a_source_without_chapters_is_copied_whole(tmp_path):
    report = run(tmp_path, steps(tmp_path / "a.mov", frames=3), chapters="split")
    assert report.outputs[0].path.endswith("a_h264.mp4")
    with pytest.raises(ValidationError, match="leave out --in"):
        run(tmp_path, tmp_path / "a.mov", chapters="split", begin="0.04")


def test_a_window_dub_is_small_and_shows_its_timecode(tmp_path):
    source = tmp_path / "a.mov"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=black:s=1920x1080:r=25", "-frames:v", "3"),
        *("-c:v", "mpeg4", "-timecode", "10:00:00:00", str(source)),
    )
    report = run(tmp_path, source, profile="window")
    shown = frame(report.outputs[0].path, 0, tmp_path / "f.png")
    left, top, right, _ = shown.point(lambda grey: 255 * (grey > 128)).getbbox()
    assert shown.size == (1280, 720)
    assert abs(left - (1280 - right)) < 20
    assert top > 500


def test_the_printed_command_makes_the_same_subtitles(tmp_path, reel):
    report = run(tmp_path, reel, dry_run=True, begin="1", watermark_text="x")
    (tmp_path / "out").mkdir()
    subprocess.run(["sh", "-c", report.lines[0]], check=True, capture_output=True)
    assert "Second" in lines(tmp_path / "out" / "reel_h264.mp4")
