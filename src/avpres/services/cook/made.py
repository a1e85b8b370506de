"""What becomes of one reel, and what all reels of a run share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from avpres.adapters.tools import mediainfo
from avpres.config.cook import CookOptions
from avpres.domain.fixity import Digest
from avpres.domain.premis import Agent, Event
from avpres.domain.rawcooked import NEVER, Restorable
from avpres.domain.report import Finding, Report
from avpres.domain.report import Output as Shown
from avpres.domain.severity import Severity
from avpres.services.context import Progress
from avpres.services.cook.rawcooked import RawcookedEngine
from avpres.services.cook.stage import Reel

SETTINGS = (
    "engine",
    "rate",
    "gaps",
    "bad_frames",
    "mixed",
    "uncodable",
    "profile",
    "context",
    "slices",
)
"""Options that make a film another one."""


@dataclass(slots=True)
class Made:
    """What became of a reel, for the report, the events, and the run's list of files."""

    reel: Reel
    started: datetime
    outcome: str = "failed"
    output: Path | None = None
    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    frames: int = 0
    sounds: int = 0
    size: int = 0
    film_size: int = 0
    digests: tuple[Digest, ...] = ()
    evidence: str = ""
    placed: str = ""
    rawcooked: Restorable = NEVER
    codings: dict[str, str] = field(default_factory=dict)
    outputs: list[Shown] = field(default_factory=list)
    package: Report | None = None
    ended: datetime | None = None

    @property
    def is_wrong(self) -> bool:
        """Say whether something keeps the film from being one."""
        return any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def verdict(self) -> str:
        """Say what the proof has shown."""
        if any(each.code == "COK-NOT-REVERSIBLE" for each in self.findings):
            return "not reversible"
        return "reversible, but not what a manifest says" if self.is_wrong else "reversible"


@dataclass(frozen=True, slots=True)
class Means:
    """What all reels of a run share."""

    options: CookOptions
    engine: mediainfo.Engine
    clock: Callable[[], datetime]
    progress: Progress
    events: Callable[[Made], Iterable[Event]]
    agents: Sequence[Agent]
    rawcooked: RawcookedEngine | None = None

    @property
    def settings(self) -> dict[str, object]:
        """The settings that make a film what it is, as JSON has them."""
        return self.options.model_dump(mode="json", include=set(SETTINGS))


Make = Callable[[Reel, Means], Made]
