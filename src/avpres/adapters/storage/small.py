"""What worker processes do: copy small files, read them back, name those that match."""

import contextlib
import errno
from collections.abc import Sequence

from avpres.adapters.storage import sealing
from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.crew import (
    CopyResult,
    CopyTask,
    ProofResult,
    ProofTask,
    ReadResult,
    ReadTask,
    Result,
    SealTask,
    Spot,
    Task,
)
from avpres.adapters.storage.folders import Folder, open_folder
from avpres.adapters.storage.native import NativeCopier
from avpres.adapters.storage.reading import (
    Reading,
    ReadRequest,
    check_named,
    read_group,
    signature,
)
from avpres.adapters.storage.volume import Volume
from avpres.adapters.storage.walk import Entry
from avpres.domain.fixity import READ_BACK, pack

_copiers: dict[tuple[object, ...], NativeCopier] = {}


def do(task: Task) -> Sequence[Result]:
    """Do one task."""
    if isinstance(task, ReadTask):
        return _read(task)
    if isinstance(task, SealTask):
        return [sealing.of_tree(task.root)]
    return _copy(task) if isinstance(task, CopyTask) else _prove(task)


def _nothing(_size: int, _files: int) -> None:
    """Progress is counted by the parent, a task at a time."""


def _copy(task: CopyTask) -> list[CopyResult]:
    copier = _copiers.get(task.algorithms)
    if copier is None:
        copier = NativeCopier(task.algorithms, workers=1, advance=_nothing)
        _copiers[task.algorithms] = copier
    refused: dict[int, OSError] = {}
    targets: dict[int, tuple[Target, Folder]] = {}
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(_opened(task.source))
        except OSError as error:
            return [CopyResult("", None, error, changed=False, places=[]) for _ in task.files]
        for number, spot, volume in task.targets:
            try:
                folder = stack.enter_context(_opened(spot))
            except OSError as error:
                refused[number] = error
            else:
                target = Target(number, spot.path, folder, volume, in_place=False)
                targets[number] = (target, folder)
        jobs = [_job(task, source, targets, entry, places) for entry, places in task.files]
        copier.copy_group(jobs)
    return [
        _result(job, [number for number, _ in places], refused)
        for job, (_, places) in zip(jobs, task.files, strict=True)
    ]


def _opened(spot: Spot) -> Folder:
    """Open a folder and make sure that it is the one that the parent holds open.

    A volume may have been unmounted meanwhile, and the path lead beneath its mount point.
    """
    folder = open_folder(spot.path)
    found = folder.stat(b".")
    if (found.st_dev, found.st_ino) != (spot.device, spot.inode):
        folder.close()
        raise OSError(errno.ESTALE, "another folder is there now than at the start")
    return folder


def _job(
    task: CopyTask,
    source: Folder,
    targets: dict[int, tuple[Target, Folder]],
    entry: Entry,
    places: Sequence[tuple[int, bytes]],
) -> Job:
    made = [
        Place(*targets[number], entry.name, part, State.WRITE)
        for number, part in places
        if number in targets
    ]
    job = Job(source, entry, entry.name, made, unit=0)
    job.follow = task.follow
    job.hash_only = not made
    return job


def _result(job: Job, numbers: Sequence[int], refused: dict[int, OSError]) -> CopyResult:
    """Say how it went at every place, in the order in which they were named."""
    ends = {
        p.target.index: None if p.state is State.WRITTEN else p.error or p.target.lost
        for p in job.places
    }
    errors = [refused.get(number) or ends.get(number) for number in numbers]
    return CopyResult(job.digests, job.signature, job.error, job.changed, errors)


def _prove(task: ProofTask) -> list[ProofResult]:
    try:
        opened = _opened(task.folder)
    except OSError as error:
        return [ProofResult("", "", error, None, taken=False) for _ in task.files]
    with opened as folder:
        requests = [
            ReadRequest(staged, (READ_BACK,), size, None, folder) for staged, size, *_ in task.files
        ]
        readings = read_group(requests, volume=task.volume)
        return [
            _judge(reading, folder, wanted, task.volume)
            for reading, wanted in zip(readings, task.files, strict=True)
        ]


def _read(task: ReadTask) -> list[ReadResult]:
    requests = [ReadRequest(path, algorithms, size) for path, algorithms, size in task.files]
    return [
        ReadResult(
            reading.size,
            pack(reading.digests),
            reading.evidence.value if reading.evidence else "",
            reading.error,
            reading.signature,
        )
        for reading in read_group(requests, volume=task.volume)
    ]


def _judge(
    reading: Reading,
    folder: Folder,
    wanted: tuple[bytes, int, str, bytes, bool],
    volume: Volume,
) -> ProofResult:
    staged, _, expected, final, replaces = wanted
    if reading.error is not None:
        return ProofResult("", "", reading.error, None, taken=False)
    found = reading.digests[0].value
    evidence = reading.evidence.value if reading.evidence else ""
    if found != expected or not final:
        return ProofResult(found, evidence, None, None, taken=False)
    try:
        if replaces:
            folder.replace(staged, folder, final)
        else:
            folder.rename(staged, folder, final)
        named = signature(folder.stat(final))
        check_named(reading.signature, named, volume)
    except FileExistsError:
        return ProofResult(found, evidence, None, None, taken=True)
    except OSError as error:
        return ProofResult(found, evidence, error, None, taken=False)
    return ProofResult(found, evidence, None, named, taken=False)
