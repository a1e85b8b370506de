"""Locks that keep two runs from copying the same thing to the same place.

One lock file for each destination folder lies in the state folder; a name is one byte of it, at
the place its hash gives. The system lets go of all when the process ends, however it ends.

The system also lets go of all of a process's locks on a file as soon as any descriptor of it is
closed (fcntl(2)). So a lock file is open once in a process, and closed when nobody in it needs it.
"""

import contextlib
import hashlib
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from avpres.domain.errors import DestinationRefusedError

_SPAN = 1 << 62


class _Busy(Exception):  # noqa: N818 - a signal between two functions of this module
    """Somebody else holds the lock."""


@contextlib.contextmanager
def held(state_dir: Path, destination: Path, names: Iterable[bytes]) -> Iterator[None]:
    """Hold the right to copy some names into a destination folder.

    Raises:
        DestinationRefusedError: another run on this computer is copying one of them there.
    """
    path = state_dir / "locks" / (_key(os.fsencode(destination)) + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file, taken = _entered(path), []
    try:
        for name in names:
            try:
                file.take(_place(name))
            except _Busy:
                shown = os.fsdecode(name)
                raise DestinationRefusedError(
                    f"{destination / shown}: another avpres run is at work here; "
                    "wait until it has finished, then run this again"
                ) from None
            taken.append(_place(name))
        yield
    finally:
        _left(file, taken)


class _LockFile:
    """One lock file of this process, and how often each place of it is held."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.users = 0
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        self._held: Counter[int] = Counter()

    def take(self, place: int) -> None:
        """Take a place, or hold it once more."""
        with _guard:
            if not self._held[place]:
                _lock(self._fd, place)
            self._held[place] += 1

    def give_back(self, place: int) -> None:
        """Let go of a place, unless somebody else in this process holds it too."""
        self._held[place] -= 1
        if not self._held[place]:
            del self._held[place]
            _unlock(self._fd, place)

    def close(self) -> None:
        """Let go of everything."""
        os.close(self._fd)


_guard = threading.Lock()
_open: dict[Path, _LockFile] = {}


def _entered(path: Path) -> _LockFile:
    with _guard:
        file = _open.get(path) or _open.setdefault(path, _LockFile(path))
        file.users += 1
        return file


def _left(file: _LockFile, taken: Iterable[int]) -> None:
    with _guard:
        for place in taken:
            file.give_back(place)
        file.users -= 1
        if not file.users:
            del _open[file.path]
            file.close()


def _key(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:24]


def _place(name: bytes) -> int:
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % _SPAN


def _lock(fd: int, place: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(fd, place % (1 << 31), os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise _Busy from error
        return
    import fcntl

    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place, os.SEEK_SET)
    except (BlockingIOError, PermissionError) as error:
        raise _Busy from error


def _unlock(fd: int, place: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(fd, place % (1 << 31), os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        return
    import fcntl

    fcntl.lockf(fd, fcntl.LOCK_UN, 1, place, os.SEEK_SET)
