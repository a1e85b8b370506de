"""Timecode recorded as sound (LTC, SMPTE ST 12-1), told by its own sync word."""

import re
from array import array
from collections.abc import Iterator
from itertools import pairwise

RATE = 48_000  # samples a second that intervals are measured in

_SHORT = range(7, 17)  # samples of half a bit, tapes a little fast or slow
_LONG = range(17, 34)  # of a whole bit
_WORD_BITS = 80
_SYNC = re.compile("(?=0011111111111101)")
_REVERSED = re.compile("(?=1011111111111100)")  # the tape runs backwards
_LEAST = 4  # sync words one word apart; noise has none
_FLOOR = 200  # of 32768; LTC is recorded loud


def is_ltc(samples: "array[int]") -> bool:
    """Say whether a channel carries longitudinal timecode: 16 bit samples, 48 kHz."""
    peak = max(max(samples, default=0), -min(samples, default=0))
    if peak < _FLOOR:
        return False
    bits = "".join(_bits(_intervals(samples, peak // 4)))
    return any(_regular([m.start() for m in each.finditer(bits)]) for each in (_SYNC, _REVERSED))


def _regular(places: list[int]) -> bool:
    pairs = pairwise(places)
    return sum(second - first == _WORD_BITS for first, second in pairs) >= _LEAST


def _intervals(samples: "array[int]", threshold: int) -> Iterator[int]:
    """Yield the samples between two changes of sign; small ripples are none."""
    high = samples[0] > 0
    last = 0
    for place, sample in enumerate(samples):
        if (sample < -threshold) if high else (sample > threshold):
            yield place - last
            last, high = place, not high


def _bits(intervals: Iterator[int]) -> Iterator[str]:
    """Read biphase mark code: a long interval is 0, two short ones are 1."""
    half = False
    for interval in intervals:
        if interval in _SHORT:
            if half:
                yield "1"
            half = not half
        else:
            half = False
            yield "0" if interval in _LONG else " "
