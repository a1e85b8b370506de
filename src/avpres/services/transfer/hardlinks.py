"""Hard links inside a tree: the first name is copied, the others are linked to it again."""

from typing import NamedTuple

from avpres.adapters.storage import sealing
from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.folders import Folder, join
from avpres.adapters.storage.journal import PROVED, Row
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.walk import Entry, Kind
from avpres.services.transfer import findings
from avpres.services.transfer.decide import Decider, Folders, known, stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run


class Waiting(NamedTuple):
    """A name that waits until the first name of its file is in place."""

    unit: Unit
    folders: Folders
    entry: Entry
    first: tuple[bytes, bytes]


class HardLinks:
    """Keeps the other names of a file aside and links them at the end of each batch."""

    def __init__(self, run: Run) -> None:
        self._scratch = run.scratch
        self._tally = run.tally
        self._note = run.note
        self._run = run.context.run_id
        self._waiting: list[Waiting] = []

    def aside(self, unit: Unit, folders: Folders, entries: list[Entry]) -> list[Entry]:
        """Take out the entries that are another name of a file met before."""
        if not unit.is_folder or all(entry.links == 1 for entry in entries):
            return entries
        kept = []
        for entry in entries:
            first = None
            if entry.links > 1 and entry.kind == Kind.FILE:
                place = (folders.relative, entry.name)
                first = self._scratch.first_link(unit.number, (entry.device, entry.inode), place)
            if first is None:
                kept.append(entry)
            else:
                self._waiting.append(Waiting(unit, folders, entry, first))
        return kept

    def waiting(self, folders: Folders) -> bool:
        """Tell whether names in these folders still wait."""
        return bool(self._waiting) and self._waiting[-1].folders is folders

    @property
    def pending(self) -> int:
        """Count the names that wait."""
        return len(self._waiting)

    def take(self) -> list[Waiting]:
        """Give out what waits for the files that were met so far."""
        taken, self._waiting = self._waiting, []
        return taken

    def make(self, decider: Decider, waiting_names: list[Waiting]) -> list[Job]:
        """Link what waits; give back as jobs what had to be left to copying."""
        jobs = []
        for waiting in waiting_names:
            work = decider.jobs(waiting.unit.number, waiting.folders, [waiting.entry], follow=False)
            for entry, job in work:
                self._known(waiting, entry, job)
                if job is None:
                    continue
                job.places = [p for p in job.places if not self._linked(waiting, job, p)]
                if job.places:
                    jobs.append(job)
        return jobs

    def _known(self, waiting: Waiting, entry: Entry, job: Job | None) -> None:
        """Count the destinations where the name is proved already."""
        path = join(waiting.folders.relative, entry.name)
        waits = {place.target.index for place in job.places} if job else set()
        for destination, _, _, _, rows in waiting.folders.at:
            if destination.index in waits:
                continue
            self._tally.proved_before(destination.index, entry.size)
            seal = sealing.of_file(path, rows[entry.name].target)
            self._tally.seal(destination.index, waiting.unit.number, seal)

    def _linked(self, waiting: Waiting, job: Job, place: Place) -> bool:
        """Make one link at one destination; False when the file must be copied instead."""
        if place.state is not State.WRITE or place.target.lost is not None:
            return False
        destination = self._destination(waiting.folders, place.target)
        try:
            first = _first_folder(waiting, place.target)
            try:
                row = _proof_of(waiting, destination, first)
                if row is None:
                    return False
                first.link(waiting.first[1], place.folder, place.name)
                self._record(waiting, destination, first, place, row)
            finally:
                first.close()
        except OSError as error:
            path = findings.shown(waiting.unit, job.path)
            self._note(findings.not_linked(path, str(destination.path), error))
            return False
        self._tally.at[destination.index].linked += 1
        self._tally.at[destination.index].sealable = False  # the first name has changed too
        return True

    @staticmethod
    def _destination(folders: Folders, target: Target) -> Destination:
        return next(d for d, t, *_ in folders.at if t is target)

    def _record(
        self, waiting: Waiting, destination: Destination, first: Folder, place: Place, row: Row
    ) -> None:
        """Note both names: making a link changes the first one's change time too."""
        journal = destination.journal
        if journal is None:
            return
        item = destination.items[waiting.unit.number]
        changed = row._replace(target=stored(signature(first.stat(waiting.first[1]))))
        fresh = Row(
            waiting.folders.relative,
            waiting.entry.name,
            PROVED,
            known(waiting.entry),
            stored(signature(place.folder.stat(place.name))),
            row.digests,
            row.evidence,
            row.verify,
            self._run,
            "linked",
        )
        with journal.transaction():
            journal.put(item, [changed, fresh])


def _proof_of(waiting: Waiting, destination: Destination, first: Folder) -> Row | None:
    """Find the proof of the first name, if it still holds on both sides.

    A name must not be linked to a file that was damaged since, or that somebody else put there.
    """
    journal = destination.journal
    if journal is None:
        return None
    folder, name = waiting.first
    row = journal.rows(destination.items[waiting.unit.number], folder, name, name).get(name)
    if row is None or row.state != PROVED or row.source != known(waiting.entry):
        return None
    return row if row.target == stored(signature(first.stat(name))) else None


def _first_folder(waiting: Waiting, target: Target) -> Folder:
    folder = waiting.first[0]
    unit = waiting.unit
    return target.root.enter(join(unit.prefix, folder) if folder else unit.prefix)
