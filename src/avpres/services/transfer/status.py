"""`--status`: where a copy stands by the journals of its destinations, with nothing touched."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import humanize

from avpres.adapters.storage.journal import PROVED, Journal, RunRow, journal_path
from avpres.config.copy import CopyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Report, Totals
from avpres.services.context import Context
from avpres.services.transfer.destinations import Destination, destinations
from avpres.services.transfer.items import name_of, sources_of

_UNSEEN = "neither source nor destination was looked at"


class Standing(NamedTuple):
    """How far one item is at one destination; sizes in bytes, times as the journal has them."""

    item: str
    destination: str
    state: str  # complete, begun, not begun, another source
    files: int | None
    proved_files: int
    size: int | None
    proved_size: int
    begun: str | None
    ended: str | None


def status(options: CopyOptions, context: Context) -> Report:
    """Tell how far each source is at each destination.

    Only journals are read, so sources and destinations need not be there. Something that changed
    since is found by the copy itself, or by `verify`, not here.
    """
    report = context.report("copy")
    rows: list[Standing] = []
    runs: dict[str, RunRow] = {}
    for destination in destinations(options):
        found, last = _at(destination, options, context)
        rows.extend(found)
        if last is not None:
            runs[str(destination.path)] = last
    report.facts["status"] = [row._asdict() for row in rows]
    report.facts["last_runs"] = [{"destination": at, **row._asdict()} for at, row in runs.items()]
    _conclude(report, rows)
    report.ended = context.clock()
    return report


def _at(
    destination: Destination, options: CopyOptions, context: Context
) -> tuple[list[Standing], RunRow | None]:
    path = journal_path(context.state_dir, destination.journal_key)
    sources = [Path(os.path.abspath(source)) for source in sources_of(options)]
    try:
        journal = Journal(path, look_only=True)
    except FileNotFoundError:
        return [_not_begun(source, destination) for source in sources], None
    with closing(journal):
        runs = journal.runs()
        rows = list(_standings(journal, sources, destination))
    return rows, runs[0] if runs else None


def _standings(
    journal: Journal, sources: Sequence[Path], destination: Destination
) -> Iterator[Standing]:
    known = {row[0]: row for row in journal.items()}
    single = journal.numbers().get(b"")
    for source in sources:
        name = name_of(source)
        if name in known:
            yield _of_folder(known[name], source, destination)
        elif single is not None:
            yield _of_file(journal, single, source, destination)
        else:
            yield _not_begun(source, destination)


def _of_folder(
    row: tuple[bytes, bytes, int, int, str | None, str | None, int, int],
    source: Path,
    destination: Destination,
) -> Standing:
    name, whence, files, size, begun, ended, proved, proved_size = row
    if whence != os.fsencode(source):
        state = f"another source: {os.fsdecode(whence)}"
    else:
        state = "complete" if ended and proved >= (files or 0) else "begun"
    return Standing(
        item=os.fsdecode(name),
        destination=str(destination.path),
        state=state,
        files=files,
        proved_files=min(proved, files or 0),
        size=size,
        proved_size=proved_size,
        begun=begun,
        ended=ended,
    )


def _of_file(journal: Journal, item: int, source: Path, destination: Destination) -> Standing:
    name = name_of(source)
    row = journal.rows(item, b"", name, name).get(name)
    if row is None or row.state != PROVED:
        return _not_begun(source, destination)
    return _not_begun(source, destination)._replace(
        state="complete", files=1, proved_files=1, size=row.source[0], proved_size=row.source[0]
    )


def _not_begun(source: Path, destination: Destination) -> Standing:
    item = os.fsdecode(name_of(source))
    return Standing(item, str(destination.path), "not begun", None, 0, None, 0, None, None)


def _conclude(report: Report, rows: Sequence[Standing]) -> None:
    complete = [row for row in rows if row.state == "complete"]
    size = sum(row.proved_size for row in rows)
    report.totals = Totals(
        files=sum(row.files or 0 for row in rows),
        size=sum(row.size or 0 for row in rows),
        verified_files=sum(row.proved_files for row in rows),
        verified_size=size,
    )
    if rows and len(complete) == len(rows):
        whom = "it is" if len(rows) == 1 else f"all {humanize.intcomma(len(rows))} are"
        report.summary = f"by the journal {whom} complete: {_amount(rows)} proved; {_UNSEEN}."
        return
    report.exit_code = ExitCode.INCOMPLETE
    done = f"{humanize.intcomma(len(complete))} of {humanize.intcomma(len(rows))} complete"
    report.summary = (
        f"by the journal {done}, {_amount(rows)} proved; {_UNSEEN}. Run the same command without "
        "--status to go on."
    )


def _amount(rows: Sequence[Standing]) -> str:
    files = sum(row.proved_files for row in rows)
    size = humanize.naturalsize(sum(row.proved_size for row in rows), binary=True)
    return f"{humanize.intcomma(files)} file{'' if files == 1 else 's'}, {size}"
