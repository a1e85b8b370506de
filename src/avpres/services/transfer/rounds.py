"""One round over a batch: copy, flush, read back from the medium, compare."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from avpres.adapters.storage import delegation, durable, ltfs
from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import DescriptorFolder
from avpres.adapters.storage.reading import (
    ChangedError,
    Reading,
    ReadRequest,
    Signature,
    read_files,
)
from avpres.adapters.storage.volume import MediumKind
from avpres.domain.fixity import READ_BACK, VerifyMode
from avpres.services.transfer import tapes
from avpres.services.transfer.run import Run

ROUNDS = 3  # compare, write over, and once more after a wrong read-back


class Copier(Protocol):
    """What moves the bytes of a batch; states and digests are noted in its jobs."""

    def copy(self, jobs: Sequence[Job]) -> None:
        """Write each job to the places that wait for it."""

    def close(self) -> None:
        """Let threads and programs go."""


class Rounds:
    """Takes batches through to the point where every place is proved or has failed."""

    def __init__(self, copier: Copier, run: Run, crew: Crew | None) -> None:
        self._copier = copier
        self._crew = crew
        self._names_at_once = not run.options.xattrs
        self._verify = run.options.verify
        self._jobs = run.options.jobs
        self._progress = run.context.progress
        self._advance = run.advance
        self._size = run.plan.size
        self._files = run.plan.files

    def run(self, jobs: Sequence[Job]) -> list[tuple[Job, Place]]:
        """Copy and prove a batch; what came back wrong or may be replaced gets a second round.

        Returns:
            Places whose first read-back differed from what was written.
        """
        wrong: dict[int, tuple[Job, Place]] = {}
        todo = list(jobs)
        for _ in range(ROUNDS):
            before = [(job, job.digests, job.signature, _proved(job)) for job in todo]
            self._round(todo)
            for job, digests, sign, proved in before:
                _hold_to(job, digests, sign, proved)
            fresh = _mismatches(todo, wrong)
            wrong.update((id(place), (job, place)) for job, place in fresh)
            todo = [job for job in todo if _wants_more(job, [p for _, p in fresh])]
            if not todo:
                break
        return list(wrong.values())

    def _round(self, jobs: Sequence[Job]) -> None:
        self._progress.start("copy", size=self._size, files=self._files)
        self._copier.copy(jobs)
        self._progress.finish()
        targets = _targets(jobs)
        self._progress.start("flush")
        for target in targets:
            _flush(target, jobs)
        self._progress.finish()
        self._progress.start("read back", size=self._size * len(targets))
        if len(targets) == 1:
            self._read_back(targets[0], jobs)
        elif targets:
            with ThreadPoolExecutor(len(targets), thread_name_prefix="prove") as pool:
                list(pool.map(lambda target: self._read_back(target, jobs), targets))
        self._progress.finish()

    def _read_back(self, target: Target, jobs: Sequence[Job]) -> None:
        pairs = list(self._to_read(target, jobs))
        if self._crew is not None and target.volume.kind is not MediumKind.TAPE:
            pairs = delegation.prove(self._crew, pairs, self._advance, name=self._names_at_once)
        requests = [_request(job, place) for job, place in pairs]
        if target.volume.kind is MediumKind.TAPE:
            requests = _in_tape_order(requests, target)
        readings = read_files(
            requests,
            volume=target.volume,
            workers=self._readers(target),
            advance=self._advance,
        )
        for reading in readings:
            judge(reading)

    def _to_read(self, target: Target, jobs: Sequence[Job]) -> Iterator[tuple[Job, Place]]:
        """Yield what is to be read back; what the options leave unread is settled here."""
        for job in jobs:
            if job.error is not None or not job.digests:
                continue
            for place in job.places:
                if place.target is not target:
                    continue
                if place.state is State.WRITTEN and self._verify is not VerifyMode.FULL:
                    _settle_unread(job, place, self._verify)
                elif place.state in {State.WRITTEN, State.COMPARE}:
                    yield job, place

    def _readers(self, target: Target) -> int:
        if target.volume.kind is MediumKind.TAPE:
            return 1
        return self._jobs or target.volume.readers


def _request(job: Job, place: Place) -> ReadRequest:
    assert job.signature is not None  # noqa: S101 - a job with digests has one
    return ReadRequest(
        place.staged, (READ_BACK,), job.signature[0], key=(job, place), folder=place.home
    )


def _in_tape_order(requests: list[ReadRequest], target: Target) -> list[ReadRequest]:
    """Sort by the place on tape, and note it; files of unknown place stay in their order, first."""
    uuid = ltfs.volume_uuid(target.volume.tape_root) if target.volume.tape_root else None

    def order(request: ReadRequest) -> tuple[str, str, int, int]:
        place: Place
        _, place = request.key  # type: ignore[misc]
        position = _position(place, uuid)
        return ltfs.read_order(position, request.size if position else 0)

    return sorted(requests, key=order)


def _position(place: Place, uuid: str | None) -> ltfs.TapePosition | None:
    """Find where a file begins on tape, and keep it for the record."""
    position = ltfs.tape_position(_path_of(place), uuid=uuid)
    if position is not None:
        place.detail = f"partition {position.partition}, start block {position.start_block}"
    return position


def _path_of(place: Place) -> Path:
    if sys.platform == "linux" and isinstance(place.folder, DescriptorFolder):
        return Path(f"/proc/self/fd/{place.folder.fd}", os.fsdecode(place.name))
    return Path(os.fsdecode(os.path.join(place.folder.path, place.name)))


def judge(reading: Reading) -> None:
    """Hold what came back from the medium against what was written."""
    job: Job
    place: Place
    job, place = reading.request.key  # type: ignore[misc]
    if reading.error is not None:
        place.fail(reading.error)
        return
    place.evidence = reading.evidence
    place.read = reading.signature
    place.judge(reading.digests[0], job.read_back)


def _proved(job: Job) -> list[Place]:
    """Give the places where a job's bytes are proved by now."""
    return [p for p in job.places if p.state in {State.PROVED, State.FINAL}]


