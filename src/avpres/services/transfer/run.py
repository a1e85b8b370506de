"""What every step of one transfer shares."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from avpres.adapters.storage.ltfs import TapeInfo
from avpres.adapters.storage.scratch import Scratch
from avpres.config.copy import CopyOptions
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.transfer.beside import Beside
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.outcomes import Outcomes
from avpres.services.transfer.plan import Plan
from avpres.services.transfer.tally import Tally


class StoppedError(Exception):
    """The run was interrupted; what is under way in other threads is left as it is."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what was asked, what was planned, where it goes, and what came of it."""

    options: CopyOptions
    context: Context
    units: list[Unit]
    plan: Plan
    places: list[Destination]
    tally: Tally
    note: Callable[[Finding], None]
    beside: dict[int, Beside]
    outcomes: Outcomes
    stop: Event = field(default_factory=Event)
    earlier: tuple[str, ...] = ()  # the run that proved what this one found sealed
    tapes: dict[Path, TapeInfo | None] = field(default_factory=dict)  # as they were before
    manifests: bool = True  # are written beside the copies

    def advance(self, size: int, files: int) -> None:
        """Count progress; work in any thread ends here once the run is to stop."""
        if self.stop.is_set():
            raise StoppedError
        self.context.progress.advance(size=size, files=files)

    @property
    def scratch(self) -> Scratch:
        """Give what the plan remembers outside of memory."""
        return self.plan.scratch

    def living(self) -> list[Destination]:
        """Give the destinations that still take something."""
        return [
            p
            for p in self.places
            if p.target is not None and p.target.lost is None and not p.refused
        ]
