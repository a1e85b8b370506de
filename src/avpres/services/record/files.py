"""The files that a run leaves: records for machines, reports for people."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

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
from avpres.domain.report import FileRecord, Output, Report

_BEGINNINGS = {
    ".html": HTML_BEGINNING,
    ".csv": CSV_BEGINNING,
    ".txt": TEXT_BEGINNING,
    ".json": JSON_BEGINNING,
}
_ID_LENGTH = 8  # characters of the run id in a folder's name: enough within one second


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
    with written(path) as handle:
        writers[path.suffix.lower()](handle)
    return Output(kind="report", path=str(path))


@contextlib.contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Write a file that was checked before; it appears whole or not at all.

    Raises:
        DestinationRefusedError: the file system refused.
    """
    write = durable.replace if path.exists() else durable.write_new
    with _refusals(path, "write the report to another folder"), write(path) as handle:
        yield handle


def check_report_path(path: Path) -> None:
    """Refuse a report before the work begins rather than after it.

    Raises:
        UsageError: the extension is unknown, or there is no such folder.
        DestinationExistsError: there is a file that is not a report of this kind.
    """
    beginning = _BEGINNINGS.get(path.suffix.lower())
    if beginning is None:
        raise UsageError(f"{path}: a report ends in .html, .csv, .txt or .json")
    check_place(path, beginning)


def check_place(path: Path, beginning: bytes) -> None:
    """Refuse a file that could not be written later, or that would take the place of another.

    Raises:
        UsageError: there is no such folder.
        DestinationExistsError: there is a file that does not begin as ours do.
    """
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


@contextlib.contextmanager
def _refusals(path: Path, advice: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DestinationRefusedError(f"{path}: {reason.lower()}; {advice}") from error
