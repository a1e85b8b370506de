"""Many tasks at once, their results in the order of the tasks, in bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

BUDGET = 1 << 30  # bytes held by frames that are worked on or wait for their turn
COPIES = 8  # of a file's size that a frame takes at most: bytes read, planes, packet, bytes again

Task = TypeVar("Task")
Done = TypeVar("Done")


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    tasks: Iterable[Task],
    work: Callable[[Task], Done],
    *,
    workers: int,
    weigh: Callable[[Task], int],
    budget: int = BUDGET,
) -> Iterator[Done]:
    """Work on tasks in threads, and yield the results in the order of the tasks.

    Args:
        tasks: taken in as there is room for them.
        work: what is done with each; what it raises is raised here, when its turn has come.
        workers: threads.
        weigh: bytes that a task holds until it was yielded; one is always let through.
        budget: bytes that all of them may hold.
    """
    waiting: deque[tuple[Future[Done], int]] = deque()
    held = 0
    with ThreadPoolExecutor(workers, "frames") as pool:
        try:
            for task in tasks:
                weight = weigh(task)
                while waiting and (len(waiting) >= 2 * workers or held + weight > budget):
                    future, freed = waiting.popleft()
                    yield future.result()
                    held -= freed
                waiting.append((pool.submit(work, task), weight))
                held += weight
            while waiting:
                yield waiting.popleft()[0].result()
        finally:
            for future, _ in waiting:
                future.cancel()
