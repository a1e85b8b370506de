"""GNU cp as a copy backend: many files in one process, in the order given."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from avpres.adapters.storage.backends.contract import Guarantees, Preserve, Problem
from avpres.adapters.storage.backends.delivery import Call, Delivery, chunks
from avpres.adapters.tools import cp
from avpres.adapters.tools.process import OnLine
from avpres.adapters.tools.tool import Tool, find
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
    keeps_order=True,
    files_per_process="as many as a command line holds",
    any_name=True,
    cancellable=True,
    proved="the program itself, on Linux",
)


@dataclass(frozen=True, slots=True)
class CpBackend:
    """`cp` of GNU coreutils; with another tool and name also `gcp`."""

    configured: Mapping[str, Path] = field(default_factory=dict)
    name: str = "cp"
    tool: Tool = cp.CP
    systems: frozenset[str] = frozenset({"linux"})
    guarantees: Guarantees = GUARANTEES

    def agent(self) -> Agent:
        """Name the program, its version and path."""
        return find(self.tool, self.configured).agent

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
        program = find(self.tool, self.configured).path
        delivery = Delivery(
            source_root, stage, partial(cp.complaint, program), on_line=on_line, stop=stop
        )
        target = os.fsencode(os.path.abspath(stage))
        kept = _kept(preserve)
        fresh = yield from delivery.fresh(names)
        yield from delivery.carry(
            Call(
                argv=[program, *cp.arguments(chunk, target, kept, sparse=preserve.sparse)],
                names=chunk,
                cwd=source_root,
                env=cp.ENVIRONMENT,
            )
            for chunk in chunks(fresh)
        )


def _kept(preserve: Preserve) -> list[str]:
    asked = {"mode": preserve.modes, "timestamps": preserve.times, "xattr": preserve.xattrs}
    return [word for word, wanted in asked.items() if wanted]
