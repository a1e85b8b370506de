"""The process that the others are forked from: it has imported what they need, once for all.

It has one thread and no work of its own. What it forks ends with it, and it ends with its parent.
"""

import gc
import os
import select
import signal
import socket
import struct
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from avpres.adapters.processes.lives import live
from avpres.adapters.processes.trades import TRADES
from avpres.adapters.tools.offspring import end_with_parent

ORDER = struct.Struct("=cq")  # what to do, and the process or the kind of life that it is about
BEAR, END = b"B", b"X"


def main(trade: str, descriptor: int) -> NoReturn:
    """Fork processes of a trade as the parent asks, until it hangs up."""
    gc.disable()
    end_with_parent()
    control = socket.socket(fileno=descriptor)
    children: set[int] = set()
    while select.select([control], [], [], 0)[0]:  # asked for at once: it has much to load itself
        _obey(trade, control, children)
    for name in TRADES[trade].modules:
        import_module(name)
    gc.freeze()
    while True:
        _obey(trade, control, children)


def _obey(trade: str, control: socket.socket, children: set[int]) -> None:
    try:
        message, descriptors, _, _ = socket.recv_fds(control, ORDER.size, 1)
    except ConnectionError:
        message, descriptors = b"", []
    if len(message) < ORDER.size:
        _leave(children)
    kind, number = ORDER.unpack(message)
    if kind == END:
        _end(number, children)
    else:
        life = list(TRADES[trade].lives)[number]
        children.add(_fork((trade, life), control, descriptors[0]))
    _bury(children)


def _fork(life: tuple[str, str], control: socket.socket, descriptor: int) -> int:
    nursery = os.getpid()
    pid = os.fork()
    if not pid:
        end_with_parent()
        if os.getppid() != nursery:
            os._exit(0)
        control.close()
        gc.enable()
        live(*life, socket.socket(fileno=descriptor))
    os.close(descriptor)
    return pid


def _end(pid: int, children: set[int]) -> None:
    if pid in children:  # not waited for yet, so that the number is still its own
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        children.discard(pid)


def _bury(children: set[int]) -> None:
    for pid in list(children):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0]:
                children.discard(pid)


def _leave(children: set[int]) -> NoReturn:
    for pid in list(children):
        _end(pid, children)
    os._exit(0)
