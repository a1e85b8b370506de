"""Files brought into a tree that is being made: read once, proved against what is known of them.

Each file is read once; its digests are those of the bytes that were read, and must be the ones that
its package recorded. It is written, flushed, read back from the medium and compared. What cannot
be proved does not stay in the tree.
"""

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import Folder, open_folder
from avpres.adapters.storage.native import NativeCopier
from avpres.adapters.storage.reading import Reading, ReadRequest, read_files
from avpres.adapters.storage.volume import MediumKind, volume_of
from avpres.adapters.storage.walk import Entry, Kind
from avpres.domain.fixity import READ_BACK, Algorithm, unpack
from avpres.services.context import Context
from avpres.services.packing.landing import Landing, Sources, components, most_folders
from avpres.services.packing.placed import Fault, Placed, Wanted
from avpres.services.packing.rounds import Means, bring

__all__ = ["Fault", "Placed", "Placing", "Wanted"]

BATCH_FILES = 8192  # files between two flushes
BATCH_SIZE = 2 * 1024**3  # bytes between two flushes


@dataclass(frozen=True, slots=True)
class Placing:
    """Files on their way into one tree, which may hold some from a run that was cut short.

    `algorithms` are taken of every file beside those that are known of it; `files` and `size` are
    what there is to do in all, for the progress that is told; `jobs` is how many files are copied
    at once.
    """

    tree: Path
    algorithms: tuple[Algorithm, ...]
    context: Context
    jobs: int | None = None
    files: int | None = None
    size: int | None = None

    def place(self, wanted: Iterable[Wanted]) -> Generator[Placed]:
        """Bring files in, and say of each what became of it, in their order.

        No target may be named twice. Memory is that of one batch, whatever the number of files.

        Raises:
            OSError: the tree takes no more: it is full, gone or read-only.
        """
        self.tree.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            means = self._means(stack)
            copiers: dict[tuple[Algorithm, ...], NativeCopier] = {}
            for batch in _batches(wanted):
                kinds = _kinds(self.algorithms, batch[0])
                if kinds not in copiers:
                    copiers[kinds] = NativeCopier(
                        kinds, workers=means.workers, advance=means.advance, crew=means.crew
                    )
                    stack.callback(copiers[kinds].close)
                yield from _bring(batch, kinds, copiers[kinds], means)

    def _means(self, stack: contextlib.ExitStack) -> Means:
        root = stack.enter_context(open_folder(os.fsencode(self.tree)))
        volume = volume_of(self.tree)
        workers = 1 if volume.kind is MediumKind.TAPE else self.jobs or volume.readers
        crew = Crew(workers)
        stack.callback(crew.close)
        target = Target(0, root.path, root, volume, in_place=False)
        progress = self.context.progress
        return Means(
            target,
            crew,
            workers,
            progress,
            lambda size, files: progress.advance(size=size, files=files),
            self.files,
            self.size,
        )


