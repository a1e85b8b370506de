"""The life of a worker: `python -m avpres.adapters.describing.worker`.

It describes one file after the other under a limit of time and of memory. What cannot be stopped
from within, a loop inside of a library, is ended from without, by the pool.
"""

import contextlib
import pickle
import signal
import sys
from typing import BinaryIO

from avpres.adapters.describing.examiner import TimeLimitError, describe, emit, stopped
from avpres.adapters.describing.orders import MIB, Answer, Orders, Request
from avpres.adapters.formats.description_json import to_line
from avpres.adapters.tools.offspring import end_with_parent


def serve(tasks: BinaryIO, results: BinaryIO) -> None:
    """Describe lists of files until there are no more; each answer goes out at once."""
    orders: Orders = pickle.load(tasks)  # noqa: S301 - from our parent
    limit_memory(orders)
    while True:
        try:
            requests = pickle.load(tasks)  # noqa: S301 - from our parent
        except EOFError:
            return
        for request in requests:
            pickle.dump(_timed(request, orders), results, pickle.HIGHEST_PROTOCOL)
            results.flush()


def limit_memory(orders: Orders) -> None:
    """Let the kernel refuse memory beyond the limit (not on Windows, little on macOS)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        wanted = (orders.limits.deep_memory if orders.deep else orders.limits.memory) * MIB
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _answer(request: Request, orders: Orders) -> Answer:
    found = describe(request, orders)
    records = [] if request.careful or not orders.emit else emit(found, orders)
    return Answer(found, to_line(found), records)


if hasattr(signal, "setitimer"):

    def _stop(_signal: int, _frame: object) -> None:
        raise TimeLimitError

    def _timed(request: Request, orders: Orders) -> Answer:
        """Describe a file; its processor time is counted, not the time that a disk takes."""
        signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, orders.limits.of(request.size))
        try:
            return _answer(request, orders)
        except TimeLimitError:  # it came late, between two guards
            found = describe(request._replace(careful=True), orders)
            stopped(found, "CHR-TIME")
            return Answer(found, to_line(found), [])
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

else:  # pragma: no cover - Windows: the pool alone keeps the time
    _timed = _answer


if __name__ == "__main__":
    end_with_parent()
    serve(sys.stdin.buffer, sys.stdout.buffer)
