r"""Folders held open, so that names are looked up in them and paths may be of any length.

On POSIX a folder is a descriptor and every call is relative to it: a path beyond PATH_MAX works,
and a folder that is renamed or swapped for a link in the middle of a copy cannot lead astray.
Windows has no such calls; there a folder is an extended-length path (`\\?\C:\…`).
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from typing import Protocol, Self

from avpres.adapters.storage.durable import rename_noreplace

SLICE = 3000  # bytes of path handed to one system call; PATH_MAX is 4096 with its NUL
_WINDOWS = sys.platform == "win32"
_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_NOATIME: int = getattr(os, "O_NOATIME", 0)
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NOFOLLOW | getattr(os, "O_CLOEXEC", 0)


class Folder(Protocol):
    """A folder in which names are looked up. Names are bytes without a separator."""

    path: bytes

    def open(self, name: bytes, flags: int, mode: int = 0o600) -> int:
        """Open a file and give its descriptor."""

    def stat(self, name: bytes) -> os.stat_result:
        """Describe what a name stands for, without following a link."""

    def mkdir(self, name: bytes, mode: int) -> None:
        """Make a folder."""

    def unlink(self, name: bytes) -> None:
        """Remove a name that avpres itself made."""

    def replace(self, name: bytes, other: "Folder", new: bytes) -> None:
        """Rename, taking the place of what is there."""

    def rename(self, name: bytes, other: "Folder", new: bytes) -> None:
        """Rename, and fail when the new name is taken."""

    def link(self, name: bytes, other: "Folder", new: bytes) -> None:
        """Make a hard link."""

    def symlink(self, target: bytes, name: bytes) -> None:
        """Make a symbolic link."""

    def readlink(self, name: bytes) -> bytes:
        """Read where a symbolic link points."""

    def set_times(self, name: bytes, times: tuple[int, int]) -> None:
        """Set access and modification time (nanoseconds) of a name, not following a link."""

    def set_mode(self, name: bytes, mode: int) -> None:
        """Set the permission bits of a name."""

    def scandir(self) -> Iterator["os.DirEntry[bytes]"]:
        """List what is in the folder."""

    def enter(self, relative: bytes, *, follow: bool = False) -> "Folder":
        """Open a folder beneath this one; `relative` may have many components."""

    def close(self) -> None:
        """Let go of the folder."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


