"""Handing small files to worker processes and taking back what became of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from avpres.adapters.storage.batch import Job, Place, State
from avpres.adapters.storage.crew import (
    WORTH_IT,
    CopyResult,
    CopyTask,
    Crew,
    ProofResult,
    ProofTask,
    Spot,
)
from avpres.adapters.storage.folders import Folder
from avpres.adapters.storage.reading import EVIDENCE, SMALL, Advance
from avpres.adapters.storage.volume import Volume
from avpres.adapters.storage.walk import Entry
from avpres.domain.fixity import READ_BACK, Algorithm, Digest

GROUP = 128  # files in a task: enough to make its cost small, few enough to share out evenly
LONGEST_PATH = 3900  # bytes; a longer one can only be reached through open folders


def copy(
    crew: Crew, jobs: Sequence[Job], algorithms: tuple[Algorithm, ...], advance: Advance
) -> list[Job]:
    """Have small files copied by the crew.

    Returns:
        The jobs that were not handed over and are the caller's to do.
    """
    small = [job for job in jobs if _is_for_crew(job)]
    if len(small) < WORTH_IT:
        return list(jobs)
    groups = list(_grouped(small))
    wanted = [[job.to_write() for job in group] for group in groups]
    tasks = map(partial(_copy_task, algorithms), groups, wanted)
    for group, places, results in zip(groups, wanted, crew.run(tasks), strict=True):
        for job, waiting, result in zip(group, places, results, strict=True):
            _note_copy(job, waiting, result)  # type: ignore[arg-type]
        advance(sum(job.entry.size for job in group), len(group))
    handed = set(map(id, small))
    return [job for job in jobs if id(job) not in handed]


def _is_for_crew(job: Job) -> bool:
    if job.entry.size >= SMALL or len(job.folder.path) >= LONGEST_PATH:
        return False
    return all(len(place.folder.path) < LONGEST_PATH for place in job.places)


def _grouped(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Cut jobs into groups of one folder each."""
    group: list[Job] = []
    for job in jobs:
        if group and (job.folder is not group[0].folder or len(group) >= GROUP):
            yield group
            group = []
        group.append(job)
    if group:
        yield group


def _copy_task(
    algorithms: tuple[Algorithm, ...], group: list[Job], wanted: list[list[Place]]
) -> CopyTask:
    targets: dict[int, tuple[int, Spot, Volume]] = {}
    files: list[tuple[Entry, list[tuple[int, bytes]]]] = []
    for job, places in zip(group, wanted, strict=True):
        for place in places:
            target = place.target
            if target.index not in targets:
                targets[target.index] = (target.index, _spot(place.folder), target.volume)
        files.append((job.entry, [(place.target.index, place.part) for place in places]))
    follow = group[0].follow
    return CopyTask(_spot(group[0].folder), tuple(targets.values()), algorithms, follow, files)


def _spot(folder: Folder) -> Spot:
    try:
        found = folder.stat(b".")
    except OSError:  # a folder known by its path has vanished: the worker will find the same
        return Spot(folder.path, -1, -1)
    return Spot(folder.path, found.st_dev, found.st_ino)


def _note_copy(job: Job, waiting: Sequence[Place], result: CopyResult) -> None:
    job.digests = result.digests
    job.signature = result.signature
    job.error = result.error
    job.changed = result.changed
    if result.error is not None:
        return
    for place, error in zip(waiting, result.places, strict=True):
        if error is None:
            place.arrived()
        else:
            place.fail(error)


def prove(
    crew: Crew, pairs: Sequence[tuple[Job, Place]], advance: Advance, *, name: bool
) -> list[tuple[Job, Place]]:
    """Have small files of one destination read back, compared and named by the crew.

    Args:
        crew: the workers.
        pairs: what waits to be proved.
        advance: told of progress.
        name: whether a file that matches is given its final name at once.

    Returns:
        The pairs that were not handed over.
    """
    small = [pair for pair in pairs if _is_for_crew(pair[0])]
    if len(small) < WORTH_IT:
        return list(pairs)
    groups = list(_by_folder(small))
    tasks = (_proof_task(group, name=name) for group in groups)
    for group, results in zip(groups, crew.run(tasks), strict=True):
        for (job, place), result in zip(group, results, strict=True):
            _note_proof(place, result, job.read_back)  # type: ignore[arg-type]
        advance(sum(job.entry.size for job, _ in group), len(group))
    handed = {id(place) for _, place in small}
    return [pair for pair in pairs if id(pair[1]) not in handed]


def _by_folder(pairs: Iterable[tuple[Job, Place]]) -> Iterator[list[tuple[Job, Place]]]:
    group: list[tuple[Job, Place]] = []
    for pair in pairs:
        if group and (pair[1].folder is not group[0][1].folder or len(group) >= GROUP):
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _proof_task(group: list[tuple[Job, Place]], *, name: bool) -> ProofTask:
    first = group[0][1]
    return ProofTask(
        _spot(first.folder),
        first.target.volume,
        [
            (
                place.staged,
                job.signature[0] if job.signature else job.entry.size,
                job.read_back,
                place.name if name and place.state is State.WRITTEN else b"",
                place.replaces,
            )
            for job, place in group
        ],
    )


def _note_proof(place: Place, result: ProofResult, expected: str) -> None:
    if result.error is not None:
        place.fail(result.error)
        return
    place.evidence = EVIDENCE[result.evidence]
    if result.signature is not None:
        place.signature = result.signature
        place.state = State.FINAL
    elif result.taken:
        place.state = State.DIFFERS
    else:
        place.judge(Digest(READ_BACK, result.found), expected)
