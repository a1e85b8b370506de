"""Starting and ending worker processes.

On Linux and the BSDs they are forked from one process that has imported what they need: a new one
is there in a millisecond, and they share its memory. macOS and Windows do not bear that: there
each is started by itself.
"""

import contextlib
import os
import socket
import subprocess
import sys
from typing import Protocol

from avpres.adapters.processes.channel import Glancing, unpacked
from avpres.adapters.processes.nursery import BEAR, END, ORDER
from avpres.adapters.processes.trades import TRADES
from avpres.adapters.tools.offspring import environment
from avpres.domain.errors import ToolFailedError

_Process = subprocess.Popen[bytes]


class Child:
    """A process, the line to it, and the process that ends it. `pid` is 0 until it is known."""

    def __init__(self, line: socket.socket, mother: _Process) -> None:
        self.line = Glancing(line)
        self.mother = mother
        self.pid = 0
        self._is_there = False

    def take(self) -> list[bytes]:
        """Take the answers that have come; the first thing that it says is who it is."""
        answers = self.line.take()
        if answers and not self._is_there:
            (self.pid,) = unpacked([answers.pop(0)])
            self._is_there = True
        return answers


class Family(Protocol):
    """Where processes come from."""

    def bear(self, kind: str) -> Child:
        """Start a process.

        Raises:
            ToolFailedError: that is not allowed here.
        """

    def end(self, child: Child) -> None:
        """End a process at once, whatever it is doing."""

    def is_orphan(self, child: Child) -> bool:
        """Say whether a process that has ended did so because of another that did."""

    def dismiss(self) -> None:
        """Let all of them end; `close` waits until they have."""

    def close(self) -> None:
        """End all of them."""


class Forked:
    """Processes that are forked from one.

    Raises:
        ToolFailedError: not even that one may be started.
    """

    def __init__(self, trade: str) -> None:
        self._trade = trade
        self._kinds = list(TRADES[trade].lives)
        self._mother, self._control = self._begun()
        self._early: dict[str, Child] = {}

    def bear_early(self, kind: str, *, as_kind: str) -> None:
        """Start a process that loads at once, and will be taken when `as_kind` is asked for."""
        self._early[as_kind] = self.bear(kind)

    def bear(self, kind: str) -> Child:
        """Start a process; an early one is taken first."""
        if self._mother.poll() is not None:
            self.dismiss()
            self._mother, self._control = self._begun()
        if kind in self._early:
            return self._early.pop(kind)
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):  # then the line has ended already
            socket.send_fds(
                self._control, [ORDER.pack(BEAR, self._kinds.index(kind))], [theirs.fileno()]
            )
        return Child(ours, self._mother)

    def end(self, child: Child) -> None:
        """End a process; the one that it was forked from buries it."""
        with contextlib.suppress(OSError):
            if child.mother is self._mother:
                self._control.send(ORDER.pack(END, child.pid))

    def is_orphan(self, child: Child) -> bool:
        """Say whether the process has ended that it was forked from."""
        return child.mother.poll() is not None

    def abandon(self) -> None:
        """End all of them, though they are still loading and do not listen."""
        self._mother.kill()
        self.close()

    def close(self) -> None:
        """End all of them; the one that they were forked from sees to it."""
        self.dismiss()
        self._mother.wait()

    def dismiss(self) -> None:
        """Let all of them end."""
        self._control.close()
        while self._early:
            self._early.popitem()[1].line.close()

    def _begun(self) -> tuple[_Process, socket.socket]:
        return _start(self._trade, "nursery", "main")


class Single:
    """Processes that are started each by itself."""

    def __init__(self, trade: str) -> None:
        self._trade = trade
        self._children: list[Child] = []

    def bear(self, kind: str) -> Child:
        """Start a process."""
        process, line = _start(self._trade, "lives", "alone", kind)
        child = Child(line, process)
        child.pid = process.pid
        self._children.append(child)
        return child

    def end(self, child: Child) -> None:
        """End a process."""
        child.mother.kill()
        child.mother.wait()
        if child in self._children:
            self._children.remove(child)

    def is_orphan(self, child: Child) -> bool:  # noqa: ARG002 - they do not hang together
        """Say no."""
        return False

    def dismiss(self) -> None:
        """Let all of them end."""
        for child in self._children:
            child.mother.kill()

    def close(self) -> None:
        """End all of them."""
        self.dismiss()
        while self._children:
            self._children.pop().mother.wait()


def new_family(trade: str) -> Family:
    """Give the kind of family that this system bears, for a trade.

    Raises:
        ToolFailedError: no process may be started here.
    """
    return Forked(trade) if MAY_FORK else Single(trade)


MAY_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"


def _start(trade: str, module: str, function: str, *words: str) -> tuple[_Process, socket.socket]:
    ours, theirs = socket.socketpair()
    is_windows = sys.platform == "win32"
    given = ", ".join(
        repr(word) for word in (trade, *words, None if is_windows else theirs.fileno())
    )
    code = f"from avpres.adapters.processes.{module} import {function}; {function}({given})"
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                [sys.executable, "-S", "-P", "-c", code],
                stdin=subprocess.PIPE if is_windows else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**TRADES[trade].environment, **environment()},
                pass_fds=() if is_windows else (theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise ToolFailedError(
                f"no second process may be started here ({error}); files are "
                "worked on in processes of their own, so allow that or run avpres as another user"
            ) from error
        if process.stdin is not None:  # pragma: no cover - Windows
            with process.stdin:
                process.stdin.write(theirs.share(process.pid))  # type: ignore[attr-defined,unused-ignore]
    return process, ours
