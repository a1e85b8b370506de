"""Timecode on a sound track is told from music, speech, noise and silence."""

import math
import random
from array import array

import pytest
from ltc_maker import ltc

from avpres.adapters.media.access_ltc import is_ltc
from avpres.adapters.media.loudness import LoudnessReader, Measured, MeterReader, levelled


@pytest.mark.parametrize("fps", [24, 25, 30])
def test_timecode_is_found_at_every_rate_and_also_backwards(fps):
    samples = ltc(seconds=1, fps=fps)
    assert is_ltc(samples)
    assert is_ltc(samples[::-1])


def test_faint_and_noisy_timecode_is_found():
    chance = random.Random(1)  # noqa: S311 - no secret
    assert is_ltc(array("h", (value // 20 + chance.randint(-60, 60) for value in ltc(seconds=1))))


def tone(frequency):
    return array("h", (int(9000 * math.sin(frequency * n / 7639)) for n in range(48000)))


@pytest.mark.parametrize("frequency", [50, 440, 960, 1000, 1920, 2000, 2400, 4000])
def test_tones_are_no_timecode(frequency):
    assert not is_ltc(tone(frequency))


def test_noise_square_waves_and_silence_are_no_timecode():
    chance = random.Random(2)  # noqa: S311 - no secret
    assert not is_ltc(array("h", (chance.randint(-20000, 20000) for _ in range(96000))))
    assert not is_ltc(array("h", (9000 if n // 12 % 2 else -9000 for n in range(48000))))
    assert not is_ltc(array("h", [0] * 48000))
    assert not is_ltc(array("h"))


def test_answers_of_the_loudness_filters_are_read_with_their_tracks():
    reader = LoudnessReader()
    for line in (
        b"[loudnorm@t1 @ 0x7f54d4003000] ",
        *(b"{", b'\t"input_i" : "-inf",', b'\t"input_tp" : "-inf",', b'\t"input_lra" : "0.00",'),
        *(b'\t"input_thresh" : "-70.00"', b"}"),
    ):
        reader.take(line)
    assert reader.found[1].is_silent
    meter = MeterReader()
    meter.take(b"[ebur128@t0 @ 0x7fc528001cc0] Summary:")
    meter.take(b"    I:         -21.8 LUFS")
    meter.take(b"    Threshold: -31.8 LUFS")
    assert meter.found == {0: -21.8}


def test_only_what_is_away_from_its_level_is_brought_to_it():
    measured = Measured(integrated=-30.0, peak=-12.0, range=0.0, threshold=-40.0)
    (written,) = levelled(measured, -23.0)
    assert "measured_I=-30" in written
    assert levelled(measured, -30.05) == []
    assert levelled(Measured(-math.inf, -math.inf, 0, -70), -23.0) == []
