"""Progress on standard error: a bar, plain lines or JSON lines, fed from any thread."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from avpres.config.run import RunOptions
from avpres.services.context import Progress, SilentProgress

FAST_S = 0.2  # five updates a second
IDLE = "at work"  # shown between two phases
SLOW_S = 30.0  # the longest silence without a terminal


@dataclass(slots=True)
class Phase:
    """A phase and how far it is. Sizes in bytes, times in seconds."""

    name: str
    total_size: int | None
    total_files: int | None
    began: float
    size: int = 0
    files: int = 0
    seconds: float = 0.0
    note: str = ""

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1, by bytes or else by files; None without a total.

        Never above 1: a source may grow while it is read.
        """
        for done, total in ((self.size, self.total_size), (self.files, self.total_files)):
            if total:
                return min(done / total, 1.0)
        return None

    @property
    def rate(self) -> float:
        """Bytes a second since the phase began."""
        return self.size / self.seconds if self.seconds > 0 else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds that are left at this pace."""
        share = self.share
        return self.seconds * (1 - share) / share if share else None


class View(Protocol):
    """Something that shows phases; called by one thread at a time."""

    every_s: float

    def begin(self, phase: Phase) -> None:
        """Show that a phase begins."""

    def tick(self, phase: Phase) -> None:
        """Show how far a phase is."""

    def end(self, phase: Phase) -> None:
        """Show that a phase has ended."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Meter:
    """Counts what services do, and lets a view show it at its own pace.

    Counting is an addition under a lock, so that many small files cost nothing; a thread of its
    own shows, so that a long wait inside one system call is not silence.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._phases: list[Phase] = []
        self._paused: dict[str, Phase] = {}
        self._lock = threading.RLock()
        self._idle = Phase(IDLE, None, None, time.monotonic())
        self._closed = threading.Event()
        self._shower = threading.Thread(target=self._show, name="progress", daemon=True)
        self._shower.start()

    def start(self, phase: str, *, size: int | None = None, files: int | None = None) -> None:
        """Begin a phase; it is shown until it is finished or another begins inside it.

        A phase that was finished and begins again with the same totals goes on where it was: a
        copy goes through its phases batch by batch.
        """
        with self._lock:
            before = self._paused.pop(phase, None)
            if before is None or (before.total_size, before.total_files) != (size, files):
                before = Phase(phase, size, files, time.monotonic())
            before.began = time.monotonic() - before.seconds
            self._phases.append(before)
            self._view.begin(before)

    def advance(self, *, size: int = 0, files: int = 0) -> None:
        """Add what was done; what is taken back is not, so that progress never runs backwards."""
        with self._lock:
            if self._phases:
                self._phases[-1].size += max(size, 0)
                self._phases[-1].files += max(files, 0)

    def note(self, text: str) -> None:
        """Show a few words beside the phase, until others come."""
        with self._lock:
            if self._phases:
                self._phases[-1].note = text

    def finish(self) -> None:
        """End the phase that was begun last."""
        with self._lock:
            if self._phases:
                phase = self._timed(self._phases.pop())
                self._paused[phase.name] = phase
                self._view.end(phase)

    def close(self) -> None:
        """Stop showing."""
        self._closed.set()
        self._shower.join()
        self._view.close()

    def _show(self) -> None:
        while not self._closed.wait(self._view.every_s):
            with self._lock:
                current = self._phases[-1] if self._phases else self._idle
                self._view.tick(self._timed(current))

    def _timed(self, phase: Phase) -> Phase:
        phase.seconds = time.monotonic() - phase.began
        return phase


@contextmanager
def watch(run: RunOptions) -> Iterator[Progress]:
    """Open the progress that was asked for; `auto` is a bar on a terminal, else plain lines."""
    view = _view(run)
    if view is None:
        yield SilentProgress()
        return
    meter = Meter(view)
    try:
        yield meter
    finally:
        meter.close()


def _view(run: RunOptions) -> View | None:
    kind = run.progress
    if kind == "auto" and run.quiet:
        kind = "none"
    if kind == "auto":
        kind = "bar" if sys.stderr.isatty() else "plain"
    if kind == "none":
        return None
    if kind == "bar":
        from avpres.cli.progress_bar import BarView

        return BarView()
    from avpres.cli.progress_lines import JsonView, PlainView

    return JsonView() if kind == "json" else PlainView()
