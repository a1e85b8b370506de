"""Reports and findings: what a run did, and what it found."""

from collections import Counter
from dataclasses import dataclass
from typing import Self, TypedDict, Unpack

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from avpres.domain.exit_codes import ExitCode, gravest
from avpres.domain.fixity import Digest, Evidence
from avpres.domain.premis import Agent, Event
from avpres.domain.severity import Severity

KEPT_FINDINGS = 1000
"""Findings kept in a report; beyond them only the count grows, the run log holds them all."""


class Details(TypedDict, total=False):
    """What a finding may tell besides its sentence."""

    expected: str | None
    found: str | None
    destination: str | None


class Finding(BaseModel):
    """Something that the user should know of one file or of the run; `path` is None for a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    severity: Severity
    message: str
    path: str | None = None
    expected: str | None = None
    found: str | None = None
    destination: str | None = None
    exit_code: ExitCode = ExitCode.OK

    @classmethod
    def error(
        cls, code: str, path: str | None, text: str, exit_code: ExitCode, **more: Unpack[Details]
    ) -> Self:
        """Tell of something that keeps a run from its result, with the status that it asks for."""
        severity = Severity.ERROR
        return cls(
            code=code, severity=severity, path=path, message=text, exit_code=exit_code, **more
        )

    @classmethod
    def warning(cls, code: str, path: str | None, text: str, **more: Unpack[Details]) -> Self:
        """Tell of something that the operator should look at."""
        return cls(code=code, severity=Severity.WARNING, path=path, message=text, **more)

    @classmethod
    def info(cls, code: str, path: str | None, text: str, **more: Unpack[Details]) -> Self:
        """Tell of something that was decided, or done, and is as it should be."""
        return cls(code=code, severity=Severity.INFO, path=path, message=text, **more)


class Totals(BaseModel):
    """Counts of a run; sizes in bytes, times in seconds."""

    model_config = ConfigDict(extra="forbid")

    files: int = 0
    size: int = 0
    folders: int = 0
    links: int = 0
    copied_files: int = 0
    copied_size: int = 0
    already_there: int = 0
    verified_files: int = 0
    verified_size: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0


class Output(BaseModel):
    """A file or folder that the run made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    path: str


class Report(BaseModel):
    """What one run of one command did. Given to the terminal, `--json`, the run log and PREMIS."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = 1
    command: str
    run_id: str
    argv: tuple[str, ...] = ()
    host: str = ""
    operator: str | None = None
    started: AwareDatetime
    ended: AwareDatetime | None = None
    agents: list[Agent] = Field(default_factory=list)
    totals: Totals = Field(default_factory=Totals)
    events: list[Event] = Field(default_factory=list)
    outputs: list[Output] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)
    finding_counts: dict[str, int] = Field(default_factory=dict)
    evidence: dict[str, int] = Field(default_factory=dict)
    facts: dict[str, object] = Field(default_factory=dict)
    lines: list[str] = Field(default_factory=list, exclude=True)  # for people, before findings
    summary: str = ""
    exit_code: ExitCode = ExitCode.OK

    def add(self, finding: Finding) -> None:
        """Count a finding, keep it while there is room, and let it decide the exit status."""
        counts = Counter(self.finding_counts)
        counts[finding.code] += 1
        self.finding_counts = dict(counts)
        if len(self.findings) < KEPT_FINDINGS:
            self.findings.append(finding)
        if finding.severity is Severity.ERROR:
            self.exit_code = gravest((self.exit_code, finding.exit_code))


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file in a streamed record: rows of the CSV report and of `files.jsonl`.

    `path` is relative to `destination` (or to the tree that was verified), surrogate-escaped;
    `size` in bytes; `outcome` one of `copied`, `already there`, `linked`, `skipped`, `failed`,
    `verified`, `recorded`, `missing`, `extra`, `changed`, `renamed`, `duplicate`, and of films that
    were decoded `proved` or `decoded`.
    """

    path: str
    size: int
    outcome: str
    digests: tuple[Digest, ...] = ()
    evidence: Evidence | None = None
    destination: str = ""
    detail: str = ""
