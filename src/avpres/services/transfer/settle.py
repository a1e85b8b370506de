"""What is proved gets its own name and a row in the journal; what failed gets a finding."""

import errno
import stat
from collections.abc import Callable, Sequence

from avpres.adapters.storage.batch import Job, Place, State
from avpres.adapters.storage.extended import copy_attributes
from avpres.adapters.storage.folders import split
from avpres.adapters.storage.journal import PROVED, STARTED, Row
from avpres.adapters.storage.reading import ChangedError, check_named, signature
from avpres.adapters.storage.walk import Entry
from avpres.domain.fixity import Evidence
from avpres.services.transfer import findings
from avpres.services.transfer.decide import stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.program import NotDeliveredError
from avpres.services.transfer.run import Run

_NOTHING = (0, 0, 0, 0)
COARSEST_TIME = 2_000_000_000  # ns; on tape a smaller difference is not worth an attribute change


class Settler:
    """Ends batches: names, journal rows, counts, findings."""

    def __init__(self, run: Run) -> None:
        self._options = run.options
        self._units = run.units
        self._destinations = run.places
        self._tally = run.tally
        self._note = run.note
        self._run = run.context.run_id

    def announce(self, jobs: Sequence[Job]) -> None:
        """Before writing to tape, note whose half files may be found there after a crash."""
        for destination in self._destinations:
            if destination.is_tape:
                self._put(destination, jobs, State.WRITE, self._started)

    def settle(self, jobs: Sequence[Job], wrong: Sequence[tuple[Job, Place]]) -> None:
        """Name what is proved, then note it in each destination's journal in one transaction."""
        for job in jobs:
            self._name_source_problems(job)
            for place in job.places:
                self._place(job, place)
        for job, place in wrong:
            path = self._shown(job)
            mended = place.state is State.FINAL
            self._note(findings.mismatch(path, place, job, mended=mended))
        for destination in self._destinations:
            self._put(destination, jobs, State.FINAL, self._proved)

    def _put(
        self,
        destination: Destination,
        jobs: Sequence[Job],
        state: State,
        row: Callable[[Job, Place], Row],
    ) -> None:
        by_unit: dict[int, list[Row]] = {}
        for job in jobs:
            for place in job.places:
                if place.target is destination.target and place.state is state:
                    by_unit.setdefault(job.unit, []).append(row(job, place))
        if destination.journal is None or not by_unit:
            return
        with destination.journal.transaction():
            for unit, rows in by_unit.items():
                destination.journal.put(destination.items[unit], rows)

    def _started(self, job: Job, _place: Place) -> Row:
        folder, name = split(job.path)
        return Row(folder, name, STARTED, _NOTHING, _NOTHING, "", "", "", self._run, "started")

    def _proved(self, job: Job, place: Place) -> Row:
        folder, name = split(job.path)
        evidence = str(place.evidence) if place.evidence else ""
        return Row(
            folder,
            name,
            PROVED,
            stored(job.signature or _NOTHING),
            stored(place.signature or _NOTHING),
            job.digests,
            evidence,
            self._options.verify.value,
            self._run,
            "copied" if place.written else "already there",
            place.detail,
        )

    def _shown(self, job: Job) -> str:
        return findings.shown(self._units[job.unit], job.path)

    def _name_source_problems(self, job: Job) -> None:
        if job.error is None and not job.changed:
            return
        path = self._shown(job)
        if isinstance(job.error, ChangedError):
            self._note(findings.changing(path))
        elif job.error is not None:
            self._note(findings.unreadable(path, job.error))
        elif job.changed:
            self._note(findings.changed(path))

    def _place(self, job: Job, place: Place) -> None:
        """Bring one place to its end."""
        if place.state is State.PROVED:
            self._finish(job, place)
        if place.state is State.FINAL:
            self._tally.final(job, place)
            if place.evidence is not None and not self._is_proof(place.evidence):
                self._note(findings.unproved(self._shown(job), place))
            return
        self._tally.failed(place)
        if place.state is State.DIFFERS:
            self._note(findings.exists(self._shown(job), place))
        if place.target.in_place and _is_half(job, place):
            self._note(findings.half_written(self._shown(job), place))
        if place.state is State.FAILED and place.error is not None and place.target.lost is None:
            unexplained = isinstance(place.error, NotDeliveredError)
            finding = findings.not_delivered if unexplained else findings.refused
            self._note(finding(self._shown(job), place, place.error))

    def _is_proof(self, evidence: Evidence) -> bool:
        if evidence is Evidence.UNKNOWN:
            return not self._options.require_medium
        return evidence in {Evidence.DIRECT, Evidence.EVICTED}

    def _finish(self, job: Job, place: Place) -> None:
        try:
            if place.written:
                self._rename(job, place)
            else:
                _align(place, job.entry)
                self._attributes(job, place)
            place.signature = signature(place.folder.stat(place.name))
            if place.written and place.read is not None:
                check_named(place.read, place.signature, place.target.volume)
            place.state = State.FINAL
        except FileExistsError:
            place.state = State.DIFFERS
        except OSError as error:
            place.fail(error)

    def _rename(self, job: Job, place: Place) -> None:
        self._attributes(job, place)
        if place.target.in_place:
            return
        if place.replaces:
            place.home.replace(place.part, place.folder, place.name)
        else:
            place.home.rename(place.part, place.folder, place.name)

    def _attributes(self, job: Job, place: Place) -> None:
        """Copy what the file carries beside its content, when asked; the content matters more."""
        if not self._options.xattrs:
            return
        folder, name = place.home, place.staged if place.written else place.name
        path = self._shown(job)
        for attribute, error in copy_attributes(
            job.folder, job.entry.name, folder, name, follow=job.follow
        ):
            self._note(findings.attribute_lost(path, place, attribute, error))


def _is_half(job: Job, place: Place) -> bool:
    """Tell whether a part of a file lies on tape under its final name."""
    if place.state is not State.FAILED:
        return False
    try:
        return place.folder.stat(place.name).st_size < job.entry.size
    except OSError:
        return False


def _align(place: Place, entry: Entry) -> None:
    """Give a file that was there already, with the same bytes, the source's times and mode too."""
    found = place.folder.stat(place.name)
    least = COARSEST_TIME if place.target.in_place else 1
    if abs(found.st_mtime_ns - entry.mtime_ns) >= least:
        place.folder.set_times(place.name, (found.st_atime_ns, entry.mtime_ns))
    if place.target.in_place or stat.S_IMODE(found.st_mode) == stat.S_IMODE(entry.mode):
        return
    try:
        place.folder.set_mode(place.name, stat.S_IMODE(entry.mode))
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}:
            raise
