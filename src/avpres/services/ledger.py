"""The file records of a run: spooled as they come, then written into every record and report."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from avpres.adapters.formats.report_json import read_json_lines, write_json_lines
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.report import FileRecord, Report
from avpres.services import record
from avpres.services.context import Context


class Ledger:
    """Holds the records of millions of files outside of memory until the run ends."""

    def __init__(self, spool: BinaryIO, context: Context, wanted: Sequence[Path]) -> None:
        self._spool = spool
        self._context = context
        self._wanted = wanted

    def add(self, records: Iterable[FileRecord]) -> None:
        """Take records in as they come."""
        write_json_lines(self._spool, records)

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Take in records that are written already, a line each."""
        self._spool.writelines(lines)

    def close(self, report: Report) -> None:
        """Write the run's own records, then the reports that were asked for.

        The report must be complete: it is written too.

        Raises:
            DestinationExistsError: a report is there already; it stays as it is.
            DestinationRefusedError: a folder cannot be written.
        """
        report.ended = report.ended or self._context.clock()
        report.totals.seconds = (report.ended - report.started).total_seconds()
        folder = record.record_folder(report, self._context.state_dir)
        report.outputs += record.write_records(report, self._records(), folder=folder)
        for path in self._wanted:
            report.outputs.append(record.write_report_file(path, report, self._records()))

    def _records(self) -> Iterable[FileRecord]:
        return read_json_lines(self._spool)


@contextmanager
def open_ledger(context: Context, wanted: Sequence[Path]) -> Iterator[Ledger]:
    """Begin the records of a run; a report that could not be written is refused at once.

    Raises:
        UsageError: a report has an unknown extension or no folder.
        DestinationExistsError: a report is there already.
        DestinationRefusedError: the state folder cannot be written.
    """
    for path in wanted:
        record.check_report_path(path)
    try:
        context.state_dir.mkdir(parents=True, exist_ok=True)
        spool = tempfile.TemporaryFile(dir=context.state_dir)  # noqa: SIM115 - closed below
    except OSError as error:
        raise DestinationRefusedError(
            f"{context.state_dir}: {error.strerror}; choose another state folder (AVPRES_STATE_DIR)"
        ) from error
    with spool:
        yield Ledger(cast("BinaryIO", spool), context, wanted)
