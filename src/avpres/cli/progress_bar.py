"""Progress as a bar on a terminal."""

from datetime import timedelta

import humanize
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from avpres.cli.progress import FAST_S, Phase

_SCALE = 1000  # steps of a bar
_WORDS = 84  # columns of everything beside the bar, at most
_LEAST, _MOST = 8, 30  # columns of the bar


class BarView:
    """One bar a phase; rich leaves the last state of each on the screen."""

    every_s = FAST_S

    def __init__(self, console: Console | None = None) -> None:
        self._bars: dict[int, TaskID] = {}
        screen = console or Console(stderr=True)
        self._rich = Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description:<9}"),
            BarColumn(bar_width=min(_MOST, max(_LEAST, screen.width - _WORDS))),
            TextColumn("{task.fields[words]}"),
            console=screen,
            auto_refresh=False,
        )

    def begin(self, phase: Phase) -> None:
        """Add a bar; without a total it only shows that something moves."""
        if id(phase) in self._bars:
            return
        total = None if phase.total_size is None and phase.total_files is None else _SCALE
        self._rich.start()
        self._bars[id(phase)] = self._rich.add_task(phase.name, total=total, words="")
        self._rich.refresh()

    def tick(self, phase: Phase) -> None:
        """Move the bar; between two phases there is none."""
        if id(phase) not in self._bars:
            return
        done = int((phase.share or 0.0) * _SCALE)
        self._rich.update(self._bars[id(phase)], completed=done, words=_words(phase, left=True))
        self._rich.refresh()

    def end(self, phase: Phase) -> None:
        """Leave the bar where the phase ended; only a phase that did it all is full."""
        bar = self._bars[id(phase)]
        share = 1.0 if phase.share is None else phase.share
        self._rich.update(
            bar, total=_SCALE, completed=int(share * _SCALE), words=_words(phase, left=False)
        )
        self._rich.refresh()

    def close(self) -> None:
        """Give the cursor back."""
        self._rich.stop()


def _words(phase: Phase, *, left: bool) -> str:
    words = []
    if phase.share is not None:
        words.append(f"{int(phase.share * 100):3} %")
    if phase.size:
        words.append(humanize.naturalsize(phase.size, binary=True))
    if phase.files:
        words.append(f"{phase.files:,} file{'' if phase.files == 1 else 's'}")
    if phase.rate:
        words.append(f"{humanize.naturalsize(phase.rate, binary=True)}/s")
    seconds = phase.eta_s if left else phase.seconds
    if seconds is not None:
        words.append(f"{timedelta(seconds=round(seconds))}{' left' if left else ''}")
    line = "  ".join(words)
    return f"{line}\n{phase.note}" if phase.note and left else line
