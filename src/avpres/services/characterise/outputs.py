"""The files that a run of `characterise` leaves: its records, and what was asked for."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import description_csv, description_html, jhove_xml
from avpres.adapters.formats.description_json import DescriptionLines
from avpres.adapters.formats.jhove_audit import write_audit
from avpres.config.characterise import CharacteriseOptions
from avpres.domain.distribution import Distribution
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.report import Output, Report
from avpres.services import record

_BEGINNINGS = {
    "ndjson": b'{"path": ',
    "csv": b'\xef\xbb\xbf"path","size","mtime"',
    "html": description_html.BEGINNING,
    "jhove_xml": jhove_xml.BEGINNING,
    "audit_xml": jhove_xml.BEGINNING,
}
"""How files of ours begin: only those are replaced by a later run."""


@dataclass(frozen=True, slots=True)
class _Account:
    """Everything that an output is made of."""

    report: Report
    path: Path
    lines: DescriptionLines
    distribution: Distribution
    sets: Reconciliation | None
    options: CharacteriseOptions


@dataclass(slots=True)
class Outputs:
    """Descriptions on their way to the disk; memory holds one of them."""

    options: CharacteriseOptions
    spool: BinaryIO
    path: Path

    def add(self, line: bytes) -> None:
        """Write down one description."""
        self.spool.write(line)

    def close(
        self, report: Report, distribution: Distribution, sets: Reconciliation | None
    ) -> None:
        """Write what was asked for.

        Raises:
            DestinationRefusedError: the file system refused.
        """
        self.spool.flush()
        lines = DescriptionLines(self.spool)
        account = _Account(report, self.path, lines, distribution, sets, self.options)
        report.outputs.append(Output(kind="descriptions", path=str(self.path)))
        for kind, path in _wanted(self.options):
            with record.written(path) as handle:
                _WRITERS[kind](handle, account)
            report.outputs.append(Output(kind=kind, path=str(path)))


@contextlib.contextmanager
def open_outputs(
    options: CharacteriseOptions, report: Report, state_dir: Path
) -> Iterator[Outputs]:
    """Begin the outputs of a run; what could not be written is refused before any file is read.

    Raises:
        UsageError: an output has no folder.
        DestinationExistsError: something else is there under the name of an output.
        DestinationRefusedError: the state folder cannot be written.
    """
    for kind, path in _wanted(options):
        record.check_place(path, _BEGINNINGS[kind])
    folder = record.record_folder(report, state_dir)
    path = folder / "descriptions.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        spool = path.open("x+b")
    except OSError as error:
        raise DestinationRefusedError(
            f"{folder}: {error.strerror}; choose another state folder (AVPRES_STATE_DIR)"
        ) from error
    with spool:
        yield Outputs(options, spool, path)


def _wanted(options: CharacteriseOptions) -> Iterator[tuple[str, Path]]:
    for kind in _BEGINNINGS:
        path = getattr(options, kind)
        if path is not None:
            yield kind, path


def _ndjson(handle: BinaryIO, account: _Account) -> None:
    with account.path.open("rb") as lines:
        shutil.copyfileobj(lines, handle)


def _csv(handle: BinaryIO, account: _Account) -> None:
    description_csv.write_csv(handle, account.lines, account.options.digest)


def _html(handle: BinaryIO, account: _Account) -> None:
    further = description_html.Further(account.sets)
    description_html.write_html(handle, account.report, account.distribution, further)


def _jhove(handle: BinaryIO, account: _Account) -> None:
    jhove_xml.write_jhove(handle, account.lines, jhove_xml.Heading(account.report.started))


def _audit(handle: BinaryIO, account: _Account) -> None:
    home = str(account.options.paths[0]) if len(account.options.paths) == 1 else ""
    heading = jhove_xml.Heading(account.report.started)
    write_audit(handle, account.lines, home=home, heading=heading)


_WRITERS: dict[str, Callable[[BinaryIO, _Account], None]] = {
    "ndjson": _ndjson,
    "csv": _csv,
    "html": _html,
    "jhove_xml": _jhove,
    "audit_xml": _audit,
}
