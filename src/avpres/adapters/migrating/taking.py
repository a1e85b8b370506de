"""A source, opened so that nothing else can slip in, and read whole with its digests."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO

from avpres.adapters.migrating.orders import TAKEN, Job
from avpres.adapters.storage import medium
from avpres.adapters.storage.hashing import MultiHasher, measure
from avpres.adapters.storage.reading import Signature, signature
from avpres.domain.fixity import Digest
from avpres.domain.migration import Reason, Unmigratable

_PIECE = 4 * 1024 * 1024  # bytes
_CHANGED = "it changed while it was being read; run again when nothing writes to it"


@dataclass(frozen=True, slots=True)
class Taken:
    """An open source."""

    file: FileIO
    size: int
    path: bytes
    signature: Signature

    def read(self) -> tuple[memoryview, tuple[Digest, ...]]:
        """Read it whole, once; the digests are of the very bytes that are given.

        Raises:
            Unmigratable: it cannot be read, or is no longer what it was.
        """
        data, hasher, filled = bytearray(self.size), MultiHasher(TAKEN), 0
        view = memoryview(data)
        with reading():
            self.file.seek(0)
            while count := self.file.readinto(view[filled : filled + _PIECE]):
                hasher.update(view[filled : filled + count])
                filled += count
        if filled != self.size:
            raise Unmigratable(Reason.UNREADABLE, f"only {filled:,} of {self.size:,} bytes came")
        return view.toreadonly(), hasher.digests()

    def digests(self) -> tuple[Digest, ...]:
        """Read it in pieces, for its digests alone.

        Raises:
            Unmigratable: it cannot be read.
        """
        with reading():
            self.file.seek(0)
            return measure(self.file, TAKEN)[1]

    def require_unchanged(self) -> None:
        """Make sure that the file, and what its name stands for, are as they were.

        Raises:
            Unmigratable: they are not.
        """
        with reading():
            seen = {signature(os.fstat(self.file.fileno())), signature(os.lstat(self.path))}
        if seen != {self.signature}:
            raise Unmigratable(Reason.UNREADABLE, _CHANGED)


@contextmanager
def taken(job: Job) -> Iterator[Taken]:
    """Open a source; a link or a pipe that took its place is not followed, nor waited for.

    Raises:
        Unmigratable: it cannot be opened, or is no longer what was listed.
    """
    with reading():
        fd = os.open(job.path, medium.READ | getattr(os, "O_BINARY", 0))
    with FileIO(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or signature(found) != job.signature:
            raise Unmigratable(Reason.UNREADABLE, _CHANGED)
        yield Taken(file, found.st_size, job.path, job.signature)


@contextmanager
def reading() -> Iterator[None]:
    """Tell what a disk refuses as a reason."""
    try:
        yield
    except OSError as error:
        raise Unmigratable(Reason.UNREADABLE, error.strerror or str(error)) from error
