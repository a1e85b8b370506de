"""The new film while it is put together: staged, flushed, and named only when it is proved."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from avpres.adapters.matroska.source import CHUNK, Source
from avpres.adapters.storage import appearing, durable
from avpres.services.repair.copies import Change, Copy

ENDING = ".repaired.mkv"
JOB = "repair"  # names staged files, so that a second run removes what a killed one left


class Target:
    """The new film. It is a context: what is not named at its end is removed."""

    def __init__(self, path: Path) -> None:
        """Begin it.

        Raises:
            OSError: the destination refuses.
        """
        self.path = path
        self.staged = path.with_name(durable.staged_name(path.name, JOB))
        with suppress(FileNotFoundError):
            self.staged.unlink()
        self._handle = self.staged.open("xb+")

    def __enter__(self) -> Self:
        """Give it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Remove what was not named."""
        self._handle.close()
        with suppress(FileNotFoundError):
            self.staged.unlink()

    def fill(self, copy: Copy, size: int, advance: Callable[[int], object]) -> None:
        """Write the film that is repaired; what it lacks at its end are zeros at first."""
        for chunk in copy.source.chunks(0, copy.source.size):
            self._handle.write(chunk)
            advance(len(chunk))
        self._handle.truncate(size)
        self._handle.flush()

    def put(self, copies: Sequence[Copy], changes: Sequence[Change]) -> None:
        """Write bytes of copies in their places; where a copy has none, zeros."""
        for begin, end, number in changes:
            for at in range(begin, end, CHUNK):
                size = min(CHUNK, end - at)
                self._handle.seek(at)
                self._handle.write(copies[number].source.read(at, size).ljust(size, b"\0"))
        self._handle.flush()

    def source(self) -> Source:
        """Read what was written so far."""
        return Source(self._handle)

    def flush(self) -> None:
        """Bring it to the medium."""
        self._handle.flush()
        durable.sync_file(self._handle.fileno())

    def name(self) -> None:
        """Give it its name, over nothing.

        Raises:
            FileExistsError: something has come there meanwhile.
        """
        self._handle.close()  # Windows renames no file that is open
        appearing.appear(self.staged, self.path)

    def keep_as_failed(self) -> Path:
        """Keep it under a name that says that it is no result."""
        self._handle.close()
        return appearing.keep_as_failed(self.staged, self.path)
