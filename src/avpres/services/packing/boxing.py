"""A package put into one container, with its index and checksums beside it."""

import heapq
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.planned import Boxed, Packed, Planned
from avpres.adapters.storage.durable import sync_file
from avpres.adapters.storage.reading import ReadRequest, read_files
from avpres.adapters.storage.volume import volume_of
from avpres.domain.errors import FixityMismatchError, SourceUnreadableError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, PackagedFile, Role
from avpres.services.context import Context
from avpres.services.packing.shelf import Shelf

Where = Callable[[bytes], bytes]


class Boxing:
    """Puts the files of a shelf into a container below one folder, the name of the package.

    `trees` are where the files lie, each in the first one that has it; folders are those of the
    first. `moment` is what folders get for a time, in nanoseconds. `where` says of a path on the
    shelf where its file lies, in place of the trees.
    """

    def __init__(
        self, shelf: Shelf, name: str, *trees: Path, moment: int, where: Where | None = None
    ) -> None:
        self._shelf = shelf
        self._lead = os.fsencode(name)
        self._trees = [os.fsencode(tree) for tree in trees]
        self._moment = moment
        self._where = where
        self._shelf.add_folders(_folders(self._trees[0]))

    def box(
        self,
        target: Path,
        box: Box,
        algorithms: tuple[Algorithm, ...],
        context: Context,
        on_packed: Callable[[Packed], None],
    ) -> Boxed:
        """Write the container and read it back from the medium; members are told as they go in.

        Raises:
            FixityMismatchError: a file was not as its manifest says, or the container does not lie
                on the medium as it was written.
        """
        target.unlink(missing_ok=True)
        _, size = self._shelf.totals(*Role)
        context.progress.start("pack", size=size)

        def packed(row: Packed) -> None:
            context.progress.advance(size=row.size)
            on_packed(row)

        with target.open("xb") as handle:
            boxed = write_box(handle, box, self._members(), algorithms=algorithms, on_packed=packed)
            handle.flush()
            sync_file(handle.fileno())
        context.progress.finish()
        _prove(target, boxed, algorithms, context)
        return boxed

    def _members(self) -> Iterator[Planned]:
        folders = (self._folder(path) for path in self._shelf.folders())
        files = map(self._file, self._shelf.listed())
        yield Planned(self._lead, None, 0, self._moment, is_folder=True)
        yield from heapq.merge(folders, files, key=lambda member: member.path)

    def _folder(self, path: bytes) -> Planned:
        return Planned(self._lead + b"/" + path, None, 0, self._moment, is_folder=True)

    def _file(self, file: PackagedFile) -> Planned:
        path = os.fsencode(file.path)
        return Planned(
            path=self._lead + b"/" + path,
            source=self._place(path),
            size=file.size,
            mtime=file.mtime,
            digests=file.digests,
        )

    def _place(self, path: bytes) -> bytes:
        if self._where is not None:
            return self._where(path)
        places = [os.path.join(tree, path) for tree in self._trees]
        if len(places) == 1:
            return places[0]
        return next((place for place in places if os.path.lexists(place)), places[0])


def _folders(root: bytes) -> Iterator[bytes]:
    for folder, names, _ in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def _prove(target: Path, boxed: Boxed, algorithms: tuple[Algorithm, ...], context: Context) -> None:
    """Hold what lies on the medium against what was written."""
    context.progress.start("read back", size=boxed.size)
    request = ReadRequest(os.fsencode(target), algorithms, boxed.size)
    (reading,) = read_files(
        [request],
        volume=volume_of(target),
        workers=1,
        advance=lambda size, _files: context.progress.advance(size=size),
    )
    context.progress.finish()
    if reading.error is not None:
        reason = reading.error.strerror or str(reading.error)
        raise SourceUnreadableError(
            f"{target}: the container that was written cannot be read back ({reason.lower()}); "
            "no package appeared, check the disk and run the same command again"
        ) from reading.error
    if (reading.size, set(reading.digests)) != (boxed.size, set(boxed.digests)):
        raise FixityMismatchError(
            f"{target}: the container does not lie on the medium as it was written; no package "
            "appeared, check the disk and run the same command again"
        )
