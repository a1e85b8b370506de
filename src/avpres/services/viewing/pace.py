"""How far a run is: each source counts by its size, and by the share of its film that is done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from avpres.services.context import Progress
from avpres.services.viewing.item import Item


class Advance(Protocol):
    """Takes the share of a film that is done, 0 to 1, and words on it."""

    def __call__(self, share: float, note: str = "") -> None:
        """Tell how far a copy is."""


class Pace:
    """Tells the progress of all copies together; called from any thread."""

    def __init__(self, progress: Progress, size: int, files: int) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        progress.start("access", size=size, files=files)

    @contextmanager
    def of(self, item: Item) -> Iterator[Advance]:
        """Follow one copy; what it did not tell is added when it is over."""
        done = 0

        def advance(share: float, note: str = "") -> None:
            nonlocal done
            with self._lock:
                self._progress.note(note)
                more = int(item.size * share) - done
                if more > 0:
                    done += more
                    self._progress.advance(size=more)

        yield advance
        advance(1.0)
        self._progress.advance(files=1)

    def close(self) -> None:
        """End."""
        self._progress.finish()
