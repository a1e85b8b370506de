"""What is to be packed, and what came of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from avpres.domain.fixity import Digest

SECOND = 1_000_000_000  # nanoseconds


class Planned(NamedTuple):
    """A member to be packed.

    `path` is as it shall stand in the container, without slashes at its ends. `source` is the path
    of a file, or a handle that is read from where it stands; None for folders. `mtime` is in
    nanoseconds; containers get whole seconds. `digests` are what was recorded of the file.
    """

    path: bytes
    source: bytes | BinaryIO | None
    size: int
    mtime: int
    is_folder: bool = False
    digests: tuple[Digest, ...] = ()


class Packed(NamedTuple):
    """A member as it was packed: a row of the index.

    `header` and `offset` are where its first header and its data begin, in the tar before
    compression or in the zip.
    """

    path: bytes
    header: int
    offset: int
    size: int
    mtime: int
    is_folder: bool
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Boxed:
    """A container as it was written.

    `size` and `digests` are those of the file. `inner_size` and `inner_digests` are those of the
    tar within a compressed file (PREMIS compositionLevel 0; the file itself is level 1), and None
    and empty where nothing is compressed.
    """

    size: int
    digests: tuple[Digest, ...]
    files: int
    folders: int
    content: int  # bytes of all files
    inner_size: int | None = None
    inner_digests: tuple[Digest, ...] = ()


def in_order(members: Iterable[Planned]) -> Iterator[Planned]:
    """Pass members on, and see that each path is fit and comes after the one before.

    Raises:
        ValueError: the caller planned what cannot be a container.
    """
    last = b""
    for member in members:
        if member.path <= last:
            raise ValueError(f"{member.path!r} comes after {last!r}: not sorted, or twice")
        if _is_unfit(member.path) or member.size < 0:
            raise ValueError(f"{member.path!r} is no path of a member")
        last = member.path
        yield member


def _is_unfit(path: bytes) -> bool:
    if path[0] == _SLASH or path[-1] == _SLASH or b"\0" in path or b"//" in path:
        return True
    return b"." in path and any(part in {b".", b".."} for part in path.split(b"/"))


_SLASH = 0x2F
