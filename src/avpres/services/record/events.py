"""PREMIS events of a run: replication, message digest calculation, fixity check."""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import humanize

from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.premis import Agent, Event, EventType, Outcome, event_id
from avpres.domain.report import Report

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done to one set of files: the part of an event that only the command knows.

    `objects` are the trees it began from, `destination` the tree it made or checked; `size` in
    bytes. `failed` counts files that it did not succeed with, `remarks` those it did with a
    reservation. `evidence` counts files by how they were read back.
    """

    objects: Sequence[str]
    started: datetime
    ended: datetime
    destination: str | None = None
    files: int = 0
    size: int = 0
    failed: int = 0
    remarks: int = 0
    algorithms: Sequence[Algorithm] = ()
    evidence: Mapping[Evidence, int] = field(default_factory=dict)
    digests: Sequence[Digest] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


def replication(report: Report, step: Step, *, backend: str) -> Event:
    """Record that files were copied to one destination (PREMIS `replication`)."""
    detail = f"copied to {step.destination} with {backend}"
    return _event(report, step, EventType.REPLICATION, detail, {"backend": backend})


def digest_calculation(report: Report, step: Step, *, subject: str = "source") -> Event:
    """Record that digests were taken from what was read (PREMIS `message digest calculation`)."""
    detail = f"{_names(step.algorithms)} of the {subject}, from the bytes read"
    return _event(report, step, EventType.MESSAGE_DIGEST_CALCULATION, detail, {})


def fixity_check(report: Report, step: Step, *, against: str) -> Event:
    """Record that files were read back and compared (PREMIS `fixity check`).

    Args:
        report: the run.
        step: what was compared, with the evidence of how it was read.
        against: what it was compared with: `the source`, or a manifest's path.
    """
    place = f" of {step.destination}" if step.destination else ""
    detail = f"{_names(step.algorithms)}{place} compared with {against}"
    counts = {f"read_{kind.value}": count for kind, count in step.evidence.items()}
    return _event(
        report, step, EventType.FIXITY_CHECK, detail, {"read_from_medium": _medium(step), **counts}
    )


def examination(report: Report, step: Step, kind: EventType, detail: str) -> Event:
    """Record that files were identified, validated or described (PREMIS 3.0, 2.2)."""
    return _event(report, step, kind, detail, {})


def proved(count: int) -> Mapping[str, Fact]:
    """Give the fact that makes an event a proof: nothing, where nothing was compared."""
    return {"proved": count} if count > 0 else {}


def _event(
    report: Report, step: Step, kind: EventType, detail: str, more: Mapping[str, Fact]
) -> Event:
    subject = "\0".join((*step.objects, step.destination or ""))
    return Event(
        id=event_id(report.run_id, kind.value, os.fsencode(subject).hex()),
        type=kind,
        started=step.started,
        ended=max(step.ended, step.started),
        outcome=_outcome(step),
        detail=detail,
        outcome_detail=_outcome_detail(step),
        objects=tuple(step.objects),
        destination=step.destination,
        facts={**_run_facts(report), **_counts(step), **more, **step.facts},
        digests=tuple(step.digests),
        agents=tuple(_agents(report)),
    )


def _agents(report: Report) -> Iterator[Agent]:
    yield from report.agents
    if report.operator:
        yield Agent(name=report.operator, type="person")


def _outcome(step: Step) -> Outcome:
    if step.failed:
        return Outcome.FAIL
    reserved = step.remarks or step.evidence.get(Evidence.CACHED, 0)
    return Outcome.WARNING if reserved else Outcome.SUCCESS


def _outcome_detail(step: Step) -> str:
    size = humanize.naturalsize(step.size, binary=True)
    files = f"{step.files:,} file{'' if step.files == 1 else 's'}"
    parts = [f"{files}, {size}", f"{step.failed:,} failed"]
    parts += [f"{step.remarks:,} with remarks"] if step.remarks else []
    read = [f"{count:,} {kind.value}" for kind, count in step.evidence.items() if count]
    return "; ".join([*parts, f"read back: {', '.join(read)}"] if read else parts)


def _run_facts(report: Report) -> dict[str, Fact]:
    programs = [f"{agent.name} {agent.version or ''}".strip() for agent in report.agents]
    return {
        "run_id": report.run_id,
        "argv": shlex.join(report.argv),
        "programs": ", ".join(programs),
        "host": report.host,
        "operator": report.operator,
    }


def _counts(step: Step) -> dict[str, Fact]:
    return {
        "files": step.files,
        "bytes": step.size,
        "failed": step.failed,
        "algorithms": _names(step.algorithms) or None,
    }


def _medium(step: Step) -> str:
    """Say whether every file was read from the medium: the weakest evidence decides."""
    said = {kind.read_from_medium for kind, count in step.evidence.items() if count}
    return next((word for word in ("no", "unknown", "yes") if word in said), "unknown")


def _names(algorithms: Sequence[Algorithm]) -> str:
    return ", ".join(algorithm.value for algorithm in algorithms)
