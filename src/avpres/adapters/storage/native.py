"""The native copier: each source file read once, hashed and written on from the same buffers.

Small files go whole through one worker; files from 1 MiB are read and written in direct blocks;
from 64 MiB a pipeline gives every digest and every destination its own thread.
"""

import contextlib
import errno
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from avpres.adapters.storage import delegation, medium
from avpres.adapters.storage.batch import Job, Place
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.hashing import NEW, Hasher, MultiHasher
from avpres.adapters.storage.pipeline import Ring, pump
from avpres.adapters.storage.reading import (
    PIPED,
    SMALL,
    WINDOW,
    Advance,
    ChangedError,
    blocks,
    signature,
    taker,
)
from avpres.adapters.storage.writer import Writer, write_small
from avpres.domain.fixity import Algorithm

READ_ATTEMPTS = 3  # a read error is tried again, never filled with zeros
GROUP = 64  # jobs handed to a worker at once
_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_NOATIME: int = getattr(os, "O_NOATIME", 0)


class NativeCopier:
    """Copies batches; buffers and threads are kept from batch to batch."""

    def __init__(
        self,
        algorithms: Sequence[Algorithm],
        *,
        workers: int,
        advance: Advance,
        crew: Crew | None = None,
        from_tape: bool = False,
    ) -> None:
        """Set the copier up.

        Args:
            algorithms: taken in the one read of each source; the one for the read-back is last.
            workers: files copied at once; 1 means strictly in order, as tape demands.
            advance: told of progress.
            crew: worker processes for small files.
            from_tape: read small files past the page cache too: its read-ahead asks an LTFS drive
                for blocks out of order.
        """
        self._direct = from_tape
        self._algorithms = tuple(algorithms)
        self._crew = crew
        self._advance = advance
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="copy")
        self._ring: Ring | None = None
        self._read_flags = medium.READ | _NOATIME

    def close(self) -> None:
        """Let the workers go."""
        self._pool.shutdown()

    def copy(self, jobs: Sequence[Job]) -> None:
        """Read every job's source once and write it to each place that waits for it.

        What became of each file stands in the job and its places afterwards.
        """
        if self._workers == 1:
            self._in_order(jobs)
            return
        rest = [job for job in jobs if job.entry.size < PIPED]
        if self._crew is not None:
            rest = delegation.copy(self._crew, rest, self._algorithms, self._advance)
        groups = [rest[i : i + GROUP] for i in range(0, len(rest), GROUP)]
        for _ in self._pool.map(self.copy_group, _evenly(groups, self._workers)):
            pass
        for job in jobs:
            if job.entry.size >= PIPED:
                self._copy_one(job)

    def _in_order(self, jobs: Sequence[Job]) -> None:
        """Copy files strictly one after another, as tape demands."""
        for job in jobs:
            self._copy_one(job)

    def copy_group(self, jobs: Sequence[Job]) -> None:
        """Copy some files; small ones are opened and asked for while earlier ones are copied.

        A disk answers thirty questions at once in little more than the time of one.
        """
        window: deque[tuple[Job, int | None]] = deque()
        waiting = iter(jobs)
        for job in islice(waiting, WINDOW):
            window.append((job, self._ask_for(job)))
        while window:
            self._copy_one(*window.popleft())
            for job in islice(waiting, 1):
                window.append((job, self._ask_for(job)))

    def _ask_for(self, job: Job) -> int | None:
        """Open a small file and have the system read ahead; what goes wrong shows again later."""
        if job.entry.size >= SMALL:
            return None
        try:
            fd = self._open(job, direct=False)
        except OSError:
            return None
        with contextlib.suppress(OSError):  # it has become a pipe
            medium.want(fd)
        return fd

    def _copy_one(self, job: Job, opened: int | None = None) -> None:
        """Copy one file; a changing source is tried once more, a read error twice more."""
        while True:
            job.attempts += 1
            try:
                self._attempt(job, opened)
            except ChangedError as error:
                first = not job.changed
                job.changed = True
                opened = None
                if not first:
                    job.error = error
                    return
            except OSError as error:
                opened = None
                if error.errno != errno.EIO or job.attempts >= READ_ATTEMPTS:
                    job.error = error
                    return
            else:
                self._advance(0, 1)
                return

    def _attempt(self, job: Job, opened: int | None) -> None:
        places = job.to_write()
        large = job.entry.size >= SMALL
        fd = self._open(job, direct=large or self._direct) if opened is None else opened
        try:
            if not places and not job.hash_only and not job.compares():
                return
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):
                raise ChangedError(job.path)
            try:
                self._take(job, fd, before, places)
            except ChangedError:
                raise
            except OSError as error:
                if signature(os.fstat(fd)) != signature(before):  # it was cut while it was read
                    raise ChangedError(job.path) from error
                raise
        finally:
            os.close(fd)

    def _take(self, job: Job, fd: int, before: os.stat_result, places: list[Place]) -> None:
        if job.entry.size < SMALL and before.st_size < SMALL:
            self._whole(job, fd, before, places)
        else:
            self._in_blocks(job, fd, before, places)

    def _whole(self, job: Job, fd: int, before: os.stat_result, places: list[Place]) -> None:
        """Take a small file in one read and write it in one go to each place."""
        size = before.st_size
        hasher = MultiHasher(self._algorithms)
        data = b"".join(map(bytes, blocks(fd, size))) if size else b""
        hasher.update(data)
        _check_unchanged(job, fd, before)
        job.digests = hasher.packed()
        for place in places:
            write_small(place, data, before)
        self._advance(size, 0)

    def _in_blocks(self, job: Job, fd: int, before: os.stat_result, places: list[Place]) -> None:
        writers = list(_writers(places, before))
        try:
            if before.st_size >= PIPED or self._workers == 1:
                digests = self._piped(fd, before, writers)
            else:
                digests = self._in_turn(fd, before, writers)
            _check_unchanged(job, fd, before)
        except BaseException:
            for writer in writers:
                writer.abandon()
            raise
        job.digests = digests
        for writer in writers:
            writer.finish()

    def _in_turn(self, fd: int, before: os.stat_result, writers: Sequence[Writer]) -> str:
        hasher = MultiHasher(self._algorithms)
        offset = 0
        for view in blocks(fd, before.st_size):
            hasher.update(view)
            for writer in writers:
                writer.take_safely(view, offset)
            offset += len(view)
            self._advance(len(view), 0)
        return hasher.packed()

    def _piped(self, fd: int, before: os.stat_result, writers: Sequence[Writer]) -> str:
        self._ring = self._ring or Ring()
        hashers = [(algorithm, NEW[algorithm]()) for algorithm in self._algorithms]
        takers = [taker(hasher) for _, hasher in hashers] + [w.take for w in writers]
        size = before.st_size
        errors = pump(_filling(fd), size, takers, self._ring, lambda count: self._advance(count, 0))
        for writer, error in zip(writers, errors[len(hashers) :], strict=True):
            if error is not None:
                writer.give_up(error)
        return packed(hashers)

    def _open(self, job: Job, *, direct: bool) -> int:
        """Open a source without leaving a trace in its access time, where that is allowed."""
        while True:
            flags = self._read_flags & ~_NOFOLLOW if job.follow else self._read_flags
            try:
                if direct:
                    return medium.open_direct(job.folder, job.entry.name, flags)[0]
                return job.folder.open(job.entry.name, flags)
            except PermissionError as error:
                if error.errno != errno.EPERM or not self._read_flags & _NOATIME:
                    raise
                self._read_flags &= ~_NOATIME  # only owner and root may ask for it


