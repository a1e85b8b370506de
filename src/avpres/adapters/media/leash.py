"""How far a reader may be ahead of the program that reads the same file."""

import threading

AHEAD = 64 * 1024 * 1024  # bytes that may be read before the other program needs them


class Leash:
    """Held by one thread, pulled by another that reads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._allowed = AHEAD
        self._moved = threading.Condition()
        self._stopped = False

    def allow(self, share: float) -> None:
        """Let it read as far as the other program is, 0 to 1, and a little further."""
        with self._moved:
            self._allowed = max(self._allowed, int(self._size * share) + AHEAD)
            self._moved.notify()

    def release(self) -> None:
        """Let it read to the end."""
        with self._moved:
            self._allowed = 1 << 63
            self._moved.notify()

    def stop(self) -> None:
        """Let it give up."""
        with self._moved:
            self._stopped = True
            self._moved.notify()

    def may_read(self, place: int) -> bool:
        """Wait until a place may be read; say no when it is to give up."""
        with self._moved:
            self._moved.wait_for(lambda: self._stopped or place < self._allowed)
            return not self._stopped
