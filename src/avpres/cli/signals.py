"""Requests to stop, turned into exceptions, so that services can leave the disk in order."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")  # SIGBREAK: Windows, closing the console


class Terminated(BaseException):
    """Somebody asked this process to end. No `Exception`, so that no retry swallows it."""


@contextmanager
def listening() -> Iterator[None]:
    """Raise `Terminated` in the main thread on SIGTERM and SIGHUP.

    A signal that the caller had ignored stays ignored: `nohup avpres copy` must survive a hang-up.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # Python lets only the main thread set handlers
    ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _terminate(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; cleaning up must not be cut short
    raise Terminated(signal.Signals(number).name)