def _hold_to(job: Job, digests: str, sign: Signature | None, proved: Sequence[Place]) -> None:
    """Make sure that every place of a job holds one and the same state of its source.

    A second round reads the source again. If it has changed since some places were proved, these
    keep the digests that they were proved with, and the later ones have failed.
    """
    if not proved or (job.error is None and (job.digests, job.signature) == (digests, sign)):
        return
    job.digests, job.signature = digests, sign
    error = job.error or ChangedError(job.path)
    job.error = error
    for place in job.places:
        if place not in proved:
            place.fail(error)


def _mismatches(jobs: Sequence[Job], known: Mapping[int, object]) -> list[tuple[Job, Place]]:
    """Find the places that came back wrong for the first time."""
    return [
        (job, place)
        for job in jobs
        for place in job.places
        if place.state is State.MISMATCH and id(place) not in known
    ]


def _wants_more(job: Job, mismatched: Sequence[Place]) -> bool:
    """Set first mismatches up for one more try, and tell whether a job has anything left to write.

    Never on tape: there a wrong byte means that the cartridge is to be taken out of use.
    """
    more = False
    for place in job.places:
        if place.state is State.MISMATCH and place in mismatched and not place.target.in_place:
            place.state = State.WRITE
        more = more or (place.state is State.WRITE and place.target.lost is None)
    return more and job.error is None


def _settle_unread(job: Job, place: Place, verify: VerifyMode) -> None:
    """Take a written file as far as the options ask: its size, or the word of the system."""
    place.state = State.PROVED
    if place.target.in_place:
        _position(place, "")
    if verify is VerifyMode.SIZE:
        try:
            found = place.home.stat(place.staged).st_size
        except OSError as error:
            place.fail(error)
            return
        if job.signature is not None and found != job.signature[0]:
            place.state = State.MISMATCH


def _targets(jobs: Iterable[Job]) -> list[Target]:
    found: dict[int, Target] = {}
    for job in jobs:
        for place in job.places:
            if place.target.answers:
                found[place.target.index] = place.target
    return list(found.values())


def _flush(target: Target, jobs: Sequence[Job]) -> None:
    """Make a destination's part of a batch durable; when that fails, nothing in it counts.

    Files on volumes where one call does not do were flushed each; a tape gets its index.
    """
    try:
        if target.volume.kind is MediumKind.TAPE:
            tapes.write_index(target)
        elif target.volume.syncfs_is_enough and isinstance(target.root, DescriptorFolder):
            durable.sync_filesystem(target.root.fd)
    except OSError as error:
        target.lost = target.lost or error
        for job in jobs:
            for place in job.places:
                if place.target is target and place.state is State.WRITTEN:
                    place.fail(error)
