"""The memory of a process and all its descendants, from /proc."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

INTERVAL_S = 0.05
KIB = 1024


def peak_pss(pid: int, running: Callable[[], bool]) -> int:
    """Watch a process tree until it ends, and return the most bytes it took at once.

    PSS counts what processes share once in all; RSS would count the Python that workers share
    with their parent again for each of them.
    """
    peak = 0
    while running():
        peak = max(peak, sum(_pss(each) for each in tree(pid)))
        time.sleep(INTERVAL_S)
    return peak


def tree(pid: int) -> Iterator[int]:
    """Find a process and its descendants; those that end meanwhile are left out."""
    yield pid
    for thread in _listed(Path(f"/proc/{pid}/task")):
        try:
            children = (thread / "children").read_text("ascii").split()
        except OSError:
            continue
        for child in children:
            yield from tree(int(child))


def _pss(pid: int) -> int:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(row.split()[1]) * KIB for row in rows if row.startswith("Pss:"))


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
