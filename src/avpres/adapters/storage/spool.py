"""The plan of a copy on disk: millions of files are listed once and never held in memory."""

import marshal
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.storage.walk import Entry

IN_MEMORY = 8 * 1024 * 1024  # bytes of plan kept in memory before it goes to disk
GROUP = 2048  # files in one stretch
_LENGTH = 4  # bytes in front of each stretch


class Stretch(NamedTuple):
    """Files of one source folder, in the order in which they are to be read.

    `base` is the number of the source item, `folder` the folder's path relative to it.
    """

    base: int
    folder: bytes
    entries: list[Entry]


class Spool:
    """A queue of stretches that is written once and read once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed by close()

    def put(self, base: int, folder: bytes, entries: list[Entry]) -> None:
        """Append the files of a folder."""
        for start in range(0, len(entries), GROUP):
            plain = [tuple(entry) for entry in entries[start : start + GROUP]]
            packed = marshal.dumps((base, folder, plain))
            self._file.write(len(packed).to_bytes(_LENGTH, "big") + packed)

    def __iter__(self) -> Iterator[Stretch]:
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            packed = self._file.read(int.from_bytes(length, "big"))
            base, folder, entries = marshal.loads(packed)  # noqa: S302 - our own unnamed file
            yield Stretch(base, folder, [Entry._make(entry) for entry in entries])

    def close(self) -> None:
        """Let the plan go."""
        self._file.close()


class OrderedSpool:
    """A queue that gives files in the order of a key, such as their place on tape."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._home = tempfile.NamedTemporaryFile(dir=folder, suffix=".plan")  # noqa: SIM115 - closed by close()
        self._db = sqlite3.connect(self._home.name, isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
            "CREATE TABLE plan(medium TEXT, part TEXT, block INTEGER, size INTEGER, row BLOB);"
        )

    def put(
        self, base: int, folder: bytes, keyed: Iterable[tuple[tuple[str, str, int], Entry]]
    ) -> None:
        """Add files with their keys: volume, partition, start block."""
        self._db.executemany(
            "INSERT INTO plan VALUES(?,?,?,?,?)",
            (
                (*key, entry.size, marshal.dumps((base, folder, tuple(entry))))
                for key, entry in keyed
            ),
        )

    def __iter__(self) -> Iterator[Stretch]:
        """Yield stretches; neighbours of one folder stay together.

        Of two files that begin in one block the smaller comes first: the larger one spans on.
        Files whose place is not known stay in the order in which they came.
        """
        base, folder, entries = -1, b"", list[Entry]()
        rows = self._db.execute(
            "SELECT row FROM plan ORDER BY medium, part, block, iif(block < 0, 0, size), rowid"
        )
        for (row,) in rows:
            next_base, next_folder, entry = marshal.loads(row)  # noqa: S302 - our own file
            if entries and ((next_base, next_folder) != (base, folder) or len(entries) >= GROUP):
                yield Stretch(base, folder, entries)
                entries = []
            base, folder = next_base, next_folder
            entries.append(Entry._make(entry))
        if entries:
            yield Stretch(base, folder, entries)

    def close(self) -> None:
        """Let the plan go."""
        self._db.close()
        self._home.close()
