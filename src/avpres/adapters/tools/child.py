"""One running child process: its pipes drained, its end awaited, its group stopped when need be."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import IO

GRACE_S = 5.0  # seconds between asking a child to end and killing it
LINGER_S = 2.0  # seconds that a grandchild may hold the pipes after the child has ended
LINE = 64 * 1024  # bytes; a longer line is cut, so that binary output cannot fill the memory
POLL_S = 0.1  # seconds between looks at deadlines and stop requests

_WAITING = 1000  # lines between the readers and the caller; beyond that the child has to wait

# Started as `python -c` between us and the program: asks the kernel to kill the program when we
# die, however we die, and becomes it. A preexec_fn would do the same between fork and exec, which
# deadlocks where there are threads and warns from Python 3.12 on. Python ignores SIGPIPE and
# SIGXFSZ, and what is ignored stays so over exec, hence the two resets. prctl(1) is
# PR_SET_PDEATHSIG; the check of the parent closes the gap before it (prctl(2)).
_LAUNCH = """\
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]): os._exit(1)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.execv(sys.argv[2], sys.argv[2:])
"""


class Stream(StrEnum):
    """Where a line came from."""

    STDOUT = "stdout"
    STDERR = "stderr"


Line = tuple[Stream, bytes]
_EXIT = "exit"


class Child:
    """A started program. `lines` follows it to its end, `end` stops it before."""

    def __init__(
        self,
        argv: Sequence[bytes],
        *,
        cwd: str | bytes | None,
        env: Mapping[str, str],
        stdin: Iterable[bytes] | None,
    ) -> None:
        self._events: queue.Queue[tuple[str, bytes | BaseException | None]] = queue.Queue(_WAITING)
        self._open: set[str] = {Stream.STDOUT, Stream.STDERR, _EXIT}
        self._process = _spawn(argv, cwd=cwd, env=env, feed=stdin is not None)
        self._start(self._read, Stream.STDOUT, self._process.stdout)
        self._start(self._read, Stream.STDERR, self._process.stderr)
        self._start(self._await_exit)
        if stdin is not None:
            self._start(self._feed, self._process.stdin, stdin)

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self._process.pid

    def lines(self, check: Callable[[], None]) -> Iterator[Line]:
        """Yield the lines of both streams as they come, until the child and its pipes have ended.

        `check` is called at least every `POLL_S` seconds and may raise to give up. A grandchild
        that keeps the pipes open after the child has ended is killed with the group.
        """
        ended_at: float | None = None
        while self._open:
            check()
            yield from self._next()
            if _EXIT in self._open:
                continue
            ended_at = ended_at or time.monotonic()
            if self._open and time.monotonic() - ended_at > LINGER_S:
                self._signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
                self._open.clear()

    def wait(self) -> int:
        """Reap the child and give its status; negative is the number of a signal."""
        return self._process.wait()

    def end(self) -> None:
        """Ask the child's group to end, and kill it when it does not within `GRACE_S` seconds."""
        try:
            self._signal(signal.SIGTERM)
            self._drain()
        finally:
            self._signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
            self._drain()
            with contextlib.suppress(subprocess.TimeoutExpired):  # held by the kernel, on dead NFS
                self._process.wait(GRACE_S)

    def _next(self) -> Iterator[Line]:
        with contextlib.suppress(queue.Empty):
            origin, what = self._events.get(timeout=POLL_S)
            if isinstance(what, BaseException):
                raise what
            if what is None:
                self._open.discard(origin)
            else:
                yield Stream(origin), what

    def _drain(self) -> None:
        deadline = time.monotonic() + GRACE_S
        while self._open and time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                origin, what = self._events.get(timeout=POLL_S)
                if what is None:
                    self._open.discard(origin)

    def _signal(self, number: int) -> None:
        """Signal the group, while the unreaped child still keeps its id from being given anew."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, number)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        threading.Thread(target=work, args=args, daemon=True, name=work.__name__).start()

    def _read(self, stream: Stream, pipe: IO[bytes]) -> None:
        with pipe:
            for line in _split(pipe):
                self._events.put((stream, line))
        self._events.put((stream, None))

    def _await_exit(self) -> None:
        if hasattr(os, "waitid"):  # not on macOS before Python 3.13
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        self._events.put((_EXIT, None))

    def _feed(self, pipe: IO[bytes], chunks: Iterable[bytes]) -> None:
        try:
            with pipe:
                for chunk in chunks:
                    pipe.write(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the child has heard enough; its status says whether that is an error
        except BaseException as error:  # noqa: BLE001  # carried over and raised to the caller
            self._events.put((_EXIT, error))


def _split(pipe: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := pipe.read1(LINE):  # type: ignore[attr-defined]  # Popen's pipes are buffered
        *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        yield from filter(None, lines)
        if len(rest) >= LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _spawn(
    argv: Sequence[bytes], *, cwd: str | bytes | None, env: Mapping[str, str], feed: bool
) -> subprocess.Popen[bytes]:
    stdin = subprocess.PIPE if feed else subprocess.DEVNULL
    if sys.platform == "win32":
        group = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(  # noqa: S603
            [os.fsdecode(word) for word in argv],
            cwd=cwd,
            env=dict(env),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=group,
        )
    return subprocess.Popen(  # noqa: S603
        [*_launcher(), *argv],
        cwd=cwd,
        env=dict(env),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )


def _launcher() -> list[bytes]:
    """Give the words that tie a child's life to ours: Linux only, nothing elsewhere."""
    if sys.platform != "linux" or not sys.executable or getattr(sys, "frozen", False):
        return []
    words = (sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()))
    return [os.fsencode(word) for word in words]
