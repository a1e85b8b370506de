"""Many tasks at once, their results in the order of the tasks, in bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

ENCODING = 112  # bytes that FFV1's encoder and all else take for each pixel (seen: 107)
DECODING = 28  # bytes of the decoder and all else
_LEAST = 1 << 30  # bytes that frames may hold at once on any computer
_SHARE = 2  # part of the memory that they may hold on a larger one

Task = TypeVar("Task")
Done = TypeVar("Done")


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def budget() -> int:
    """Say how many bytes frames may hold at once: half of the memory, 1 GiB at least."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return _LEAST
    return max(_LEAST, memory // _SHARE)


def crew(wanted: int | None, weight: int) -> int:
    """Say how many frames are worked on at once: as wanted, else one a core, in the budget.

    Args:
        wanted: by the user.
        weight: bytes that each takes while it is worked on.
    """
    return max(1, min(wanted or cores(), budget() // max(1, weight)))


def in_order(
    tasks: Iterable[Task], work: Callable[[Task], Done], *, workers: int
) -> Iterator[Done]:
    """Work on tasks in threads, and yield the results in the order of the tasks.

    At most twice as many are begun or wait for their turn as there are workers.

    Args:
        tasks: taken in as there is room for them.
        work: what is done with each; what it raises is raised here, when its turn has come.
        workers: threads.
    """
    waiting: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(workers, "frames") as pool:
        try:
            for task in tasks:
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(work, task))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
