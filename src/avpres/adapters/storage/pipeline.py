"""One reader, several takers of the same bytes: digests and destinations side by side.

The reader fills aligned buffers of a small ring; each taker works in its own thread on the same
buffer; the last one gives it back. Hashing, reading and writing all release the GIL, so the
slowest of them sets the pace and memory stays at the size of the ring.
"""

import errno
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from avpres.adapters.storage.medium import BLOCK, buffer

RING = 8  # buffers; enough that a slow write does not stop the read, 64 MiB in all

Take = Callable[[memoryview, int], None]
"""Takes a filled buffer and its offset in the file."""
Fill = Callable[[memoryview, int], int]
"""Fills a buffer from an offset and gives the number of bytes, 0 at the end."""


class Ring:
    """Buffers that are used again and again, also from one file to the next."""

    def __init__(self, count: int = RING, size: int = BLOCK) -> None:
        self.size = size
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        for _ in range(count):
            self._free.put(buffer(size))

    def take(self) -> memoryview:
        """Wait for a free buffer."""
        return self._free.get()

    def give(self, view: memoryview) -> None:
        """Put a buffer back."""
        self._free.put(view)


class _Block:
    """A filled buffer, until every taker is done with it."""

    __slots__ = ("_left", "_lock", "_ring", "_whole", "offset", "view")

    def __init__(self, ring: Ring, whole: memoryview, count: int, offset: int, takers: int) -> None:
        self._ring = ring
        self._whole = whole
        self._left = takers
        self._lock = threading.Lock()
        self.view = whole[:count]
        self.offset = offset

    def done(self) -> None:
        """Count one taker off."""
        with self._lock:
            self._left -= 1
            last = self._left == 0
        if last:
            self._ring.give(self._whole)


class _Taker(threading.Thread):
    """Runs one taker; after its first error it only gives buffers back."""

    def __init__(self, take: Take) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None
        self.blocks: SimpleQueue[_Block | None] = SimpleQueue()
        self._take = take

    def run(self) -> None:
        """Take blocks until told that there are no more."""
        while (block := self.blocks.get()) is not None:
            if self.error is None:
                try:
                    self._take(block.view, block.offset)
                except BaseException as error:  # noqa: BLE001 - raised again by `pump`
                    self.error = error
            block.done()


def pump(
    fill: Fill, size: int, takers: Sequence[Take], ring: Ring, advance: Callable[[int], None]
) -> list[OSError | None]:
    """Read `size` bytes once and hand every buffer to every taker, in order for each.

    Returns:
        For each taker None or the error that made it give up; the others went on.

    Raises:
        OSError: the source could not be read. Every taker has stopped by then.
    """
    threads = [_Taker(take) for take in takers]
    for thread in threads:
        thread.start()
    try:
        _feed(fill, size, threads, ring, advance)
    finally:
        for thread in threads:
            thread.blocks.put(None)
        for thread in threads:
            thread.join()
    return [_refusal(thread.error) for thread in threads]


def _refusal(error: BaseException | None) -> OSError | None:
    """Give what a taker may well end with, and raise what it must never end with unseen."""
    if error is None or isinstance(error, OSError):
        return error
    raise error


def _feed(
    fill: Fill, size: int, threads: Sequence[_Taker], ring: Ring, advance: Callable[[int], None]
) -> None:
    offset = 0
    while offset < size and not _all_gave_up(threads):
        whole = ring.take()
        try:
            count = fill(whole, offset)
        except BaseException:
            ring.give(whole)
            raise
        if count == 0:
            ring.give(whole)
            raise OSError(errno.EIO, f"only {offset} of {size} bytes could be read")
        block = _Block(ring, whole, count, offset, len(threads))
        for thread in threads:
            thread.blocks.put(block)
        offset += count
        advance(count)


def _all_gave_up(threads: Sequence[_Taker]) -> bool:
    return all(thread.error is not None for thread in threads)
