"""Proved files get their names in the destination: no link is followed, nothing is replaced."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.adapters.storage.reading import ReadRequest, read_files
from avpres.adapters.storage.volume import volume_of
from avpres.services.extract.listing import Held


class TakenError(Exception):
    """Something else has the name of a file."""


@dataclass(slots=True)
class Publishing:
    """The destination of one run."""

    destination: Path
    _touched: set[bytes] = field(default_factory=set)

    def is_there(self, held: Held) -> bool:
        """Say whether a file is there already with the recorded content.

        Raises:
            TakenError: something else has its name.
        """
        path = self._path(held.target)
        if not os.path.lexists(path):
            return False
        if not stat.S_ISREG(os.lstat(path).st_mode) or not self._is_straight(path):
            raise TakenError
        kinds = tuple(digest.algorithm for digest in held.digests)
        (reading,) = read_files(
            [ReadRequest(path, kinds, held.size)],
            volume=volume_of(self.destination),
            workers=1,
            advance=lambda _size, _files: None,
        )
        if reading.error is not None or reading.size != held.size or not held.digests:
            raise TakenError
        if set(reading.digests) != set(held.digests):
            raise TakenError
        return True

    def publish(self, staged: Path, held: Held) -> None:
        """Give a proved file its name.

        Raises:
            TakenError: something else has it, or a folder of its path is a link or a file.
            OSError: the name cannot be.
        """
        path = self._path(held.target)
        folder = os.path.dirname(path)
        self._make(folder)
        source = os.path.join(os.fsencode(staged), held.target)
        try:
            durable.rename_noreplace(None, source, None, path)
        except FileExistsError as error:
            raise TakenError from error
        self._touched.add(folder)

    def make(self, target: bytes) -> None:
        """Make a folder that may stay empty.

        Raises:
            TakenError: something else has its name, or that of a folder above.
        """
        self._make(self._path(target))

    def flush(self) -> None:
        """Let the names outlive a power cut."""
        for folder in sorted(self._touched):
            durable.sync_folder(Path(os.fsdecode(folder)))

    def _make(self, folder: bytes) -> None:
        """Make a folder of the destination, one part after the other."""
        if folder in self._touched or folder == os.fsencode(self.destination):
            return
        self._make(os.path.dirname(folder))
        try:
            os.mkdir(folder)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                raise TakenError from None
        self._touched |= {folder, os.path.dirname(folder)}

    def _is_straight(self, path: bytes) -> bool:
        """Say whether no folder between the destination and a file is a link."""
        top = os.fsencode(self.destination)
        while (path := os.path.dirname(path)) != top:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                return False
        return True

    def _path(self, target: bytes) -> bytes:
        return os.path.join(os.fsencode(self.destination), target)
