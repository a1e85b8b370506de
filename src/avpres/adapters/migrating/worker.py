"""The life of a worker: it migrates one file after the other, in silence."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from avpres.adapters.migrating.orders import Begun, Job, Leaving, Made, Orders
from avpres.adapters.processes.channel import Waiting
from avpres.adapters.processes.memory import limit_memory
from avpres.domain.migration import Outcome, Reason

Tell = Callable[[Begun], None]
Deed = Callable[[Job, Orders, Tell], Made]
DEEDS = {
    "make": "avpres.adapters.migrating.making:make",
    "restore": "avpres.adapters.migrating.restoring:restore",
    "look": "avpres.adapters.migrating.looking:look_at_both",
    "prove": "avpres.adapters.migrating.reproving:prove",
}
"""What a worker does with each file that it is given."""


def serve(parent: Waiting) -> None:
    """Migrate files as they are named; each answer goes out at once.

    Raises:
        EOFError: there are no more.
    """
    from avpres.adapters.migrating import loading  # noqa: F401 - where nothing was forked

    orders: Orders = parent.receive()
    limit_memory(orders.memory)
    with _silence():
        while True:
            job: Job = parent.receive()
            made, is_spent = _one(job, orders, parent)
            parent.answers().send(made)
            if is_spent:
                parent.answers().send(Leaving())
                return


def _one(job: Job, orders: Orders, parent: Waiting) -> tuple[Made, bool]:
    """Migrate one file, and say whether this process had better end then."""

    def tell(begun: Begun) -> None:
        parent.answers().send(begun)

    try:
        return _done(job, orders, tell), False
    except EOFError:
        raise
    except MemoryError:
        detail = f"more than {orders.memory:,} MiB; --memory-limit raises that"
        return Made(job.number, Outcome.FAILED, Reason.MEMORY, detail), True
    except Exception as error:
        with suppress(Exception):
            return Made(job.number, Outcome.FAILED, Reason.DEFECT, _defect(error)), True
        raise


def _done(job: Job, orders: Orders, tell: Tell) -> Made:
    module, _, name = DEEDS[orders.deed].partition(":")
    deed: Deed = getattr(import_module(module), name)
    return deed(job, orders, tell)


def _defect(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what libraries write to standard error from the user, unless the process dies of it."""
    before, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
