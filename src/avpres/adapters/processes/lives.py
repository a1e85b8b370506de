"""What worker processes do with their lives, and how one begins that is alone.

`python -c "from avpres.adapters.processes.lives import alone; alone('describing', 'worker', 7)"`
"""

import os
import socket
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

from avpres.adapters.processes.channel import Waiting
from avpres.adapters.processes.trades import TRADES
from avpres.adapters.tools.offspring import end_with_parent


def live(trade: str, kind: str, line: socket.socket) -> NoReturn:
    """Say who this is, serve the parent until it hangs up, and leave without ceremony."""
    status = 1
    try:
        parent = Waiting(line)
        parent.answers().send(os.getpid())
        _life(trade, kind)(parent)
        status = 0
    except EOFError:
        status = 0
    except BaseException:  # noqa: BLE001 - the pool goes on without it
        traceback.print_exc()
    finally:
        os._exit(status)


def alone(trade: str, kind: str, descriptor: int | None) -> NoReturn:
    """Begin in a Python of its own; without a descriptor, Windows's kind of one is on stdin."""
    end_with_parent()
    if descriptor is None:  # pragma: no cover - Windows
        line = socket.fromshare(sys.stdin.buffer.read())  # type: ignore[attr-defined,unused-ignore]
    else:
        line = socket.socket(fileno=descriptor)
    live(trade, kind, line)


def _life(trade: str, kind: str) -> Callable[[Waiting], None]:
    module, _, name = TRADES[trade].lives[kind].partition(":")
    found: Callable[[Waiting], None] = getattr(import_module(module), name)
    return found
