"""How far a run is: each source counts by its size, and by the share of its film that is done."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from avpres.adapters.media.access_graph import Plan
from avpres.adapters.tools.ffmpeg_progress import Progress as Report
from avpres.services.context import Progress
from avpres.services.transfer.frames import Film, Frames
from avpres.services.viewing.item import Item


@dataclass(slots=True, eq=False)
class Follower:
    """Follows one copy. `size` is that of its source, `done` what was told of it in bytes."""

    pace: "Pace"
    size: int
    done: int = 0

    @contextmanager
    def run(self, step: str, plan: Plan) -> Iterator[Callable[[Report], None]]:
        """Follow a run of ffmpeg by its frames; encoding moves the bar."""
        seconds = float(plan.seconds) if plan.seconds else None
        is_still = plan.profile.product.is_picture
        rate = plan.picture.rate if plan.picture and not is_still else None
        frames = self.pace.frames

        def on_progress(report: Report) -> None:
            frames.tell(film, report)
            if step == "encode" and seconds and report.seconds:
                self.advance(report.seconds / seconds)

        with frames.of(Film(step, seconds, rate)) as film:
            yield on_progress

    def advance(self, share: float) -> None:
        """Tell which share of the copy is done, 0 to 1."""
        self.pace.advance(self, int(self.size * min(1.0, max(0.0, share))))


class Pace:
    """Tells the progress of all copies together; called from any thread."""

    def __init__(self, progress: Progress, size: int, files: int) -> None:
        self.frames = Frames(progress)
        self._progress = progress
        self._lock = threading.Lock()
        progress.start("access", size=size, files=files)

    @contextmanager
    def of(self, item: Item) -> Iterator[Follower]:
        """Follow one copy; what it did not tell is added when it is over."""
        follower = Follower(self, item.size)
        yield follower
        follower.advance(1.0)
        self._progress.advance(files=1)

    def advance(self, follower: Follower, size: int) -> None:
        """Count what is new."""
        with self._lock:
            more = size - follower.done
            if more > 0:
                follower.done = size
                self._progress.advance(size=more)

    def close(self) -> None:
        """End."""
        self._progress.finish()
