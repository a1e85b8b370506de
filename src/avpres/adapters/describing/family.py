"""Starting and ending the processes that describe files.

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

from avpres.adapters.describing.channel import Glancing, unpacked
from avpres.adapters.describing.lives import EARLY_IDENTIFIER, IDENTIFIER
from avpres.adapters.describing.nursery import BEAR, END, ORDER
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

    def __init__(self) -> None:
        self._mother, self._control = _start("nursery", "main")
        self._early: Child | None = None

    def bear_early(self) -> None:
        """Start the identifier that will be asked for, so that it loads its signatures."""
        self._early = self.bear(EARLY_IDENTIFIER)

    def bear(self, kind: str) -> Child:
        """Start a process; an early one is taken first."""
        if self._mother.poll() is not None:
            self.dismiss()
            self._mother, self._control = _start("nursery", "main")
        if kind == IDENTIFIER and self._early is not None:
            child, self._early = self._early, None
            return child
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):  # then the line has ended already
            socket.send_fds(self._control, [ORDER.pack(BEAR[kind], 0)], [theirs.fileno()])
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
        if self._early is not None:
            self._early.line.close()
            self._early = None


class Single:
    """Processes that are started each by itself."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def bear(self, kind: str) -> Child:
        """Start a process."""
        process, line = _start("lives", "alone", kind)
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


def new_family() -> Family:
    """Give the kind of family that this system bears.

    Raises:
        ToolFailedError: no process may be started here.
    """
    return Forked() if MAY_FORK else Single()


_SIEGFRIED = {"GOGC": "off", "GOMEMLIMIT": "128MiB"}
"""How Siegfried, which is written in Go, tidies its memory: its signatures are never garbage, and
looking for some while they are loaded takes twice as long as loading them. Go reads this once, of
the environment that a process is started with."""

MAY_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"


def _start(module: str, function: str, *words: str) -> tuple[_Process, socket.socket]:
    ours, theirs = socket.socketpair()
    is_windows = sys.platform == "win32"
    given = ", ".join(repr(word) for word in (*words, None if is_windows else theirs.fileno()))
    code = f"from avpres.adapters.describing.{module} import {function}; {function}({given})"
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                [sys.executable, "-S", "-P", "-c", code],
                stdin=subprocess.PIPE if is_windows else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_SIEGFRIED | environment(),
                pass_fds=() if is_windows else (theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise ToolFailedError(
                f"no second process may be started here ({error}); files are described in "
                "processes of their own, so allow that or run avpres as another user"
            ) from error
        if process.stdin is not None:  # pragma: no cover - Windows
            with process.stdin:
                process.stdin.write(theirs.share(process.pid))  # type: ignore[attr-defined,unused-ignore]
    return process, ours
