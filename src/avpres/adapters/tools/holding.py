"""Signals that end a command, held back while something is done that must not be cut in two."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def held() -> Iterator[None]:
    """Let a signal that came in the block raise at its end, by the handler that was there before.

    Only what Python handles is held; in another thread than the main one no handler runs, and
    nothing is done. No mask is set: a child would inherit it, and other threads would take the
    signal. Keep the block short, for the user waits.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []

    def keep(number: int, frame: FrameType | None) -> None:
        came.append((number, frame))

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    known = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in known.items() if callable(handler)}
    try:
        for number in before:
            signal.signal(number, keep)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number, frame in came:
            before[number](number, frame)
