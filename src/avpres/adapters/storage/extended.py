"""Extended attributes, ACLs, resource forks and alternate streams of one file to another.

Linux: every attribute that may be read, POSIX ACLs among them; not `security.*` and `trusted.*`,
which belong to the machine, and not what LTFS computes. macOS: all attributes; resource forks and
Finder data are such (ACLs are not; `ditto` keeps those). Windows: alternate data streams.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Iterator

from avpres.adapters.storage.folders import Folder, PathFolder

_NOT_OURS = ("security.", "trusted.", "user.ltfs.", "ltfs.")
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_STREAM_PIECE = 1024 * 1024  # bytes


def copy_attributes(
    source: Folder, name: bytes, target: Folder, new: bytes, *, follow: bool = False
) -> Iterator[tuple[str, OSError]]:
    """Copy what a file or folder carries beside its content and yield what could not be kept.

    Args:
        source: the folder of the one that has the attributes.
        name: of that one.
        target: the folder of the one that gets them.
        new: of that one.
        follow: whether `name` may be a link, which then stands for what it points to.
    """
    if sys.platform == "win32":
        yield from _copy_streams(source, name, target, new)
        return
    from_fd = _open_source(source, name, follow=follow)
    try:
        to_fd = target.open(new, _READ)
        try:
            for attribute in _names(from_fd):
                if not attribute.startswith(_NOT_OURS):
                    yield from _copy_one(from_fd, to_fd, attribute)
        finally:
            os.close(to_fd)
    finally:
        os.close(from_fd)


def has_attributes(
    source: Folder, name: bytes, target: Folder, new: bytes, *, follow: bool = False
) -> bool:
    """Tell whether a copy already carries what its source carries beside its content."""
    if sys.platform == "win32":
        return False
    from_fd = _open_source(source, name, follow=follow)
    try:
        wanted = [n for n in _names(from_fd) if not n.startswith(_NOT_OURS)]
        if not wanted:
            return True
        to_fd = target.open(new, _READ)
        try:
            there = set(_names(to_fd))
            return all(n in there and _get(to_fd, n) == _get(from_fd, n) for n in wanted)
        finally:
            os.close(to_fd)
    finally:
        os.close(from_fd)


def _open_source(source: Folder, name: bytes, *, follow: bool) -> int:
    return source.open(name, _READ & ~getattr(os, "O_NOFOLLOW", 0) if follow else _READ)


def _copy_one(from_fd: int, to_fd: int, attribute: str) -> Iterator[tuple[str, OSError]]:
    try:
        value = _get(from_fd, attribute)
        _set(to_fd, attribute, value)
        kept = _get(to_fd, attribute)
    except OSError as error:
        yield attribute, error
        return
    if kept != value:
        yield attribute, OSError(errno.EIO, "it came back different")


def _names(fd: int) -> list[str]:
    if sys.platform == "linux":
        return os.listxattr(fd)
    size = _mac().flistxattr(fd, None, ctypes.c_size_t(0), 0)
    if size <= 0:
        return []
    names = ctypes.create_string_buffer(size)
    size = _mac().flistxattr(fd, names, ctypes.c_size_t(size), 0)
    return [os.fsdecode(n) for n in names.raw[: max(size, 0)].split(b"\0") if n]


def _get(fd: int, attribute: str) -> bytes:
    if sys.platform == "linux":
        return os.getxattr(fd, attribute)
    key = os.fsencode(attribute)
    size = _checked(_mac().fgetxattr(fd, key, None, ctypes.c_size_t(0), 0, 0))
    value = ctypes.create_string_buffer(size)
    size = _checked(_mac().fgetxattr(fd, key, value, ctypes.c_size_t(size), 0, 0))
    return value.raw[:size]


def _set(fd: int, attribute: str, value: bytes) -> None:
    if sys.platform == "linux":
        os.setxattr(fd, attribute, value)
        return
    key = os.fsencode(attribute)
    _checked(_mac().fsetxattr(fd, key, value, ctypes.c_size_t(len(value)), 0, 0))


def _mac() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _copy_streams(
    source: Folder, name: bytes, target: Folder, new: bytes
) -> Iterator[tuple[str, OSError]]:
    if not isinstance(source, PathFolder) or not isinstance(target, PathFolder):
        return
    path, copy = os.fsdecode(source.at(name)), os.fsdecode(target.at(new))
    for stream in _streams(path):
        try:
            with open(path + stream, "rb") as old, open(copy + stream, "wb") as fresh:
                while piece := old.read(_STREAM_PIECE):
                    fresh.write(piece)
        except OSError as error:
            yield stream, error


class _Stream(ctypes.Structure):
    _fields_ = (("size", ctypes.c_int64), ("name", ctypes.c_wchar * 296))


def _streams(path: str) -> Iterator[str]:
    """Yield the alternate streams of a file, as `:name:$DATA` (FindFirstStreamW)."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.FindFirstStreamW.restype = ctypes.c_void_p
    found = _Stream()
    handle = kernel.FindFirstStreamW(path, 0, ctypes.byref(found), 0)
    if handle in {None, ctypes.c_void_p(-1).value}:
        return
    try:
        while True:
            if found.name != "::$DATA":
                yield found.name
            if not kernel.FindNextStreamW(ctypes.c_void_p(handle), ctypes.byref(found)):
                return
    finally:
        kernel.FindClose(ctypes.c_void_p(handle))
