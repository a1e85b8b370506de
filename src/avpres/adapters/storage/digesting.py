"""A new file that is digested while it is written.

The digests are of what was handed over. They prove nothing of the medium: whoever needs that reads
the file back (`reading.read_files`) and compares.
"""

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from avpres.adapters.storage.hashing import NEW, Hasher
from avpres.domain.fixity import Algorithm, Digest

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BLOCK = 1024 * 1024  # bytes; for less a thread costs more than it saves


class Digesting(io.RawIOBase):
    """The bytes of a file on their way to it; long ones are digested while the next are made."""

    def __init__(self, file: io.FileIO, algorithms: Sequence[Algorithm]) -> None:
        self._file = file
        self._hashers: list[tuple[Algorithm, Hasher]] = [(one, NEW[one]()) for one in algorithms]
        self._stack = ExitStack()
        self._pool: ThreadPoolExecutor | None = None
        self._pending: list[Future[object]] = []
        self.size = 0

    def writable(self) -> bool:
        """Say that this is what it is for."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write and digest bytes."""
        block = bytes(data)
        self._settle()
        if len(block) < _BLOCK:
            for _, hasher in self._hashers:
                hasher.update(block)
        else:
            submit = self._threads().submit
            self._pending = [submit(hasher.update, block) for _, hasher in self._hashers]
        written = 0
        while written < len(block):
            written += self._file.write(block[written:] if written else block) or 0
        self.size += written
        return written

    def digests(self) -> tuple[Digest, ...]:
        """Give the digests of all that was written, in the order asked."""
        self._settle()
        return tuple(Digest(algorithm, hasher.hexdigest()) for algorithm, hasher in self._hashers)

    def release(self) -> None:
        """End the threads."""
        self._stack.close()

    def _settle(self) -> None:
        for each in self._pending:
            each.result()
        self._pending = []

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            pool = ThreadPoolExecutor(len(self._hashers), thread_name_prefix="digest")
            self._pool = self._stack.enter_context(pool)
        return self._pool


@contextmanager
def digested(path: Path, algorithms: Sequence[Algorithm]) -> Iterator[tuple[BinaryIO, Digesting]]:
    """Write a file that must not be there yet; ask the second for digests when the block has ended.

    Raises:
        FileExistsError: it is there.
    """
    with path.open("xb", buffering=0) as file:
        digesting = Digesting(file, algorithms)
        try:
            with io.BufferedWriter(digesting, _BLOCK) as handle:
                yield cast("BinaryIO", handle), digesting
        finally:
            digesting.release()
