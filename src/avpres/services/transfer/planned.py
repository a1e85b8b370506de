"""`--dry-run`: what a copy would do, told without touching source, destination or journal."""

import contextlib
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import humanize

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.folders import Folder, join, open_folder
from avpres.adapters.storage.journal import PROVED, STARTED, Journal, Row, journal_path
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.spool import Stretch
from avpres.adapters.storage.volume import MediumKind, free_space
from avpres.adapters.storage.walk import Entry, Kind
from avpres.domain.report import Report, Totals
from avpres.services.transfer.chains import is_chain
from avpres.services.transfer.decide import Decider, keeps_inodes, same, stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.run import Run
from avpres.services.transfer.wanted import algorithms_of_run


class Fate(StrEnum):
    """What would become of a file at one destination."""

    NEW = "new"
    PROVED = "there and proved"
    COMPARE = "there, to be compared"
    REPLACE = "there, to be replaced"
    DIFFERS = "there and different"


@dataclass(slots=True)
class _Fates:
    files: Counter[Fate] = field(default_factory=Counter)
    sizes: Counter[Fate] = field(default_factory=Counter)


def tell(run: Run, report: Report) -> None:
    """Put the plan into the report's facts, and its sum into the closing sentence."""
    decider = Decider(run.options, algorithms_of_run(run))
    places = []
    for destination in run.places:
        fates = _fates(run, decider, destination)
        places.append(_row(run, destination, fates))
    report.facts["plan"] = {
        "order": "as the files lie on tape" if run.plan.ordered else "by path",
        "backend": report.facts.get("backend", "native"),
        "destinations": places,
    }
    plan = run.plan
    report.totals = Totals(
        files=plan.files,
        size=plan.size,
        folders=plan.folders,
        links=plan.links,
        skipped=plan.skipped,
    )
    report.summary = _sentence(run, places)


def _fates(run: Run, decider: Decider, destination: Destination) -> _Fates:
    fates = _Fates()
    journal = _journal(run, destination)
    numbers = journal.numbers() if journal else {}
    with contextlib.ExitStack() as stack:
        if journal is not None:
            stack.callback(journal.close)
        look = _Look(run, decider, destination, _root(destination, stack))
        for stretch in run.plan.spool:
            number = numbers.get(run.units[stretch.base].prefix)
            rows = _rows(journal, number, stretch)
            for entry, fate in look.fates(stretch, rows):
                fates.files[fate] += 1
                fates.sizes[fate] += entry.size
    return fates


def _journal(run: Run, destination: Destination) -> Journal | None:
    path = journal_path(run.context.state_dir, destination.journal_key)
    try:
        return Journal(path, look_only=True)
    except OSError:
        return None


def _root(destination: Destination, stack: contextlib.ExitStack) -> Folder | None:
    with contextlib.suppress(OSError):
        return stack.enter_context(open_folder(os.fsencode(destination.path)))
    return None


def _rows(journal: Journal | None, number: int | None, stretch: Stretch) -> Mapping[bytes, Row]:
    if journal is None or number is None:
        return {}
    names = [entry.name for entry in stretch.entries]
    return journal.rows(number, stretch.folder, min(names), max(names))


@dataclass(frozen=True, slots=True)
class _Look:
    """A destination as it is, and what would become of files there; without `root`, all are new."""

    run: Run
    decider: Decider
    destination: Destination
    root: Folder | None

    def fates(self, stretch: Stretch, rows: Mapping[bytes, Row]) -> Iterator[tuple[Entry, Fate]]:
        """Look at each file of a stretch; `rows` are what the journal knows of them."""
        files = [entry for entry in stretch.entries if entry.kind == Kind.FILE]
        folder = self._folder(stretch)
        if folder is None:
            yield from ((entry, Fate.NEW) for entry in files)
            return
        with folder:
            for entry in files:
                row = rows.get(entry.name)
                if is_chain(stretch.folder, entry.name) and row is not None:
                    yield entry, Fate.PROVED
                else:
                    yield entry, self._fate(folder, entry, row)

    def _folder(self, stretch: Stretch) -> Folder | None:
        prefix = self.run.units[stretch.base].prefix
        path = join(prefix, stretch.folder) if stretch.folder else prefix
        with contextlib.suppress(OSError):
            return self.root.enter(path) if self.root is not None else None
        return None

    def _fate(self, folder: Folder, entry: Entry, row: Row | None) -> Fate:
        try:
            found = folder.stat(entry.name)
        except OSError:
            return Fate.NEW
        if row is not None and row.state == PROVED:
            inodes = keeps_inodes(self.destination.volume)
            untouched = same(row.target, stored(signature(found)), inodes=inodes)
            if untouched and self.decider.is_proved(row, entry):
                return Fate.PROVED
        if stat.S_ISREG(found.st_mode) and found.st_size == entry.size:
            return Fate.COMPARE
        ours = self.destination.is_tape and row is not None and row.state == STARTED
        return Fate.REPLACE if ours or self.decider.replaces else Fate.DIFFERS


def _row(run: Run, destination: Destination, fates: _Fates) -> dict[str, object]:
    """Describe one destination; sizes in bytes."""
    row: dict[str, object] = {
        "path": str(destination.path),
        "medium": destination.volume.kind.value,
        "file_system": destination.volume.filesystem,
    }
    with contextlib.suppress(OSError):
        row["free"] = free_space(destination.volume).available
    for fate in Fate:
        if fates.files[fate]:
            row[fate.value] = {"files": fates.files[fate], "size": fates.sizes[fate]}
    if destination.volume.kind is MediumKind.TAPE:
        block = destination.volume.block_size
        row["index_allowance"] = ltfs.index_allowance(fates.files[Fate.NEW], block)
    refused = sum(
        count
        for (place, code), count in run.outcomes.at.items()
        if place == destination.index and code in {"PRE-NAME", "PRE-CLASH", "PRE-SIZE"}
    )
    if refused:
        row["names_refused"] = refused
    row["can_take_them"] = not destination.refused
    return row


def _sentence(run: Run, places: list[dict[str, object]]) -> str:
    size = humanize.naturalsize(run.plan.size, binary=True)
    head = f"{humanize.intcomma(run.plan.files)} file{'' if run.plan.files == 1 else 's'}, {size}"
    refused = [place for place in places if not place["can_take_them"]]
    if refused:
        whom = f"{len(refused)} of {len(places)} destinations"
        if len(places) == 1:
            whom = "the destination"
        return f"{head}: a plan only; {whom} cannot take it."
    differing = sum(_files(place, Fate.DIFFERS) for place in places)
    more = ""
    if differing:
        more = f"; {humanize.intcomma(differing)} at a destination differ and would be left alone"
    return f"{head}: a plan only, nothing was copied{more}."


def _files(place: dict[str, object], fate: Fate) -> int:
    found = place.get(fate.value)
    return int(found["files"]) if isinstance(found, dict) else 0
