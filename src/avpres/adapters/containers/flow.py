"""Bytes on their way into a container: digested, compressed and written in threads of their own.

Every step takes the chunks in order, so that the outcome does not depend on the threads.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO, Protocol, Self

from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.fixity import Algorithm, Digest

CHUNK = 1024 * 1024  # bytes handed from one thread to the next
_WAITING = 8  # chunks between two threads

Buffer = bytes | bytearray | memoryview


class Compressor(Protocol):
    """A running compression, as zstd offers it."""

    def compress(self, data: Buffer, /) -> bytes:
        """Take in bytes and give what is ready."""

    def flush(self) -> bytes:
        """Give the rest."""


class Step:
    """A thread that does one thing with each chunk, in order."""

    def __init__(self, work: Callable[[Buffer], None], name: str) -> None:
        self._work = work
        self._queue: queue.Queue[Buffer | None] = queue.Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, chunk: Buffer) -> None:
        """Hand over a chunk; waits when the thread is behind.

        Raises:
            BaseException: what an earlier chunk met.
        """
        if self._error is not None:
            raise self._error
        self._queue.put(chunk)

    def finish(self) -> None:
        """Wait for the last chunk.

        Raises:
            BaseException: what a chunk met.
        """
        self._end()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """End without doing what still waits."""
        self._error = self._error or RuntimeError("abandoned")
        self._end()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (chunk := self._queue.get()) is not None:
            if self._error is not None:
                continue
            try:
                self._work(chunk)
            except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
                self._error = error


class Outlet:
    """Takes the bytes of a container; `size` counts them before compression."""

    def __init__(
        self, handle: BinaryIO, algorithms: Iterable[Algorithm], compressor: Compressor | None
    ) -> None:
        algorithms = tuple(algorithms)
        self.size = 0
        self.written = 0
        self._handle = handle
        self._compressor = compressor
        self._inner = MultiHasher(algorithms)
        self._outer = MultiHasher(algorithms)
        self._pending = bytearray()
        self._steps = [Step(self._write if compressor is None else self._compress, "pack")]
        if compressor is not None:
            self._steps.insert(0, Step(self._pass_on, "digest"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            with suppress(RuntimeError):
                for step in self._steps:
                    step.abandon()

    def put(self, data: Buffer) -> None:
        """Take in bytes; small pieces are gathered."""
        self.size += len(data)
        if len(data) >= CHUNK:
            self._hand_over()
            self._steps[0].put(data)
            return
        self._pending += data
        if len(self._pending) >= CHUNK:
            self._hand_over()

    def close(self) -> None:
        """Write what is left; digests and sizes are known afterwards."""
        self._hand_over()
        for step in self._steps:
            step.finish()
        if self._compressor is not None:
            self._write(self._compressor.flush())

    @property
    def digests(self) -> tuple[Digest, ...]:
        """The digests of what was written."""
        return self._outer.digests()

    @property
    def inner_digests(self) -> tuple[Digest, ...]:
        """The digests of what was taken in, where it was compressed."""
        return self._inner.digests() if self._compressor is not None else ()

    def _hand_over(self) -> None:
        if self._pending:
            self._steps[0].put(self._pending)
            self._pending = bytearray()

    def _pass_on(self, data: Buffer) -> None:
        self._inner.update(data)
        self._steps[1].put(data)

    def _compress(self, data: Buffer) -> None:
        assert self._compressor is not None  # noqa: S101 - this step is there with it alone
        self._write(self._compressor.compress(data))

    def _write(self, data: Buffer) -> None:
        if data:
            self._outer.update(data)
            done = self._handle.write(data)
            while done < len(data):  # a handle without a buffer may take less
                done += self._handle.write(memoryview(data)[done:])
            self.written += len(data)
