"""Runs of access copies: again, with bad files, with programs that lie."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from access_cases import (
    FFMPEG,
    codes,
    ffmpeg,
    numbers,
    run,
    steps,
    streams,
    unflagged,
    wrapper,
)
from lxml import etree

from avpres.adapters.formats import schemas
from avpres.adapters.storage.locks import held
from avpres.domain.errors import ToolMissingError, UsageError
from avpres.domain.exit_codes import ExitCode

PREMIS = "http://www.loc.gov/premis/v3"
SCHEMA = Path(schemas.__file__).with_name("premis.xsd")


def test_a_second_run_knows_its_copies_and_overwrites_nothing(tmp_path):
    source = steps(tmp_path / "a.mov", frames=5)
    run(tmp_path, source)
    copy = tmp_path / "out" / "a_h264.mp4"
    first = copy.read_bytes()
    assert run(tmp_path, source).totals.already_there == 1
    other = run(tmp_path, source, copyright="another request")
    assert (codes(other), other.exit_code) == ({"ACC-EXISTS"}, ExitCode.DESTINATION_EXISTS)
    assert copy.read_bytes() == first
    damaged = first[:-1] + bytes([first[-1] ^ 1])
    copy.write_bytes(damaged)
    assert codes(run(tmp_path, source)) >= {"ACC-EXISTS"}
    assert copy.read_bytes() == damaged


def test_one_bad_file_stops_no_other_and_odd_names_are_kept(tmp_path):
    folder = tmp_path / "reels"
    (folder / "in").mkdir(parents=True)
    name = os.fsdecode(b"caf\xe9 'x' %03d\n.mkv")
    steps(folder / "in" / "plain.mov", frames=3)
    os.rename(folder / "in" / "plain.mov", folder / "in" / name)
    (folder / "bad.mov").write_bytes(b"no film at all" * 100)
    (folder / "notes.txt").write_text("left out")
    report = run(tmp_path, folder, jobs=2)
    assert report.totals.copied_files == 1
    assert codes(report) >= {"ACC-NOT-MEDIA", "ACC-SKIPPED"}
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    stem = os.fsencode(name).removesuffix(b".mkv")
    assert stem + b"_h264.mp4" in os.listdir(os.fsencode(tmp_path / "out" / "in"))


def test_sounds_in_a_folder_are_passed_over_when_pictures_are_asked_for(tmp_path):
    (tmp_path / "reels").mkdir()
    steps(tmp_path / "reels" / "a.mov", frames=3)
    sound = tmp_path / "reels" / "b.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(sound))
    report = run(tmp_path, tmp_path / "reels")
    assert (report.exit_code, report.totals.skipped) == (ExitCode.OK, 1)
    assert codes(run(tmp_path, sound)) == {"ACC-NO-PICTURE"}


def test_two_sources_of_one_name_get_two_copies(tmp_path):
    for ending in ("mov", "mkv"):
        steps(tmp_path / f"a.{ending}", frames=3)
    run(tmp_path, tmp_path / "a.mov", tmp_path / "a.mkv")
    made = {name for name in os.listdir(tmp_path / "out") if name.endswith(".mp4")}
    assert made == {"a.mov_h264.mp4", "a.mkv_h264.mp4"}


def test_combed_frames_fail_a_copy_that_should_have_none(tmp_path):
    body = """\
    for word; do shift; case "$word" in *bwdif*) word=${word##*deint=all,};
    word="[0:0]setfield=prog,$word";; esac; set -- "$@" "$word"; done
    exec $real "$@"
    """
    source = unflagged(tmp_path / "tape.mkv")
    report = run(tmp_path, source, program=wrapper(tmp_path / "bin", body))
    assert codes(report) >= {"ACC-COMBED"}
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert os.listdir(tmp_path / "out") == ["tape_h264.mp4.failed"]


FAULTS = [
    ('$real "$@"; exit 1', "ACC-FAILED"),
    ('$real -t 0.4 "$@"', "ACC-DURATION"),
    ('$real "$@"; kill -9 $$', "ACC-FAILED"),
    ('$real "$@"; for last; do :; done; truncate -s -200 "${last#file:}"', "ACC-READBACK"),
    ('$real "$@"; for last; do :; done; rm "${last#file:}"', "ACC-FAILED"),
]


@pytest.mark.parametrize(("body", "code"), FAULTS, ids=["status", "short", "killed", "cut", "gone"])
def test_a_program_that_fails_or_lies_gives_no_copy(tmp_path, body, code):
    source = steps(tmp_path / "a.mov", frames=25)
    report = run(tmp_path, source, program=wrapper(tmp_path / "bin", body))
    assert code in codes(report)
    assert report.exit_code is not ExitCode.OK
    left = os.listdir(tmp_path / "out")
    assert [name for name in left if not name.endswith(".failed")] == []


def test_a_copy_that_cannot_begin_at_once_is_no_copy(tmp_path):
    body = """\
    for word; do shift; [ "$word" = +faststart ] && word=+write_colr; set -- "$@" "$word"; done
    exec $real "$@"
    """
    source = steps(tmp_path / "a.mov", frames=5)
    report = run(tmp_path, source, program=wrapper(tmp_path / "bin", body))
    assert codes(report) >= {"ACC-FASTSTART"}
    assert os.listdir(tmp_path / "out") == ["a_h264.mp4.failed"]


def test_what_ffmpeg_lacks_is_said_before_the_work(tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *-filters*) {FFMPEG} "$@" | grep -v drawtext;;'
        f' *) exec {FFMPEG} "$@";; esac\n'
    )
    program.chmod(0o755)
    source = steps(tmp_path / "a.mov", frames=3)
    with pytest.raises(ToolMissingError, match="filter drawtext"):
        run(tmp_path, source, profile="bitc", program=program)
    assert not (tmp_path / "out").exists()
    assert run(tmp_path, source, program=program).exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"profile": "watermark"}, "name it with --watermark"),
        ({"profile": "h265"}, "did you mean h264"),
        ({"watermark_text": "Архив 中"}, "no font that is here|no letter|.*"),
    ],
)
def test_requests_that_cannot_be_are_refused_at_once(tmp_path, options, said):
    source = steps(tmp_path / "a.mov", frames=3)
    if "watermark_text" in options:
        options = {**options, "font": _carried(tmp_path)}
        said = "has no letter"
    with pytest.raises(UsageError, match=said):
        run(tmp_path, source, **options)
    assert not (tmp_path / "out").exists()


def _carried(tmp_path):
    from PIL import ImageFont

    path = tmp_path / "carried.ttf"
    path.write_bytes(ImageFont.load_default(20).font_bytes)
    return path


def test_a_dry_run_prints_a_command_line_that_makes_the_copy(tmp_path):
    source = steps(tmp_path / "it's a.mov", frames=10)
    report = run(tmp_path, source, dry_run=True, timecode=True)
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    subprocess.run(["sh", "-c", report.lines[0]], check=True, capture_output=True)
    assert len(numbers(tmp_path / "out" / "it's a_h264.mp4")) == 10


def test_a_folder_inside_the_source_is_no_place_for_copies(tmp_path):
    steps(tmp_path / "a.mov", frames=3)
    with pytest.raises(UsageError, match="lies inside the source"):
        run(tmp_path, tmp_path)


def test_records_tell_the_derivation_and_the_digest_of_the_copy(tmp_path):
    source = steps(tmp_path / "a.mov", frames=5)
    report = run(tmp_path, source)
    derived, checked, digested = report.events
    copy = tmp_path / "out" / "a_h264.mp4"
    assert (derived.objects, derived.destination) == ((str(source),), str(copy))
    assert digested.objects == (str(copy),)
    md5 = hashlib.md5(copy.read_bytes(), usedforsecurity=False).hexdigest()
    assert md5 in {digest.value for digest in digested.digests}
    assert checked.outcome == "success"
    assert md5 in (tmp_path / "out" / "a_h264.mp4.access.json").read_text()
    (folder,) = (tmp_path / "state" / "runs").iterdir()
    premis = etree.parse(folder / "premis.xml")
    etree.XMLSchema(file=str(SCHEMA)).assertValid(premis)
    (related,) = premis.findall(f".//{{{PREMIS}}}relationship")
    assert [each.text for each in related[:2]] == ["derivation", "has source"]
    source_id = related.findtext(f".//{{{PREMIS}}}relatedObjectIdentifierValue")
    objects = premis.findall(f"{{{PREMIS}}}object")
    (derived_from,) = [
        each
        for each in objects
        if each.findtext(f".//{{{PREMIS}}}objectIdentifierValue") == source_id
    ]
    assert derived_from.findtext(f"{{{PREMIS}}}originalName") == str(source)


def test_a_source_that_was_cut_off_gives_no_copy(tmp_path):
    source = steps(tmp_path / "a.mkv", frames=50)
    content = source.read_bytes()
    source.write_bytes(content[: len(content) * 6 // 10])
    report = run(tmp_path, source)
    assert codes(report) & {"ACC-DURATION", "ACC-DAMAGED"}
    assert report.totals.copied_files == 0


def test_a_damaged_frame_is_told_and_the_copy_is_made(tmp_path):
    source = tmp_path / "a.mkv"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=2", "-c:v", "ffv1", "-level", "3"),
        *("-slicecrc", "1", "-g", "1", str(source)),
    )
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 0x10
    source.write_bytes(content)
    report = run(tmp_path, source)
    assert codes(report) == {"ACC-COMPLAINT"}
    assert report.totals.copied_files == 1


def test_films_that_lie_on_their_side_are_set_upright(tmp_path):
    plain = tmp_path / "plain.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=1", "-c:v", "mpeg4", str(plain))
    ffmpeg("-display_rotation", "90", "-i", str(plain), "-c", "copy", str(tmp_path / "side.mp4"))
    report = run(tmp_path, tmp_path / "side.mp4")
    assert report.exit_code is ExitCode.OK
    assert "120x160" in streams(tmp_path / "out" / "side_h264.mp4", "Video")[0]


def test_two_runs_at_once_do_not_make_the_same_copy(tmp_path):
    source = steps(tmp_path / "a.mov", frames=5)
    with held(tmp_path / "state", tmp_path / "out", [b"a_h264.mp4"]):
        other = subprocess.run(
            [sys.executable, "-m", "avpres", "access", str(source), str(tmp_path / "out")],
            env={**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
            capture_output=True,
            check=False,
        )
    assert other.returncode == ExitCode.DESTINATION_REFUSED
    assert b"another avpres run" in other.stderr
