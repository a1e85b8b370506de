"""The folder that a container is unpacked into: nothing is ever written outside of it.

Every name is looked up in a folder that is held open, one part of the path after the other, and
no link is followed: a link that is there already, or is put there meanwhile, ends the way.
"""

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from avpres.adapters.containers.safe_names import Reason, RefusedError
from avpres.adapters.storage.folders import DescriptorFolder, Folder, open_folder, split
from avpres.adapters.storage.limits import limits_of
from avpres.adapters.storage.naming import check_name
from avpres.adapters.storage.volume import Volume
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError

_T = TypeVar("_T")
_HELD = 32  # folders kept open
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
_NEW = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_NAME = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}
_NO_WAY = {errno.ENOTDIR, errno.ELOOP}
_SETS_TIME_BY_FD = os.utime in os.supports_fd


class Landing:
    """A new folder and what was made in it."""

    def __init__(self, path: Path, volume: Volume, on_folder: Callable[[], None]) -> None:
        try:
            os.mkdir(path, _FOLDER_MODE)
        except FileExistsError as error:
            text = f"{path}: is there already and was left as it is; choose another folder"
            raise DestinationExistsError(text) from error
        except OSError as error:
            raise _refused(path, error) from error
        self.path = path
        self._root = open_folder(os.fsencode(path))
        self._limits = limits_of(volume)
        self._on_folder = on_folder
        self._held: OrderedDict[bytes, Folder] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for folder in self._held.values():
            folder.close()
        self._root.close()

    @property
    def descriptor(self) -> int | None:
        """The descriptor of the folder, where there are such."""
        return self._root.fd if isinstance(self._root, DescriptorFolder) else None

    def make_file(self, path: bytes) -> int:
        """Make a file and give its descriptor.

        Raises:
            RefusedError: it cannot be there.
            DestinationRefusedError: nothing can be written any more.
        """
        parent, name = split(path)
        return self._asked(name, lambda: self.folder(parent).open(name, _NEW, _FILE_MODE))

    def make_folder(self, path: bytes) -> None:
        """Make a folder; one that is there already is the same."""
        try:
            self.folder(path)
        except RefusedError as error:
            if error.code == Reason.THROUGH and self._is_taken(path):
                raise _taken() from error
            raise

    def make_symlink(self, path: bytes, target: bytes) -> None:
        """Make a symbolic link."""
        parent, name = split(path)
        self._asked(name, lambda: self.folder(parent).symlink(target, name))

    def make_link(self, path: bytes, target: bytes) -> bool:
        """Make a hard link; False where the file system has none, or no more."""
        parent, name = split(path)
        from_parent, old = split(target)
        source, into = self.folder(from_parent, make=False), self.folder(parent)
        if not stat.S_ISREG(self._asked(old, lambda: source.stat(old)).st_mode):
            raise RefusedError(Reason.LINK, "it is a hard link to something that is no file")
        try:
            self._asked(name, lambda: source.link(old, into, name), passing=_NO_LINK)
        except OSError:
            return False
        return True

    def open_file(self, path: bytes) -> int:
        """Open a file that was made here, for reading."""
        parent, name = split(path)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        source = self.folder(parent, make=False)
        return self._asked(name, lambda: source.open(name, flags))

    def remove(self, path: bytes) -> None:
        """Remove a file that was made here and is worth nothing."""
        parent, name = split(path)
        self.folder(parent, make=False).unlink(name)

    def set_time(self, path: bytes, mtime: int, fd: int | None = None) -> None:
        """Set the modification time of what was made; what no file system holds stays undone."""
        try:
            if fd is not None and _SETS_TIME_BY_FD:
                os.utime(fd, ns=(mtime, mtime))
            else:
                parent, name = split(path)
                self.folder(parent, make=False).set_times(name, (mtime, mtime))
        except (OSError, OverflowError, RefusedError):
            return

    def folder(self, path: bytes, *, make: bool = True) -> Folder:
        """Open a folder beneath, one part after the other, and make what is missing.

        Raises:
            RefusedError: a part is a link or a file, or cannot be made.
        """
        if not path:
            return self._root
        if path in self._held:
            self._held.move_to_end(path)
            return self._held[path]
        above, rest = self._nearest(path)
        folder = above
        for name in rest:
            try:
                inner = self._entered(folder, name, make=make)
            finally:
                if folder is not above:
                    folder.close()
            folder = inner
        self._held[path] = folder
        if len(self._held) > _HELD:
            self._held.popitem(last=False)[1].close()
        return folder

    def _nearest(self, path: bytes) -> tuple[Folder, list[bytes]]:
        """Find the nearest folder above that is held open, and the way down from it."""
        above, rest = path, list[bytes]()
        while above:
            above, name = split(above)
            rest.append(name)
            if above in self._held:
                self._held.move_to_end(above)
                return self._held[above], rest[::-1]
        return self._root, rest[::-1]

    def _entered(self, folder: Folder, name: bytes, *, make: bool) -> Folder:
        try:
            return folder.enter(name)
        except FileNotFoundError:
            if not make:
                raise RefusedError(Reason.LINK, "it points at something not unpacked") from None
        except OSError as error:
            if error.errno in _NO_WAY:
                text = "its path leads through a link or a file, where a folder should be"
                raise RefusedError(Reason.THROUGH, text) from error
            raise self._judged(error) from error
        self._asked(name, lambda: folder.mkdir(name, _FOLDER_MODE))
        self._on_folder()
        return self._entered(folder, name, make=False)

    def _is_taken(self, path: bytes) -> bool:
        parent, name = split(path)
        try:
            self.folder(parent, make=False).stat(name)
        except (OSError, RefusedError):
            return False
        return True

    def _asked(
        self, name: bytes, work: Callable[[], _T], passing: frozenset[int] = frozenset()
    ) -> _T:
        """Do something with a name, and tell what is wrong with the name from what is not."""
        if (wrong := check_name(name, self._limits)) is not None:
            raise RefusedError(Reason.NAME, f"its name {wrong}")
        try:
            return work()
        except FileExistsError:
            raise _taken() from None
        except FileNotFoundError:
            raise RefusedError(Reason.LINK, "it points at something not unpacked") from None
        except OSError as error:
            if error.errno in passing:
                raise
            raise self._judged(error) from error

    def _judged(self, error: OSError) -> Exception:
        if error.errno in _NO_NAME:
            return RefusedError(Reason.NAME, f"the file system cannot hold it: {error.strerror}")
        return _refused(self.path, error)


_NO_LINK = frozenset(
    {errno.EPERM, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
)


def _taken() -> RefusedError:
    return RefusedError(Reason.DUPLICATE, "something of this name was unpacked before it")


def _refused(path: Path, error: OSError) -> DestinationRefusedError:
    text = f"{path}: cannot be written ({error.strerror}); choose another folder"
    return DestinationRefusedError(text)
