"""A growing file that another program writes, flushed meanwhile: little is left to wait for."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PERIOD_S = 1.0  # between two flushes


@contextmanager
def flushed(path: Path) -> Iterator[None]:
    """Flush a file again and again for as long as the block lasts; it need not be there yet.

    What fails here fails again, and is told, where the whole file is flushed.
    """
    done = threading.Event()

    def work() -> None:
        while not done.wait(PERIOD_S):
            with suppress(OSError):
                _flush(path)

    thread = threading.Thread(target=work, name="flush", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _flush(path: Path) -> None:
    fd = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    try:
        getattr(os, "fdatasync", os.fsync)(fd)
    finally:
        os.close(fd)
