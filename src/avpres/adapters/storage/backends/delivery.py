"""What all program-driven backends do alike: hand out names, listen, and look at the outcome."""

import errno
import itertools
import os
import stat
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from avpres.adapters.storage.backends.contract import Problem
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.complaint import Complaint
from avpres.adapters.tools.process import ANY_STATUS, Completed, OnLine, Word, failure, run

_ARGUMENTS = 1024 * 1024  # bytes of names in one command line; more gains nothing
_WINDOWS_LINE = 30_000  # characters; CreateProcess takes 32,767
_POINTER = 8  # bytes that the kernel counts for each argument beside its text

_WHOLE_DESTINATION = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENODEV, errno.ESTALE, errno.ENOTCONN}
)


@dataclass(frozen=True, slots=True)
class Call:
    """One process and the names that it is to bring over."""

    argv: Sequence[Word]
    names: Sequence[bytes]
    cwd: Path | None = None
    env: Mapping[str, str | None] = field(default_factory=dict)
    stdin: Iterable[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch on its way. `read` understands the program's lines, `failed` its status."""

    source_root: Path
    stage: Path
    read: Callable[[bytes], Complaint | None]
    failed: Callable[[int], bool] = bool
    on_line: OnLine | None = None
    stop: threading.Event | None = None

    def fresh(self, names: Sequence[bytes]) -> Generator[Problem, None, list[bytes]]:
        """Yield the names that exist already at the stage as problems, and return the others.

        Raises:
            ValueError: a name is absolute, empty, or has a `.` or `..` in it.
        """
        fresh = []
        for name in names:
            if not {b"", b".", b".."}.isdisjoint(name.split(b"/")):
                raise ValueError(f"{name!r} is no clean relative name")
            if os.path.lexists(os.path.join(os.fsencode(self.stage), name)):
                yield Problem(name, "exists already and was not replaced", errno.EEXIST)
            else:
                fresh.append(name)
        return fresh

    def carry(self, calls: Iterable[Call]) -> Iterator[Problem]:
        """Run the calls one after another and yield the files that did not come over whole.

        Raises:
            ToolFailedError: a process was killed, or failed while every file looks right.
        """
        for call in calls:
            heard = _Heard(set(call.names), self._roots())
            completed = run(
                call.argv,
                cwd=call.cwd,
                env=call.env,
                stdin=call.stdin,
                on_line=partial(self._listen, heard),
                ok=ANY_STATUS,
                stop=self.stop,
            )
            count = 0
            for name in call.names:
                problem = self._look(name, heard, completed)
                if problem is not None:
                    count += 1
                    yield problem
            if completed.status < 0 or (self.failed(completed.status) and not count):
                raise failure(completed)

    def _listen(self, heard: "_Heard", stream: Stream, line: bytes) -> None:
        complaint = self.read(line)
        if complaint is not None:
            heard.add(complaint)
        if self.on_line is not None:
            self.on_line(stream, line)

    def _look(self, name: bytes, heard: "_Heard", completed: Completed) -> Problem | None:
        """Judge one file by what lies there first, by what the program said of it second."""
        complaint = heard.about(name)
        lack = _lack(
            os.path.join(os.fsencode(self.source_root), name),
            os.path.join(os.fsencode(self.stage), name),
        )
        if complaint is not None:
            delivered = lack is None and complaint.metadata
            return Problem(name, complaint.message, complaint.errno, delivered)
        if lack is None:
            return None
        message = f"{lack}; {os.path.basename(os.fsdecode(completed.argv[0]))} {completed.outcome}"
        if self.failed(completed.status):
            message += f": {completed.last_line}"
        return Problem(name, message, heard.destination_errno)

    def _roots(self) -> list[bytes]:
        folders = [os.path.abspath(self.source_root), os.path.abspath(self.stage)]
        both = {os.fsencode(path) for path in (*folders, *map(os.path.realpath, folders))}
        return sorted((os.path.join(path, b"") for path in both), key=len, reverse=True)


class _Heard:
    """What a program has said, by name. Of two complaints the one about bytes is kept."""

    def __init__(self, names: set[bytes], roots: Sequence[bytes]) -> None:
        self._names = names
        self._roots = roots
        self._by_name: dict[bytes, Complaint] = {}
        self.destination_errno: int | None = None

    def add(self, complaint: Complaint) -> None:
        if complaint.errno in _WHOLE_DESTINATION and not complaint.metadata:
            self.destination_errno = complaint.errno
        for path in complaint.paths:
            name = self._relative(path)
            known = self._by_name.get(name)
            if known is None or (known.metadata and not complaint.metadata):
                self._by_name[name] = complaint

    def about(self, name: bytes) -> Complaint | None:
        """Find what was said of a file, or else of a folder that it lies in."""
        while name:
            if name in self._by_name:
                return self._by_name[name]
            name = name.rpartition(b"/")[0]
        return None

    def _relative(self, path: bytes) -> bytes:
        for root in self._roots:
            if path.startswith(root):
                return path.removeprefix(root).replace(os.sep.encode(), b"/")
        return path.removeprefix(b"./")


def _lack(source: bytes, target: bytes) -> str | None:
    """Say what a copy lacks: status 0 is not proof."""
    try:
        there = os.lstat(target)
    except OSError:
        return "was not copied"
    if not stat.S_ISREG(there.st_mode):
        return "is no regular file at the destination"
    try:
        size = os.lstat(source).st_size
    except OSError as error:
        return f"cannot be compared with its source ({error.strerror})"
    return None if there.st_size == size else f"has {there.st_size} of {size} bytes"


def chunks(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Split names so that each part fits on one command line."""
    room = _room()
    chunk: list[bytes] = []
    used = 0
    for name in names:
        need = len(name) + 3 + _POINTER  # `./` before, NUL behind
        if chunk and used + need > room:
            yield chunk
            chunk, used = [], 0
        chunk.append(name)
        used += need
    if chunk:
        yield chunk


def folder_chunks(names: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Split names like `chunks`, and wherever the folder changes; their order stays."""
    for folder, group in itertools.groupby(names, key=os.path.dirname):
        for chunk in chunks(group):
            yield folder, chunk


def _room() -> int:
    if sys.platform == "win32":
        return _WINDOWS_LINE - 2_000  # two folders and the flags
    environment = sum(len(name) + len(value) + 2 + _POINTER for name, value in os.environb.items())
    return max(min(os.sysconf("SC_ARG_MAX") // 2, _ARGUMENTS) - environment, 16 * 1024)
