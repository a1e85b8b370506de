"""The parent's side: processes that describe files, kept alive and in time.

A worker that dies or does not come back costs one file its examination, never the batch: the
file it was at is described carefully (identified, not examined) by the next worker, the files
after it go on as if nothing had been.
"""

import contextlib
import os
import pickle
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from avpres.adapters.describing.examiner import stopped
from avpres.adapters.describing.orders import Answer, Orders, Request
from avpres.adapters.formats.description_json import to_line
from avpres.adapters.tools import offspring
from avpres.domain.description import Candidate, Description
from avpres.domain.errors import ToolFailedError
from avpres.domain.validity import Status

WORKER = "avpres.adapters.describing.worker"
IDENTIFIER = "avpres.adapters.describing.identifier"
SLACK_S = 0.5  # seconds beyond its own limit before a worker is ended from without
PATIENCE = 40  # times its limit that a file may take while a slow disk makes it wait
WATCH_S = 0.1  # seconds between looks at the workers


class _DiedError(Exception):
    """The process ended before its answer."""


class _Process:
    """One process and its pipes."""

    def __init__(self, module: str, greeting: object) -> None:
        self._process = offspring.start(module)
        self._stopped = False
        self.pid = self._process.pid
        self.tell(greeting)

    def tell(self, message: object) -> None:
        """Send a message; a process that has died says so at the answer."""
        with contextlib.suppress(BrokenPipeError):
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)  # type: ignore[arg-type]
            self._process.stdin.flush()  # type: ignore[union-attr]

    def answer(self) -> Any:
        """Wait for the next answer.

        Raises:
            _DiedError: none will come.
        """
        try:
            return pickle.load(self._process.stdout)  # type: ignore[arg-type]  # noqa: S301 - ours
        except (EOFError, pickle.UnpicklingError, OSError) as error:
            raise _DiedError from error

    def kill(self) -> None:
        """End it at once; whoever waits for its answer learns that it died."""
        self._stopped = True
        self._process.kill()

    @property
    def was_stopped(self) -> bool:
        """Say whether it was ended from without."""
        return self._stopped

    def close(self) -> None:
        """Let it end by itself."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Identifier:
    """The process that asks Siegfried, for all workers."""

    def __init__(self, signatures: Path | None = None) -> None:
        self._signatures = signatures
        self._lock = threading.Lock()
        self._process = _Process(IDENTIFIER, signatures)

    def identify(self, requests: Sequence[Request]) -> list[Request]:
        """Put the candidates into requests; a file that Siegfried cannot bear gets a note."""
        with self._lock:
            try:
                return self._ask(requests)
            except _DiedError:
                self._restart()
                return [self._ask_for_one(request) for request in requests]

    def _ask_for_one(self, request: Request) -> Request:
        try:
            return self._ask([request])[0]
        except _DiedError:
            self._restart()
            return request._replace(notes=("Siegfried could not identify it and was stopped",))

    def _ask(self, requests: Sequence[Request]) -> list[Request]:
        self._process.tell([request.path for request in requests])
        found: list[tuple[Candidate, ...]] = self._process.answer()
        return [
            request._replace(candidates=candidates)
            for request, candidates in zip(requests, found, strict=True)
        ]

    def _restart(self) -> None:
        self._process.close()
        self._process = _Process(IDENTIFIER, self._signatures)

    def close(self) -> None:
        """Let the process end."""
        self._process.close()


class _Worker:
    """A worker process that is replaced when it dies, and the time it has for its file."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._process = _Process(WORKER, orders)
        self._began = 0.0
        self._limit = 0.0
        self._used = 0.0

    def describe(self, requests: Sequence[Request]) -> list[Answer]:
        """Describe files in order, whatever they do to the process."""
        found: list[Answer] = []
        while len(found) < len(requests):
            rest = requests[len(found) :]
            self._process.tell(rest)
            try:
                for request in rest:
                    self._begin(request)
                    found.append(self._process.answer())
            except _DiedError:
                found.append(self._afterwards(requests[len(found)]))
            finally:
                self._began = 0.0
        return found

    def _begin(self, request: Request) -> None:
        limits = self._orders.limits
        self._limit = limits.of(request.size) * (60 if self._orders.deep else 1) + SLACK_S
        self._used = _cpu(self._process.pid)
        self._began = time.monotonic()

    def _afterwards(self, request: Request) -> Answer:
        """Replace the process and say of the file that ended it what can still be said."""
        id = "CHR-TIME" if self._process.was_stopped else "CHR-CRASH"
        self._process.close()
        self._process = _Process(WORKER, self._orders)
        found = self._carefully(request).description
        stopped(found, id)
        return Answer(found, to_line(found), [])

    def _carefully(self, request: Request) -> Answer:
        self._process.tell([request._replace(careful=True)])
        try:
            self._begin(request)
            found: Answer = self._process.answer()
        except _DiedError:
            self._process.close()
            self._process = _Process(WORKER, self._orders)
            path, root = os.fsdecode(request.name), os.fsdecode(request.root)
            lost = Description(path, root, request.size, status=Status.UNKNOWN)
            return Answer(lost, to_line(lost), [])
        return found

    def watch(self) -> None:
        """End the process if its file has had its time."""
        began, limit = self._began, self._limit
        if not began or time.monotonic() - began < limit:
            return
        used = _cpu(self._process.pid) - self._used
        if used >= limit or used < 0 or time.monotonic() - began > limit * PATIENCE:
            self._process.kill()

    def close(self) -> None:
        """Let the process end."""
        self._process.close()


class Pool:
    """Workers and an identifier, started at once so that they load while the caller goes on."""

    def __init__(self, orders: Orders, size: int, signatures: Path | None = None) -> None:
        self.size = size
        try:
            self._identifier = Identifier(signatures)
            self._workers = [_Worker(orders) for _ in range(size)]
        except OSError as error:
            raise ToolFailedError(
                f"no second process may be started here ({error}); files are described in "
                "processes of their own, so allow that or run avpres as another user"
            ) from error
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(size + 1, thread_name_prefix="describe")
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._watching, daemon=True)
        self._watch.start()

    def describe(self, batches: Iterable[Sequence[Request]]) -> Iterator[list[Answer]]:
        """Describe files, a few batches at a time, in the order in which they come."""
        waiting: deque[Future[list[Answer]]] = deque()
        try:
            for batch in batches:
                waiting.append(self._threads.submit(self._do, batch))
                if len(waiting) > 3 * self.size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _do(self, batch: Sequence[Request]) -> list[Answer]:
        identified = self._identifier.identify(batch)
        worker = self._idle.get()
        try:
            return worker.describe(identified)
        finally:
            self._idle.put(worker)

    def _watching(self) -> None:
        while not self._ended.wait(WATCH_S):
            for worker in self._workers:
                worker.watch()

    def close(self) -> None:
        """Let all processes end."""
        self._threads.shutdown(cancel_futures=True)
        self._ended.set()
        self._watch.join()
        self._identifier.close()
        for worker in self._workers:
            worker.close()


def _cpu(pid: int) -> float:
    """Give the processor seconds that a process has used; -1 where that cannot be asked."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return -1.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
