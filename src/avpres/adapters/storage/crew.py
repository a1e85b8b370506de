"""Worker processes for small files.

A small file costs a dozen short system calls. In threads each of them hands Python's lock to and
fro, and 100,000 files take as long on four threads as on one; processes have no lock to share.
What crosses between them is names and digests, never content.

A worker reads pickled tasks from its standard input and ends when that does, so no worker
outlives its parent; on Linux the kernel sees to that too.
"""

import contextlib
import pickle
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import NamedTuple

from avpres.adapters.storage.volume import Volume
from avpres.adapters.storage.walk import Entry
from avpres.adapters.tools import offspring
from avpres.domain.errors import ToolFailedError
from avpres.domain.fixity import Algorithm

WORTH_IT = 512  # small files in a batch from which starting processes pays


class Spot(NamedTuple):
    """A folder by its path, and the device and inode that must be there still."""

    path: bytes
    device: int
    inode: int


class CopyTask(NamedTuple):
    """Small files of one folder, to be read once and written to some places each."""

    source: "Spot"
    targets: "tuple[tuple[int, Spot, Volume], ...]"
    algorithms: tuple[Algorithm, ...]
    follow: bool
    files: list[tuple[Entry, list[tuple[int, bytes]]]]  # entry, (target, staged name)


class CopyResult(NamedTuple):
    """What became of one file of a copy task."""

    digests: str
    signature: tuple[int, int, int, int] | None
    error: OSError | None
    changed: bool
    places: list[OSError | None]


class ProofTask(NamedTuple):
    """Small files of one folder to be read back, and named if they match."""

    folder: Spot
    volume: Volume
    files: list[tuple[bytes, int, str, bytes, bool]]  # staged, size, xxh128, final or b"", replace


class ProofResult(NamedTuple):
    """What the medium gave back of one file."""

    found: str
    evidence: str
    error: OSError | None
    signature: tuple[int, int, int, int] | None  # of the final name, once it has it
    taken: bool  # the final name belonged to somebody else


class SealTask(NamedTuple):
    """A tree to be sealed, see `sealing`."""

    root: bytes


class ReadTask(NamedTuple):
    """Small files anywhere on one volume, to be read for their digests."""

    volume: Volume
    files: list[tuple[bytes, tuple[Algorithm, ...], int]]  # path, digests wanted, expected size


class ReadResult(NamedTuple):
    """What one file of a read task holds; see `reading.Reading`."""

    size: int
    digests: str
    evidence: str
    error: OSError | None
    signature: tuple[int, int, int, int]


Task = CopyTask | ProofTask | SealTask | ReadTask
Result = CopyResult | ProofResult | ReadResult | int


class _Worker:
    """One worker process."""

    def __init__(self) -> None:
        self._process = offspring.start("avpres.adapters.storage.worker")

    def ask(self, task: Task) -> list[Result]:
        """Hand over a task and wait for its results."""
        sent, answers = self._process.stdin, self._process.stdout
        try:
            pickle.dump(task, sent, pickle.HIGHEST_PROTOCOL)  # type: ignore[arg-type]
            sent.flush()  # type: ignore[union-attr]
            answer = pickle.load(answers)  # type: ignore[arg-type]  # noqa: S301 - our own process
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            raise ToolFailedError(
                "a copy worker was killed (by hand or for want of memory); run this again"
            ) from error
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]

    def close(self) -> None:
        """Let the process end."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # it was killed, as `ask` has said
                    pipe.close()
        self._process.wait()


class _Hand:
    """Does tasks in this process, where the interpreter may not be started a second time.

    Some computers let a user run a program and not the program itself start it again (an
    interpreter in somebody else's folder, rules against child processes).
    """

    _turn = threading.Lock()  # the copiers of `small` belong to one thread at a time

    def ask(self, task: Task) -> list[Result]:
        """Do the task here and now."""
        from avpres.adapters.storage import small  # it imports this module

        with self._turn:
            return list(small.do(task))

    def close(self) -> None:
        """Nothing to end."""


class Crew:
    """Some worker processes, started when there is enough to do."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._workers: list[_Worker | _Hand] = []
        self._idle: SimpleQueue[_Worker | _Hand] = SimpleQueue()
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the processes; they load while the caller goes on."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._pool is not None:
            return
        self._pool = ThreadPoolExecutor(self.size, thread_name_prefix="crew")
        for _ in range(self.size):
            worker = _hire()
            self._workers.append(worker)
            self._idle.put(worker)

    def run(self, tasks: Iterable[Task]) -> Iterator[list[Result]]:
        """Begin tasks in parallel and give their results in the order of the tasks."""
        self.start()
        if self._pool is None:
            raise RuntimeError("the crew was not started")
        return self._pool.map(self.do, tasks)

    def do(self, task: Task) -> list[Result]:
        """Do one task with the next worker that is free; callable from any thread."""
        self.start()
        worker = self._idle.get()
        try:
            return worker.ask(task)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Let all processes end."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._workers = []


def _hire() -> _Worker | _Hand:
    """Start a process, or do the work here when that is not allowed."""
    try:
        return _Worker()
    except OSError as error:
        import structlog

        structlog.get_logger().warning("worker not started", error=str(error))
        return _Hand()
