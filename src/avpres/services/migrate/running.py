"""The run: sources to workers, results to the settler, in memory that does not grow."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import chain

from avpres.adapters.migrating.crew import Crew
from avpres.adapters.migrating.journal import Source
from avpres.adapters.migrating.orders import Job, Made, Orders
from avpres.config.migrate import MigrateOptions
from avpres.domain.migration import Outcome, Reason
from avpres.services.migrate import findings
from avpres.services.migrate.settling import Group, Settler
from avpres.services.migrate.standing import Standing, standing, told_again
from avpres.services.migrate.workshop import Workshop

NOTE_S = 1.0  # seconds between words on the pace


def run(shop: Workshop) -> None:
    """Migrate all listed sources that are not settled.

    Raises:
        OSError: the destination refuses; what was finished before that is settled.
        ToolFailedError: workers cannot be started, or end as soon as they begin.
    """
    settler, waiting = Settler(shop), dict[int, Group]()
    pace = _Pace(shop)
    jobs = _jobs(shop, waiting)
    first = next(jobs, None)
    if first is None:
        return
    with closing(Crew(orders_of(shop), workers(shop), family=shop.family)) as crew:
        for made in crew.work(chain([first], jobs)):
            group = waiting.pop(made.number)
            if made.reason is Reason.STORAGE:
                _stop(settler, made, shop)
            group.made[made.number] = made
            group.open.discard(made.number)
            pace.tell()
            if not group.open:
                settler.take(group)
    settler.flush()


def orders_of(shop: Workshop) -> Orders:
    """Give what all workers of the run are told."""
    limits, options = shop.policy.limits, shop.options
    return Orders(
        shop.policy,
        options.time_limit or float(limits.seconds),
        options.memory_limit or limits.memory_mib,
    )


def workers(shop: Workshop) -> int:
    """Count the processes that the run may use."""
    return workers_for(shop.options, shop.journal.totals()[0])


def workers_for(options: MigrateOptions, most: int = 256) -> int:
    """Say how many workers there are to be: one a core, and no more than files."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(options.jobs or cores or 1, most))


def _stop(settler: Settler, made: Made, shop: Workshop) -> None:
    """Settle what is whole, and end the run: the next file would not fit either.

    Raises:
        OSError: always.
    """
    with suppress(OSError):
        settler.flush()
    raise OSError(made.errno, made.detail, os.fspath(shop.stage.out))


def _jobs(shop: Workshop, waiting: dict[int, Group]) -> Iterator[Job]:
    for sources in shop.journal.groups():
        group = Group(sources)
        asked = dict(_open(shop, sources))
        for source in sources:
            if source.id in asked:
                waiting[source.id] = group
                group.open.add(source.id)
        for source in sources:
            if source.id in asked:
                yield _job(shop, source, asked[source.id])


def _open(shop: Workshop, sources: list[Source]) -> Iterator[tuple[int, Standing]]:
    """Yield the sources that are to be worked on; the others are told."""
    for source in sources:
        found = standing(shop, source)
        if found is Standing.SETTLED:
            _pass_over(shop, source)
        elif found is Standing.BARRED:
            shop.tell(source, "failed", "something is in its way")
        else:
            yield source.id, found


def _pass_over(shop: Workshop, source: Source) -> None:
    shop.passed += 1
    if source.outcome == Outcome.REFUSED:
        shop.note(told_again(source, shop.journal.line(source.id)))
    if source.outcome == Outcome.KEPT:
        shop.note(findings.of_empty(source))
    shop.tell(source, str(source.outcome), "settled by an earlier run")


def _job(shop: Workshop, source: Source, found: Standing) -> Job:
    return Job(
        source.id,
        source.path,
        source.signature,
        shop.stage.staged(source.id),
        shop.asks_second(source.place),
        source.decided if found is Standing.ASKED else "",
    )


class _Pace:
    """Says from time to time how many files are done in a second."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._began = self._told = time.monotonic()
        self._files = 0

    def tell(self) -> None:
        """Count one more."""
        self._files += 1
        now = time.monotonic()
        if now - self._told >= NOTE_S:
            self._told = now
            rate = self._files / (now - self._began)
            self._shop.context.progress.note(f"{rate:,.1f} files/s")
