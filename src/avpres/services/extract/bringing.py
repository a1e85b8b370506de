"""Files brought out of a package: into a stage, proved there, and then under their names."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.containers.landing import Landing
from avpres.adapters.containers.member import ContainerKind, Reader, chunks
from avpres.adapters.containers.safe_names import RefusedError
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.storage.reading import Reading, ReadRequest, read_files
from avpres.adapters.storage.volume import Volume, volume_of
from avpres.domain.fixity import READ_BACK, Digest, Evidence
from avpres.services.context import Context
from avpres.services.extract.listing import BESIDE, Held, Listing
from avpres.services.extract.source import Source, Unreadable
from avpres.services.packing.placing import Fault, Placed, Placing, Wanted

BATCH_FILES = 1024  # files between two flushes
BATCH_SIZE = 1024**3  # bytes between two flushes


@dataclass(frozen=True, slots=True)
class Bringing:
    """All files that are wanted of one package, on their way into the folder `stage`."""

    source: Source
    listing: Listing
    stage: Path
    context: Context
    jobs: int | None

    def bring(self) -> Iterator[Placed]:
        """Bring the files in, and say of each what became of it; `key` is what was held.

        Raises:
            OSError: the stage takes no more.
            DestinationRefusedError: likewise.
        """
        files, size = self.listing.totals()
        if self.source.is_folder:
            yield from self._from_folder(files, size)
            return
        self.context.progress.start("copy", size=size, files=files)
        yield from self._from_container()
        self.context.progress.finish()
        yield from self._from_beside()

    def _from_folder(self, files: int, size: int) -> Iterator[Placed]:
        root = Path(os.path.abspath(self.source.path)).parent
        placing = Placing(self.stage, (), self.context, self.jobs, files, size)
        yield from placing.place(_wanted(held, root) for held in self.listing.picked())

    def _from_beside(self) -> Iterator[Placed]:
        """Bring the manifests that lie beside a container, and belong beside the package in it."""
        root = Path(os.path.abspath(self.source.path)).parent
        rows = self.listing.picked(f"header = {BESIDE}")
        wanted = (_wanted(held, root) for held in rows)
        yield from Placing(self.stage, (), self.context, self.jobs).place(wanted)

    def _from_container(self) -> Iterator[Placed]:
        volume = volume_of(self.stage.parent)
        with Landing(self.stage, volume, lambda: None) as landing:
            batch = _Batch(landing, volume, self.context)
            for held, reader in self._read():
                batch.take(_wanted(held, self.source.path), held, reader)
                if batch.is_full:
                    yield from batch.prove()
            yield from batch.prove()

    def _read(self) -> Iterator[tuple[Held, Reader]]:
        """Read what is wanted in the order in which it lies there, as a tape demands."""
        if self.source.kind is ContainerKind.TAR:
            return self.source.at_once(self.listing.picked(f"header <> {BESIDE}", order="header"))
        return self.source.walked()


def _wanted(held: Held, root: Path) -> Wanted:
    path, target = os.fsdecode(held.path), os.fsdecode(held.target)
    return Wanted(root, path, target, held.size, held.mtime, held.digests, held)


@dataclass(slots=True)
class _Waiting:
    """A file that was written and is not proved."""

    wanted: Wanted
    size: int
    digests: tuple[Digest, ...]
    back: Digest


@dataclass(slots=True)
class _Batch:
    """Files between two flushes."""

    landing: Landing
    volume: Volume
    context: Context
    size: int = 0
    failed: list[Placed] = field(default_factory=list)
    waiting: list[_Waiting] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Say whether enough has gathered."""
        count = len(self.waiting) + len(self.failed)
        return count >= BATCH_FILES or self.size >= BATCH_SIZE

    def take(self, wanted: Wanted, held: Held, reader: Reader) -> None:
        """Write a member into the stage, and compare what was read with what is recorded."""
        try:
            fd = self.landing.make_file(held.target)
        except RefusedError as error:
            self.failed.append(Placed(wanted, fault=Fault.TARGET, detail=error.message))
            return
        try:
            with os.fdopen(fd, "wb") as handle:
                waiting = self._written(wanted, handle, reader)
        except Unreadable as error:
            if isinstance(error, OSError) and error.filename is None:
                raise
            self._fail(held, Placed(wanted, fault=Fault.SOURCE, detail=str(error)))
            return
        fault = _compared(waiting)
        if fault is not None:
            self._fail(held, fault)
            return
        self.landing.set_time(held.target, held.mtime)
        self.waiting.append(waiting)
        self.size += waiting.size
        self.context.progress.advance(files=1)

    def _written(self, wanted: Wanted, handle: BinaryIO, reader: Reader) -> _Waiting:
        """Write a member, and take its digests on the way."""
        kinds = dict.fromkeys((*(digest.algorithm for digest in wanted.digests), READ_BACK))
        hasher, size = MultiHasher(kinds), 0
        for chunk in chunks(reader):
            hasher.update(chunk)
            handle.write(chunk)
            size += len(chunk)
            self.context.progress.advance(size=len(chunk))
        digests = hasher.digests()
        back = next(digest for digest in digests if digest.algorithm is READ_BACK)
        return _Waiting(wanted, size, digests, back)

    def _fail(self, held: Held, placed: Placed) -> None:
        self.failed.append(placed)
        with suppress(OSError, RefusedError):
            self.landing.remove(held.target)

    def prove(self) -> Iterator[Placed]:
        """Flush what was written, read it back from the medium, and say what became of it."""
        waiting, failed = self.waiting, self.failed
        self.waiting, self.failed, self.size = [], [], 0
        self._flush(waiting)
        root = os.fsencode(self.landing.path)
        requests = (
            ReadRequest(
                os.path.join(root, os.fsencode(each.wanted.target)),
                (READ_BACK,),
                each.size,
                each,
            )
            for each in waiting
        )
        for reading in read_files(
            requests, volume=self.volume, workers=self.volume.readers, advance=_ignore
        ):
            yield _judged(reading)
        yield from failed

    def _flush(self, waiting: list[_Waiting]) -> None:
        descriptor = self.landing.descriptor
        if self.volume.syncfs_is_enough and descriptor is not None:
            durable.sync_filesystem(descriptor)
            return
        for each in waiting:
            with (self.landing.path / each.wanted.target).open("rb") as handle:
                durable.sync_file(handle.fileno())


def _compared(waiting: _Waiting) -> Placed | None:
    """Hold what was read against what is recorded; None when it is the same."""
    wanted, size, digests = waiting.wanted, waiting.size, waiting.digests
    if wanted.size != size:
        detail = f"{size} bytes in place of {wanted.size}"
        return Placed(wanted, size, digests, fault=Fault.CONTENT, detail=detail)
    if not set(wanted.digests) <= set(digests):
        return Placed(wanted, size, digests, fault=Fault.CONTENT)
    return None


def _judged(reading: Reading) -> Placed:
    each: _Waiting = reading.request.key  # type: ignore[assignment]
    if reading.error is not None or reading.digests[0] != each.back:
        return Placed(each.wanted, each.size, each.digests, fault=Fault.MEDIUM)
    evidence = reading.evidence or Evidence.UNKNOWN
    return Placed(each.wanted, each.size, each.digests, evidence)


def _ignore(_size: int, _files: int) -> None:
    """Count nothing: the writing was counted."""
