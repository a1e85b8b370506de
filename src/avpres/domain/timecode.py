"""Timecode: frames counted as clocks show them, drop frame too (SMPTE ST 12-1)."""

import re
from dataclasses import dataclass
from fractions import Fraction

DAY_HOURS = 24
SIXTY = 60
DROPPING = (Fraction(30000, 1001), Fraction(60000, 1001))
"""Rates whose timecode may drop numbers, so that it keeps step with the clock."""

_TIMECODE = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})([:;])(\d{1,3})")
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Timecode:
    """A frame's number as hours, minutes, seconds and frames; `drops` is written as `;`."""

    hours: int
    minutes: int
    seconds: int
    frames: int
    drops: bool = False

    def number(self, rate: Fraction) -> int:
        """Count the frames from 00:00:00:00.

        Raises:
            ValueError: no frame of this rate bears it.
        """
        nominal = round(rate)
        if max(self.minutes, self.seconds) >= SIXTY or self.frames >= nominal:
            raise ValueError(f"{self} is no timecode at {float(rate):.6g} frames a second")
        minutes = self.hours * 60 + self.minutes
        number = (minutes * 60 + self.seconds) * nominal + self.frames
        if not self.drops:
            return number
        dropped = _dropped(rate)
        if self.seconds == 0 and self.frames < dropped and self.minutes % 10:
            raise ValueError(f"{self} is a number that drop frame timecode leaves out")
        return number - dropped * (minutes - minutes // 10)

    def __str__(self) -> str:
        mark = ";" if self.drops else ":"
        return f"{self.hours:02}:{self.minutes:02}:{self.seconds:02}{mark}{self.frames:02}"


@dataclass(frozen=True, slots=True)
class Counting:
    """How a file's frames are numbered: the first frame's timecode at a rate."""

    rate: Fraction
    origin: Timecode = Timecode(0, 0, 0, 0)

    def frame(self, timecode: Timecode) -> int:
        """Give the place of a frame in the file, 0 for the first.

        A file may run past midnight. Whether numbers are dropped is the file's own affair: people
        write `:` for either.

        Raises:
            ValueError: no frame of this rate bears the timecode.
        """
        drops = self.origin.drops or (timecode.drops and self.origin == Timecode(0, 0, 0, 0))
        asked = Timecode(timecode.hours, timecode.minutes, timecode.seconds, timecode.frames, drops)
        place = asked.number(self.rate) - self.origin.number(self.rate)
        return place if place >= 0 else place + _day(self.rate, drops=drops)

    def timecode(self, frame: int) -> Timecode:
        """Give the timecode of a frame of the file."""
        drops = self.origin.drops
        number = (self.origin.number(self.rate) + frame) % _day(self.rate, drops=drops)
        return _timecode(number, self.rate, drops=drops)


def parse_timecode(text: str) -> Timecode | None:
    """Read `HH:MM:SS:FF`, or `HH:MM:SS;FF` for drop frame; anything else is none."""
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, mark, frames = match.groups()
    return Timecode(int(hours), int(minutes), int(seconds), int(frames), mark == ";")


def parse_clock(text: str) -> Fraction | None:
    """Read seconds, `MM:SS` or `HH:MM:SS`, with decimals or without; anything else is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds)


def can_drop(rate: Fraction) -> bool:
    """Say whether timecode of this rate may drop numbers."""
    return any(abs(rate - each) < Fraction(1, 1000) for each in DROPPING)


def _dropped(rate: Fraction) -> int:
    if not can_drop(rate):
        raise ValueError(f"there is no drop frame timecode at {float(rate):.6g} frames a second")
    return round(rate) // 15


def _day(rate: Fraction, *, drops: bool) -> int:
    minutes = DAY_HOURS * 60
    frames = minutes * 60 * round(rate)
    return frames - _dropped(rate) * (minutes - minutes // 10) if drops else frames


def _timecode(number: int, rate: Fraction, *, drops: bool) -> Timecode:
    nominal = round(rate)
    if drops:
        dropped = _dropped(rate)
        tens, rest = divmod(number, nominal * 600 - 9 * dropped)
        number += 9 * dropped * tens
        if rest >= dropped:
            number += dropped * ((rest - dropped) // (nominal * 60 - dropped))
    seconds, frames = divmod(number, nominal)
    minutes, seconds = divmod(seconds, 60)
    return Timecode(minutes // 60, minutes % 60, seconds, frames, drops)
