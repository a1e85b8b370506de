"""How long a process has been at one thing, by its own processor time."""

import os
import time

SLACK_S = 0.5  # seconds beyond its own limit before a process is ended from without
PATIENCE = 40.0  # times its limit that a file may take while a slow disk makes it wait


class Watch:
    """Looks at one process from time to time.

    Args:
        times: how many times its limit a thing may take while the process waits for a disk.
    """

    def __init__(self, times: float = PATIENCE) -> None:
        self._times = times
        self._mark: object = None
        self._since = 0.0
        self._used = 0.0

    def is_over(self, mark: object, pid: int, limit: float, patience: float = 0.0) -> bool:
        """Say whether a process has been at the same thing for too long.

        Args:
            mark: stands for what it is doing; None for nothing.
            pid: the process.
            limit: processor seconds that this may take.
            patience: seconds that it may take in all, if they are more than is usual.
        """
        now = time.monotonic()
        if not pid:
            return False  # it has not said yet who it is
        if mark is None or mark != self._mark:
            self._mark, self._since, self._used = mark, now, _cpu(pid)
            return False
        waited, limit = now - self._since, limit + SLACK_S
        if waited < limit:
            return False
        used = _cpu(pid)
        if used < 0 or self._used < 0:
            return True
        return used - self._used >= limit or waited > max(patience, limit * self._times)


def _cpu(pid: int) -> float:
    """Give the processor seconds that a process has used; -1 where that cannot be asked."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return -1.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
