"""The life of a worker: it describes one file after the other, under a limit of time and memory.

What cannot be stopped from within, a loop inside of a library, is ended from without, by the pool.
"""

import signal

from avpres.adapters.describing.examiner import TimeLimitError, describe, emitters
from avpres.adapters.describing.orders import Answer, Orders, Record, Request
from avpres.adapters.describing.stopping import stopped, unrecorded
from avpres.adapters.formats.description_json import to_line
from avpres.adapters.processes.channel import Waiting
from avpres.adapters.processes.memory import limit_memory
from avpres.domain.description import Description
from avpres.domain.errors import SourceUnreadableError, ToolFailedError, ToolMissingError


def serve(parent: Waiting) -> None:
    """Describe lists of files; each answer goes out at once.

    Raises:
        EOFError: there are no more.
    """
    orders: Orders = parent.receive()
    limits = orders.limits
    limit_memory(limits.deep_memory if orders.deep else limits.memory)
    while True:
        requests = parent.receive()
        answers = parent.answers()
        for request in requests:
            answers.send(_timed(request, orders))


def _answer(request: Request, orders: Orders) -> Answer:
    _give_time(request, orders)
    found = describe(request, orders)
    _give_time(request, orders)
    records = [] if request.careful or not orders.emit else _records(found, request, orders)
    return Answer(found, to_line(found), records)


def _records(found: Description, request: Request, orders: Orders) -> list[Record]:
    """Write the records of a file; what goes wrong with them costs no description."""
    wanted = emitters(found, orders)
    if not wanted:
        return []
    if request.bare:
        unrecorded(found, "that ended the process that did it, or took too long")
        return []
    try:
        return [(one.suffix, one.write(found)) for one in wanted]
    except TimeLimitError:
        unrecorded(found, "that took too long")
    except MemoryError:
        unrecorded(found, "that wanted too much memory")
    except Exception as error:  # noqa: BLE001 - one bad file never ends a batch
        unrecorded(found, _WHY.get(type(error), f"a defect: {type(error).__name__}"))
    return []


_WHY: dict[type[Exception], str] = {  # without the path, which differs from run to run
    ToolMissingError: "MediaInfo is not installed",
    ToolFailedError: "MediaInfo failed",
    SourceUnreadableError: "it cannot be read any more",
}


if hasattr(signal, "setitimer"):

    def _stop(_signal: int, _frame: object) -> None:
        raise TimeLimitError

    def _give_time(request: Request, orders: Orders) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, orders.seconds_for(request.size))

    def _timed(request: Request, orders: Orders) -> Answer:
        """Describe a file; its processor time is counted, not the time that a disk takes."""
        signal.signal(signal.SIGVTALRM, _stop)
        try:
            return _answer(request, orders)
        except TimeLimitError:  # it came late, between two guards
            found = describe(request._replace(careful=True), orders)
            stopped(found, "CHR-TIME")
            return Answer(found, to_line(found), [])
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

else:  # pragma: no cover - Windows: the pool alone keeps the time

    def _give_time(request: Request, orders: Orders) -> None:
        """Do nothing."""

    _timed = _answer
