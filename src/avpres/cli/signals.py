"""Requests to stop, turned into exceptions, so that services can leave the disk in order."""

import signal
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")  # SIGBREAK: Windows, closing the console


class Terminated(BaseException):
    """Somebody asked this process to end. No `Exception`, so that no retry swallows it."""


def listen() -> None:
    """Raise `Terminated` in the main thread on SIGTERM and SIGHUP.

    A signal that the caller had ignored stays ignored: `nohup avpres copy` must survive a hang-up.
    """
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)


def _terminate(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; cleaning up must not be cut short
    raise Terminated(signal.Signals(number).name)
