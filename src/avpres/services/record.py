"""Records of a run: PREMIS events, and the files that machines and archivists read later."""

import contextlib
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import humanize

from avpres.adapters.formats.premis_events import write_premis
from avpres.adapters.formats.report_csv import BEGINNING as CSV_BEGINNING
from avpres.adapters.formats.report_csv import write_csv
from avpres.adapters.formats.report_html import BEGINNING as HTML_BEGINNING
from avpres.adapters.formats.report_html import write_html
from avpres.adapters.formats.report_json import BEGINNING as JSON_BEGINNING
from avpres.adapters.formats.report_json import (
    read_json_lines,
    to_json,
    write_json,
    write_json_lines,
)
from avpres.adapters.formats.report_text import BEGINNING as TEXT_BEGINNING
from avpres.adapters.formats.report_text import write_text
from avpres.adapters.storage import durable
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError, UsageError
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.premis import Event, EventType, Outcome, event_id
from avpres.domain.report import FileRecord, Output, Report

Fact = str | int | float | bool | None
_BEGINNINGS = {
    ".html": HTML_BEGINNING,
    ".csv": CSV_BEGINNING,
    ".txt": TEXT_BEGINNING,
    ".json": JSON_BEGINNING,
}
_ID_LENGTH = 8  # characters of the run id in a folder's name: enough within one second


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


def record_folder(report: Report, state_dir: Path) -> Path:
    """Name the folder of a run's records, one that sorts by time."""
    moment = report.started.strftime("%Y-%m-%dT%H%M%SZ")
    return state_dir / "runs" / f"{moment}_{report.command}_{report.run_id[:_ID_LENGTH]}"


def write_records(report: Report, files: Iterable[FileRecord], *, folder: Path) -> list[Output]:
    """Write a run's records into a folder: files, events, PREMIS, and the report last.

    `report.json` is there only when all else is, so a folder without it tells of a run that was
    cut short. The same folder may be written again; it is avpres's own.

    Returns:
        What was written, for the report that the user sees.

    Raises:
        DestinationRefusedError: the folder cannot be made or written.
    """
    writers: dict[str, Callable[[BinaryIO], object]] = {
        "files.jsonl": lambda handle: write_json_lines(handle, files),
    }
    if report.events:
        writers["events.jsonl"] = lambda handle: _write_events(handle, report)
        writers["premis.xml"] = lambda handle: write_premis(handle, report)
    outputs = [Output(kind="record", path=str(folder / name)) for name in (*writers, "report.json")]
    complete = report.model_copy(update={"outputs": [*report.outputs, *outputs]})
    writers["report.json"] = lambda handle: handle.write(to_json(complete, indent=1).encode())
    with _refusals(folder, "use another state folder (AVPRES_STATE_DIR)"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            with durable.replace(folder / name) as handle:
                write(handle)
    return outputs


def write_report_file(path: Path, report: Report, files: Iterable[FileRecord]) -> Output:
    """Write the report that a user asked for; its extension says which kind.

    A report that avpres wrote there before is replaced, so that the same command can run again.

    Raises:
        UsageError: the extension is none of .html .csv .txt .json.
        DestinationExistsError: something else is there already; it stays as it is.
        DestinationRefusedError: the file system refused.
    """
    check_report_path(path)
    writers: dict[str, Callable[[BinaryIO], object]] = {
        ".html": lambda handle: write_html(handle, report, files),
        ".csv": lambda handle: write_csv(handle, files),
        ".txt": lambda handle: write_text(handle, report, files),
        ".json": lambda handle: write_json(handle, report, files),
    }
    write = durable.replace if path.exists() else durable.write_new
    with _refusals(path, "write the report to another folder"), write(path) as handle:
        writers[path.suffix.lower()](handle)
    return Output(kind="report", path=str(path))


def check_report_path(path: Path) -> None:
    """Refuse a report before the work begins rather than after it.

    Raises:
        UsageError: the extension is unknown, or there is no such folder.
        DestinationExistsError: there is a file that is not a report of this kind.
    """
    beginning = _BEGINNINGS.get(path.suffix.lower())
    if beginning is None:
        raise UsageError(f"{path}: a report ends in .html, .csv, .txt or .json")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if not os.path.lexists(path):
        return
    if not (path.is_file() and _begins(path, beginning)):
        raise DestinationExistsError(
            f"{path}: this is not a report of avpres and was left as it is; choose another name"
        )


def _begins(path: Path, beginning: bytes) -> bool:
    with _refusals(path, "choose another name for the report"), path.open("rb") as handle:
        return handle.read(len(beginning)) == beginning


def read_file_records(folder: Path) -> Iterator[FileRecord]:
    """Read the file records of a run back, one at a time, to make other reports from."""
    with (folder / "files.jsonl").open("rb") as handle:
        yield from read_json_lines(handle)


def _write_events(handle: BinaryIO, report: Report) -> None:
    handle.writelines(to_json(event).encode() + b"\n" for event in report.events)


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
    )


def _outcome(step: Step) -> Outcome:
    if step.failed:
        return Outcome.FAIL
    reserved = step.remarks or step.evidence.get(Evidence.CACHED, 0)
    return Outcome.WARNING if reserved else Outcome.SUCCESS


def _outcome_detail(step: Step) -> str:
    size = humanize.naturalsize(step.size, binary=True)
    parts = [f"{step.files:,} files, {size}", f"{step.failed:,} failed"]
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


@contextlib.contextmanager
def _refusals(path: Path, advice: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DestinationRefusedError(f"{path}: {reason.lower()}; {advice}") from error
