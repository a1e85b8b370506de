"""Folders held open while files are brought from trees into a tree: no link in them is followed."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from avpres.adapters.storage.folders import Folder, open_folder, split


def components(path: str) -> tuple[bytes, bytes] | None:
    """Take a relative path apart into folder and name; None for one that could lead elsewhere."""
    raw = os.fsencode(path)
    if b"\0" in raw or any(part in {b"", b".", b".."} for part in raw.split(b"/")):
        return None
    return split(raw)


def most_folders() -> int:
    """Say how many folders a batch may have open on each side."""
    try:
        import resource
    except ImportError:
        return 256
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1024 if soft == resource.RLIM_INFINITY else max(8, min(1024, (soft - 200) // 2))


class _Held:
    """Folders that are closed together."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


class Sources(_Held):
    """The folders that files come from."""

    def __init__(self) -> None:
        super().__init__()
        self._roots: dict[Path, Folder] = {}
        self._folders: dict[tuple[Path, bytes, bytes], Folder] = {}

    def enter(self, root: Path, folder: bytes, destination: bytes) -> Folder:
        """Open a folder below a root, one object for each folder that its files go to.

        Worker processes are handed files by folder, and write those of one task into one folder.

        Raises:
            OSError: it is not there, or is a link.
        """
        found = self._folders.get((root, folder, destination))
        if found is None:
            found = self._stack.enter_context(_entered(self._root(root), folder))
            self._folders[root, folder, destination] = found
        return found

    def _root(self, root: Path) -> Folder:
        if root not in self._roots:
            opened = self._stack.enter_context(open_folder(os.fsencode(root)))
            self._roots[root] = opened
        return self._roots[root]


class Landing(_Held):
    """The folders of a tree in the making; those that are missing are made."""

    def __init__(self, root: Folder) -> None:
        super().__init__()
        self._root = root
        self._folders: dict[bytes, tuple[Folder, bool]] = {}

    def enter(self, folder: bytes) -> tuple[Folder, bool]:
        """Open a folder of the tree, and say whether it was there before.

        Raises:
            OSError: it cannot be made, or something else has its name.
        """
        found = self._folders.get(folder)
        if found is None:
            was_there = _made(self._root, folder)
            found = self._stack.enter_context(_entered(self._root, folder)), was_there
            self._folders[folder] = found
        return found


def _entered(root: Folder, folder: bytes) -> Folder:
    """Open a folder one name at a time: only the last name of a path is kept from being a link."""
    here = root.enter(b"")
    for name in filter(None, folder.split(b"/")):
        try:
            inner = here.enter(name)
        finally:
            here.close()
        here = inner
    return here


def _made(root: Folder, folder: bytes) -> bool:
    """Make a folder and those above it; say whether it was there."""
    if not folder:
        return True
    try:
        _entered(root, folder).close()
    except FileNotFoundError:
        above, name = split(folder)
        _made(root, above)
        with _entered(root, above) as parent, contextlib.suppress(FileExistsError):
            parent.mkdir(name, 0o777)
        return False
    return True