def packed(hashers: Sequence[tuple[Algorithm, Hasher]]) -> str:
    """Write running digests as one text."""
    return " ".join(f"{algorithm.value}:{hasher.hexdigest()}" for algorithm, hasher in hashers)


def _check_unchanged(job: Job, fd: int, before: os.stat_result) -> None:
    after = signature(os.fstat(fd))
    if after != signature(before):
        raise ChangedError(job.path)
    job.signature = after


def _writers(places: Sequence[Place], source: os.stat_result) -> Iterator[Writer]:
    for place in places:
        writer = Writer(place, source, sparse=_is_sparse(source))
        if writer.open():
            yield writer


def _is_sparse(source: os.stat_result) -> bool:
    return hasattr(source, "st_blocks") and source.st_blocks * 512 < source.st_size


def _filling(fd: int) -> Callable[[memoryview, int], int]:
    """Fill buffers from a file, holes too: what SEEK_DATA says of them has been wrong on ZFS."""
    return lambda view, offset: medium.read_into(fd, view, offset)


def _evenly(groups: list[list[Job]], workers: int) -> list[list[Job]]:
    """Cut the groups smaller when there are fewer than workers, so that none stands idle."""
    if len(groups) >= workers:
        return groups
    jobs = [job for group in groups for job in group]
    step = -(-len(jobs) // workers) or 1
    return [jobs[i : i + step] for i in range(0, len(jobs), step)]
