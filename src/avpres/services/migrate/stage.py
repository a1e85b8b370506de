"""The hidden folder of a run within the results: staged files and the journal.

It outlives a kill; the next run goes on with the journal, and begins the staged files anew.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from avpres.adapters.migrating.journal import Journal
from avpres.adapters.storage import durable, locks
from avpres.domain.errors import DestinationRefusedError

FOLDER = ".avpres-migrate.part"
QUARANTINE = "quarantine"
RECORD = "migration.jsonl"


class Stage:
    """Where a run works. `out` is the folder of the results."""

    def __init__(self, out: Path, folder: str = FOLDER) -> None:
        self.out = out
        self.folder = out / folder
        self.files = self.folder / "files"
        self.record = out / RECORD
        self._root = -1

    def prepare(self) -> None:
        """Make it; what a killed run staged and did not finish goes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        if hasattr(os, "O_DIRECTORY"):  # opened before the first write: see sync_filesystem
            self._root = os.open(self.files, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def flush(self, names: Iterable[bytes], *, at_once: bool) -> None:
        """Make staged files durable, by one call where that is enough.

        Raises:
            OSError: the disk refuses.
        """
        if at_once and self._root >= 0:
            durable.sync_filesystem(self._root)
            return
        for name in names:
            with open(name, "r+b") as handle:
                durable.sync_file(handle.fileno())

    def clear(self, names: Iterable[bytes]) -> None:
        """Remove staged files that got no name."""
        for name in names:
            with suppress(OSError):
                os.unlink(name)

    def close(self) -> None:
        """Let go of it."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def staged(self, number: int) -> bytes:
        """Begin the names of the files of one source."""
        return os.fsencode(self.files) + f"/{number:08}".encode()

    def remove(self) -> None:
        """Remove it: all that it knows is in the record."""
        shutil.rmtree(self.folder)


@contextmanager
def open_stage(out: Path, state_dir: Path, folder: str = FOLDER) -> Iterator[tuple[Stage, Journal]]:
    """Hold the folder of results for one run, and open its journal.

    `folder` is another one for what is no migration: a journal that waits for one stays.

    Raises:
        DestinationRefusedError: another run is at work there, or it cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = "is no folder" if isinstance(error, FileExistsError) else ""
        why = why or f"cannot be made ({(error.strerror or str(error)).lower()})"
        raise DestinationRefusedError(f"{out}: {why}; name a folder for the results") from error
    with locks.held(state_dir, out.resolve(), [FOLDER.encode()]), refusals(out):
        stage = Stage(out, folder)
        try:
            stage.prepare()
            with closing(Journal(stage.folder / "journal.sqlite")) as journal:
                yield stage, journal
        finally:
            stage.close()


@contextmanager
def refusals(out: Path) -> Iterator[None]:
    """Turn what the destination's disk refuses into the end of the command.

    Raises:
        DestinationRefusedError: it does.
    """
    try:
        yield
    except OSError as error:
        place = error.filename or out
        place = os.fsdecode(place) if isinstance(place, str | bytes | os.PathLike) else out
        raise DestinationRefusedError(
            f"{place}: {(error.strerror or str(error)).lower()}; what was finished is recorded. "
            "Make room or use another volume, then run the same command again"
        ) from error
