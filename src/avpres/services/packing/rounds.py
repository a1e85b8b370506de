"""Files on their way into a tree: copied, flushed, read back from the medium, compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from avpres.adapters.storage import delegation, durable
from avpres.adapters.storage.batch import Job, State, Target
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import DescriptorFolder
from avpres.adapters.storage.native import NativeCopier
from avpres.adapters.storage.reading import Advance, ReadRequest, read_files
from avpres.adapters.storage.volume import MediumKind
from avpres.domain.fixity import READ_BACK
from avpres.services.context import Progress
from avpres.services.transfer.rounds import judge

_ROUNDS = 2  # what came back wrong from the medium is written once more


@dataclass(frozen=True, slots=True)
class Means:
    """What all rounds of a run share; `files` and `size` are what there is to do in all."""

    target: Target
    crew: Crew
    workers: int
    progress: Progress
    advance: Advance
    files: int | None
    size: int | None


def bring(jobs: Sequence[Job], copier: NativeCopier, means: Means) -> None:
    """Take jobs with one place each to the point where every place is proved or has failed.

    Raises:
        OSError: the tree takes no more.
    """
    for last in range(_ROUNDS):
        waiting = [job for job in jobs if job.to_write()]
        if not waiting:
            return
        _round(waiting, copier, means)
        if last < _ROUNDS - 1:
            for job in waiting:
                _once_more(job)


def _round(jobs: Sequence[Job], copier: NativeCopier, means: Means) -> None:
    progress = means.progress
    progress.start("copy", size=means.size, files=means.files)
    copier.copy(jobs)
    progress.finish()
    progress.start("flush")
    _flush(means.target)
    progress.finish()
    progress.start("read back", size=means.size)
    _read_back(jobs, means)
    progress.finish()
    if means.target.lost is not None:
        raise means.target.lost


def _flush(target: Target) -> None:
    """Make a batch durable, where its files were not flushed each."""
    if target.volume.syncfs_is_enough and isinstance(target.root, DescriptorFolder):
        durable.sync_filesystem(target.root.fd)


def _read_back(jobs: Sequence[Job], means: Means) -> None:
    pairs = [
        (job, place)
        for job in jobs
        for place in job.places
        if place.state is State.WRITTEN and job.error is None
    ]
    if means.target.volume.kind is not MediumKind.TAPE:
        pairs = delegation.prove(means.crew, pairs, means.advance, name=False)
    requests = [
        ReadRequest(place.name, (READ_BACK,), job.entry.size, key=(job, place), folder=place.folder)
        for job, place in pairs
    ]
    for reading in read_files(
        requests, volume=means.target.volume, workers=means.workers, advance=means.advance
    ):
        judge(reading)


def _once_more(job: Job) -> None:
    """Let a file that came back wrong be written again."""
    for place in job.places:
        if place.state is State.MISMATCH:
            place.state = State.WRITE