class _Closing:
    """Lets folders stand in `with` statements."""

    def close(self) -> None:
        """Let go of the folder."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class DescriptorFolder(_Closing):
    """A folder held by its descriptor (POSIX)."""

    __slots__ = ("fd", "path")

    def __init__(self, fd: int, path: bytes) -> None:
        self.fd = fd
        self.path = path

    def open(self, name: bytes, flags: int, mode: int = 0o600) -> int:
        """Open a file and give its descriptor."""
        return os.open(name, flags, mode, dir_fd=self.fd)

    def stat(self, name: bytes) -> os.stat_result:
        """Describe what a name stands for, without following a link."""
        return os.stat(name, dir_fd=self.fd, follow_symlinks=False)

    def mkdir(self, name: bytes, mode: int) -> None:
        """Make a folder."""
        os.mkdir(name, mode, dir_fd=self.fd)

    def unlink(self, name: bytes) -> None:
        """Remove a name that avpres itself made."""
        os.unlink(name, dir_fd=self.fd)

    def replace(self, name: bytes, other: Folder, new: bytes) -> None:
        """Rename, taking the place of what is there."""
        os.replace(name, new, src_dir_fd=self.fd, dst_dir_fd=descriptor(other))

    def rename(self, name: bytes, other: Folder, new: bytes) -> None:
        """Rename, and fail when the new name is taken."""
        rename_noreplace(self.fd, name, descriptor(other), new)

    def link(self, name: bytes, other: Folder, new: bytes) -> None:
        """Make a hard link."""
        os.link(name, new, src_dir_fd=self.fd, dst_dir_fd=descriptor(other), follow_symlinks=False)

    def symlink(self, target: bytes, name: bytes) -> None:
        """Make a symbolic link."""
        os.symlink(target, name, dir_fd=self.fd)

    def readlink(self, name: bytes) -> bytes:
        """Read where a symbolic link points."""
        return os.readlink(name, dir_fd=self.fd)

    def set_times(self, name: bytes, times: tuple[int, int]) -> None:
        """Set access and modification time (nanoseconds) of a name, not following a link."""
        os.utime(name, ns=times, dir_fd=self.fd, follow_symlinks=False)

    def set_mode(self, name: bytes, mode: int) -> None:
        """Set the permission bits of a name."""
        os.chmod(name, mode, dir_fd=self.fd)

    def scandir(self) -> Iterator["os.DirEntry[bytes]"]:
        """List what is in the folder."""
        with os.scandir(self.fd) as entries:
            for entry in entries:
                yield _with_bytes(entry)

    def enter(self, relative: bytes, *, follow: bool = False) -> "DescriptorFolder":
        """Open a folder beneath this one; `relative` may have many components."""
        fd = self.fd
        flags = _OPEN_FOLDER & ~_NOFOLLOW if follow else _OPEN_FOLDER
        for piece in pieces(relative):
            try:
                inner = open_unseen(piece, flags, dir_fd=fd)
            finally:
                if fd != self.fd:
                    os.close(fd)
            fd = inner
        path = os.path.join(self.path, relative) if relative else self.path
        return DescriptorFolder(os.dup(fd) if fd == self.fd else fd, path)

    def close(self) -> None:
        """Let go of the folder."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class PathFolder(_Closing):
    """A folder known by its path (Windows, and wherever descriptors cannot name folders)."""

    __slots__ = ("path",)

    def __init__(self, path: bytes) -> None:
        self.path = path

    def at(self, name: bytes) -> bytes:
        """Give the path of a name in this folder."""
        return os.path.join(self.path, name)

    def open(self, name: bytes, flags: int, mode: int = 0o600) -> int:
        """Open a file and give its descriptor."""
        return os.open(self.at(name), flags | getattr(os, "O_BINARY", 0), mode)

    def stat(self, name: bytes) -> os.stat_result:
        """Describe what a name stands for, without following a link."""
        return os.lstat(self.at(name))

    def mkdir(self, name: bytes, mode: int) -> None:
        """Make a folder."""
        os.mkdir(self.at(name), mode)

    def unlink(self, name: bytes) -> None:
        """Remove a name that avpres itself made."""
        os.unlink(self.at(name))

    def replace(self, name: bytes, other: Folder, new: bytes) -> None:
        """Rename, taking the place of what is there."""
        os.replace(self.at(name), _path_of(other, new))

    def rename(self, name: bytes, other: Folder, new: bytes) -> None:
        """Rename, and fail when the new name is taken."""
        rename_noreplace(None, self.at(name), None, _path_of(other, new))

    def link(self, name: bytes, other: Folder, new: bytes) -> None:
        """Make a hard link."""
        os.link(self.at(name), _path_of(other, new))

    def symlink(self, target: bytes, name: bytes) -> None:
        """Make a symbolic link."""
        os.symlink(target, self.at(name))

    def readlink(self, name: bytes) -> bytes:
        """Read where a symbolic link points."""
        return os.readlink(self.at(name))

    def set_times(self, name: bytes, times: tuple[int, int]) -> None:
        """Set access and modification time (nanoseconds) of a name, not following a link."""
        follow = os.utime not in os.supports_follow_symlinks
        os.utime(self.at(name), ns=times, follow_symlinks=follow)

    def set_mode(self, name: bytes, mode: int) -> None:
        """Set the permission bits of a name."""
        os.chmod(self.at(name), mode)

    def scandir(self) -> Iterator["os.DirEntry[bytes]"]:
        """List what is in the folder."""
        with os.scandir(self.path) as entries:
            yield from entries

    def enter(self, relative: bytes, *, follow: bool = False) -> "PathFolder":
        """Open a folder beneath this one; `relative` may have many components."""
        path = self.at(relative.replace(b"/", os.fsencode(os.sep))) if relative else self.path
        if not stat.S_ISDIR(os.stat(path, follow_symlinks=follow or not relative).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return PathFolder(path)


class _NamedEntry:
    """A directory entry whose name is bytes: `os.scandir` of a descriptor gives text."""

    __slots__ = ("_entry", "name")

    def __init__(self, entry: "os.DirEntry[str]") -> None:
        self._entry = entry
        self.name = os.fsencode(entry.name)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return self._entry.stat(follow_symlinks=follow_symlinks)

    def inode(self) -> int:
        return self._entry.inode()

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._entry.is_dir(follow_symlinks=follow_symlinks)


def _with_bytes(entry: "os.DirEntry[str]") -> "os.DirEntry[bytes]":
    return _NamedEntry(entry)  # type: ignore[return-value]


def open_folder(path: bytes) -> Folder:
    """Open a folder by its path, links in it followed.

    `AVPRES_FOLDERS=paths` has folders known by their paths, as on Windows, also where they could
    be held open: for file systems whose descriptors misbehave. Paths then end at PATH_MAX.

    Raises:
        OSError: it is not there, is no folder, or may not be entered.
    """
    if _by_path():
        folder = PathFolder(extended(os.path.abspath(path)))
        return folder.enter(b"", follow=True)
    return DescriptorFolder(open_unseen(path, _OPEN_FOLDER & ~_NOFOLLOW), os.path.abspath(path))


def _by_path() -> bool:
    if _WINDOWS or os.open not in os.supports_dir_fd:
        return True
    return os.environ.get("AVPRES_FOLDERS") == "paths"


def open_unseen(path: bytes, flags: int, *, dir_fd: int | None = None) -> int:
    """Open a file or folder so that reading it leaves no trace in its access time.

    Only its owner and root may ask for that; for others the system notes the access.
    """
    try:
        return os.open(path, flags | _NOATIME, dir_fd=dir_fd)
    except PermissionError as error:
        if error.errno != errno.EPERM:
            raise
        return os.open(path, flags, dir_fd=dir_fd)


def extended(path: bytes) -> bytes:
    """Give the extended-length form that lifts Windows' limit of 260 characters."""
    if not _WINDOWS or path.startswith(b"\\\\?\\"):
        return path
    full = os.path.abspath(path)
    if full.startswith(b"\\\\"):
        return b"\\\\?\\UNC" + full[1:]
    return b"\\\\?\\" + full


def descriptor(folder: Folder) -> int:
    """Give the descriptor of a folder that is held by one."""
    if not isinstance(folder, DescriptorFolder):
        raise TypeError("this folder has no descriptor")
    return folder.fd


def pieces(relative: bytes) -> Iterator[bytes]:
    """Cut a relative path into pieces that one system call takes."""
    while len(relative) > SLICE:
        cut = relative.rindex(b"/", 0, SLICE)
        yield relative[:cut]
        relative = relative[cut + 1 :]
    if relative:
        yield relative


def join(folder: bytes, name: bytes) -> bytes:
    """Write the relative path of a name in a relative folder; the root is empty."""
    return folder + b"/" + name if folder else name


def split(path: bytes) -> tuple[bytes, bytes]:
    """Take a relative path apart into folder and name."""
    folder, _, name = path.rpartition(b"/")
    return folder, name


def _path_of(folder: Folder, name: bytes) -> bytes:
    if not isinstance(folder, PathFolder):
        raise TypeError("this folder has no path")
    return folder.at(name)
