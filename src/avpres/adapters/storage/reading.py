"""Reading files to know their digests, from the medium and not from memory.

Small files: pages dropped and counted as gone, then a window of read-ahead (10 times faster than
a direct read of each). Files from 1 MiB: direct reads into a ring, each digest in its own thread.
"""

import errno
import math
import os
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

from avpres.adapters.storage import medium
from avpres.adapters.storage.crew import WORTH_IT, Crew, ReadResult, ReadTask
from avpres.adapters.storage.folders import Folder, extended, join, open_folder
from avpres.adapters.storage.hashing import NEW, Hasher, MultiHasher
from avpres.adapters.storage.pipeline import Ring, Take, pump
from avpres.adapters.storage.volume import MediumKind, Volume, volume_of
from avpres.domain.fixity import Algorithm, Digest, Evidence, unpack

SMALL = 1024 * 1024  # bytes; from here a direct read costs no more than dropping pages
PIPED = 64 * 1024 * 1024  # bytes; from here each digest gets a thread, below it each file does
WINDOW = 32  # files opened and asked for ahead of the one that is read
GROUP = 256  # files handed to a worker at once

Signature = tuple[int, int, int, int]
"""Size, modification time, change time (ns) and inode: a file that keeps all four is unchanged."""


def signature(found: os.stat_result) -> Signature:
    """Take the signature of a file from what `stat` said."""
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class ChangedError(OSError):
    """A file was another one after reading than before."""

    def __init__(self, path: bytes) -> None:
        super().__init__(errno.EAGAIN, "changed while it was being read", path)

    def __reduce__(self) -> tuple[type["ChangedError"], tuple[bytes]]:
        """Let it cross from a worker process."""
        return ChangedError, (self.filename,)


