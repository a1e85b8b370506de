"""What a service may not fetch for itself: progress, clock, operator, places, records."""

import getpass
import os
import platform
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import platformdirs

from avpres import __version__
from avpres.config.site import Site
from avpres.domain.premis import Agent
from avpres.domain.report import Finding, Report


class Progress(Protocol):
    """Where services tell how far they are. Called from any thread."""

    def start(self, phase: str, *, size: int | None = None, files: int | None = None) -> None:
        """Begin a phase (`scan`, `copy`, `flush`, `read back`, `compare`) with totals if known."""

    def advance(self, *, size: int = 0, files: int = 0) -> None:
        """Add what was done since the last call."""

    def note(self, text: str) -> None:
        """Say where in its work the phase is, as `frame 1,250 of 9,000, 3.1x`."""

    def finish(self) -> None:
        """End the phase that was begun last."""


class SilentProgress:
    """Progress for tests and for callers that show none."""

    def start(self, phase: str, *, size: int | None = None, files: int | None = None) -> None:
        """Say nothing."""

    def advance(self, *, size: int = 0, files: int = 0) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""


def default_state_dir() -> Path:
    """Find the platform's folder for journals, run logs and records."""
    chosen = os.environ.get("AVPRES_STATE_DIR")
    return Path(chosen) if chosen else platformdirs.user_state_path("avpres", appauthor=False)


def _now() -> datetime:
    return datetime.now(UTC)


def login() -> str | None:
    """Name who is logged in, for the records of places that set no operator."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
        return None


def _run_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Context:
    """Everything around a service. `Context()` serves tests; nothing needs to be patched."""

    progress: Progress = field(default_factory=SilentProgress)
    clock: Callable[[], datetime] = _now
    operator: str | None = None
    argv: tuple[str, ...] = ()
    run_id: str = field(default_factory=_run_id)
    state_dir: Path = field(default_factory=default_state_dir)
    site: Site = field(default_factory=Site)
    on_finding: Callable[[Finding], None] | None = None

    def report(self, command: str) -> Report:
        """Begin the report of a command."""
        return Report(
            command=command,
            run_id=self.run_id,
            argv=self.argv,
            host=platform.node(),
            operator=self.operator,
            started=self.clock(),
            agents=[
                Agent(name="avpres", version=__version__, note=f"Python {sys.version.split()[0]}")
            ],
        )

    def note(self, report: Report, finding: Finding) -> None:
        """Put a finding into the report and, in full number, into the run log."""
        report.add(finding)
        if self.on_finding is not None:
            self.on_finding(finding)
