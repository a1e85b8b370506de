"""What only a try can tell: whether a folder takes files, and which names it takes for one."""

import contextlib
import errno
import os
import stat
import struct
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.limits import Folding, Form
from avpres.adapters.storage.volume import MediumKind, Volume

_NAME = ".avpres-probe-\N{LATIN SMALL LETTER E WITH ACUTE}"
_FS_IOC_GETFLAGS = 0x80086601  # uapi/linux/fs.h
_CASEFOLD = 0x40000000  # FS_CASEFOLD_FL: a folder of ext4 or f2fs that folds letters


def probe_writable(folder: Path, volume: Volume) -> str | None:
    """Find out whether a folder takes files, by making one and removing it.

    On tape nothing is made, since its space is never given back: permissions, the lock state and
    the mount must do.

    Returns:
        None when it does, else why not.
    """
    if volume.read_only:
        return "the volume is mounted read-only"
    if volume.tape_root is not None and ltfs.is_locked(volume.tape_root):
        return "the tape is locked after a write error or by its software"
    if volume.kind is MediumKind.TAPE:
        return None if os.access(folder, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
    try:
        with _own_file(folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def probe_folding(folder: Path, volume: Volume) -> tuple[Folding, Form | None] | None:
    """Find out whether a folder takes `A` and `a`, or two Unicode forms of a name, for one.

    Returns:
        None when it cannot be tried: on tape, or where no file can be made.
    """
    if volume.filesystem in {"ext4", "f2fs"}:
        return (Folding.FULL, "NFC") if _is_casefolded(folder) else (Folding.NONE, None)
    if volume.kind is MediumKind.TAPE:
        return None
    with contextlib.suppress(OSError), _own_file(folder) as name:
        small = folder / name
        folding = Folding.SIMPLE if os.path.lexists(folder / name.upper()) else Folding.NONE
        other = folder / unicodedata.normalize("NFD", name)
        form: Form | None = "NFC" if os.path.lexists(other) else None
        if os.path.lexists(small):  # else another run removed it meanwhile, and nothing is known
            return folding, form
    return None


@contextlib.contextmanager
def _own_file(folder: Path) -> Iterator[str]:
    """Make an empty file and remove it. Its name is fixed, so that none is ever left for long."""
    path = folder / _NAME
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:  # of another run, or of one that was killed
        if not _is_ours(path):
            raise
    try:
        yield _NAME
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        found = os.lstat(path)
        return stat.S_ISREG(found.st_mode) and found.st_size == 0
    return True


def _is_casefolded(folder: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    flags = bytearray(struct.calcsize("l"))
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.ioctl(fd, _FS_IOC_GETFLAGS, flags)
    except OSError:
        return False
    finally:
        os.close(fd)
    return bool(struct.unpack("l", flags)[0] & _CASEFOLD)
