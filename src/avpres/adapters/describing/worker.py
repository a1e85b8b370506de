"""The life of a worker: it describes one file after the other, under a limit of time and memory.

What cannot be stopped from within, a loop inside of a library, is ended from without, by the pool.
"""

import contextlib
import signal

from avpres.adapters.describing.channel import Waiting
from avpres.adapters.describing.examiner import TimeLimitError, describe, emit
from avpres.adapters.describing.orders import MIB, Answer, Orders, Request
from avpres.adapters.describing.stopping import stopped
from avpres.adapters.formats.description_json import to_line


def serve(parent: Waiting) -> None:
    """Describe lists of files; each answer goes out at once.

    Raises:
        EOFError: there are no more.
    """
    orders: Orders = parent.receive()
    limit_memory(orders)
    while True:
        requests = parent.receive()
        answers = parent.answers()
        for request in requests:
            answers.send(_timed(request, orders))


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
        signal.setitimer(signal.ITIMER_VIRTUAL, orders.seconds_for(request.size))
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
