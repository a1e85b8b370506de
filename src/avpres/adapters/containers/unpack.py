"""Unpacking a container entry by entry: what is safe is written, the rest refused and told."""

import errno
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.containers.container import Container
from avpres.adapters.containers.landing import Landing
from avpres.adapters.containers.member import (
    CHUNK,
    DamagedContainerError,
    Member,
    MemberKind,
    Reader,
)
from avpres.adapters.containers.safe_names import (
    Reason,
    RefusedError,
    check_kind,
    check_link,
    checked,
)
from avpres.adapters.containers.unpack_limits import TooMuchError, UnpackLimits
from avpres.adapters.storage.durable import sync_file, sync_filesystem
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.storage.volume import free_space, volume_of
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import Algorithm, Digest

__all__ = ["Refused", "TooMuchError", "UnpackLimits", "UnpackTotals", "Unpacked", "unpack"]

_SPOOLED = 1024 * 1024
_TIME = struct.Struct("<Lq")  # length of a path and its time


class Refused(NamedTuple):
    """A member that was not unpacked: a reason code and a sentence."""

    member: Member
    code: str
    message: str


class Unpacked(NamedTuple):
    """A member that was unpacked; `path` is relative to the folder."""

    path: bytes
    member: Member
    size: int
    digests: tuple[Digest, ...]


@dataclass(slots=True)
class UnpackTotals:
    """What was made; `content` in bytes."""

    files: int = 0
    folders: int = 0
    links: int = 0
    content: int = 0
    refused: int = 0


def unpack(  # noqa: PLR0913 - each is one property of the unpacking
    container: Container,
    folder: Path,
    *,
    on_refused: Callable[[Refused], None],
    limits: UnpackLimits | None = None,
    wanted: Callable[[bytes], bool] | None = None,
    algorithms: Iterable[Algorithm] = (),
    on_unpacked: Callable[[Unpacked], None] | None = None,
) -> UnpackTotals:
    """Unpack a container into a folder that is not there yet, and flush it to the medium.

    Whatever is raised, the folder stays as far as it came: the caller stages and removes it.

    Args:
        container: opened by `open_container`, whose `tell` hears of damage.
        folder: made here; its parent must be there.
        on_refused: called with each member that is not unpacked, and why.
        limits: how much may come out.
        wanted: asked for each path, without `./`; None for all. Refusals are told of wanted
            members alone, but of those whose path is unsafe always.
        algorithms: digests taken while files are written.
        on_unpacked: called with each file, folder and link that was made.

    Raises:
        DestinationExistsError: the folder is there.
        DestinationRefusedError: it cannot be written, or the volume is full.
        TooMuchError: the container holds more than the limits allow.
    """
    work = _Unpacking(folder, limits or UnpackLimits(), tuple(algorithms), on_unpacked)
    with work.landing, tempfile.SpooledTemporaryFile(_SPOOLED) as times:
        for member, reader in container.walk():
            try:
                path = checked(member.path)
                if path and (wanted is None or wanted(path)):
                    work.take(path, member, reader)
                    if member.kind is MemberKind.FOLDER and member.mtime is not None:
                        _note(times.write, path, member.mtime)
            except RefusedError as error:
                work.totals.refused += 1
                on_refused(Refused(member, error.code, error.message))
        times.seek(0)
        for path, mtime in _noted(times.read):
            work.landing.set_time(path, mtime)
        _flush(work.landing)
    return work.totals


def _note(write: Callable[[bytes], int], path: bytes, mtime: int) -> None:
    """Keep a folder's time until everything is in it."""
    with suppress(struct.error):  # a time that no file system holds
        write(_TIME.pack(len(path), mtime) + path)


def _noted(read: Callable[[int], bytes]) -> Iterator[tuple[bytes, int]]:
    while head := read(_TIME.size):
        length, mtime = _TIME.unpack(head)
        yield read(length), mtime


