"""What the processes that describe files do with their lives, and how one begins that is alone.

`python -c "from avpres.adapters.describing.lives import alone; alone('worker', 7)"`
"""

import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from avpres.adapters.describing.channel import Waiting
from avpres.adapters.tools.offspring import end_with_parent

WORKER, IDENTIFIER, EARLY_IDENTIFIER = "worker", "identifier", "early identifier"


def live(kind: str, line: socket.socket) -> NoReturn:
    """Say who this is, serve the parent until it hangs up, and leave without ceremony."""
    status = 1
    try:
        parent = Waiting(line)
        parent.answers().send(os.getpid())
        _LIVES[kind](parent)
        status = 0
    except EOFError:
        status = 0
    except BaseException:  # noqa: BLE001 - the pool goes on without it
        traceback.print_exc()
    finally:
        os._exit(status)


def alone(kind: str, descriptor: int | None) -> NoReturn:
    """Begin in a Python of its own; without a descriptor, Windows's kind of one is on stdin."""
    end_with_parent()
    if descriptor is None:  # pragma: no cover - Windows
        line = socket.fromshare(sys.stdin.buffer.read())  # type: ignore[attr-defined,unused-ignore]
    else:
        line = socket.socket(fileno=descriptor)
    live(kind, line)


def _worker(parent: Waiting) -> None:
    from avpres.adapters.describing import worker

    worker.serve(parent)


def _identifier(parent: Waiting) -> None:
    from avpres.adapters.describing import identifier

    identifier.serve(parent)


def _early_identifier(parent: Waiting) -> None:
    from avpres.adapters.describing import identifier

    identifier.serve(parent, early=True)


_LIVES: dict[str, Callable[[Waiting], None]] = {
    WORKER: _worker,
    IDENTIFIER: _identifier,
    EARLY_IDENTIFIER: _early_identifier,
}
