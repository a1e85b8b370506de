"""Which manifests an item gets beside its copy, and the writing of them.

Every item has its own, whether it was named, listed or found by a pattern: what lies on a shelf
does not depend on how it was called for, and `verify` finds it by the item's name.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import mhl
from avpres.adapters.formats.naming import default_name, fitted
from avpres.config.copy import CopyOptions
from avpres.domain.errors import AvpresError, UsageError
from avpres.domain.fixity import READ_BACK, Algorithm
from avpres.domain.manifest import ManifestFormat
from avpres.domain.report import Report
from avpres.services.transfer import findings, records
from avpres.services.transfer.beside import algorithms_of
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.generations import add_generation, algorithms_on_record
from avpres.services.transfer.items import Item, Unit
from avpres.services.transfer.manifests import ManifestWriter, Wanted
from avpres.services.transfer.run import Run


def check_options(options: CopyOptions) -> None:
    """Refuse, before the first byte, what could not be written after the last.

    Raises:
        UsageError: an MHL is asked for with digests that its format cannot hold.
    """
    if options.mhl and not _for_mhl(options):
        raise UsageError("MHL 1.1 holds md5, sha1 and xxh64; add --digest md5, or use --ascmhl")


def _for_mhl(options: CopyOptions) -> tuple[Algorithm, ...]:
    return tuple(dict.fromkeys(a for a in options.digest if a in mhl.WRITTEN))


def algorithms_of_run(run: Run) -> frozenset[Algorithm]:
    """Gather what is to be recorded, what manifests of the sources need, and our own.

    Raises:
        AvpresError: an ASC MHL history that is to be continued is broken.
    """
    wanted = {READ_BACK, *run.options.digest, *algorithms_of(list(run.beside.values()))}
    return frozenset(wanted | algorithms_on_record(run.units if run.options.ascmhl else ()))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A destination while its manifests are written."""

    run: Run
    destination: Destination
    report: Report
    unchanged: bool  # this run changed nothing there
    mhls: list[str]  # hash lists that lie there


def write_manifests(run: Run, destination: Destination, report: Report) -> None:
    """Write the manifests of every item at one destination.

    An item of which a file is missing gets none: a manifest is there only when all it should list
    is there too. What its older manifests say is compared all the same.

    Raises:
        OSError: the destination refused; what was begun is gone again.
    """
    counts = run.tally.at[destination.index]
    unchanged = counts.proved_before == counts.there and not counts.failed
    mhls = _dated_mhls(destination.path) if run.options.mhl else []
    shelf = _Shelf(run, destination, report, unchanged, mhls)
    for unit in run.units:
        for item in unit.items:
            _write_item(shelf, unit, item)


def _write_item(shelf: _Shelf, unit: Unit, item: Item) -> None:
    run, destination, report = shelf.run, shelf.destination, shelf.report
    if next(records.rows(destination, unit, item), None) is None:
        return
    complete = is_complete(run, destination, unit, item)
    if run.options.ascmhl and unit.is_folder and complete:
        add_generation(run, destination, unit, records.rows(destination, unit, item), report)
    writer = ManifestWriter(
        run, destination, unit, item, complete=complete, unchanged=shelf.unchanged
    )
    for wanted in _wanted(shelf, unit, item):
        try:
            output = writer.write(wanted)
        except AvpresError as error:
            run.note(findings.manifest_failed(wanted.path, error))
            continue
        if output is not None:
            report.outputs.append(output)


def is_complete(run: Run, destination: Destination, unit: Unit, item: Item) -> bool:
    """Tell whether every file of an item is proved at a destination."""
    counts = run.tally.at[destination.index]
    if not run.outcomes.holds(unit, item, destination.index):
        return False
    if not counts.failed and counts.there == run.plan.files:
        return True
    journal = destination.journal
    if journal is None or unit.number not in destination.items:
        return False
    if not unit.is_folder:
        return next(records.rows(destination, unit, item), None) is not None
    planned, _ = run.plan.unit_files.get(unit.number, (0, 0))
    return journal.count(destination.items[unit.number]) >= planned


def _wanted(shelf: _Shelf, unit: Unit, item: Item) -> Iterator[Wanted]:
    """Name the manifests of an item: what was asked, and what lay beside the source."""
    name, folder = os.fsdecode(item.name), shelf.destination.path
    options, created = shelf.run.options, shelf.run.context.clock()
    for algorithm in _of_checksum_files(shelf.run, unit, item):
        path = folder / default_name(name, ManifestFormat.IFI, algorithm=algorithm, created=created)
        there: tuple[Path, ...] = (path,) if path.exists() else ()
        yield Wanted(path, ManifestFormat.IFI, (algorithm,), there)
    if options.mhl:
        algorithms = _for_mhl(options)
        path = folder / default_name(
            name, ManifestFormat.MHL, algorithm=algorithms[0], created=created
        )
        there = tuple(
            folder / each for each in (*_matching(name, shelf.mhls), *_plain(folder, name))
        )
        yield Wanted(path, ManifestFormat.MHL, algorithms, there)


def _of_checksum_files(run: Run, unit: Unit, item: Item) -> Iterable[Algorithm]:
    known = run.beside[unit.number].get(item.name, [])
    return dict.fromkeys((*run.options.digest, *(a for m in known for a in m.algorithms)))


def _dated_mhls(folder: Path) -> list[str]:
    """List, once for all items, the hash lists that lie at a destination."""
    return sorted(name for name in os.listdir(folder) if name.endswith(".mhl"))


def _matching(name: str, names: list[str]) -> Iterator[str]:
    lead = fitted(name, "_0000-00-00_000000.mhl")[: -len("0000-00-00_000000.mhl")]
    dated = re.compile(re.escape(lead) + r"\d{4}-\d{2}-\d{2}_\d{6}\.mhl", re.DOTALL)
    return (each for each in names if dated.fullmatch(each))


def _plain(folder: Path, name: str) -> Iterator[str]:
    plain = fitted(name, ".mhl")
    if (folder / plain).is_file():
        yield plain
