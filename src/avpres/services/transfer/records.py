"""What a run leaves for later: a record of each file, events, the volumes that took part."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from avpres.adapters.formats.report_json import file_to_json, quick_destination, quick_line
from avpres.adapters.storage.folders import join
from avpres.adapters.storage.journal import PROVED, Brief, Journal, Row
from avpres.adapters.storage.volume import Volume
from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Evidence, unpack
from avpres.domain.report import FileRecord
from avpres.services.transfer.destinations import Destination, volume_for
from avpres.services.transfer.items import Item, Unit
from avpres.services.transfer.outcomes import EVERYWHERE, Told
from avpres.services.transfer.run import Run

Fresh = Mapping[int, Sequence[str]]
"""By destination, the runs whose files are to be listed."""
_GOOD = frozenset({"", "direct", "evicted", "unknown"})
ROOTS = 64  # sources whose volumes are looked at; a list may name a hundred thousand files


def fresh_runs(run: Run, destination: Destination) -> tuple[str, ...]:
    """Name the runs whose files this run's records must list: itself, and those cut short.

    Empty when this run proved nothing here and no earlier one was cut short: then every file is
    in the records of earlier runs, and nothing is looked at file by file.
    """
    if destination.journal is None:
        return ()
    counts = run.tally.at[destination.index]
    cut_short = [
        r.id for r in destination.journal.runs() if not r.recorded and r.id != run.context.run_id
    ]
    if counts.proved_before == counts.there and not cut_short:
        return ()
    return (run.context.run_id, *cut_short)


def lines(run: Run, fresh: Fresh) -> Iterator[bytes]:
    """Yield the lines of all files that this run did something with or failed to.

    Files that earlier runs proved and that were not touched since are in those runs' records.
    """
    for unit in run.units:
        for item in unit.items:
            yield from item_lines(run, unit, item, fresh)
    for destination in run.places:
        if destination not in run.living():
            for each in _not_reached(run, destination):
                yield _line(each)


def item_lines(run: Run, unit: Unit, item: Item, fresh: Fresh) -> Iterator[bytes]:
    """Yield the lines of one item: what is proved at each destination, then what went wrong."""
    for destination in run.places:
        if fresh[destination.index]:
            yield from _proved(run, destination, unit, item, fresh[destination.index])
    for told in run.outcomes.of_item(unit, item):
        if told.kind != "remark" and not _has_row(run, unit, told, fresh):
            yield _line(_of_told(run, told))


def _proved(
    run: Run, destination: Destination, unit: Unit, item: Item, runs: Sequence[str]
) -> Iterator[bytes]:
    """Write what the journal knows; only what is out of the ordinary becomes a record first."""
    journal, at = destination.journal, quick_destination(str(destination.path))
    if journal is None or unit.number not in destination.items:
        return
    told = run.outcomes.has_any(unit)
    for row in _briefs(journal, destination.items[unit.number], unit, item, runs):
        path = join(unit.prefix, join(row.folder, row.name))
        line = None
        if not told and not row.detail and row.run == run.context.run_id and row.evidence in _GOOD:
            line = quick_line(
                path,
                row.size,
                row.outcome,
                digests=row.digests,
                evidence=row.evidence,
                destination=at,
            )
        yield line or _line(_of_row(run, destination, unit, path, row))


def _briefs(
    journal: Journal, number: int, unit: Unit, item: Item, runs: Sequence[str]
) -> Iterator[Brief]:
    if unit.is_folder:
        yield from journal.proved_by(number, runs)
        return
    for row in journal.rows(number, b"", item.name, item.name).values():
        if row.run in runs and row.state == PROVED:
            yield Brief(
                row.folder,
                row.name,
                row.source[0],
                row.digests,
                row.evidence,
                row.run,
                row.outcome,
                row.detail,
            )


def _line(record: FileRecord) -> bytes:
    return file_to_json(record).encode() + b"\n"


def rows(destination: Destination, unit: Unit, item: Item) -> Iterator[Row]:
    """Yield the journal's rows of one item: a tree's all, or the one of a single file."""
    journal = destination.journal
    if journal is None or unit.number not in destination.items:
        return
    number = destination.items[unit.number]
    if unit.is_folder:
        yield from journal.all_rows(number)
    else:
        yield from journal.rows(number, b"", item.name, item.name).values()


def _of_row(run: Run, destination: Destination, unit: Unit, path: bytes, row: Brief) -> FileRecord:
    told = run.outcomes.of_file(unit, destination.index, path)
    remarks = [told.detail] if told else []
    if row.run != run.context.run_id:
        remarks.append(f"by run {row.run}, which was cut short")
    if row.detail:
        remarks.append(row.detail)
    return FileRecord(
        path=os.fsdecode(path),
        size=row.size,
        outcome="failed" if row.evidence == Evidence.CACHED.value else row.outcome,
        digests=unpack(row.digests),
        evidence=Evidence(row.evidence) if row.evidence else None,
        destination=str(destination.path),
        detail="; ".join(remarks),
    )


def _of_told(run: Run, told: Told) -> FileRecord:
    at = "" if told.place == EVERYWHERE else str(run.places[told.place].path)
    path = os.fsdecode(told.path)
    return FileRecord(path, told.size, told.kind, destination=at, detail=told.detail)


def _has_row(run: Run, unit: Unit, told: Told, fresh: Fresh) -> bool:
    """Tell whether a file that something was said of has been listed from the journal."""
    if told.place == EVERYWHERE:
        return False
    journal = run.places[told.place].journal
    if journal is None:
        return False
    below = told.path[len(unit.prefix) + 1 :] if unit.is_folder else told.path
    folder, name = os.path.split(below)
    number = run.places[told.place].items[unit.number]
    row = journal.rows(number, folder, name, name).get(name)
    return row is not None and row.run in fresh[told.place]


def _not_reached(run: Run, destination: Destination) -> Iterator[FileRecord]:
    """Yield the files that a destination which stopped never got, and nothing else was said of."""
    for stretch in run.plan.spool:
        unit = run.units[stretch.base]
        files = [entry for entry in stretch.entries if entry.kind == Kind.FILE]
        known: dict[bytes, Row] = {}
        if destination.journal is not None and unit.number in destination.items and files:
            names = [entry.name for entry in files]
            number = destination.items[unit.number]
            known = destination.journal.rows(number, stretch.folder, min(names), max(names))
        for entry in files:
            path = join(unit.prefix, join(stretch.folder, entry.name))
            row = known.get(entry.name)
            if (row and row.state) or run.outcomes.of_file(unit, destination.index, path):
                continue
            yield FileRecord(
                path=os.fsdecode(path),
                size=entry.size,
                outcome="failed",
                destination=str(destination.path),
                detail="not reached: the destination took nothing more",
            )


def volumes(run: Run) -> list[dict[str, object]]:
    """Describe the volumes that a run read from and wrote to."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    for unit in run.units[:ROOTS]:
        try:
            volume = volume_for(unit.root, run.options.lto)
        except OSError:
            continue
        found.setdefault(("source", volume.identity), _volume("source", unit.root, volume))
    for place in run.places:
        found["destination", str(place.path)] = _volume("destination", place.path, place.volume)
    return list(found.values())


def _volume(role: str, path: Path, volume: Volume) -> dict[str, object]:
    return {
        "role": role,
        "path": str(path),
        "file_system": volume.filesystem,
        "medium": volume.kind.value,
        "volume": volume.identity,
        "mounted_at": str(volume.mount),
    }


def earlier_runs(run: Run, destinations: Iterable[Destination]) -> list[str]:
    """Name the latest runs whose records hold the proof of files that this one found untouched."""
    found: dict[str, None] = dict.fromkeys(run.earlier)
    for destination in destinations:
        if destination.journal is None or not run.tally.at[destination.index].proved_before:
            continue
        for row in destination.journal.runs():
            if row.recorded and row.proved and row.id != run.context.run_id:
                found[row.id] = None
    return list(found)[:NAMED_RUNS]


NAMED_RUNS = 20  # earlier runs that a report names; the journal knows them all