def _batches(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    """Cut a stream where enough has gathered, and where other digests are known than before."""
    batch: list[Wanted] = []
    folders: set[tuple[Path, str, str]] = set()
    size, most = 0, most_folders()
    for each in wanted:
        full = len(batch) >= BATCH_FILES or size >= BATCH_SIZE or len(folders) >= most
        if batch and (full or _known(batch[0]) != _known(each)):
            yield batch
            batch, folders, size = [], set(), 0
        batch.append(each)
        folders.add((each.root, os.path.dirname(each.source), os.path.dirname(each.target)))
        size += max(each.size, 0)
    if batch:
        yield batch


def _known(wanted: Wanted) -> tuple[Algorithm, ...]:
    return tuple([digest.algorithm for digest in wanted.digests])


def _kinds(algorithms: Sequence[Algorithm], wanted: Wanted) -> tuple[Algorithm, ...]:
    """List the digests to take; that of the read-back is the last."""
    asked = dict.fromkeys((*algorithms, *_known(wanted)))
    return (*(each for each in asked if each is not READ_BACK), READ_BACK)


@dataclass(slots=True)
class _Item:
    """A file of a batch: it is placed, or on its way."""

    wanted: Wanted
    job: Job | None = None
    placed: Placed | None = None


def _bring(
    batch: Sequence[Wanted], kinds: tuple[Algorithm, ...], copier: NativeCopier, means: Means
) -> list[Placed]:
    with Sources() as sources, Landing(means.target.root) as landing:
        items = [_prepared(each, sources, landing, means.target) for each in batch]
        _compare(items, kinds, means)
        bring([item.job for item in items if item.job and not item.placed], copier, means)
        return [item.placed or _settled(item) for item in items]


def _prepared(wanted: Wanted, sources: Sources, landing: Landing, target: Target) -> _Item:
    """Open the folders on both sides."""
    source, place = components(wanted.source), components(wanted.target)
    if source is None or place is None:
        return _Item(wanted, placed=Placed(wanted, fault=Fault.PATH))
    try:
        folder = sources.enter(wanted.root, source[0], place[0])
    except OSError as error:
        return _Item(wanted, placed=_failed(wanted, Fault.SOURCE, error))
    try:
        home, was_there = landing.enter(place[0])
        there = was_there and _exists(home, place[1])
    except OSError as error:
        return _Item(wanted, placed=_failed(wanted, Fault.TARGET, error))
    size = max(wanted.size, 0)
    entry = Entry(source[1], Kind.FILE, size, 0, 0, 0, 0, 0, 1, size)
    state = State.COMPARE if there else State.WRITE
    one = Place(target, home, place[1], place[1], state)
    return _Item(wanted, Job(folder, entry, source[1], [one], unit=0))


def _exists(folder: Folder, name: bytes) -> bool:
    try:
        folder.stat(name)
    except FileNotFoundError:
        return False
    return True


def _compare(items: Sequence[_Item], kinds: tuple[Algorithm, ...], means: Means) -> None:
    """Read what a run that was cut short left in the tree: its digests decide whether it stays."""
    requests = [
        ReadRequest(place.name, kinds, item.wanted.size, key=item, folder=place.folder)
        for item in items
        if item.job is not None and item.job.compares()
        for place in item.job.places
    ]
    readings = read_files(
        requests, volume=means.target.volume, workers=means.workers, advance=means.advance
    )
    for reading in readings:
        _keep_or_remove(reading)


def _keep_or_remove(reading: Reading) -> None:
    item: _Item = reading.request.key  # type: ignore[assignment]
    wanted, place = item.wanted, _place(item)
    if reading.error is None and wanted.digests and set(wanted.digests) <= set(reading.digests):
        place.folder.set_times(place.name, (wanted.mtime, wanted.mtime))
        item.placed = Placed(wanted, reading.size, reading.digests, reading.evidence)
        return
    try:
        place.folder.unlink(place.name)
        place.state = State.WRITE
    except OSError as error:
        item.placed = _failed(wanted, Fault.TARGET, error)


def _settled(item: _Item) -> Placed:
    """Say what became of a file, and take out of the tree what must not stay there."""
    wanted, job, place = item.wanted, _job(item), _place(item)
    if job.error is not None:
        placed = _failed(wanted, Fault.SOURCE, job.error)
    elif place.state is State.MISMATCH:
        placed = Placed(wanted, fault=Fault.MEDIUM)
    elif place.state is not State.PROVED:
        placed = _failed(wanted, Fault.TARGET, place.error)
    else:
        placed = _compared(wanted, job, place)
    if placed.fault is not None and place.written:
        with contextlib.suppress(FileNotFoundError):
            place.folder.unlink(place.name)
    return placed


def _compared(wanted: Wanted, job: Job, place: Place) -> Placed:
    """Hold what was read against what is known of the file."""
    size, mtime = (job.signature or (0, 0, 0, 0))[:2]
    digests = unpack(job.digests)
    if wanted.size not in {size, -1}:
        detail = f"{size} bytes in place of {wanted.size}"
        return Placed(wanted, size, digests, fault=Fault.CONTENT, detail=detail)
    if not set(wanted.digests) <= set(digests):
        return Placed(wanted, size, digests, fault=Fault.CONTENT)
    if mtime != wanted.mtime:
        place.folder.set_times(place.name, (wanted.mtime, wanted.mtime))
    return Placed(wanted, size, digests, place.evidence)


def _failed(wanted: Wanted, fault: Fault, error: OSError | None) -> Placed:
    detail = (error.strerror or str(error)).lower() if error else ""
    return Placed(wanted, fault=fault, detail=detail)


def _job(item: _Item) -> Job:
    assert item.job is not None  # noqa: S101 - only an item that is placed at once has none
    return item.job


def _place(item: _Item) -> Place:
    (place,) = _job(item).places
    return place
