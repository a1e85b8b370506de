"""Journal rows that no longer hold: forgotten before manifests are made of the others."""

import contextlib
import os
from collections.abc import Iterable, Iterator

from avpres.adapters.storage.folders import Folder, join, open_folder
from avpres.adapters.storage.journal import Journal, Row
from avpres.adapters.storage.reading import signature
from avpres.services.transfer.decide import stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run


def forget(run: Run, destination: Destination) -> None:
    """Drop the rows of files that left the source, or are not at the destination as proved.

    Every row is looked at only when the counts show that some cannot hold.
    """
    journal = destination.journal
    if journal is None or destination.target is None or _all_hold(run, destination, journal):
        return
    for unit in run.units:
        number = destination.items[unit.number]
        gone = list(_gone(unit, destination.target.root, _rows(journal, unit, number)))
        with journal.transaction():
            journal.forget(number, gone)


def _all_hold(run: Run, destination: Destination, journal: Journal) -> bool:
    counts = run.tally.at[destination.index]
    if counts.failed:
        return False
    rows = 0
    for unit in run.units:
        if unit.is_folder:
            rows += journal.count(destination.items[unit.number])
        else:  # its rows are those of every single file that was ever copied there
            rows += run.plan.unit_files.get(unit.number, (0, 0))[0]
    return rows == counts.there


def _rows(journal: Journal, unit: Unit, number: int) -> Iterator[Row]:
    if unit.is_folder:
        yield from journal.all_rows(number)
        return
    for item in unit.items:
        yield from journal.rows(number, b"", item.name, item.name).values()


def _gone(unit: Unit, root: Folder, rows: Iterable[Row]) -> Iterator[tuple[bytes, bytes]]:
    """Yield folder and name of rows that do not hold; neighbours share their open folders."""
    last: bytes | None = None
    with open_folder(os.fsencode(unit.root)) as base, contextlib.ExitStack() as stack:
        sides: tuple[Folder, Folder] | None = None
        for row in rows:
            if row.folder != last:
                stack.close()
                sides, last = _enter(unit, root, base, row.folder, stack), row.folder
            if sides is None or not _holds(*sides, row):
                yield row.folder, row.name


def _enter(
    unit: Unit, root: Folder, base: Folder, folder: bytes, stack: contextlib.ExitStack
) -> tuple[Folder, Folder] | None:
    there = join(unit.prefix, folder) if folder else unit.prefix
    try:
        return (
            stack.enter_context(base.enter(folder, follow=True)),
            stack.enter_context(root.enter(there)),
        )
    except OSError:
        return None


def _holds(source: Folder, copy: Folder, row: Row) -> bool:
    try:
        source.stat(row.name)
        return stored(signature(copy.stat(row.name))) == row.target
    except OSError:
        return False
