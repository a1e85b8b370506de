"""Opening what others packed: the kind is told by content, not by name."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from avpres.adapters.containers.forward import (
    BZIP2,
    FORMS,
    GZIP,
    XZ,
    ZSTD,
    Decompressed,
    FileForward,
    Form,
    Forward,
)
from avpres.adapters.containers.member import (
    ContainerKind,
    DamagedContainerError,
    Member,
    Problem,
    Reader,
    Tell,
)
from avpres.adapters.containers.seven import SevenZip
from avpres.adapters.containers.tar_read import BLOCK, TarWalk, read_at
from avpres.adapters.containers.zip_read import ZipWalk, read_entry
from avpres.adapters.validators.tar_header import has_checksum
from avpres.domain.errors import NotConformantError, SourceUnreadableError, UsageError

BUFFER = 256 * 1024
RATIO = 1000
"""Bytes that may come out of each one that goes in, once there is a GiB of them."""

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_HEAD = 2 * BLOCK


_COMPRESSED = {
    ContainerKind.TAR_GZ: GZIP,
    ContainerKind.TAR_BZ2: BZIP2,
    ContainerKind.TAR_XZ: XZ,
    ContainerKind.TAR_ZST: ZSTD,
}
_KIND_OF = {form.name: kind for kind, form in _COMPRESSED.items()}


class Container(Protocol):
    """A container that is open for reading."""

    path: Path
    kind: ContainerKind
    size: int
    has_random_access: bool

    def walk(self) -> Iterator[tuple[Member, Reader]]:
        """Yield every member with its data, in one pass; may be called again.

        A reader is good until the next member. What is wrong is told, and ends the walk only
        where nothing behind it can be found.
        """

    def read(self, member: Member) -> Reader:
        """Give the data of a member that a walk or an index told of.

        Raises:
            UsageError: the form has no random access; walk through it.
        """

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


class _File:
    """What all containers share: a file, held open."""

    def __init__(self, path: Path, kind: ContainerKind, tell: Tell, ratio: int | None) -> None:
        self.path = path
        self.kind = kind
        self.has_random_access = kind in {ContainerKind.TAR, ContainerKind.ZIP}
        self._tell = tell
        self._ratio = ratio
        self._handle = _open(path)
        self._aside: BinaryIO | None = None
        self.size = os.fstat(self._handle.fileno()).st_size

    def close(self) -> None:
        """Let go of the file."""
        self._handle.close()
        if self._aside is not None:
            self._aside.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _beside(self) -> BinaryIO:
        """Give a handle of its own for reads that do not disturb a walk."""
        if self._aside is None:
            self._aside = _open(self.path)
        return self._aside


class _Tar(_File):
    """A tar, compressed or not."""

    def walk(self) -> Iterator[tuple[Member, Reader]]:
        """Yield every member with its data, in one pass."""
        self._handle.seek(0)
        stream: Forward = FileForward(self._handle)
        if self.kind is not ContainerKind.TAR:
            stream = Decompressed(self._handle, _COMPRESSED[self.kind], self._tell, self._ratio)
        return iter(TarWalk(stream, self._tell))

    def read(self, member: Member) -> Reader:
        """Give the data of a member that a walk or an index told of."""
        if self.kind is not ContainerKind.TAR or member.offset is None:
            raise UsageError(
                f"{self.path}: a compressed tar has no way to a single member; "
                "walk through it or unpack it"
            )
        return read_at(FileForward(self._beside(), member.offset), member)


class _Zip(_File):
    """A zip."""

    def walk(self) -> Iterator[tuple[Member, Reader]]:
        """Yield every member with its data, in the order of the directory."""
        return iter(ZipWalk(self._handle, self._tell, self._ratio))

    def read(self, member: Member) -> Reader:
        """Give the data of a member that a walk told of."""
        return read_entry(self._beside(), member, self._ratio)


def open_container(path: Path, tell: Tell, *, ratio: int | None = RATIO) -> Container:
    """Open a container for reading.

    Args:
        path: the file.
        tell: called with each thing that is wrong with it, while it is read.
        ratio: the largest expansion that is not taken for a bomb; None for any.

    Raises:
        SourceUnreadableError: the file cannot be read.
        NotConformantError: it is no container that avpres knows.
        ToolMissingError: it is one that needs a program, which is not here.
    """
    kind = kind_of(path)
    if kind is None:
        raise NotConformantError(
            f"{path}: is no tar, compressed tar, zip or 7z; give a container or a folder"
        )
    if kind is ContainerKind.SEVEN_ZIP:
        return SevenZip(path, tell)
    if kind is ContainerKind.ZIP:
        return _Zip(path, kind, tell, ratio)
    return _Tar(path, kind, tell, ratio)


def kind_of(path: Path) -> ContainerKind | None:
    """Tell what a file is by its content; None when it is no container.

    Raises:
        SourceUnreadableError: the file cannot be read.
    """
    with _open(path) as handle:
        head = handle.read(_HEAD)
        if head.startswith(_ZIP_MARKS):
            return ContainerKind.ZIP
        if head.startswith(_SEVEN_ZIP):
            return ContainerKind.SEVEN_ZIP
        for form in FORMS:
            if head.startswith(form.magic):
                return _KIND_OF[form.name] if _holds_tar(handle, form) else None
        return ContainerKind.TAR if _is_tar(head) else None


def _holds_tar(handle: BinaryIO, form: Form) -> bool:
    try:
        return _is_tar(Decompressed(handle, form, _ignore).take(_HEAD))
    except DamagedContainerError:
        return True  # what is damaged is told by the walk


def _is_tar(head: bytes) -> bool:
    if head == bytes(_HEAD):
        return True  # a tar of nothing
    return len(head) >= BLOCK and any(head[:BLOCK]) and has_checksum(head[:BLOCK])


def _ignore(problem: Problem) -> None:
    """Leave what is wrong to the walk."""
    del problem


def _open(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a named pipe would wait for its writer
            raise SourceUnreadableError(f"{path}: is no file")
        return open(path, "rb", buffering=BUFFER)
    except OSError as error:
        raise SourceUnreadableError(f"{path}: cannot be read ({error.strerror})") from error
