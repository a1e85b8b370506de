"""The engine: takes a plan through all destinations, batch by batch."""

import os
from collections.abc import Sequence

from avpres.adapters.storage.batch import Job, Target
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import Folder, join, open_folder
from avpres.adapters.storage.spool import Stretch
from avpres.adapters.storage.walk import Entry, Kind
from avpres.config.copy import LinkPolicy
from avpres.domain.fixity import Algorithm
from avpres.services.transfer import findings
from avpres.services.transfer.decide import Decider, Folders
from avpres.services.transfer.destinations import Destination, job_of
from avpres.services.transfer.hardlinks import HardLinks
from avpres.services.transfer.items import Unit
from avpres.services.transfer.links import SymbolicLinks
from avpres.services.transfer.rounds import Copier, Rounds
from avpres.services.transfer.run import Run
from avpres.services.transfer.settle import Settler

BATCH_FILES = 8192  # files between two flushes; 500 cost 1.2 to 1.5 times as much
BATCH_SIZE = 2 * 1024**3  # bytes between two flushes
TAPE_FILES = 65536  # files between two index writes, each of which turns the tape around
GIB = 1024**3


class Engine:
    """Copies what a plan lists to every destination that is still there."""

    def __init__(
        self, run: Run, copier: Copier, crew: Crew | None, algorithms: frozenset[Algorithm]
    ) -> None:
        options = run.options
        self._run = run
        self._follow = options.links is LinkPolicy.FOLLOW
        self._decider = Decider(options, algorithms)
        self._rounds = Rounds(copier, run, crew)
        self._settler = Settler(run)
        self._symlinks = SymbolicLinks(run)
        self._hardlinks = HardLinks(run)
        self._tape = any(place.is_tape for place in run.places)
        self._most_size = options.checkpoint * GIB if self._tape else BATCH_SIZE
        self._most_files = TAPE_FILES if self._tape else BATCH_FILES
        self._most_folders = _folder_limit(len(run.places))
        self._sources: dict[int, Folder] = {}
        self._jobs: list[Job] = []
        self._open: list[Folders] = []
        self._size = 0

    def run(self) -> None:
        """Go through the plan once."""
        try:
            for stretch in self._run.plan.spool:
                if not self._run.living():
                    break
                self._take(stretch)
                if self._is_full():
                    self._flush()
            self._flush()
        finally:
            self._close_folders()
            for folder in self._sources.values():
                folder.close()

    def _is_full(self) -> bool:
        return (
            len(self._jobs) >= self._most_files
            or self._size >= self._most_size
            or len(self._open) >= self._most_folders
        )

    def _take(self, stretch: Stretch) -> None:
        """Decide on one stretch; what needs no work is counted at once."""
        unit = self._run.units[stretch.base]
        folders = self._enter(unit, stretch)
        if folders is None:
            return
        if any(entry.kind == Kind.LINK for entry in stretch.entries):
            self._symlinks.make(unit, folders, stretch.entries)
        entries = self._hardlinks.aside(unit, folders, stretch.entries)
        follow = self._follow or not unit.is_folder
        before = len(self._jobs)
        for entry, job in self._decider.jobs(unit.number, folders, entries, follow=follow):
            if job is None:
                self._known(folders, entry)
            else:
                self._jobs.append(job)
                self._size += entry.size
                if len(job.places) < len(folders.at):
                    self._known(folders, entry, but={p.target.index for p in job.places})
        if len(self._jobs) == before and not self._hardlinks.waiting(folders):
            folders.close()
        else:
            self._open.append(folders)

    def _known(self, folders: Folders, entry: Entry, but: Sequence[int] | set[int] = ()) -> None:
        for destination, _, _, _, _ in folders.at:
            if destination.index not in but:
                self._run.tally.proved_before(destination.index, entry.size)

    def _enter(self, unit: Unit, stretch: Stretch) -> Folders | None:
        """Open a stretch's folders on both sides and fetch what the journals know of its files."""
        try:
            base = self._source(unit)
            source = base.enter(stretch.folder, follow=self._follow)
        except OSError as error:
            self._run.note(findings.unreadable(findings.shown(unit, stretch.folder), error))
            return None
        folders = Folders(source, stretch.folder)
        names = [entry.name for entry in stretch.entries]
        path = join(unit.prefix, stretch.folder) if stretch.folder else unit.prefix
        for destination in self._run.living():
            target = destination.target
            if target is None or destination.journal is None:
                continue
            try:
                folder = target.root.enter(path)
            except OSError as error:
                self._refused(destination, target, path, error)
                continue
            item = destination.items[unit.number]
            rows = destination.journal.rows(item, stretch.folder, min(names), max(names))
            folders.at.append((destination, target, folder, job_of(unit, destination), rows))
        return folders

    def _refused(
        self, destination: Destination, target: Target, path: bytes, error: OSError
    ) -> None:
        target.failed(error)
        self._run.tally.at[destination.index].failed += 1
        if target.lost is None:
            self._run.note(findings.folder_unfinished(path, str(destination.path), error))

    def _source(self, unit: Unit) -> Folder:
        if unit.number not in self._sources:
            if not unit.is_folder:
                for number in [n for n in self._sources if not self._run.units[n].is_folder]:
                    self._sources.pop(number).close()
            self._sources[unit.number] = open_folder(os.fsencode(unit.root))
        return self._sources[unit.number]

    def _flush(self) -> None:
        """Copy, prove, name and record what has gathered."""
        if self._jobs:
            if self._tape:
                self._settler.announce(self._jobs)
            wrong = self._rounds.run(self._jobs)
            self._settler.settle(self._jobs, wrong)
        again = self._hardlinks.make(self._decider)
        if again:
            wrong = self._rounds.run(again)
            self._settler.settle(again, wrong)
        self._close_folders()
        self._jobs = []
        self._size = 0

    def _close_folders(self) -> None:
        for folders in self._open:
            folders.close()
        self._open = []


def _folder_limit(places: int) -> int:
    """Find how many stretches may be open at once: each holds a descriptor on every side."""
    try:
        import resource
    except ImportError:
        return 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16384 if hard == resource.RLIM_INFINITY else min(hard, 16384)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    room = wanted if soft == resource.RLIM_INFINITY else soft
    return max(8, min(4096, (room - 200) // (2 * (places + 1))))
