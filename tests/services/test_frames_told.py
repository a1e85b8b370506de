"""Progress tells at which frame films are, of how many, and how fast."""

from contextlib import suppress
from fractions import Fraction

import access_cases
import normalise_cases
import pytest

from avpres.adapters.tools.ffmpeg_progress import Progress as Report
from avpres.adapters.tools.ffmpeg_progress import ProgressReader
from avpres.config.access import AccessOptions
from avpres.config.normalise import NormaliseOptions
from avpres.services.access import access
from avpres.services.context import Context, SilentProgress
from avpres.services.normalise import normalise
from avpres.services.transfer.frames import Film, Frames, words


class Recorder(SilentProgress):
    """Progress that keeps the words it was given."""

    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


def film(step="encode", seconds=360.0, rate=Fraction(25), **last):
    return Film(step, seconds, rate, Report(**last))


@pytest.mark.parametrize(
    ("films", "told"),
    [
        ([], ""),
        ([film()], ""),
        (
            [film(frame=1250, fps=52.0, speed=2.08)],
            "encode: frame 1,250 of 9,000, 52.0 fps, 2.08x",
        ),
        (
            [film(frame=10, fps=5.0, speed=0.2), film("prove", frame=20, fps=7.5, speed=0.3)],
            "2 files: frame 30 of 18,000, 12.5 fps, 0.50x",
        ),
        ([film(frame=9001, fps=50.0)], "encode: frame 9,001 of 9,001, 50.0 fps"),
        ([film(rate=None, frame=3)], "encode: frame 3"),
        (
            [Film("prove", 360.0, None, Report(seconds=90.0, speed=41.0))],
            "prove: 0:01:30 of 0:06:00, 41.00x",
        ),
        ([film(), film(frame=4, fps=8.0)], "encode: frame 4 of 9,000, 8.0 fps"),
    ],
    ids=[
        "nothing",
        "silent",
        "a film",
        "two films",
        "longer than said",
        "no rate",
        "a sound",
        "one has not begun",
    ],
)
def test_words_tell_frames_speed_and_what_is_expected(films, told):
    assert words(films) == told


def test_a_film_that_is_over_is_no_longer_told():
    recorder = Recorder()
    frames = Frames(recorder)
    with frames.of(film("encode")) as first:
        frames.tell(first, Report(frame=7))
    assert recorder.notes == ["encode: frame 7 of 9,000", ""]


def test_a_film_that_fails_is_no_longer_told():
    frames = Frames(recorder := Recorder())
    with suppress(OSError), frames.of(film()) as first:
        frames.tell(first, Report(frame=7))
        raise OSError
    assert recorder.notes[-1] == ""


def test_the_speed_in_frames_is_the_one_that_ffmpeg_tells():
    reader = ProgressReader()
    for line in (b"frame=26", b"fps=12.50", b"out_time_us=1040000", b"speed=0.5x"):
        assert reader.take(line) is None
    told = reader.take(b"progress=continue")
    one = Film("encode", 4.0, Fraction(25), told)
    assert words([one]) == "encode: frame 26 of 100, 12.5 fps, 0.50x"


def test_normalise_tells_the_frames_of_encoding_and_of_the_proof(tmp_path):
    source = normalise_cases.film(tmp_path / "tape.mov", "-c:v", "v210", "-c:a", "pcm_s24le")
    recorder = Recorder()
    context = Context(state_dir=tmp_path / "state", progress=recorder)
    normalise(NormaliseOptions(sources=(source,), destination=tmp_path / "out"), context)
    for step in ("encode", "prove"):
        told = [note for note in recorder.notes if note.startswith(f"{step}: frame ")]
        assert told[-1].startswith(f"{step}: frame 6 of 6, ")


def test_access_tells_the_frames_of_encoding(tmp_path):
    source = access_cases.still(tmp_path / "tape.mkv", frames=50)
    recorder = Recorder()
    context = Context(state_dir=tmp_path / "state", progress=recorder)
    access(AccessOptions(sources=(source,), destination=tmp_path / "out"), context)
    told = [note for note in recorder.notes if note.startswith("encode: frame ")]
    assert told[-1].startswith("encode: frame 50 of 50, ")
