"""Durable writes of small files: staged, flushed, renamed without replacing, folder flushed.

What is under its final name is whole and on the medium; what is not says so by itself (`.part`).
The renaming and flushing below serve the copy engine too.
"""

import ctypes
import errno
import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from avpres.domain.errors import DestinationExistsError

NAME_LIMIT = 255  # bytes of one name, on every file system that avpres writes to
_AT_FDCWD = -100 if sys.platform == "linux" else -2
_RENAME_EXCLUSIVE = 1 if sys.platform == "linux" else 4  # RENAME_NOREPLACE, RENAME_EXCL
_SYNC_VOLUME = 0x01 | 0x02  # FULLSYNC and WAIT of macOS' fsync_volume_np

# A file system that knows no flush (some FUSE and network ones), against one that failed (EIO).
_NO_FLUSH = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOTTY})
_NO_EXCLUSIVE_RENAME = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_NO_LINK = frozenset({errno.EPERM, errno.EMLINK, errno.EXDEV, *_NO_EXCLUSIVE_RENAME})

_RenameCall = Callable[[int, bytes, int, bytes, int], int]


@contextmanager
def write_new(
    path: Path, *, mode: int = 0o644, on_tape: bool = False, job: str | None = None
) -> Iterator[BinaryIO]:
    """Write a file that is not there yet; it appears whole and flushed, or not at all.

    Args:
        path: the final name; its folder must exist.
        mode: permission bits, less the umask.
        on_tape: write under the final name at once. LTFS places files by name rules when they
            are created, and a tape keeps the room of whatever was written under another name.
        job: names the staged file instead of chance, so that what a killed run left is known
            and removed by the next one; only for who holds a lock on `path`.

    Yields:
        A binary file. When the block ends in an exception, nothing remains under any name.

    Raises:
        DestinationExistsError: something is there already; it was not touched.
        OSError: the file system refused; the caller knows whether that stops the command.
    """
    if os.path.lexists(path):
        raise _exists(path)
    staged = path if on_tape else _staged(path, job)
    with _written(staged, mode) as handle:
        yield handle
    if not on_tape:
        _publish(staged, path, replacing=False)
    sync_folder(path.parent)


@contextmanager
def replace(
    path: Path, *, mode: int = 0o644, on_tape: bool = False, job: str | None = None
) -> Iterator[BinaryIO]:
    """Write a file in place of an older one, for files that are avpres's own.

    Readers see the old or the new content, never a mixture; a link is replaced, not followed.

    Args:
        path: the file.
        mode: permission bits, less the umask.
        on_tape: write under the final name at once: the old file goes first, so the new one must
            be one that can be made again.
        job: as with `write_new`.

    Yields:
        A binary file. When the block ends in an exception, the old content stays, but on tape.
    """
    if on_tape:
        with suppress(FileNotFoundError):
            os.unlink(path)
        with write_new(path, mode=mode, on_tape=True) as handle:
            yield handle
        return
    staged = _staged(path, job)
    with _written(staged, mode) as handle:
        yield handle
    _publish(staged, path, replacing=True)
    sync_folder(path.parent)


def _staged(path: Path, job: str | None) -> Path:
    staged = path.with_name(staged_name(path.name, job))
    if job is not None:
        with suppress(FileNotFoundError):
            os.unlink(staged)
    return staged


def staged_name(name: str, job: str | None = None) -> str:
    """Name the unfinished form of a file: hidden, of one job or attempt, ending in `.part`.

    A name that would grow past 255 bytes is shortened to a digest of itself.
    """
    ending = f".avpres-{job or secrets.token_hex(4)}.part"
    if len(os.fsencode(name)) + len(ending) + 1 > NAME_LIMIT:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return f".{name}{ending}"


def sync_file(fd: int) -> bool:
    """Flush a file to the medium, on macOS through the drive's own cache too (F_FULLFSYNC).

    Returns:
        False when the file system knows no flush, so that the record can say so.

    Raises:
        OSError: the flush failed; what was written may be lost, and a second flush would lie.
    """
    if sys.platform == "darwin":
        import fcntl

        if _flushed(lambda: fcntl.fcntl(fd, fcntl.F_FULLFSYNC)):
            return True
    return _flushed(lambda: os.fsync(fd))


def sync_folder(folder: Path | int) -> bool:
    """Flush a folder, so that a rename in it outlives a power cut.

    Returns:
        False where folders cannot be flushed (Windows, some network shares, no read permission).
    """
    if isinstance(folder, int):
        return sync_file(folder)
    if sys.platform == "win32":
        return False
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return False
    try:
        return sync_file(fd)
    finally:
        os.close(fd)


