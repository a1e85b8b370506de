"""What a container holds, and what is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from avpres.domain.errors import NotConformantError
from avpres.domain.severity import Severity

CHUNK = 1024 * 1024  # bytes read at once


class ContainerKind(StrEnum):
    """What a container turned out to be."""

    TAR = "tar"
    TAR_GZ = "tar.gz"
    TAR_BZ2 = "tar.bz2"
    TAR_XZ = "tar.xz"
    TAR_ZST = "tar.zst"
    ZIP = "zip"
    SEVEN_ZIP = "7z"


class MemberKind(StrEnum):
    """What a member becomes when it is unpacked."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    DEVICE = "device"
    FIFO = "fifo"
    OTHER = "other"


Extent = tuple[int, int]
"""Where a stretch of data stands in a file, and how long it is."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member as its container tells of it; nothing of it is to be trusted.

    `path` is as found, but without a slash at its end. `size` is that of the file when unpacked,
    `stored` that of its data in the container. `header` and `offset` are where header and data
    begin, in the tar before compression or in the zip; None where the form does not tell. `mtime`
    is in nanoseconds. `extents` are the parts of a sparse file that have data.
    """

    path: bytes
    kind: MemberKind
    size: int
    mtime: int | None
    target: bytes = b""
    header: int | None = None
    offset: int | None = None
    stored: int = 0
    extents: tuple[Extent, ...] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a container or one of its members; `place` is an offset in bytes."""

    code: str
    severity: Severity
    message: str
    member: bytes | None = None
    place: int | None = None


Tell = Callable[[Problem], None]


class DamagedContainerError(NotConformantError):
    """The data of a container cannot be read, or are not what they were."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def damaged(
    code: str, message: str, place: int | None = None, member: bytes | None = None
) -> DamagedContainerError:
    """Make the error of a damage."""
    return DamagedContainerError(Problem(code, Severity.ERROR, message, member, place))


class Reader(Protocol):
    """The data of one member."""

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end.

        Raises:
            DamagedContainerError: the data end too early or do not have their checksum.
        """


def chunks(reader: Reader) -> Iterator[bytes]:
    """Give the rest of a member, piece by piece."""
    while data := reader.read(CHUNK):
        yield data


class Nothing:
    """The data of a member that has none."""

    def read(self, size: int) -> bytes:
        """Give nothing."""
        del size
        return b""


NOTHING = Nothing()
