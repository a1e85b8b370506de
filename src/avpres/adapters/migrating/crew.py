"""The parent's side: workers that migrate files, kept busy, alive, in time and in memory.

A worker that dies, hangs or takes too much costs one file, never the run: it is replaced, and the
files that it had been given after that one are given again. A file that a worker died of is tried
once more, alone, before that is its verdict.
"""

import select
import time
from collections import deque
from collections.abc import Iterable, Iterator

from avpres.adapters.migrating.making import LOOK_S
from avpres.adapters.migrating.orders import Begun, Job, Leaving, Made, Orders
from avpres.adapters.processes.channel import unpacked
from avpres.adapters.processes.deaths import one_more
from avpres.adapters.processes.family import Child, Family, new_family
from avpres.adapters.processes.memory import MIB, data_of
from avpres.adapters.processes.trades import MIGRATING, WORKER
from avpres.adapters.processes.watch import Watch
from avpres.domain.migration import Outcome, Reason

WATCH_S = 0.1  # seconds between looks at the clocks of the workers
DEPTH = 16  # small files that a worker has been given, so that it does not wait for the next
SMALL = 2 * 1024 * 1024  # bytes; a larger file is given when the worker is free
NEARLY = 0.5  # of its memory: who ends so near the limit ended for want of it
PATIENCE = 4.0  # times its limit of processor time that a file may take while the disk is slow


class Crew:
    """Worker processes, started at once so that they load while the caller goes on.

    A family that is given serves further crews, and is closed by who made it.

    Raises:
        ToolFailedError: no second process may be started here.
    """

    def __init__(self, orders: Orders, size: int, *, family: Family | None = None) -> None:
        self._family = family or new_family(MIGRATING)
        self._is_own_family = family is None
        self._last_watch = 0.0
        self._again: deque[Job] = deque()
        try:
            self._hands = [_Hand(self._family, orders, self._again) for _ in range(size)]
        except BaseException:
            self._part()
            raise

    def work(self, jobs: Iterable[Job]) -> Iterator[Made]:
        """Migrate files, and yield what became of each in the order in which they are done.

        Raises:
            ToolFailedError: workers end as soon as they begin.
        """
        coming, is_over = iter(jobs), False
        held: Job | None = None
        while True:
            while not is_over or held:
                held = held or next(coming, None)
                is_over = is_over or held is None
                if held is None or not self._give(held):
                    break
                held = None
            while self._again and self._give(self._again[0], alone=True):
                self._again.popleft()
            busy = any(hand.jobs for hand in self._hands)
            if not (busy or self._again or held):
                return
            yield from self._turn()

    def _give(self, job: Job, *, alone: bool = False) -> bool:
        hand = min(self._hands, key=lambda each: len(each.jobs))
        if not hand.takes(job, alone=alone):
            return False
        hand.give(job, alone=alone)
        return True

    def _turn(self) -> Iterator[Made]:
        """Take what has come, and look at the clocks."""
        hands = {each.child.line: each for each in self._hands if not each.child.line.has_ended}
        full = [line for line in hands if line.is_full]
        coming, going, _ = select.select(hands, full, [], WATCH_S)
        for line in going:
            line.flush()
        for line in coming:
            yield from hands[line].glance()
        now = time.monotonic()
        if now - self._last_watch >= WATCH_S:
            self._last_watch = now
            for hand in self._hands:
                hand.watch()

    def close(self) -> None:
        """End all processes; those of an own family are waited for."""
        for hand in self._hands:
            hand.child.line.close()
        self._part()

    def _part(self) -> None:
        if self._is_own_family:
            self._family.close()


class _Hand:
    """The hold on one worker."""

    def __init__(self, family: Family, orders: Orders, again: deque[Job]) -> None:
        self._family = family
        self._orders = orders
        self._again = again
        self._deaths = 0
        self._is_alone = False
        self._was_stopped = self._has_left = False
        self._taken = 0  # bytes of memory, at most, for a file that is tried alone
        self._limit = LOOK_S
        self._watch = Watch(PATIENCE)
        self.jobs: deque[Job] = deque()
        self.child = self._born()

    def takes(self, job: Job, *, alone: bool) -> bool:
        """Say whether it may be given one more."""
        if not self.jobs:
            return True
        small = all(each.signature[0] < SMALL for each in (job, *self.jobs))
        return small and not alone and not self._is_alone and len(self.jobs) < DEPTH

    def give(self, job: Job, *, alone: bool = False) -> None:
        """Give it a file, after those that it has."""
        if self.child.line.has_ended:
            self._renew()
        self._is_alone = alone
        self.jobs.append(job)
        self.child.line.send(job)

    def glance(self) -> Iterator[Made]:
        """Take what it has done, and see to it if it has died."""
        for packed in self.child.take():
            (said,) = unpacked([packed])
            if isinstance(said, Begun):
                self._limit = said.seconds
            elif isinstance(said, Leaving):
                self._has_left = True
            elif self.jobs:
                self._deaths = 0
                self.jobs.popleft()
                self._limit = min(LOOK_S, self._orders.seconds)
                yield said
        if self.child.line.has_ended and self.jobs:
            yield from self._buried()

    def _buried(self) -> Iterator[Made]:
        """Decide what its death means for the file at hand, and go on with the others."""
        if self._has_left:
            pass
        elif self._was_stopped:
            job = self.jobs.popleft()
            text = f"after {self._limit:,.0f} seconds of a processor; --time-limit raises that"
            yield Made(job.number, Outcome.FAILED, Reason.TIME, text)
        elif self.child.pid and not self._family.is_orphan(self.child):
            job = self.jobs.popleft()
            if job.attempt == 1:
                self._again.append(job._replace(attempt=2))
            else:
                yield Made(job.number, Outcome.FAILED, *self._verdict())
        self._is_alone, self._taken = False, 0
        self._renew()
        for job in self.jobs:
            self.child.line.send(job)

    def _verdict(self) -> tuple[Reason, str]:
        """Tell want of memory, of which libraries die, from other deaths, as far as was seen."""
        most = self._orders.memory * MIB
        if self._taken < most * NEARLY:
            return Reason.CRASH, ""
        text = f"it had {self._taken // MIB:,} of {self._orders.memory:,} MiB when it ended"
        return Reason.MEMORY, f"{text}; --memory-limit raises that"

    def watch(self) -> None:
        """End the process if its file has had its time."""
        if self.jobs:
            self._taken = max(self._taken, data_of(self.child.pid)) if self._is_alone else 0
            mark = self.jobs[0].number
            if self._watch.is_over(mark, self.child.pid, self._limit):
                self._was_stopped = True
                self._family.end(self.child)

    def _renew(self) -> None:
        is_own = bool(self.child.pid) and not self._family.is_orphan(self.child)
        self._deaths = 0 if is_own else one_more(self._deaths, "migrate files")
        self.child.line.close()
        self.child = self._born()

    def _born(self) -> Child:
        self._was_stopped = self._has_left = False
        self._limit = min(LOOK_S, self._orders.seconds)
        self._watch = Watch(PATIENCE)
        child = self._family.bear(WORKER)
        child.line.send(self._orders)
        return child
