"""Run one external program well."""

import os
import shutil
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.tools.child import Child, Stream
from avpres.adapters.tools.holding import held
from avpres.domain.errors import AvpresError, ToolFailedError, ToolMissingError
from avpres.domain.exit_codes import ExitCode

KEPT_LINES = 100
"""Last lines of each stream that are kept for errors and records."""

ANY_STATUS = range(-128, 2**32)
"""For `ok`: the caller judges the status. Negative is a signal; Windows has 32 bits."""

Word = str | bytes | os.PathLike[str] | os.PathLike[bytes]
OnLine = Callable[[Stream, bytes], None]
"""Takes each line that is not empty, in the thread that called `run`; `\\r` ends a line too."""


class ToolStoppedError(AvpresError):
    """A program was stopped because its run was cancelled."""

    exit_code = ExitCode.INTERRUPTED


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that has ended. `stdout` and `stderr` are the last lines, not all of them."""

    argv: tuple[bytes, ...]
    status: int
    seconds: float
    stdout: tuple[bytes, ...]
    stderr: tuple[bytes, ...]

    @property
    def last_line(self) -> str:
        """The last thing the program said, on stderr if it said anything there."""
        lines = self.stderr or self.stdout
        return show(lines[-1]) if lines else "it said nothing"

    @property
    def outcome(self) -> str:
        """How the program ended, in words."""
        if self.status >= 0:
            return f"ended with status {self.status}"
        try:
            return f"was killed by {signal.Signals(-self.status).name}"
        except ValueError:
            return f"was killed by signal {-self.status}"


def run(  # noqa: PLR0913  # each is one property of a started process
    argv: Sequence[Word],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str | None] | None = None,
    stdin: bytes | Iterable[bytes] | None = None,
    on_line: OnLine | None = None,
    timeout_s: float | None = None,
    ok: Container[int] = (0,),
    stop: threading.Event | None = None,
    check: Callable[[], None] | None = None,
) -> Completed:
    """Run a program to its end, without a shell, in English, and never wait for a dead pipe.

    The child has its own process group and dies with this process (Linux: by the kernel, however
    this process dies). When anything is raised here, Ctrl-C included, its group is terminated,
    then killed. Status 0 is not proof: the caller looks at what was made.

    Args:
        argv: the program, by path or by name on PATH, and its arguments; names may be bytes.
        cwd: the folder to run in.
        env: changes to the environment; None takes a variable away. `LC_ALL` is `C` unless given.
        stdin: what to feed; an iterable is consumed in a thread of its own. None is no input.
        on_line: called with every line of both streams; may raise to stop the program.
        timeout_s: seconds after which the program is stopped.
        ok: statuses that are no error.
        stop: set by another thread to stop the program.
        check: called at least ten times a second while the program runs; may raise to stop it.

    Raises:
        ToolMissingError: the program is not there.
        ToolFailedError: it could not be started, took too long, or ended with a status not `ok`.
        ToolStoppedError: `stop` was set.
    """
    words = _words(argv)
    tails: dict[Stream, deque[bytes]] = {stream: deque(maxlen=KEPT_LINES) for stream in Stream}
    checks = _checks(words[0], timeout_s, stop, check)
    started = time.monotonic()
    child = None
    try:
        with held():  # between its start and its name here, nothing could end the child
            child = _start(words, cwd, env, [stdin] if isinstance(stdin, bytes) else stdin)
        for stream, line in child.lines(checks):
            tails[stream].append(line)
            if on_line is not None:
                on_line(stream, line)
    except BaseException:
        if child is not None:
            child.end()
        raise
    completed = Completed(
        argv=words,
        status=child.wait(),
        seconds=time.monotonic() - started,
        stdout=tuple(tails[Stream.STDOUT]),
        stderr=tuple(tails[Stream.STDERR]),
    )
    if completed.status not in ok:
        raise failure(completed)
    return completed


def failure(completed: Completed) -> ToolFailedError:
    """Tell of a program that ended badly: its name, how it ended, its last line."""
    return ToolFailedError(f"{_name(completed.argv[0])} {completed.outcome}: {completed.last_line}")


def show(text: bytes) -> str:
    """Make what a program said fit to be shown: one line, no control characters."""
    return "".join(c if c.isprintable() else "?" for c in text.decode("utf-8", "replace")).strip()


def _name(program: bytes) -> str:
    return show(os.path.basename(program))


def _words(argv: Sequence[Word]) -> tuple[bytes, ...]:
    """Resolve the program now: after `cwd` has changed, a relative path would be another file."""
    program, *arguments = (os.fsencode(word) for word in argv)
    found = shutil.which(os.fsdecode(program))
    if found is None:
        raise ToolMissingError(f"{show(program)} is not there or cannot be executed; install it")
    return (os.path.abspath(os.fsencode(found)), *arguments)


def _start(
    words: tuple[bytes, ...],
    cwd: Path | None,
    env: Mapping[str, str | None] | None,
    stdin: Iterable[bytes] | None,
) -> Child:
    wanted: dict[str, str | None] = {**os.environ, "LC_ALL": "C", "LANGUAGE": None, **(env or {})}
    plain = {name: value for name, value in wanted.items() if value is not None}
    try:
        return Child(words, cwd=None if cwd is None else os.fspath(cwd), env=plain, stdin=stdin)
    except OSError as error:
        raise ToolFailedError(
            f"{_name(words[0])} could not be started in {cwd or Path.cwd()}: {error.strerror}"
        ) from error


def _checks(
    program: bytes,
    timeout_s: float | None,
    stop: threading.Event | None,
    own: Callable[[], None] | None,
) -> Callable[[], None]:
    deadline = None if timeout_s is None else time.monotonic() + timeout_s

    def check() -> None:
        if own is not None:
            own()
        if stop is not None and stop.is_set():
            raise ToolStoppedError(f"{_name(program)} was stopped; run the same command again")
        if deadline is not None and time.monotonic() > deadline:
            raise ToolFailedError(f"{_name(program)} did not end within {timeout_s:g} seconds")

    return check