def sync_filesystem(fd: int) -> None:
    """Flush the whole file system that an open file or folder is on.

    One call after many small files costs a fraction of a flush each. Linux reports a write-back
    error once per open descriptor (syncfs(2), since 5.8): open it before the first write.

    Raises:
        OSError: the flush failed, or this system has no such call (ENOSYS): flush each file.
    """
    if _sync_filesystem is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if _sync_filesystem(fd) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def rename_noreplace(
    src_folder: int | None, src: bytes, dst_folder: int | None, dst: bytes
) -> None:
    """Rename, and fail rather than replace what is there.

    Folders are descriptors, or None for names relative to the working folder (or absolute).
    Where the file system knows no exclusive rename, a hard link and an unlink do the same; where
    it knows no links either (exFAT), a look before the rename must do.

    Raises:
        FileExistsError: the new name is taken.
    """
    if _rename_exclusive is not None:
        from_fd = _AT_FDCWD if src_folder is None else src_folder
        to_fd = _AT_FDCWD if dst_folder is None else dst_folder
        if _rename_exclusive(from_fd, src, to_fd, dst, _RENAME_EXCLUSIVE) == 0:
            return
        code = ctypes.get_errno()
        if code not in _NO_EXCLUSIVE_RENAME:
            raise OSError(code, os.strerror(code), os.fsdecode(dst))
    _rename_by_link(src_folder, src, dst_folder, dst)


def _rename_by_link(src_folder: int | None, src: bytes, dst_folder: int | None, dst: bytes) -> None:
    if sys.platform == "win32":  # there os.rename never replaces, and folders have no descriptors
        os.rename(os.fsdecode(src), os.fsdecode(dst))
        return
    try:
        os.link(src, dst, src_dir_fd=src_folder, dst_dir_fd=dst_folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _rename_after_look(src_folder, src, dst_folder, dst)
    else:
        os.unlink(src, dir_fd=src_folder)


def _rename_after_look(
    src_folder: int | None, src: bytes, dst_folder: int | None, dst: bytes
) -> None:
    try:
        os.lstat(dst, dir_fd=dst_folder)
    except FileNotFoundError:
        os.rename(src, dst, src_dir_fd=src_folder, dst_dir_fd=dst_folder)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fsdecode(dst))


def _flushed(flush: Callable[[], object]) -> bool:
    try:
        flush()
    except OSError as error:
        if error.errno in _NO_FLUSH:
            return False
        raise
    return True


@contextmanager
def _written(path: Path, mode: int) -> Iterator[BinaryIO]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        fd = os.open(path, flags, mode)
    except FileExistsError as error:
        raise _exists(path) from error
    try:
        with os.fdopen(fd, "wb") as handle:
            yield handle
            handle.flush()
            sync_file(handle.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


def _publish(staged: Path, path: Path, *, replacing: bool) -> None:
    try:
        if replacing:
            os.replace(staged, path)
        else:
            rename_noreplace(None, os.fsencode(staged), None, os.fsencode(path))
    except BaseException as error:
        with suppress(OSError):
            os.unlink(staged)
        if isinstance(error, FileExistsError):
            raise _exists(path) from error
        raise


def _exists(path: Path) -> DestinationExistsError:
    return DestinationExistsError(
        f"{path}: something is there already and was left as it is; "
        "move it away or choose another name"
    )


def _exclusive_rename_call() -> _RenameCall | None:
    """Find renameat2 (glibc 2.28, Linux 3.15) or renameatx_np (macOS 10.12), typed once."""
    if sys.platform == "win32":
        return None
    name = "renameatx_np" if sys.platform == "darwin" else "renameat2"
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if call is None:
        return None
    path, number = ctypes.c_char_p, ctypes.c_int
    call.argtypes = (number, path, number, path, ctypes.c_uint)
    call.restype = number
    found: _RenameCall = call
    return found


def _filesystem_sync_call() -> Callable[[int], int] | None:
    """Find syncfs (Linux) or fsync_volume_np (macOS)."""
    if sys.platform == "win32":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        volume = getattr(libc, "fsync_volume_np", None)
        return None if volume is None else lambda fd: int(volume(fd, _SYNC_VOLUME))
    call = getattr(libc, "syncfs", None)
    if call is not None:
        call.argtypes = (ctypes.c_int,)
    found: Callable[[int], int] | None = call
    return found


_rename_exclusive = _exclusive_rename_call()
_sync_filesystem = _filesystem_sync_call()