class ExchangedError(OSError):
    """What got a name is not what was read back under the other one."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "another program exchanged it between proof and naming")

    def __reduce__(self) -> tuple[type["ExchangedError"], tuple[()]]:
        """Cross from a worker process."""
        return type(self), ()


def check_named(read: Signature, named: Signature, volume: Volume) -> None:
    """Make sure that a file which was renamed is the one that was read.

    Raises:
        ExchangedError: size, modification time or, where it is kept, inode are others.
    """
    keeps_inodes = volume.kind in {MediumKind.LOCAL, MediumKind.MEMORY}
    if read[:2] != named[:2] or (keeps_inodes and read[3] != named[3]):
        raise ExchangedError


class ReadRequest(NamedTuple):
    """A file to read. `size` is what is expected, for planning; `key` is given back."""

    path: bytes
    algorithms: tuple[Algorithm, ...]
    size: int = -1
    key: object = None
    folder: Folder | None = None  # in which `path` is a bare name; None: a path of its own


class Reading(NamedTuple):
    """What a file turned out to hold, or the error that kept it from being read."""

    request: ReadRequest
    size: int
    digests: tuple[Digest, ...]
    evidence: Evidence | None
    error: OSError | None = None
    signature: Signature = (0, 0, 0, 0)


Advance = Callable[[int, int], None]
"""(bytes, files) since the last call."""


def read_files(
    requests: Iterable[ReadRequest],
    *,
    volume: Volume,
    workers: int,
    advance: Advance,
    crew: Crew | None = None,
) -> Iterator[Reading]:
    """Read files from their medium and yield what they hold, in the order they are finished.

    With one worker the order is that of the requests, and never more than one file is read at a
    time, as a tape demands. Very large files are read one after another, by all cores.

    Args:
        requests: taken in as needed, never more than a few hundred ahead.
        volume: where the files lie; says what a reading there can prove.
        workers: parallel readers.
        advance: told of progress, from any thread.
        crew: worker processes for small files with paths of their own, used when there are many.
    """
    reader = _Reader(volume, advance, crew)
    if workers == 1:
        for request in requests:
            yield from reader.read_group([request])
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
        yield from _in_parallel(reader, iter(requests), pool, workers)


def _in_parallel(
    reader: "_Reader", requests: Iterator[ReadRequest], pool: ThreadPoolExecutor, workers: int
) -> Iterator[Reading]:
    pending: set[Future[list[Reading]]] = set()
    begun = 0
    try:
        for group in _groups(requests):
            if group[0].size >= PIPED:
                yield from reader.read_group(group)
                continue
            begun += len(group)
            read = reader.read_group if begun < WORTH_IT else reader.delegate
            pending.add(pool.submit(read, group))
            if len(pending) > workers:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield from future.result()
        for future in pending:
            yield from future.result()
    finally:
        for future in pending:
            future.cancel()


def _groups(requests: Iterator[ReadRequest]) -> Iterator[list[ReadRequest]]:
    """Cut requests into groups of about equal work; a very large file stands alone."""
    group: list[ReadRequest] = []
    weight = 0
    for request in requests:
        if request.size >= PIPED:
            yield [request]
            continue
        group.append(request)
        weight += max(request.size, 0)
        if len(group) >= GROUP or weight >= PIPED:
            yield group
            group, weight = [], 0
    if group:
        yield group


def read_group(requests: list[ReadRequest], *, volume: Volume, piped: bool = True) -> list[Reading]:
    """Read a group of files in this thread.

    Without `piped` no digest gets a thread of its own, and large files take 8 MiB of memory in
    place of 64.
    """
    return _Reader(volume, lambda _size, _files: None, piped=piped).read_group(requests)


class _Reader:
    """Reads groups of files on one volume."""

    def __init__(
        self, volume: Volume, advance: Advance, crew: Crew | None = None, *, piped: bool = True
    ) -> None:
        self._crew = crew
        self._piped_from = PIPED if piped else math.inf
        self._volume = volume
        self._advance = advance
        self._ring: Ring | None = None

    def read_group(self, group: list[ReadRequest]) -> list[Reading]:
        """Read some files, the small ones with a window of read-ahead."""
        readings = []
        window: deque[tuple[ReadRequest, int, bool] | Reading] = deque()
        waiting = iter(group)
        for request in islice(waiting, WINDOW):
            window.append(self._begin(request))
        while window:
            readings.append(self._end(window.popleft()))
            for request in islice(waiting, 1):
                window.append(self._begin(request))
        return readings

    def delegate(self, group: list[ReadRequest]) -> list[Reading]:
        """Have a worker process read some files, if there are any and the files are small."""
        if self._crew is None or any(not 0 <= r.size < SMALL or r.folder for r in group):
            return self.read_group(group)
        files = [(request.path, request.algorithms, request.size) for request in group]
        results = cast("list[ReadResult]", self._crew.do(ReadTask(self._volume, files)))
        self._advance(sum(result.size for result in results), len(results))
        return [_reading(*pair) for pair in zip(group, results, strict=True)]

    def _begin(self, request: ReadRequest) -> "tuple[ReadRequest, int, bool] | Reading":
        """Open a small file, drop its pages and ask for them anew; leave large ones for later."""
        if request.size >= SMALL or not self._volume.eviction_is_countable:
            return (request, -1, False)
        try:
            fd = _open(request, medium.READ)
            size = request.size if request.size >= 0 else os.fstat(fd).st_size
            if size < SMALL and medium.evict(fd, size):
                medium.want(fd)
                return (request, fd, True)
            os.close(fd)
        except OSError as error:
            return Reading(request, 0, (), None, error)
        return (request, -1, False)

    def _end(self, begun: "tuple[ReadRequest, int, bool] | Reading") -> Reading:
        if isinstance(begun, Reading):
            return begun
        request, fd, gone = begun
        try:
            bypassed = False
            if fd < 0:
                fd, bypassed = _open_direct(request)
            try:
                return self._read(request, fd, bypassed=bypassed, gone=gone)
            finally:
                os.close(fd)
        except OSError as error:
            return Reading(request, 0, (), None, error)

    def _read(self, request: ReadRequest, fd: int, *, bypassed: bool, gone: bool) -> Reading:
        before = os.fstat(fd)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "is no longer a file", request.path)
        size = before.st_size
        volume = self._volume_of(request, before)
        if not bypassed and not gone:
            medium.drop(fd)
            gone = volume.eviction_is_countable and medium.evict(fd, size)
        if size < self._piped_from:
            digests = self._in_one_thread(request, fd, size)
        else:
            digests = self._piped(request, fd, size)
        after = os.fstat(fd)
        if signature(after) != signature(before):
            raise ChangedError(request.path)
        self._advance(0, 1)
        return Reading(
            request, size, digests, _evidence(volume, bypassed, gone), None, signature(after)
        )

    def _volume_of(self, request: ReadRequest, found: os.stat_result) -> Volume:
        """Give the volume that a file really lies on: another may be mounted inside a tree."""
        if found.st_dev == self._volume.device:
            return self._volume
        path = request.path if request.folder is None else join(request.folder.path, request.path)
        return volume_of(Path(os.fsdecode(path)))

    def _in_one_thread(self, request: ReadRequest, fd: int, size: int) -> tuple[Digest, ...]:
        hasher = MultiHasher(request.algorithms)
        for view in blocks(fd, size):
            hasher.update(view)
            self._advance(len(view), 0)
        return hasher.digests()

    def _piped(self, request: ReadRequest, fd: int, size: int) -> tuple[Digest, ...]:
        self._ring = self._ring or Ring()
        hashers = [(algorithm, NEW[algorithm]()) for algorithm in request.algorithms]
        pump(
            lambda view, offset: medium.read_into(fd, view, offset),
            size,
            [taker(hasher) for _, hasher in hashers],
            self._ring,
            lambda count: self._advance(count, 0),
        )
        return tuple(Digest(algorithm, hasher.hexdigest()) for algorithm, hasher in hashers)


def _evidence(volume: Volume, bypassed: bool, gone: bool) -> Evidence:
    """Say what a reading proves, from how it was made and what its volume lets one know."""
    if volume.kind is MediumKind.MEMORY:
        return Evidence.DIRECT
    if gone and volume.eviction_is_countable:
        return Evidence.EVICTED
    if bypassed and (volume.direct_is_proof or volume.eviction_is_countable):
        return Evidence.DIRECT
    if volume.kind in {MediumKind.LOCAL, MediumKind.TAPE} and not bypassed:
        return Evidence.CACHED
    return Evidence.UNKNOWN


def _reading(request: ReadRequest, result: ReadResult) -> Reading:
    evidence = EVIDENCE.get(result.evidence)
    digests = unpack(result.digests)
    return Reading(request, result.size, digests, evidence, result.error, result.signature)


EVIDENCE = {evidence.value: evidence for evidence in Evidence}


def taker(hasher: Hasher) -> Take:
    """Let a hasher take its bytes from a pipeline."""

    def take(view: memoryview, _offset: int) -> None:
        hasher.update(view)

    return take


_own = threading.local()


def blocks(fd: int, size: int) -> Iterator[memoryview]:
    """Yield a file's bytes in buffers that the next one overwrites.

    Raises:
        OSError: it cannot be read, or ends before its size.
    """
    if size < SMALL and (data := _read_small(fd, size)) is not None:
        yield memoryview(data)
        return
    whole: memoryview | None = getattr(_own, "buffer", None)
    if whole is None:
        whole = _own.buffer = medium.buffer()
    offset = 0
    while offset < size:
        count = medium.read_into(fd, whole, offset)
        if count == 0:
            raise cut_short(offset, size)
        yield whole[:count]
        offset += count


def _read_small(fd: int, size: int) -> bytes | None:
    """Read a small file at once; a direct descriptor refuses that and is read in blocks."""
    try:
        data = os.read(fd, size + 1)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return None
    while len(data) < size and (more := os.read(fd, size - len(data))):
        data += more
    if len(data) < size:
        raise cut_short(len(data), size)
    return data[:size]


def cut_short(found: int, size: int) -> OSError:
    """Say that a file ended before its size."""
    return OSError(errno.EIO, f"only {found} of {size} bytes could be read")


def _open(request: ReadRequest, flags: int) -> int:
    if request.folder is not None:
        return request.folder.open(request.path, flags)
    return os.open(extended(request.path), flags | getattr(os, "O_BINARY", 0))


def _open_direct(request: ReadRequest) -> tuple[int, bool]:
    if request.folder is not None:
        return medium.open_direct(request.folder, request.path)
    folder, name = os.path.split(request.path)
    with open_folder(folder or b".") as opened:
        return medium.open_direct(opened, name)
