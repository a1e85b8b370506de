"""Many files given to one run of a program, and no file lost because of another.

Programs that end without an answer do so for all files that they were given. The lot is then given
again in parts, until the file that ends them stands alone.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from avpres.domain.errors import ToolFailedError

PARTS = 8  # that a lot falls into; a program that hangs is waited for at few levels
PATIENCE = 24  # runs in a row without one answer, after which no more are begun
WORDS = 7_000 if sys.platform == "win32" else 100_000  # bytes of names on one command line
SILENT = "it said nothing of this file"

Answer = TypeVar("Answer")


def lots(names: Iterable[str], most: int) -> Iterator[list[str]]:
    """Divide names so that each lot fits on a command line."""
    lot: list[str] = []
    size = 0
    for name in names:
        length = len(name.encode("utf-8", "surrogateescape")) + 1
        if lot and (len(lot) == most or size + length > WORDS):
            yield lot
            lot, size = [], 0
        lot.append(name)
        size += length
    if lot:
        yield lot


def answers(
    lot: Sequence[str], attempt: Callable[[Sequence[str]], Mapping[str, Answer]]
) -> Iterator[tuple[str, Answer | ToolFailedError]]:
    """Yield each file's answer, or why there is none.

    `attempt` gives the answers of one run, which may be fewer than were asked for; it raises
    ToolFailedError when the run gave none.
    """
    waiting = deque([list(lot)])
    failed = 0
    while waiting:
        asked = waiting.popleft()
        found, error = _tried(asked, attempt)
        yield from found.items()
        failed = 0 if found else failed + 1
        left = [name for name in asked if name not in found]
        if failed >= PATIENCE or (left and len(asked) == 1):
            yield from ((name, error) for name in left)
        elif left:
            waiting.extend(_parts(left) if not found else [left])
        if failed >= PATIENCE:
            yield from ((name, error) for rest in waiting for name in rest)
            return


def _tried(
    asked: Sequence[str], attempt: Callable[[Sequence[str]], Mapping[str, Answer]]
) -> tuple[Mapping[str, Answer], ToolFailedError]:
    try:
        return attempt(asked), ToolFailedError(SILENT)
    except ToolFailedError as error:
        return {}, error


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    size = -(-len(names) // PARTS)
    for start in range(0, len(names), size):
        yield list(names[start : start + size])
