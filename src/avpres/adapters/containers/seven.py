"""7z, read through a program: bsdtar makes a tar of it, which is read as any other."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Self, cast

from avpres.adapters.containers.member import (
    ContainerKind,
    Member,
    Problem,
    Reader,
    Tell,
)
from avpres.adapters.containers.tar_read import TarWalk
from avpres.adapters.tools.process import show
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Tool, find
from avpres.domain.errors import UsageError
from avpres.domain.severity import Severity

BSDTAR = Tool(
    name="bsdtar",
    programs=("bsdtar",),
    version_pattern=r"^bsdtar (\d+(?:\.\d+)+)",
    least="3.3",
    advice={
        "linux": "apt install libarchive-tools, dnf install bsdtar",
        "darwin": "it is a part of macOS: look at your PATH",
        "win32": "it is a part of Windows, as tar.exe: configure its path",
    },
)
"""Reads 7z and writes tar to a pipe, which the 7-Zip programs cannot."""

_GRACE_S = 5.0


class PipeForward:
    """What a program writes, read from front to end."""

    def __init__(self, pipe: BinaryIO) -> None:
        self.place = 0
        self._pipe = pipe

    def take(self, size: int) -> bytes:
        """Give the next bytes; fewer only at the end."""
        data = self._pipe.read(size)
        self.place += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over bytes and say how many there were."""
        left = size
        while left and (data := self.take(min(left, 1024 * 1024))):
            left -= len(data)
        return size - left


class SevenZip:
    """A 7z; its members are known by walking through it."""

    def __init__(
        self, path: Path, tell: Tell, configured: Mapping[str, Path] = NOTHING_CONFIGURED
    ) -> None:
        self.path = path
        self.kind = ContainerKind.SEVEN_ZIP
        self.size = path.stat().st_size
        self.has_random_access = False
        self._tell = tell
        self._program = find(BSDTAR, configured)

    def walk(self) -> Iterator[tuple[Member, Reader]]:
        """Yield every member with its data, in one pass; CRCs are the program's to judge."""
        with tempfile.TemporaryFile() as complaints, self._started(complaints) as process:
            try:
                yield from TarWalk(PipeForward(cast("BinaryIO", process.stdout)), self._tell)
                status = _end(process)
            finally:
                process.kill()
            if status:
                complaints.seek(0)
                said = show(complaints.read(1000).strip().rpartition(b"\n")[2])
                text = f"bsdtar ended with status {status}: {said}"
                self._tell(Problem("CON-DAMAGED", Severity.ERROR, text))

    def read(self, member: Member) -> Reader:
        """Refuse: a 7z is one stream."""
        raise UsageError(f"{self.path}: a 7z has no way to {member.path!r}; walk through it")

    def close(self) -> None:
        """Hold nothing between walks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self, complaints: BinaryIO) -> "subprocess.Popen[bytes]":
        archive = b"@" + os.path.abspath(os.fsencode(self.path))
        return subprocess.Popen(  # noqa: S603 - `process.run` gives lines, a tar is none
            [self._program.path, b"-c", b"--format=pax", b"-f", b"-", archive],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            bufsize=256 * 1024,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )


def _end(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the program; what it still wanted to write is let go."""
    if process.stdout is not None:
        process.stdout.close()
    try:
        return process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
