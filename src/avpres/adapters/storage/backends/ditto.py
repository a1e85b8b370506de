"""ditto as a copy backend: one process for the files of a folder."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage.backends.contract import Guarantees, Preserve, Problem
from avpres.adapters.storage.backends.delivery import Call, Delivery, folder_chunks
from avpres.adapters.tools import ditto
from avpres.adapters.tools.process import OnLine
from avpres.adapters.tools.tool import find
from avpres.domain.premis import Agent

GUARANTEES = Guarantees(
    times=True,
    modes=True,
    sparse=False,  # its manual does not say
    xattrs=True,
    acls=True,
    resource_forks=True,
    never_replaces=False,  # "ditto overwrites existing files"; only our look beforehand saves them
    final_names=False,  # its manual does not say
    keeps_order=True,
    files_per_process="those of one folder",
    any_name=False,  # it leaves out names that begin with .nfs or .afpDeleted; they are told
    cancellable=True,
    proved="the argument list, by a small program of that name",
)


@dataclass(frozen=True, slots=True)
class DittoBackend:
    """`ditto`, a part of macOS. It always keeps modes and times."""

    configured: Mapping[str, Path] = field(default_factory=dict)
    name: str = "ditto"
    systems: frozenset[str] = frozenset({"darwin"})
    guarantees: Guarantees = GUARANTEES

    def agent(self) -> Agent:
        """Name the program, the system's version and its path."""
        return find(ditto.DITTO, self.configured).agent

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
        program = find(ditto.DITTO, self.configured).path
        delivery = Delivery(source_root, stage, ditto.complaint, on_line=on_line, stop=stop)
        target = os.fsencode(os.path.abspath(stage))
        fresh = yield from delivery.fresh(names)
        yield from delivery.carry(
            Call(
                argv=[
                    program,
                    *ditto.arguments(
                        chunk, os.path.join(target, folder).rstrip(b"/"), xattrs=preserve.xattrs
                    ),
                ],
                names=chunk,
                cwd=source_root,
                env=ditto.ENVIRONMENT,
            )
            for folder, chunk in folder_chunks(fresh)
        )
