"""Staged files of one source: written exclusively, counted and digested on the way."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from avpres.adapters.migrating.orders import SIDECAR, TAKEN, Job, Part
from avpres.adapters.storage.hashing import MultiHasher, measure
from avpres.domain.fixity import Digest

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL


class StorageError(Exception):
    """The destination refuses; `number` is the system's."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.number = error.errno or 0


class Staging:
    """Makes the files of one job, and removes them when it comes to nothing."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._names: list[bytes] = []

    def write(self, data: "bytes | memoryview", ending: str, **about: object) -> Part:
        """Write one file whole; `about` are further fields of its part.

        Raises:
            StorageError: the destination refuses.
        """
        with self.opened() as (name, handle):
            handle.write(data)
        hasher = MultiHasher(TAKEN)
        hasher.update(data)
        return Part(name, ending, len(data), hasher.digests(), **about)  # type: ignore[arg-type]

    def beside(self, data: bytes) -> Part:
        """Write the record that lies beside the target."""
        return self.write(data, SIDECAR, role="sidecar")

    @contextmanager
    def opened(self) -> Iterator[tuple[bytes, BinaryIO]]:
        """Open a new staged file for writing and reading.

        Raises:
            StorageError: the destination refuses.
        """
        name = self._job.staged + f"-{self._job.attempt}-{len(self._names)}.part".encode()
        with refusals():
            flags = _FLAGS | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            fd = os.open(name, flags | getattr(os, "O_CLOEXEC", 0), 0o644)
            self._names.append(name)
            with os.fdopen(fd, "w+b") as handle:
                yield name, handle

    def measured(self, handle: BinaryIO) -> tuple[int, tuple[Digest, ...]]:
        """Give the size and the digests of what stands in a staged file."""
        handle.flush()
        handle.seek(0)
        return measure(handle, TAKEN)

    def clear(self) -> None:
        """Remove all that was staged."""
        for name in self._names:
            with suppress(OSError):
                os.unlink(name)


@contextmanager
def refusals() -> Iterator[None]:
    """Tell what the destination's disk refuses from what a source's does."""
    try:
        yield
    except OSError as error:
        raise StorageError(error) from error
