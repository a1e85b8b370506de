"""Describing files: the service behind every command that says what a file is.

Files go to workers in small groups and come back in their own order, one at a time: memory holds
some groups, however many files there are.
"""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from avpres.adapters.describing.orders import Answer, Orders, Record, Request
from avpres.adapters.describing.pool import Pool
from avpres.domain.description import Description
from avpres.services.context import Context
from avpres.services.describing.known import Known, Signature

__all__ = ["Asked", "Described", "Describer", "Item"]
GROUP = 24  # files that go to a worker at once
GROUP_SIZE = 32 * 1024 * 1024  # bytes, or fewer files that are large
PASSING = frozenset(
    {
        *("CHR-TIME", "CHR-MEMORY", "CHR-CRASH", "CHR-DEFECT"),
        *("CHR-MEDIAINFO", "CHR-NOT-IDENTIFIED", "CHR-NO-RECORD"),
    }
)
"""Messages on what may go better the next time."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file to describe: its path, its root and its name beneath it, and what was listed of it."""

    path: bytes
    root: bytes
    name: bytes
    size: int
    signature: Signature
    listed: int = field(default_factory=time.time_ns)  # when, in nanoseconds since 1970

    @property
    def key(self) -> bytes:
        """Name the file and how it was named: its record says both."""
        return b"\0".join((self.path, self.root, self.name))


@dataclass(frozen=True, slots=True)
class Asked:
    """How files are to be described, and by how many workers at once."""

    orders: Orders = field(default_factory=Orders)
    signatures: Path | None = None
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A file, its description, and the line that it is in records.

    `was_known`: nothing of it was read in this run.
    """

    item: Item
    description: Description
    line: bytes
    records: Sequence[Record] = ()
    was_known: bool = False


class Describer:
    """Describes files, for one run. The workers start when it is made."""

    def __init__(self, asked: Asked, context: Context, known: Known | None = None) -> None:
        self._context = context
        self._known = known
        self._pool = Pool(asked.orders, asked.jobs or _workers(), asked.signatures)

    def describe(self, items: Iterable[Item]) -> Iterator[Described]:
        """Describe files in the order in which they come; nothing about a file is raised."""
        plans: deque[list[Item | Described]] = deque()
        for descriptions in self._pool.describe(self._groups(items, plans)):
            fresh = iter(descriptions)
            for each in plans.popleft():
                done = each if isinstance(each, Described) else self._keep(each, next(fresh))
                self._context.progress.advance(size=done.item.size, files=1)
                yield done

    def _groups(
        self, items: Iterable[Item], plans: "deque[list[Item | Described]]"
    ) -> Iterator[list[Request]]:
        plan: list[Item | Described] = []
        wanted: list[Request] = []
        size = 0
        for each in self._looked_up(items):
            plan.append(each)
            if isinstance(each, Item):
                wanted.append(Request(each.path, each.name, each.root, each.size))
                size += each.size
            if len(wanted) >= GROUP or size >= GROUP_SIZE or len(plan) >= 10 * GROUP:
                plans.append(plan)
                yield wanted
                plan, wanted, size = [], [], 0
        if plan:
            plans.append(plan)
            yield wanted

    def _looked_up(self, items: Iterable[Item]) -> Iterator[Item | Described]:
        """Put what is known of files in their places."""
        if self._known is None:
            yield from items
            return
        coming = iter(items)
        while some := list(islice(coming, GROUP)):
            found = self._known.find_all([(item.key, item.signature) for item in some])
            for item in some:
                known = found.get(item.key)
                yield Described(item, *known, was_known=True) if known else item

    def _keep(self, item: Item, answer: Answer) -> Described:
        description, line, records = answer
        may_pass = description.error or not PASSING.isdisjoint(description.counts)
        if self._known is not None and not may_pass:
            self._known.keep(item.key, item.signature, line, listed=item.listed)
        return Described(item, description, line, records)

    def dismiss(self) -> None:
        """Let the workers end while the caller goes on; nothing will be described any more."""
        self._pool.dismiss()

    def close(self) -> None:
        """End the workers, and wait until they have."""
        self._pool.close()


def _workers() -> int:
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 4, 16)
