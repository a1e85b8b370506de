"""Restored files on their way to their names: whole, flushed, never over anything."""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self

from avpres.adapters.storage import durable

JOB = "uncook"  # names staged files, so that a second run removes what a killed one left
_CHUNK = 1024 * 1024
_PERMISSIONS = 0o777  # no film makes a file that runs as somebody else
_begun: set[bytes] = set()  # staged names of this process; two frames may claim one name
_guard = Lock()


class HostileNameError(Exception):
    """A name that would lead out of the destination, or is none."""


class TakenError(Exception):
    """Something else is there under a file's name."""


def place_of(destination: Path, name: bytes) -> bytes:
    """Give the path of a file beneath the destination.

    A name may begin with `./`: RAWcooked wrote it where its reel was the folder that it ran in.

    Raises:
        HostileNameError: it is absolute, climbs up with `..`, or is no name.
    """
    parts = name.removeprefix(b"./").split(b"/")
    if name.startswith(b"/"):
        raise HostileNameError("the name is absolute")
    if b".." in parts:
        raise HostileNameError("the name climbs out of the destination with ..")
    if b"" in parts or b"." in parts or b"\0" in name:
        raise HostileNameError("the name is none that a file can have")
    if os.name == "nt" and (b"\\" in name or b":" in name):
        raise HostileNameError("the name means something else on Windows")
    return os.path.join(os.fsencode(destination), *parts)


class Landing:
    """One file that is being restored; it has its name only after `land`."""

    def __init__(self, path: bytes) -> None:
        """Begin it, in folders that are made where they are missing.

        Raises:
            HostileNameError: a link or a file stands where a folder should be.
            TakenError: another file of that name is being restored.
            OSError: the destination refuses.
        """
        self.path = path
        folder, name = os.path.split(path)
        make_folders(folder)
        staged = durable.staged_name(os.fsdecode(name), JOB)
        self._staged = os.path.join(folder, os.fsencode(staged))
        self._claim()
        try:
            self._handle = _opened(self._staged)
        except BaseException:
            self._give_back()
            raise
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.size = 0
        self._turn = Lock()

    def put(self, at: int, data: bytes | memoryview) -> None:
        """Write at a place, in any order and by any thread; `reread` digests it all in the end."""
        with self._turn:
            self._handle.seek(at)
            self._handle.write(data)

    def reread(self) -> None:
        """Digest all that was put."""
        self._handle.flush()
        with open(self._staged, "rb") as handle:
            while piece := handle.read(_CHUNK):
                self._md5.update(piece)
                self._sha256.update(piece)
                self.size += len(piece)

    def write(self, data: bytes | memoryview) -> None:
        """Write on."""
        self._handle.write(data)
        self._md5.update(data)
        self._sha256.update(data)
        self.size += len(data)

    def differs(self, size: int | None, md5: bytes | None, sha256: bytes | None) -> str:
        """Compare what was written with what is recorded; say what differs, or nothing."""
        if size is not None and size != self.size:
            return f"{self.size:,} bytes came back of {size:,}"
        if md5 and self._md5.digest() != md5:
            return "what came back has another MD5 than the file that was cooked"
        if sha256 and self._sha256.digest() != sha256:
            return "what came back has another SHA-256 than the file that was cooked"
        return ""

    def land(self, mtime_ns: int | None, mode: int | None) -> None:
        """Flush the file, give it its time and permissions, and its name.

        Raises:
            TakenError: something of that name is there.
            OSError: the destination refuses.
        """
        self._handle.flush()
        fd = self._handle.fileno()
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(fd, mode & _PERMISSIONS)
        durable.sync_file(fd)
        self._handle.close()
        if mtime_ns is not None:
            os.utime(self._staged, ns=(mtime_ns, mtime_ns))
        try:
            durable.rename_noreplace(None, self._staged, None, self.path)
        except FileExistsError as error:
            raise TakenError from error
        durable.sync_folder(Path(os.fsdecode(os.path.dirname(self.path))))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what did not land."""
        try:
            self._handle.close()
        finally:
            with suppress(FileNotFoundError):
                os.unlink(self._staged)
            self._give_back()

    def _claim(self) -> None:
        with _guard:
            if self._staged in _begun:
                raise TakenError
            _begun.add(self._staged)

    def _give_back(self) -> None:
        with _guard:
            _begun.discard(self._staged)


def _opened(staged: bytes) -> BinaryIO:
    """Make a file anew; what a killed run left of it goes."""
    with suppress(FileNotFoundError):
        os.unlink(staged)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(staged, flags, 0o666), "wb")


def is_there(path: bytes, size: int | None, md5: bytes | None, sha256: bytes | None) -> bool:
    """Say whether the very file is there already.

    Raises:
        TakenError: something else is there under its name.
        OSError: it cannot be read.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    except NotADirectoryError as error:
        raise HostileNameError("a file stands where a folder should be") from error
    if not stat.S_ISREG(found.st_mode) or (size is not None and found.st_size != size):
        raise TakenError
    if not (md5 or sha256):
        raise TakenError
    digest = hashlib.sha256() if sha256 else hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as handle:
        while piece := handle.read(_CHUNK):
            digest.update(piece)
    if digest.digest() != (sha256 or md5):
        raise TakenError
    return True


def make_folders(folder: bytes) -> None:
    """Make a folder and those above it; links beneath the destination are not followed.

    Raises:
        HostileNameError: a file stands where a folder should be.
        OSError: the destination refuses.
    """
    try:
        os.makedirs(folder, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise HostileNameError("a file stands where a folder should be") from error


def dress_folder(folder: bytes, mtime_ns: int | None, mode: int | None) -> None:
    """Give a folder its permissions and its time, when nothing more comes into it.

    Raises:
        OSError: the destination refuses.
    """
    if not stat.S_ISDIR(os.lstat(folder).st_mode):
        return  # it was told when it could not be made
    if mode is not None:
        os.chmod(folder, mode & _PERMISSIONS)
    if mtime_ns is not None:
        os.utime(folder, ns=(mtime_ns, mtime_ns))


def refuse_links(destination: Path, path: bytes) -> None:
    """Make sure that no link beneath the destination leads a file elsewhere.

    Raises:
        HostileNameError: one would.
    """
    top = os.fsencode(destination)
    folder = os.path.dirname(path)
    while len(folder) > len(top):
        if os.path.islink(folder):
            raise HostileNameError("a link stands where a folder should be")
        folder = os.path.dirname(folder)
