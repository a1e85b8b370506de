"""Frame numbers as times, and back.

A time is `index / rate` rounded to a nanosecond, half up; the writer rounds it to the timestamp
scale, half up again. As FFmpeg and RAWcooked do with their scale of 1 ms, 24 frames a second give
0, 42, 83, 125. The number of a frame comes back for every rate below 500 frames a second.
"""

from fractions import Fraction

SECOND = 1_000_000_000  # nanoseconds
_LARGEST = 1 << 16  # pixels; of a display size beyond it, the ratio is written
_RATIO = 3  # DisplayUnit


def time_ns(index: int, rate: Fraction | int) -> int:
    """Say when a frame or sample begins."""
    return _half_up(Fraction(index * SECOND) / rate)


def frame_number(time: int, rate: Fraction | int) -> int:
    """Say which frame begins at a time that was rounded; holes in the times stay holes."""
    return _half_up(Fraction(time, SECOND) * rate)


def duration_ns(rate: Fraction | int) -> int:
    """Say how long a frame is shown, for DefaultDuration."""
    return time_ns(1, rate)


def ticks(time: int, scale_ns: int) -> int:
    """Count a time in units of the timestamp scale, rounded half up."""
    return (2 * time + scale_ns) // (2 * scale_ns)


def display_size(width: int, height: int, pixel_aspect: Fraction) -> tuple[int, int, int]:
    """Give display width, height and unit that show pixels of an aspect in their true shape.

    The unit is 0 for pixels; 3 for a plain ratio, where the width would not be whole.
    """
    shown = width * pixel_aspect
    if shown.denominator == 1 and shown <= _LARGEST:
        return int(shown), height, 0
    ratio = (shown / height).limit_denominator(_LARGEST)
    return ratio.numerator, ratio.denominator, _RATIO


def _half_up(value: Fraction) -> int:
    return int((2 * value.numerator + value.denominator) // (2 * value.denominator))
