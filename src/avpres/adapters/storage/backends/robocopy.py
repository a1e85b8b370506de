"""robocopy as a copy backend: one process for the files of a folder."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage.backends.contract import Guarantees, Preserve, Problem
from avpres.adapters.storage.backends.delivery import Call, Delivery, folder_chunks
from avpres.adapters.tools import robocopy
from avpres.adapters.tools.process import OnLine, Word
from avpres.adapters.tools.tool import find
from avpres.domain.premis import Agent

GUARANTEES = Guarantees(
    times=True,
    modes=True,
    sparse=False,
    xattrs=True,
    acls=True,
    resource_forks=False,
    never_replaces=True,
    final_names=True,
    keeps_order=False,  # it goes by the folder, not by the list
    files_per_process="those of one folder",
    any_name=True,
    cancellable=True,
    proved="the argument list, by a small program of that name",
)


@dataclass(frozen=True, slots=True)
class RobocopyBackend:
    """`robocopy`, a part of Windows."""

    configured: Mapping[str, Path] = field(default_factory=dict)
    name: str = "robocopy"
    systems: frozenset[str] = frozenset({"win32"})
    guarantees: Guarantees = GUARANTEES

    def agent(self) -> Agent:
        """Name the program, the system's version and its path."""
        return find(robocopy.ROBOCOPY, self.configured).agent

    def copy(  # noqa: PLR0913  # the contract's
        self,
        source_root: Path,
        names: Sequence[bytes],
        stage: Path,
        preserve: Preserve,
        *,
        on_line: OnLine | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Problem]:
        """Bring files over as the contract says."""
        program = find(robocopy.ROBOCOPY, self.configured).path
        delivery = Delivery(
            source_root, stage, robocopy.complaint, _has_failed, on_line=on_line, stop=stop
        )
        flags = robocopy.flags(modes=preserve.modes, times=preserve.times, xattrs=preserve.xattrs)
        fresh = yield from delivery.fresh(names)
        yield from delivery.carry(
            Call(
                argv=[program, *_words(source_root, stage, folder, chunk, flags)],
                names=chunk,
            )
            for folder, chunk in folder_chunks(fresh)
        )


def _words(
    source_root: Path, stage: Path, folder: bytes, names: Sequence[bytes], flags: str
) -> Sequence[Word]:
    r"""Give whole folders without a trailing separator: robocopy takes `\"` for a quote."""
    inside = os.fsdecode(folder)
    source = os.path.abspath(os.path.join(source_root, inside))
    target = os.path.abspath(os.path.join(stage, inside))
    bare = [name.rpartition(b"/")[2] for name in names]
    return robocopy.arguments(os.fsencode(source), os.fsencode(target), bare, flags)


def _has_failed(status: int) -> bool:
    return status >= robocopy.FAILED
