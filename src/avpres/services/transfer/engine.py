"""The engine: takes a plan through all destinations, batch by batch."""

import errno
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage import sealing
from avpres.adapters.storage.batch import Job, Place, Target
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import Folder, join, open_folder
from avpres.adapters.storage.spool import Stretch
from avpres.adapters.storage.volume import volume_of
from avpres.adapters.storage.walk import Entry, Kind
from avpres.config.copy import LinkPolicy
from avpres.domain.fixity import Algorithm
from avpres.services.transfer import findings
from avpres.services.transfer.decide import Decider, Folders, keeps_inodes
from avpres.services.transfer.destinations import Destination, job_of, volume_for
from avpres.services.transfer.hardlinks import HardLinks, Waiting
from avpres.services.transfer.items import Unit
from avpres.services.transfer.links import SymbolicLinks
from avpres.services.transfer.rounds import Copier, Rounds
from avpres.services.transfer.run import Run
from avpres.services.transfer.settle import Settler

BATCH_FILES = 8192  # files between two flushes; 500 cost 1.2 to 1.5 times as much
BATCH_SIZE = 2 * 1024**3  # bytes between two flushes
TAPE_FILES = 16384  # files between two index writes, each a turn of the tape; more cost memory
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
        self._batch = _Batch()
        self._running: _Batch | None = None

    def run(self) -> None:
        """Go through the plan once.

        One batch is copied and proved in the background while the next one is decided on and the
        one before is named and journalled.
        """
        self._rounds_thread = ThreadPoolExecutor(1, thread_name_prefix="rounds")
        try:
            for stretch in self._run.plan.spool:
                if not self._run.living():
                    break
                for portion in self._portions(stretch):
                    self._take(portion)
                    if self._is_full():
                        self._flush()
            self._flush()
            self._end(self._running)
        except BaseException:
            self._run.stop.set()
            raise
        finally:
            self._rounds_thread.shutdown(cancel_futures=True)
            for folders in (
                *self._batch.folders,
                *(self._running.folders if self._running else ()),
            ):
                folders.close()
            for folder in self._sources.values():
                folder.close()

    def _portions(self, stretch: Stretch) -> Iterator[Stretch]:
        """Cut a stretch where a batch is full: one folder may hold terabytes."""
        begin, size = 0, self._batch.size
        for end, entry in enumerate(stretch.entries, 1):
            size += entry.size
            if size >= self._most_size:
                yield stretch._replace(entries=stretch.entries[begin:end])
                begin, size = end, 0
        if begin < len(stretch.entries):
            yield stretch._replace(entries=stretch.entries[begin:])

    def _is_full(self) -> bool:
        return (
            len(self._batch.jobs) + self._hardlinks.pending >= self._most_files
            or self._batch.size >= self._most_size
            or len(self._batch.folders) >= self._most_folders
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
        before = len(self._batch.jobs)
        for entry, job in self._decider.jobs(unit.number, folders, entries, follow=follow):
            if job is None:
                self._known(unit.number, folders, entry)
            else:
                self._batch.jobs.append(job)
                self._batch.size += entry.size
                if len(job.places) < len(folders.at):
                    self._known(
                        unit.number, folders, entry, but={p.target.index for p in job.places}
                    )
        if len(self._batch.jobs) == before and not self._hardlinks.waiting(folders):
            folders.close()
        else:
            self._batch.folders.append(folders)

    def _known(
        self, unit: int, folders: Folders, entry: Entry, but: Sequence[int] | set[int] = ()
    ) -> None:
        path = join(folders.relative, entry.name)
        for destination, _, _, _, rows in folders.at:
            if destination.index not in but:
                self._run.tally.proved_before(destination.index, entry.size)
                row = rows.get(entry.name)
                if row is None:  # a chain file that goes on from the source's
                    self._run.tally.at[destination.index].sealable = False
                    continue
                seal = sealing.of_file(path, row.target)
                self._run.tally.seal(destination.index, unit, seal)

    def _enter(self, unit: Unit, stretch: Stretch) -> Folders | None:
        """Open a stretch's folders on both sides and fetch what the journals know of its files."""
        try:
            base = self._source(unit)
            source = base.enter(stretch.folder, follow=self._follow)
        except OSError as error:
            self._run.note(findings.unreadable(findings.shown(unit, stretch.folder), error))
            return None
        volume = volume_for(unit.root, self._run.options.lto)
        folders = Folders(source, stretch.folder, keeps_inodes=keeps_inodes(volume))
        names = [entry.name for entry in stretch.entries]
        path = join(unit.prefix, stretch.folder) if stretch.folder else unit.prefix
        for destination in self._run.living():
            target = destination.target
            if target is None or destination.journal is None:
                continue
            try:
                folder = _on_volume(target.root.enter(path), target)
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
        """Send off what has gathered, then end the batch before it."""
        batch, self._batch = self._batch, _Batch()
        batch.waiting = self._hardlinks.take()
        if batch.jobs:
            if self._tape:
                self._settler.announce(batch.jobs)
            batch.outcome = self._rounds_thread.submit(self._rounds.run, batch.jobs)
        before, self._running = self._running, batch
        self._end(before)

    def _end(self, batch: "_Batch | None") -> None:
        """Name and record a batch when it is proved, then make the links that waited for it."""
        if batch is None:
            return
        try:
            if batch.outcome is not None:
                self._settler.settle(batch.jobs, batch.outcome.result())
            again = self._hardlinks.make(self._decider, batch.waiting)
            if again:
                if self._tape:
                    self._settler.announce(again)
                outcome = self._rounds_thread.submit(self._rounds.run, again)
                self._settler.settle(again, outcome.result())
        finally:
            for folders in batch.folders:
                folders.close()
            batch.folders = []


@dataclass(slots=True)
class _Batch:
    """What is copied between two flushes."""

    jobs: list[Job] = field(default_factory=list)
    folders: list[Folders] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    size: int = 0
    outcome: "Future[list[tuple[Job, Place]]] | None" = None


def _on_volume(folder: Folder, target: Target) -> Folder:
    """Make sure that a folder of the copy lies on the destination's own volume.

    Flushing, evidence and free space are that volume's; another one mounted inside would be
    written and proved by rules that do not hold for it.

    Raises:
        OSError: another volume is mounted there.
    """
    if folder.stat(b".").st_dev == target.volume.device:
        return folder
    if volume_of(Path(os.fsdecode(folder.path))).mount == target.volume.mount:
        return folder
    folder.close()
    raise OSError(errno.EXDEV, "another volume is mounted here; copy to it by itself")


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
    return max(8, min(4096, (room - 200) // (3 * (places + 1))))
