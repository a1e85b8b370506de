"""Progress as lines: for logs of unattended runs, and as JSON for other programs."""

import json
import time
from datetime import timedelta

import humanize

from avpres.cli.progress import FAST_S, IDLE, SLOW_S, Phase
from avpres.cli.streams import complain


class PlainView:
    """A line every 30 seconds, and one for each phase that took longer than that to end."""

    def __init__(self, every_s: float = SLOW_S) -> None:
        self.every_s = every_s
        self._said_done: set[str] = set()

    def begin(self, phase: Phase) -> None:
        """Say nothing yet: a short phase is not worth a line."""

    def tick(self, phase: Phase) -> None:
        """Say how far the phase is."""
        _write(f"{phase.name}: {', '.join(_words(phase))}")

    def end(self, phase: Phase) -> None:
        """Say once that a long phase has ended, when nothing of it is left."""
        over = phase.share is None or phase.share >= 1.0
        if phase.seconds >= self.every_s and over and phase.name not in self._said_done:
            self._said_done.add(phase.name)
            took = humanize.precisedelta(timedelta(seconds=round(phase.seconds)))
            _write(f"{phase.name}: done in {took}")

    def close(self) -> None:
        """Leave nothing behind: every line stands for itself."""


class JsonView:
    """JSON lines, five a second at the most, 30 s apart when nothing changes."""

    def __init__(self, every_s: float = FAST_S, silence_s: float = SLOW_S) -> None:
        self.every_s = every_s
        self._silence_s = silence_s
        self._last: tuple[object, ...] = (IDLE, 0, 0)
        self._said = time.monotonic()

    def begin(self, phase: Phase) -> None:
        """Write the totals of the phase."""
        self._say("begin", phase)

    def tick(self, phase: Phase) -> None:
        """Write how far the phase is, when that has changed or silence was long."""
        changed = (phase.name, phase.size, phase.files) != self._last
        if changed or time.monotonic() - self._said >= self._silence_s:
            self._say("advance", phase)

    def end(self, phase: Phase) -> None:
        """Write what the phase did."""
        self._say("end", phase)

    def close(self) -> None:
        """Leave nothing behind: every line stands for itself."""

    def _say(self, event: str, phase: Phase) -> None:
        self._last = (phase.name, phase.size, phase.files)
        self._said = time.monotonic()
        eta = phase.eta_s
        _write(
            json.dumps(
                {
                    "event": event,
                    "phase": phase.name,
                    "size": phase.size,
                    "total_size": phase.total_size,
                    "files": phase.files,
                    "total_files": phase.total_files,
                    "share": None if phase.share is None else round(phase.share, 4),
                    "seconds": round(phase.seconds, 1),
                    "bytes_per_second": round(phase.rate),
                    "eta_seconds": None if eta is None else round(eta),
                    **({"note": phase.note} if phase.note else {}),
                }
            )
        )


def _words(phase: Phase) -> list[str]:
    words = []
    if phase.share is not None:
        words.append(f"{int(phase.share * 100)} %")
    if phase.size:
        words.append(humanize.naturalsize(phase.size, binary=True))
    if phase.files:
        words.append(f"{phase.files:,} file{'' if phase.files == 1 else 's'}")
    if phase.rate:
        words.append(f"{humanize.naturalsize(phase.rate, binary=True)}/s")
    if phase.eta_s:
        words.append(f"{timedelta(seconds=round(phase.eta_s))} left")
    words += [phase.note] if phase.note else []
    return words or [f"at work for {timedelta(seconds=round(phase.seconds))}"]


def _write(line: str) -> None:
    complain(line)
