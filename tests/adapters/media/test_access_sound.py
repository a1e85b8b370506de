"""Timecode on a sound track is told from music, speech, noise and silence."""

import math
import random
from array import array

import pytest
from ltc_maker import ltc

from avpres.adapters.media.access_ltc import is_ltc
from avpres.adapters.media.loudness import Measured, MeterReader, level


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


def test_answers_of_the_meters_are_read_with_their_tracks():
    meter = MeterReader()
    for line in (
        b"[Parsed_ebur128_1 @ 0x7fc52] Summary:",
        *(b"    I:         -3.0 LUFS", b"    Peak:       -1.0 dBFS"),
        *(b"[ebur128@t1 @ 0x7fc528001cc0] Summary:", b"  Integrated loudness:"),
        *(b"    I:         -21.8 LUFS", b"    Threshold: -31.8 LUFS", b"    Peak:       -4.5 dBFS"),
        *(b"[ebur128@t0 @ 0x7fc528001cc0] Summary:", b"    I:         -70.0 LUFS"),
        b"    Peak:       -inf dBFS",
    ):
        meter.take(line)
    assert meter.found == {1: Measured(-21.8, -4.5), 0: Measured(-70.0, -math.inf)}
    assert meter.found[0].is_silent


def test_only_what_is_away_from_its_level_is_brought_to_it():
    assert level(Measured(-30.0, -12.0), -23.0).filters == ("volume=7.00dB",)
    assert level(Measured(-30.0, -12.0), -30.05).filters == ()
    assert level(Measured(-math.inf, -math.inf), -23.0).filters == ()
    assert level(Measured(-10.0, 0.0), -23.0).filters == ("volume=-13.00dB",)


def test_peaks_that_do_not_allow_the_gain_are_limited_and_made_up_for():
    limited = level(Measured(-30.0, -6.0), -23.0)
    assert [each.partition("=")[0] for each in limited.filters] == [
        *("volume", "aresample", "alimiter")
    ]
    again = limited.corrected(Measured(-24.5, -1.2), -23.0)
    assert again.filters[0] == "volume=8.50dB"
