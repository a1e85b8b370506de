"""The parent's side: processes that describe files, kept busy, alive and in time.

All of it happens in the caller's own thread, whenever it asks for the next answers: the processes
have more to do than one batch, so that none waits while the caller is at work.
"""

import contextlib
import select
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from avpres.adapters.describing import early
from avpres.adapters.describing.hands import Identifier, Worker
from avpres.adapters.describing.orders import Answer, Greeting, Orders, Request
from avpres.adapters.describing.task import Task
from avpres.adapters.identification.excerpts import folder_in_memory as excerpts
from avpres.adapters.processes.family import Family, new_family
from avpres.adapters.processes.trades import DESCRIBING

WATCH_S = 0.1  # seconds between looks at the clocks of the processes
NAP_S = 0.002  # seconds in which answers gather, so that not each of them wakes this process
AHEAD = 24  # batches for each worker that may be under way, or wait for those before them


class Pool:
    """Workers and an identifier, started at once so that they load while the caller goes on."""

    def __init__(
        self,
        orders: Orders,
        size: int,
        signatures: Path | None = None,
        *,
        family: Family | None = None,
    ) -> None:
        self.size = size
        self._identified: deque[Task] = deque()
        self._last_watch = 0.0
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(excerpts())
            self._family: Family = family or early.taken() or new_family(DESCRIBING)
            stack.callback(self._family.close)
            greeting = Greeting(signatures, folder)
            done = self._identified.append
            self._identifier = Identifier(self._family, greeting, orders.limits, done)
            self._workers = [Worker(self._family, orders) for _ in range(size)]
            self._end = stack.pop_all()
        self._hands: list[Identifier | Worker] = [self._identifier, *self._workers]

    def describe(self, batches: Iterable[Sequence[Request]]) -> Iterator[list[Answer]]:
        """Describe files, a few batches at a time, in the order in which they come."""
        waiting: deque[Task] = deque()
        coming = iter(batches)
        try:
            while True:
                for batch in coming:
                    task = Task(batch)
                    waiting.append(task)
                    if batch:
                        self._identifier.ask(task)
                    self._turn(0)
                    if waiting[0].is_done or len(waiting) >= AHEAD * self.size:
                        break
                if not waiting:
                    return
                while not waiting[0].is_done:
                    self._turn(WATCH_S)
                while waiting and waiting[0].is_done:
                    yield waiting.popleft().answers()
        finally:
            self._identified.clear()
            for hand in self._hands:
                hand.forget()

    def _turn(self, patience: float) -> None:
        """Take what has come, give what can be given, and look at the clocks."""
        hands = {each.child.line: each for each in self._hands if not each.child.line.has_ended}
        full = [line for line in hands if line.is_full]
        coming, going, _ = select.select(hands, full, [], patience)
        for line in going:
            line.flush()
        if coming and patience:
            time.sleep(NAP_S)
        for line in coming:
            hands[line].glance()
        self._give()
        self._look()

    def _give(self) -> None:
        """Give batches to those who have none, then a second one while there are plenty."""
        for depth in (1, 2):
            for worker in self._workers:
                if len(self._identified) > (depth - 1) * self.size and len(worker.tasks) < depth:
                    worker.give(self._identified.popleft())

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._last_watch >= WATCH_S:
            self._last_watch = now
            for hand in self._hands:
                hand.watch()

    def dismiss(self) -> None:
        """Let all processes end: nothing will be asked any more."""
        self._family.dismiss()

    def close(self) -> None:
        """End all processes, and wait until they have."""
        self._end.close()
        for hand in self._hands:
            hand.child.line.close()
