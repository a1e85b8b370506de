"""Getting past memory: direct reads, dropping pages, and counting that they are gone.

A read right after a write is answered from the page cache and proves nothing about the medium.
Linux: O_DIRECT, or fsync then POSIX_FADV_DONTNEED (in that order; before the fsync no page goes)
with cachestat(2) or mincore(2) to count what stayed. macOS: F_NOCACHE. Windows:
FILE_FLAG_NO_BUFFERING.
"""

import ctypes
import errno
import mmap
import os
import sys
from functools import cache

from avpres.adapters.storage.folders import Folder, PathFolder

BLOCK = 8 * 1024 * 1024  # bytes; one direct read or write. Larger gave no gain
ALIGNMENT = 4096  # bytes; every direct length and offset is a multiple of it
_CACHESTAT = 451  # system call number on every architecture, since Linux 6.5
_F_NOCACHE = 48  # <sys/fcntl.h>, macOS
O_DIRECT: int = getattr(os, "O_DIRECT", 0)
READ: int = (  # a pipe that takes a file's place must not block
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
_REFUSES_DIRECT = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP})


class _Range(ctypes.Structure):
    _fields_ = (("offset", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _Pages(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint64)
        for name in ("cached", "dirty", "writeback", "evicted", "recently_evicted")
    )


_WHOLE = _Range(0, 0)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _cachestat_works() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    with open("/proc/self/exe", "rb") as known:
        return _cachestat(known.fileno()) is not None


def _cachestat(fd: int) -> int | None:
    pages = _Pages()
    status = _libc().syscall(_CACHESTAT, fd, ctypes.byref(_WHOLE), ctypes.byref(pages), 0)
    return None if status else pages.cached + pages.writeback


def _mincore(fd: int, size: int) -> int | None:
    """Count resident pages through a mapping; works on overlayfs and on kernels before 6.5."""
    address = _address(fd, size)
    if address is None:
        return None
    flags = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
    try:
        if _libc().mincore(ctypes.c_void_p(address), ctypes.c_size_t(size), flags):
            return None
    finally:
        _libc().munmap(ctypes.c_void_p(address), ctypes.c_size_t(size))
    return sum(flag & 1 for flag in flags)


def _address(fd: int, size: int) -> int | None:
    """Map a file for reading; Python's own read-only maps do not tell their address."""
    call = _libc().mmap
    call.restype = ctypes.c_void_p
    address = call(
        None, ctypes.c_size_t(size), mmap.PROT_READ, mmap.MAP_SHARED, fd, ctypes.c_int64(0)
    )
    return None if address in {None, ctypes.c_void_p(-1).value} else int(address)


def drop(fd: int) -> None:
    """Ask the kernel to forget a file's clean pages."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def want(fd: int) -> None:
    """Ask the kernel to begin reading a file now."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_WILLNEED)


def is_gone(fd: int, size: int) -> bool:
    """Tell whether not one page of a file is in memory; False where that cannot be counted."""
    if size == 0:
        return True
    if _cachestat_works():
        return _cachestat(fd) == 0
    if sys.platform.startswith("linux"):
        return _mincore(fd, size) == 0
    return False


def evict(fd: int, size: int) -> bool:
    """Drop a file's pages and tell whether all are gone; dirty ones are flushed first."""
    drop(fd)
    if is_gone(fd, size):
        return True
    os.fsync(fd)
    drop(fd)
    return is_gone(fd, size)


def open_direct(folder: Folder, name: bytes, flags: int = READ) -> tuple[int, bool]:
    """Open a file past the page cache if its file system can.

    Returns:
        The descriptor, and whether reads of it bypass the cache.
    """
    if sys.platform == "darwin":
        fd = folder.open(name, flags)
        import fcntl

        fcntl.fcntl(fd, _F_NOCACHE, 1)
        return fd, True
    if sys.platform == "win32" and isinstance(folder, PathFolder):
        return _open_unbuffered(folder.at(name)), True
    if not O_DIRECT:
        return folder.open(name, flags), False
    try:
        return folder.open(name, flags | O_DIRECT), True
    except OSError as error:
        if error.errno not in _REFUSES_DIRECT:
            raise
        return folder.open(name, flags), False


def _open_unbuffered(path: bytes) -> int:
    """Open for reading with FILE_FLAG_NO_BUFFERING and FILE_FLAG_SEQUENTIAL_SCAN (Windows)."""
    import msvcrt

    generic_read, share_read, open_existing = 0x80000000, 0x1, 3
    no_buffering, sequential = 0x20000000, 0x08000000
    create = ctypes.windll.kernel32.CreateFileW  # type: ignore[attr-defined]
    create.restype = ctypes.c_void_p
    handle = create(
        os.fsdecode(path),
        generic_read,
        share_read,
        None,
        open_existing,
        no_buffering | sequential,
        0,
    )
    if handle in {None, ctypes.c_void_p(-1).value}:
        raise ctypes.WinError()  # type: ignore[attr-defined]
    return int(msvcrt.open_osfhandle(handle, os.O_RDONLY))  # type: ignore[attr-defined]


def buffer(size: int = BLOCK) -> memoryview:
    """Make a buffer that is aligned for direct I/O."""
    return memoryview(mmap.mmap(-1, size))


def read_into(fd: int, view: memoryview, offset: int) -> int:
    """Fill a buffer from a place in a file.

    Fewer bytes may come: at the end of the file, or in front of an odd place, where a direct
    read may not begin. The caller knows the size and asks again or finds the file cut.
    """
    filled = 0
    while filled < len(view):
        count = _read_at(fd, view[filled:], offset + filled)
        filled += count
        if count == 0 or filled % ALIGNMENT:
            break
    return filled


def _read_at(fd: int, view: memoryview, offset: int) -> int:
    if hasattr(os, "preadv"):
        return os.preadv(fd, [view], offset)
    os.lseek(fd, offset, os.SEEK_SET)
    with open(fd, "rb", buffering=0, closefd=False) as raw:
        return raw.readinto(view) or 0
