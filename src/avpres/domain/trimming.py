"""Which part of a film or a sound an access copy shows."""

from dataclasses import dataclass
from fractions import Fraction

from avpres.domain.timecode import Counting, parse_clock, parse_timecode


@dataclass(frozen=True, slots=True)
class Cut:
    """A part, in seconds from the first frame; `end` is its first moment not shown.

    `late` is when the first frame comes, in seconds from the beginning of the file. With `seeks`
    the file can be read from any moment.
    """

    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    late: Fraction = Fraction(0)
    seeks: bool = True

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is cut."""
        return self.begin == 0 and self.end is None

    @property
    def first(self) -> Fraction:
        """Give the moment of the file at which it begins."""
        return self.begin + self.late

    @property
    def beyond(self) -> Fraction | None:
        """Give the moment of the file at which it has ended."""
        return None if self.end is None else self.end + self.late

    def duration(self, whole: Fraction) -> Fraction:
        """Give the length of the part of a file that lasts so long."""
        if self.is_whole:
            return whole
        return (whole if self.beyond is None else min(self.beyond, whole)) - self.first


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a source, in seconds from the beginning of its file; the first is 1."""

    number: int
    begin: Fraction
    end: Fraction
    title: str = ""


def is_position(text: str) -> bool:
    """Say whether a text is a timecode or a time."""
    return parse_timecode(text) is not None or parse_clock(text) is not None


def cut(
    first: str | None, beyond: str | None, *, counting: Counting | None, whole: Fraction
) -> Cut:
    """Work out a part of a film or a sound, on the boundaries of its frames.

    Args:
        first: timecode or time of the first frame shown.
        beyond: timecode or time of the first frame no longer shown.
        counting: how the frames are numbered; None for a sound, which has none.
        whole: its length in seconds.

    Raises:
        ValueError: a position is none, lies outside the source, or nothing is left between them.
    """
    begin = _moment(first, counting) if first else Fraction(0)
    end = _moment(beyond, counting) if beyond else None
    tolerance = 1 / counting.rate / 2 if counting else Fraction(1, 1000)
    for name, text, moment in (("in", first, begin), ("out", beyond, end)):
        if moment is not None and moment > whole + tolerance:
            raise ValueError(f"--{name} {text} lies beyond the end, at {float(whole):.3f} s")
    if begin >= (whole if end is None else end):
        raise ValueError(f"nothing is left between --in {first or 0} and --out {beyond or 'end'}")
    return Cut(begin, None if end is None or end >= whole else end)


def of_chapter(chapter: Chapter, late: Fraction, *, rate: Fraction | None, whole: Fraction) -> Cut:
    """Work out the part of a film or a sound that a chapter is: all frames that begin in it.

    Args:
        chapter: what its file says.
        late: when the first frame comes.
        rate: frames a second; None for a sound, which has none.
        whole: length of the film or sound in seconds.

    Raises:
        ValueError: nothing of it is in the chapter.
    """
    moments = (max(Fraction(0), each - late) for each in (chapter.begin, chapter.end))
    begin, end = (each if rate is None else round(each * rate) / rate for each in moments)
    if begin >= min(end, whole):
        text = f"nothing is in chapter {chapter.number}, which begins at {float(begin):.3f} s"
        raise ValueError(text)
    return Cut(begin, None if end >= whole else end)


def _moment(text: str, counting: Counting | None) -> Fraction:
    timecode = parse_timecode(text)
    if timecode is not None:
        if counting is None:
            raise ValueError(f"{text} counts frames, and this has none; write a time")
        return counting.frame(timecode) / counting.rate
    clock = parse_clock(text)
    if clock is None:
        raise ValueError(f"{text!r} is neither a timecode nor a time; write 00:01:30:00 or 90.5")
    return clock if counting is None else round(clock * counting.rate) / counting.rate
