"""How far the writing of a film is: frames, bytes, frames a second, how much smaller it becomes."""

import time

from avpres.adapters.cooking.journal import FILES, OTHERS, Journal
from avpres.domain.reel import Role
from avpres.services.context import Progress
from avpres.services.cook.planning import Film, Plan

_FAST = 10  # frames a second that are told without tenths


def begin(journal: Journal, progress: Progress) -> None:
    """Begin the phase: all bytes of the reel, and its files, with a frame of a clip as one."""
    files, size = _all_of(journal)
    progress.start("cook", size=size, files=files)


def _all_of(journal: Journal) -> tuple[int, int]:
    files, size = journal.count(*FILES)
    return files + journal.count(Role.PIECE)[0] - journal.count(Role.CLIP)[0], size


class Pace:
    """Tells of frames and sounds as they are done; of what an earlier run did at once."""

    def __init__(self, journal: Journal, plan: Plan, progress: Progress) -> None:
        self.frames = 0
        self._journal, self._progress = journal, progress
        self._all = sum(film.sequence.frames for film in plan.films)
        self._began, self._done = time.monotonic(), 0
        self._size = self._packed = 0
        self._left = _all_of(journal)

    def attached(self) -> None:
        """Count what is kept whole: it was written before the first frame."""
        files, size = self._journal.count(*(role for role in OTHERS if role is not Role.FOLDER))
        self._advance(size, files)

    def skip(self, film: Film, frames: int) -> None:
        """Count what an earlier run did."""
        self.frames += frames
        if frames:
            self._advance(frames * film.first.size, frames)

    def step(self, size: int, packed: int) -> None:
        """Count a frame, by its bytes and those of its packet."""
        self.frames += 1
        self._done += 1
        self._size += size
        self._packed += packed
        self._advance(size, 1)
        pace = self._done / max(1e-3, time.monotonic() - self._began)
        told = (
            f"frame {self.frames:,} of {self._all:,}, {pace:.{1 if pace < _FAST else 0}f} a second"
        )
        share = self._packed / max(1, self._size)
        self._progress.note(f"{told}, {share:.0%} of the size")

    def hear(self, size: int) -> None:
        """Count bytes of sound."""
        self._advance(size, 0)

    def end(self) -> None:
        """Count all the rest: headers of sounds, sounds themselves as files."""
        files, size = self._left
        self._progress.advance(size=max(0, size), files=max(0, files))

    def _advance(self, size: int, files: int) -> None:
        self._left = self._left[0] - files, self._left[1] - size
        self._progress.advance(size=size, files=files)
