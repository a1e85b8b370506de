"""Reading the files that are packed: once, to their planned end, and not a byte further."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import BinaryIO

from avpres.adapters.containers.flow import CHUNK
from avpres.adapters.containers.planned import Planned
from avpres.adapters.storage.folders import SLICE, open_folder, open_unseen, pieces
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import AvpresError, FixityMismatchError, SourceUnreadableError
from avpres.domain.fixity import Algorithm, Digest

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a fifo would wait for its writer
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_SMALL = 128 * 1024  # bytes; read in one call


def digest_and_pass(
    member: Planned, algorithms: tuple[Algorithm, ...], put: Callable[[bytes], None]
) -> tuple[Digest, ...]:
    """Read a file, pass it on and give its digests.

    Raises:
        SourceUnreadableError: it cannot be read.
        FixityMismatchError: it is not as it was planned; what was passed on is worth nothing.
    """
    wanted = dict.fromkeys([*algorithms, *[digest.algorithm for digest in member.digests]])
    hasher = MultiHasher(wanted)
    left = member.size
    with _opened(member) as read:
        while left:
            data = read(min(left, CHUNK))
            if not data:
                raise _changed(member, f"ended {left} bytes early")
            hasher.update(data)
            put(data)
            left -= len(data)
        if read(1):
            raise _changed(member, f"is longer than the {member.size} bytes planned")
    return _checked(member, hasher.digests(), algorithms)


def _checked(
    member: Planned, found: tuple[Digest, ...], algorithms: tuple[Algorithm, ...]
) -> tuple[Digest, ...]:
    for expected in member.digests:
        if expected not in found:
            raise _changed(member, f"does not have the {expected.algorithm} that was recorded")
    return tuple([digest for digest in found if digest.algorithm in algorithms])


@contextmanager
def _opened(member: Planned) -> Iterator[Callable[[int], bytes]]:
    source = member.source
    if source is None:
        raise ValueError(f"{member.path!r} has no source")
    if not isinstance(source, bytes):
        yield _telling(member, source.read)
        return
    try:
        handle = FileIO(_descriptor(source))
    except OSError as error:
        raise _unreadable(member, error) from error
    with handle:
        _check_status(member, os.fstat(handle.fileno()))
        yield _telling(member, handle.read)


def _telling(member: Planned, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def telling(size: int) -> bytes:
        try:
            return read(size)
        except OSError as error:
            raise _unreadable(member, error) from error

    return telling


def _descriptor(path: bytes) -> int:
    if len(path) <= SLICE:
        return open_unseen(path, _READ)
    parts = list(pieces(path))
    folder = open_folder(parts[0])
    try:
        for part in parts[1:-1]:
            outer, folder = folder, folder.enter(part)
            outer.close()
        return folder.open(parts[-1], _READ)
    finally:
        folder.close()


def _check_status(member: Planned, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SourceUnreadableError(f"{_shown(member)}: is no file any more; nothing was packed")
    if found.st_size != member.size:
        raise _changed(member, f"has {found.st_size} bytes where {member.size} were planned")


def _unreadable(member: Planned, error: OSError) -> AvpresError:
    if error.errno == errno.ELOOP:
        return SourceUnreadableError(f"{_shown(member)}: is a link, where a file was planned")
    return SourceUnreadableError(f"{_shown(member)}: cannot be read ({error.strerror})")


def _changed(member: Planned, how: str) -> FixityMismatchError:
    return FixityMismatchError(
        f"{_shown(member)}: changed while it was packed: it {how}; "
        "find out what writes to it, then run again"
    )


def _shown(member: Planned) -> str:
    source: bytes | BinaryIO | None = member.source
    return os.fsdecode(source if isinstance(source, bytes) else member.path)
