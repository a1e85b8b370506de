"""Locks that keep two runs from copying the same thing to the same place.

One lock file for each destination folder lies in the state folder; a name is one byte of it, at
the place its hash gives. The system lets go of all when the process ends, however it ends.
"""

import contextlib
import hashlib
import os
import sys
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
    fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        for name in names:
            try:
                _lock(fd, _place(name))
            except _Busy:
                shown = os.fsdecode(name)
                raise DestinationRefusedError(
                    f"{destination / shown}: another avpres run is copying here; "
                    "wait until it has finished, then run this again"
                ) from None
        yield
    finally:
        os.close(fd)


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
