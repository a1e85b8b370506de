"""Copying with a program: it moves the bytes, avpres takes the digests and proves the copy.

The source is read once more than by the engine's own copier: digests are of what avpres itself
read, never of what a program said. Files land in a private folder at the destination, on tape
under their final names at once, and go the same way from there as all others.
"""

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from avpres.adapters.storage.backend import Backend, Preserve, Problem
from avpres.adapters.storage.batch import Job, Place, State
from avpres.adapters.storage.journal import job_name
from avpres.adapters.storage.native import READ_ATTEMPTS
from avpres.adapters.storage.reading import (
    ChangedError,
    Reading,
    ReadRequest,
    read_files,
    signature,
)
from avpres.adapters.storage.volume import MediumKind
from avpres.adapters.storage.writer import sync
from avpres.domain.fixity import Algorithm, pack
from avpres.services.transfer import findings
from avpres.services.transfer.destinations import Destination, job_of, volume_for
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run

_TO_FLUSH = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
_METADATA = "times, modes or attributes"

Named = dict[bytes, tuple[Job, Place]]
"""The files of one call by the names that the program is given."""


class NotDeliveredError(OSError):
    """A program did not bring a file over, and no error of the system explains it."""


class ProgramCopier:
    """Copies batches with a program, once for each destination."""

    def __init__(self, backend: Backend, algorithms: Sequence[Algorithm], run: Run) -> None:
        self._backend = backend
        self._algorithms = tuple(algorithms)
        self._run = run

    def close(self) -> None:
        """Clear the stages away; what is proved has left them."""
        for destination in self._run.places:
            if destination.target is not None:
                clear_stages(destination, self._run.units)

    def copy(self, jobs: Sequence[Job]) -> None:
        """Bring every job to the places that wait for it; a changing source is tried once more.

        Raises:
            ToolFailedError: the program was killed, or failed without naming a file.
            ToolMissingError: the program is not there any more.
        """
        todo = [job for job in jobs if job.hash_only or job.compares() or job.to_write()]
        changed = self._attempt(todo)
        for job in changed:
            job.changed = True
        for job in self._attempt(changed):
            job.error = ChangedError(job.path)

    def _attempt(self, jobs: Sequence[Job]) -> list[Job]:
        """Hash, deliver and look again; give back the jobs whose source did not hold still."""
        for job in jobs:
            job.attempts += 1
        changed = list(self._hash(jobs))
        unsteady = set(map(id, changed))
        ready = [job for job in jobs if job.error is None and id(job) not in unsteady]
        for destination in self._run.living():
            self._deliver(destination, ready)
        for job in ready:
            if not self._holds_still(job):
                changed.append(job)
            else:
                self._run.advance(0, 1)
        return changed

    def _hash(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Read the sources for their digests, past the cache; yield those that were changing."""
        lto, wanted = self._run.options.lto, self._run.options.jobs
        for unit, group in groupby(jobs, key=lambda job: job.unit):
            volume = volume_for(self._run.units[unit].root, lto)
            workers = 1 if volume.kind is MediumKind.TAPE else wanted or volume.readers
            todo = list(group)
            while todo:
                requests = [_request(job, self._algorithms) for job in todo]
                todo = []
                for reading in read_files(
                    requests, volume=volume, workers=workers, advance=self._counted
                ):
                    job = _noted(reading)
                    if isinstance(job.error, ChangedError):
                        job.error = None
                        yield job
                    elif _may_be_tried(job):
                        job.attempts += 1
                        todo.append(job)

    def _counted(self, size: int, _files: int) -> None:
        self._run.advance(size, 0)

    def _holds_still(self, job: Job) -> bool:
        """Tell whether a source is after the program what it was before."""
        try:
            found = os.stat(_full(job)) if job.follow else job.folder.stat(job.entry.name)
        except OSError as error:
            job.error = error
            return True
        if signature(found) == job.signature:
            return True
        for place in job.places:
            if place.state in {State.WRITTEN, State.FAILED} and place.target.lost is None:
                _put_back(place)
        return False

    def _deliver(self, destination: Destination, jobs: Sequence[Job]) -> None:
        """Have the program bring files to one destination, a folder's tree at a time."""
        target = destination.target
        waiting = (
            (job, place) for job in jobs for place in job.to_write() if place.target is target
        )
        for number, pairs in groupby(waiting, key=lambda pair: pair[0].unit):
            unit = self._run.units[number]
            for call, (root, named) in enumerate(_calls(unit, list(pairs))):
                stage = self._stage(destination, unit, call, named)
                try:
                    self._call(root, stage, named)
                except OSError as error:
                    for _, place in named.values():
                        place.fail(error)

    def _stage(self, destination: Destination, unit: Unit, call: int, named: Named) -> bytes:
        """Choose the folder that the program writes into, and tell the places of it."""
        top = os.fsencode(destination.path)
        if destination.is_tape:
            return os.path.join(top, unit.prefix) if unit.prefix else top
        stage = os.path.join(stage_name(unit, destination), b"%d" % call)
        for name, (_, place) in named.items():
            place.stage = place.target.root
            place.part = os.path.join(stage, *name.split(b"/"))
        return os.path.join(top, stage)

    def _call(self, root: bytes, stage: bytes, named: Named) -> None:
        """Run the program over the files of one call.

        Raises:
            OSError: the destination refused a folder.
        """
        tape = next(iter(named.values()))[1].target.in_place
        if not tape:
            _make_room(stage, named)
        preserve = Preserve(modes=not tape, xattrs=self._run.options.xattrs, sparse=not tape)
        failed = set()
        for problem in self._backend.copy(
            Path(os.fsdecode(root)),
            list(named),
            Path(os.fsdecode(stage)),
            preserve,
            stop=self._run.stop,
        ):
            if not self._note(problem, *named[problem.name]):
                failed.add(problem.name)
        for name, (_, place) in named.items():
            if name not in failed:
                _arrive(place)

    def _note(self, problem: Problem, job: Job, place: Place) -> bool:
        """Note what a program said of a file; True when its bytes arrived all the same."""
        if problem.delivered:
            shown = findings.shown(self._run.units[job.unit], job.path)
            error = OSError(problem.errno or 0, problem.message)
            self._run.note(findings.attribute_lost(shown, place, _METADATA, error))
            return True
        if problem.errno == errno.EIO and self._is_unreadable(job):
            return False
        if problem.errno is None:
            place.fail(NotDeliveredError(0, f"{self._backend.name}: {problem.message}"))
        else:
            place.fail(OSError(problem.errno, problem.message))
        return False

    def _is_unreadable(self, job: Job) -> bool:
        """Find out which side an I/O error was on: the source is read once more."""
        volume = volume_for(self._run.units[job.unit].root, self._run.options.lto)
        request = _request(job, self._algorithms)
        for reading in read_files([request], volume=volume, workers=1, advance=_uncounted):
            job.error = reading.error
        return job.error is not None


def stage_name(unit: Unit, destination: Destination) -> bytes:
    """Name the folder into which programs write what belongs to a unit.

    Single files of one folder may be copied by several runs at once, each of which holds the
    locks of its own files: the first file's name tells their stages apart.
    """
    job = job_of(unit, destination)
    if not unit.is_folder:
        job = job_name(job.encode(), unit.items[0].name)
    return b".avpres-" + job.encode() + b".part"


def clear_stages(destination: Destination, units: Iterable[Unit]) -> None:
    """Remove what programs left at a destination, in this run or in a killed one of the same job.

    What cannot be removed stays; its name says that it is not finished.
    """
    for unit in units:
        stage = os.path.join(os.fsencode(destination.path), stage_name(unit, destination))
        if os.path.isdir(stage) and not os.path.islink(stage):
            shutil.rmtree(stage, ignore_errors=True)


def _request(job: Job, algorithms: tuple[Algorithm, ...]) -> ReadRequest:
    size = job.entry.size
    if job.follow:
        return ReadRequest(os.path.realpath(_full(job)), algorithms, size, key=job)
    return ReadRequest(job.entry.name, algorithms, size, key=job, folder=job.folder)


def _full(job: Job) -> bytes:
    return os.path.join(job.folder.path, job.entry.name)


def _noted(reading: Reading) -> Job:
    job = reading.request.key
    if not isinstance(job, Job):
        raise TypeError("a reading of no job")
    job.error = reading.error
    if reading.error is None:
        job.digests = pack(reading.digests)
        job.signature = reading.signature
    return job


def _may_be_tried(job: Job) -> bool:
    """Tell whether a read error is worth another attempt."""
    is_read_error = job.error is not None and job.error.errno == errno.EIO
    return is_read_error and job.attempts < READ_ATTEMPTS


def _calls(unit: Unit, pairs: Sequence[tuple[Job, Place]]) -> list[tuple[bytes, Named]]:
    """Divide files into calls: one for a tree, one for each link that is to be followed.

    Programs are told to copy links as links, so that one that appears in the middle of a copy
    cannot lead astray. What a link stands for is handed over under its own name.
    """
    straight: Named = {}
    calls = [(os.fsencode(unit.root), straight)]
    for job, place in pairs:
        if not (job.follow and os.path.islink(_full(job))):
            straight[job.path] = (job, place)
            continue
        root, name = os.path.split(os.path.realpath(_full(job)))
        if place.target.in_place and name != job.entry.name:
            place.fail(OSError(errno.ENOTSUP, "is a link to another name; copy it with native"))
        else:
            calls.append((root, {name: (job, place)}))
    return [call for call in calls if call[1]]


def _make_room(stage: bytes, named: Named) -> None:
    """Make the folders of a stage, and clear away what an earlier attempt left there."""
    os.makedirs(os.path.dirname(stage), 0o700, exist_ok=True)
    for folder in {os.path.dirname(name) for name in named}:
        os.makedirs(os.path.join(stage, folder), exist_ok=True)
    for name, (job, _) in named.items():
        if job.attempts > 1 and os.path.lexists(path := os.path.join(stage, name)):
            os.unlink(path)


def _put_back(place: Place) -> None:
    """Have a file written once more; on tape the earlier attempt lies under its name."""
    taken = place.error is not None and place.error.errno == errno.EEXIST
    if place.target.in_place and not taken:
        with contextlib.suppress(OSError):
            place.folder.unlink(place.name)
    place.state, place.error = State.WRITE, None


def _arrive(place: Place) -> None:
    """Count a file as written; where one call cannot flush the volume, the file is flushed now."""
    if not place.target.volume.syncfs_is_enough:
        try:
            fd = place.home.open(place.staged, _TO_FLUSH)
            try:
                sync(fd)
            finally:
                os.close(fd)
        except OSError as error:
            place.fail(error)
            return
    place.arrived()


def _uncounted(_size: int, _files: int) -> None:
    """Count nothing: these bytes were counted before."""
