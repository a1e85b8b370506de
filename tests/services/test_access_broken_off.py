"""A source that breaks off gives no copy, also where its own length is read from what is left."""

import os

import pytest
from access_cases import ffmpeg

from avpres.config.access import AccessOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.access import access
from avpres.services.context import Context

SINE = ("-f", "lavfi", "-i", "sine=r=48000:d=1")
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1")


def made(tmp_path, source, **options):
    asked = AccessOptions(sources=(source,), destination=tmp_path / "out", **options)
    return access(asked, Context(state_dir=tmp_path / "state"))


@pytest.mark.parametrize(
    ("name", "words", "profile"),
    [("a.wav", SINE, "mp3"), ("a.avi", (*PICTURE, "-c:v", "ffv1"), "h264")],
)
def test_no_copy_is_called_whole_of_half_a_source(tmp_path, name, words, profile):
    source = tmp_path / name
    ffmpeg(*words, str(source))
    os.truncate(source, source.stat().st_size // 2)
    report = made(tmp_path, source, profile=profile)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert set(report.finding_counts) >= {"ACC-DURATION"}
    assert all(path.name.endswith(".failed") for path in (tmp_path / "out").iterdir())


def test_what_comes_before_the_break_can_be_cut_out(tmp_path):
    source = tmp_path / "a.wav"
    ffmpeg(*SINE, str(source))
    os.truncate(source, source.stat().st_size // 2)
    assert made(tmp_path, source, profile="mp3", end="0.2").exit_code is ExitCode.OK


def test_what_was_put_behind_the_samples_breaks_nothing_off(tmp_path):
    source = tmp_path / "a.wav"
    ffmpeg(*SINE, str(source))
    with source.open("ab") as handle:
        handle.write(b"junkjunkjunk")
    assert made(tmp_path, source, profile="mp3").exit_code is ExitCode.OK
