"""At which frame the films in work are, and how fast: the words beside a bar of progress."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from avpres.adapters.tools.ffmpeg_progress import Progress as Report
from avpres.services.context import Progress


@dataclass(slots=True, eq=False)
class Film:
    """One run of ffmpeg over a film or a sound, and what it said last.

    `seconds` and `rate` are what the film is expected to have; None when nobody knows.
    """

    step: str
    seconds: float | None
    rate: Fraction | None
    last: Report = field(default_factory=Report)

    @property
    def frames(self) -> int | None:
        """How many frames there are likely to be; never fewer than there were already."""
        if not self.seconds or not self.rate:
            return None
        return max(round(self.seconds * self.rate), self.last.frame or 0)


class Frames:
    """Notes the place of all films in work together; called from any thread."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._films: list[Film] = []
        self._lock = threading.Lock()

    @contextmanager
    def of(self, film: Film) -> Iterator[Film]:
        """Count a film among those in work, until it is done or has failed."""
        with self._lock:
            self._films.append(film)
        try:
            yield film
        finally:
            with self._lock:
                self._films.remove(film)
                self._progress.note(words(self._films))

    def tell(self, film: Film, report: Report) -> None:
        """Take what ffmpeg says of a film."""
        with self._lock:
            film.last = report
            self._progress.note(words(self._films))


def words(films: list[Film]) -> str:
    """Say where films are, as `encode: frame 1,250 of 9,000, 52.0 fps, 2.08x`; sounds by time."""
    moving = [film for film in films if film.last.frame is not None]
    told = moving or [film for film in films if film.last.seconds is not None]
    if not told:
        return ""
    parts = [_frame(moving) if moving else _time(told)]
    if fps := sum(film.last.fps or 0.0 for film in moving):
        parts.append(f"{fps:,.1f} fps")
    if speed := sum(film.last.speed or 0.0 for film in told):
        parts.append(f"{speed:,.2f}x")
    return f"{_lead(told)}{', '.join(parts)}"


def _lead(films: list[Film]) -> str:
    if len(films) > 1:
        return f"{len(films)} files: "
    return f"{films[0].step}: " if films[0].step else ""


def _frame(films: list[Film]) -> str:
    done = sum(film.last.frame or 0 for film in films)
    expected = [film.frames for film in films]
    known = [frames for frames in expected if frames is not None]
    of = f" of {sum(known):,}" if len(known) == len(expected) else ""
    return f"frame {done:,}{of}"


def _time(films: list[Film]) -> str:
    done = sum(film.last.seconds or 0.0 for film in films)
    expected = [film.seconds for film in films]
    known = [seconds for seconds in expected if seconds is not None]
    of = f" of {_clock(max(sum(known), done))}" if len(known) == len(expected) else ""
    return f"{_clock(done)}{of}"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=max(0, int(seconds))))
