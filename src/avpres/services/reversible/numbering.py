"""Which file a frame of a film gives back, also where other frames are lost."""

from array import array
from bisect import bisect_left
from fractions import Fraction
from itertools import pairwise

from avpres.adapters.matroska.model import TrackHeader
from avpres.adapters.matroska.timing import SECOND, frame_number
from avpres.adapters.reversible.reading import Track
from avpres.domain.reel import numbered
from avpres.domain.reversible import ReversibilityError


class Numbering:
    """Numbers the frames of a track in the order of the film.

    Where the film has as many frames as the data tell of, their order decides. Where some are
    lost, the time of each decides, by the numbers in the names of the files.
    """

    def __init__(self, header: TrackHeader, track: Track, frames: int) -> None:
        self._count = 0
        self._is_whole = frames == track.frames
        self._rate = Fraction(SECOND, max(1, header.default_duration_ns))
        self._times = array("q") if self._is_whole else _times(track)

    def next(self, time_ns: int) -> int | None:
        """Give the number of the next frame of the film; None when no file is like it."""
        number = self._count
        self._count += 1
        if self._is_whole:
            return number
        wanted = frame_number(time_ns, self._rate.limit_denominator(1001))
        place = bisect_left(self._times, wanted)
        is_there = place < len(self._times) and self._times[place] == wanted
        return place if is_there else None


def _times(track: Track) -> "array[int]":
    """Tell for each file at which frame of the film's time it is shown, by its number.

    A file whose name cannot be read stands behind the one before it.
    """
    numbers = array("q")
    is_clip = _is_clip(track)
    unnamed = 0  # at the beginning
    for place in range(track.frames):
        number = _number(track, place)
        if number is None:
            unnamed += unnamed == place
            number = numbers[-1] + 1 if numbers else 0
        numbers.append(number)
    for place in reversed(range(min(unnamed, len(numbers) - 1))):
        numbers[place] = numbers[place + 1] - 1
    first = numbers[0] if numbers and not is_clip else 0
    rising = all(a < b for a, b in pairwise(numbers))
    return array("q", (each - first for each in numbers) if rising else range(len(numbers)))


def _number(track: Track, place: int) -> int | None:
    """Read the number in a file's name; None when there is none, or what is kept is damaged."""
    try:
        file = track.file(place, residual=False)
    except ReversibilityError:
        return None
    return numbered(file.name).number if file.number is None else file.number


def _is_clip(track: Track) -> bool:
    """Say whether the frames are pieces of one file, which tell their numbers themselves."""
    try:
        return track.frames > 0 and track.file(0, residual=False).number is not None
    except ReversibilityError:
        return False
