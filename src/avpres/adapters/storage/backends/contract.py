"""What a copy backend is given, what it promises, and what it tells of single files."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from avpres.adapters.tools.process import OnLine
from avpres.domain.premis import Agent


@dataclass(frozen=True, slots=True)
class Preserve:
    """What is taken along beside the bytes. `xattrs` means ACLs and resource forks too.

    Without `modes` a file gets what the program gives a new file; without `sparse` every hole is
    written out, as on tape.
    """

    modes: bool = True
    times: bool = True
    xattrs: bool = False
    sparse: bool = True


@dataclass(frozen=True, slots=True)
class Guarantees:
    """What a backend promises, as plain data for `doctor` and the docs.

    None promises bytes on the medium: the engine flushes, reads back and compares.

    Attributes:
        times: modification times are kept.
        modes: permissions are kept (Windows: attributes).
        sparse: holes stay holes when asked.
        xattrs: extended attributes are kept when asked (Windows: alternate streams).
        acls: access control lists are kept when asked.
        resource_forks: resource forks and Finder data are kept when asked.
        never_replaces: the program itself leaves an existing file alone, so that nothing is lost
            even when one appears after the look that every backend takes beforehand.
        final_names: bytes go straight into the named file; nothing is written elsewhere and
            renamed, which on tape would cost the space twice or break rules by name.
        keeps_order: files are written in the order given, which on tape is what makes it fast.
        files_per_process: how many files one process takes.
        any_name: names of any bytes work: newline, not UTF-8, leading dash, 255 bytes.
        cancellable: it can be stopped at any moment; what it was writing stays as a short file.
        proved: what the tests run here.
    """

    times: bool
    modes: bool
    sparse: bool
    xattrs: bool
    acls: bool
    resource_forks: bool
    never_replaces: bool
    final_names: bool
    keeps_order: bool
    files_per_process: str
    any_name: bool
    cancellable: bool
    proved: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One file that a backend did not bring over as asked.

    `delivered` says that its bytes are all there and only times, modes or attributes are not.
    Otherwise `stage/name` is missing or must not be trusted; a part of it may lie there. `errno`
    is this system's number when one is known: ENOSPC and its like are told for every file that
    was not reached because of it.
    """

    name: bytes
    message: str
    errno: int | None = None
    delivered: bool = False


class Backend(Protocol):
    """A program that copies regular files from under one folder to under another."""

    @property
    def name(self) -> str:
        """The word by which it is chosen."""

    @property
    def systems(self) -> frozenset[str]:
        """Where it may run, as `sys.platform` says."""

    @property
    def guarantees(self) -> Guarantees:
        """What it promises."""

    def agent(self) -> Agent:
        """Name the program, its version and path (PREMIS 3.0, 3).

        Raises:
            ToolMissingError: it is not here or not fit for use.
        """

    def copy(  # noqa: PLR0913  # a batch, where from, where to, how, and two ways to follow it
        self,
        source_root: Path,
        names: Sequence[bytes],
        stage: Path,
        preserve: Preserve,
        *,
        on_line: OnLine | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Problem]:
        """Bring each regular file `source_root/name` to `stage/name`, and yield what failed.

        Names are relative, with `/`. Their folders exist beneath `stage` and stay as they are. A
        file that exists is never replaced: it is a problem with EEXIST. The work is done while
        iterating; a name that is not yielded is there in the size of its source.

        Args:
            source_root: the folder that names are relative to; nothing in it is touched.
            names: one batch; its problems are held in memory.
            stage: the folder to copy into.
            preserve: what to take along.
            on_line: hears every line of the program.
            stop: set by another thread to stop the program.

        Raises:
            ToolMissingError: the program is not here.
            ToolFailedError: it was killed, or failed in a way that no file explains; what it
                wrote since the last call must not be trusted.
            ToolStoppedError: `stop` was set.
        """
