"""rsync as a copy backend: one process whatever the number of files."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage.backends.contract import Guarantees, Preserve, Problem
from avpres.adapters.storage.backends.delivery import Call, Delivery
from avpres.adapters.tools import rsync
from avpres.adapters.tools.process import OnLine
from avpres.adapters.tools.tool import find
from avpres.domain.premis import Agent

GUARANTEES = Guarantees(
    times=True,
    modes=True,
    sparse=True,
    xattrs=True,
    acls=True,
    resource_forks=False,
    never_replaces=True,
    final_names=True,
    keeps_order=False,  # it sorts its list: never for reading from tape
    files_per_process="all of a batch",
    any_name=True,
    cancellable=True,
    proved="the program itself, on Linux",
)


@dataclass(frozen=True, slots=True)
class RsyncBackend:
    """`rsync` between two local folders; never over ssh or to a daemon."""

    configured: Mapping[str, Path] = field(default_factory=dict)
    name: str = "rsync"
    systems: frozenset[str] = frozenset({"linux", "darwin"})
    guarantees: Guarantees = GUARANTEES

    def agent(self) -> Agent:
        """Name the program, its version and path."""
        return find(rsync.RSYNC, self.configured).agent

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
        program = find(rsync.RSYNC, self.configured).path
        delivery = Delivery(source_root, stage, rsync.complaint, on_line=on_line, stop=stop)
        fresh = yield from delivery.fresh(names)
        if not fresh:
            return
        words = rsync.arguments(
            os.fsencode(os.path.abspath(stage)),
            modes=preserve.modes,
            times=preserve.times,
            xattrs=preserve.xattrs,
            sparse=preserve.sparse,
        )
        call = Call(
            argv=[program, *words],
            names=fresh,
            cwd=source_root,
            env=rsync.environment(),
            stdin=rsync.name_list(fresh),
        )
        yield from delivery.carry([call])