class _Unpacking:
    """One container on its way to the disk."""

    def __init__(
        self,
        folder: Path,
        limits: UnpackLimits,
        algorithms: tuple[Algorithm, ...],
        on_unpacked: Callable[[Unpacked], None] | None,
    ) -> None:
        self.totals = UnpackTotals()
        self._limits = limits
        self._algorithms = algorithms
        self._on_unpacked = on_unpacked
        volume = volume_of(folder.parent)
        free = free_space(volume)
        self._free = free.available if free.trusted else None
        self._flushes_each = not volume.syncfs_is_enough
        self.landing = Landing(folder, volume, self._count)
        self._made = 0

    def take(self, path: bytes, member: Member, reader: Reader) -> None:
        """Make what a member stands for."""
        check_kind(member)
        size, digests = 0, tuple[Digest, ...]()
        match member.kind:
            case MemberKind.FOLDER:
                self.landing.make_folder(path)
                self.totals.folders += 1
            case MemberKind.FILE:
                size, digests = self._file(path, member, reader)
            case MemberKind.SYMLINK:
                self._symlink(path, member)
            case MemberKind.HARDLINK:
                size, digests = self._hard_link(path, member)
        if self._on_unpacked is not None:
            self._on_unpacked(Unpacked(path, member, size, digests))

    def _file(self, path: bytes, member: Member, reader: Reader) -> tuple[int, tuple[Digest, ...]]:
        fd = self.landing.make_file(path)
        try:
            self._count()
            written = self._written(fd, reader)
            if member.mtime is not None:
                self.landing.set_time(path, member.mtime, fd)
            if self._flushes_each:
                self._flush_file(fd)
        except DamagedContainerError as error:
            self.landing.remove(path)
            raise RefusedError(error.problem.code, error.problem.message) from error
        finally:
            os.close(fd)
        self.totals.files += 1
        return written

    def _written(self, fd: int, reader: Reader) -> tuple[int, tuple[Digest, ...]]:
        hasher, size = MultiHasher(self._algorithms), 0
        while data := reader.read(CHUNK):
            self._reckon(len(data))
            hasher.update(data)
            self._put(fd, data)
            size += len(data)
        return size, hasher.digests()

    def _put(self, fd: int, data: bytes) -> None:
        try:
            done = os.write(fd, data)
            while done < len(data):
                done += os.write(fd, memoryview(data)[done:])
        except OSError as error:
            text = f"{self.landing.path}: cannot be written ({error.strerror}); choose another"
            raise DestinationRefusedError(text) from error

    def _flush_file(self, fd: int) -> None:
        try:
            sync_file(fd)
        except OSError as error:
            raise _unflushed(self.landing, error) from error

    def _symlink(self, path: bytes, member: Member) -> None:
        check_link(path, member.target)
        self.landing.make_symlink(path, member.target)
        self._count()
        self.totals.links += 1
        if member.mtime is not None:
            self.landing.set_time(path, member.mtime)

    def _hard_link(self, path: bytes, member: Member) -> tuple[int, tuple[Digest, ...]]:
        try:
            target = checked(member.target)
        except RefusedError as error:
            text = f"it is a hard link that leads outside: {error.message}"
            raise RefusedError(Reason.LINK, text) from error
        is_linked = self.landing.make_link(path, target)
        self._count()
        self.totals.files += 1
        reader = _Made(self.landing.open_file(target))
        try:
            if is_linked:
                return self._read(reader)
            fd = self.landing.make_file(path)
            try:
                written = self._written(fd, reader)
                self._flush_file(fd)
                return written
            finally:
                os.close(fd)
        finally:
            reader.close()

    def _read(self, reader: Reader) -> tuple[int, tuple[Digest, ...]]:
        hasher, size = MultiHasher(self._algorithms), 0
        while data := reader.read(CHUNK):
            hasher.update(data)
            size += len(data)
        return size, hasher.digests()

    def _reckon(self, size: int) -> None:
        """Count bytes before they are written."""
        self.totals.content += size
        most = self._limits.total
        if most is not None and self.totals.content > most:
            raise TooMuchError(
                f"more than {most} bytes come out of the container, which is the limit; "
                "if it is to be trusted, allow more with --max"
            )
        if most is None and self._free is not None and self.totals.content > self._free:
            raise DestinationRefusedError(
                f"{self.landing.path}: more comes out of the container than the {self._free} "
                "bytes that are free; use another volume"
            )

    def _count(self) -> None:
        self._made += 1
        if self._made > self._limits.members:
            raise TooMuchError(
                f"more than {self._limits.members} members come out of the container, which is "
                "the limit"
            )


class _Made:
    """A file that was unpacked, read again."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self, size: int) -> bytes:
        """Give the next bytes."""
        return os.read(self._fd, size)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)


def _flush(landing: Landing) -> None:
    """Bring everything to the medium with one call, where the system has it."""
    fd = landing.descriptor
    if fd is None:
        return
    try:
        sync_filesystem(fd)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise _unflushed(landing, error) from error


def _unflushed(landing: Landing, error: OSError) -> DestinationRefusedError:
    text = f"{landing.path}: cannot be flushed ({error.strerror}); do not trust what is there"
    return DestinationRefusedError(text)
