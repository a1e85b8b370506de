"""Reading the files of a comparison from the medium, and not twice after an interruption."""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Protocol, Self, cast

from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import Folder, open_folder
from avpres.adapters.storage.reading import Advance, Reading, ReadRequest, read_files
from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Algorithm, Digest, Evidence, pack, unpack
from avpres.services.fixity.rows import names_of, write_signature
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import Tree

LONG = 3900  # bytes of path from which a file is opened in its folder; PATH_MAX is 4096


@dataclass(frozen=True, slots=True)
class Job:
    """What to read: rows of (path, kind, size, signature, expected digests) of one side.

    `algorithms` are taken of every file; those of the expected digests besides. `accepted`
    says with which evidence a reading of an interrupted run may stand.
    """

    tree: Tree
    workers: int
    algorithms: tuple[Algorithm, ...]
    accepted: frozenset[Evidence]


Row = tuple[bytes, int, int, str, str | None]
Key = tuple[bytes, str]
"""Path and expected digests, as `pack` writes them."""

BATCH = 256  # readings put into the tables at once, in half the time of one by one


class Rows(Protocol):
    """A question put to the tables, answered row by row: a cursor, or a generator over one."""

    def __iter__(self) -> Iterator[Row]: ...
    def close(self) -> object:
        """Give up the question; an open one would keep the tables locked after their closing."""


def read_rows(scratch: Scratch, job: Job, rows: Rows, advance: Advance) -> None:
    """Read files and put what they hold into the tables, unless an earlier run has done so."""
    with _Keeper(scratch, job) as keeper:
        with (
            closing(rows),
            closing(_still_to_read(scratch, job, rows, advance)) as todo,
            closing(Crew(job.workers)) as crew,
        ):
            readings = read_files(
                todo, volume=job.tree.volume, workers=job.workers, advance=advance, crew=crew
            )
            for reading in readings:
                keeper.add(reading)
        for reading in _long_ones(scratch, job, advance):
            keeper.add(reading)
    scratch.settle(now=True)


def _still_to_read(
    scratch: Scratch, job: Job, rows: Rows, advance: Advance
) -> Generator[ReadRequest]:
    for row in rows:
        path, kind, size, _, cell = row
        expected = cell or ""
        wanted = _wanted(job.algorithms, names_of(expected))
        if not wanted:
            continue
        if scratch.kept and _stands(scratch, job, row, wanted):
            advance(max(size, 0), 1)
            continue
        full = job.tree.path(path)
        if kind == Kind.LINK:
            full = os.path.realpath(full)
        request = ReadRequest(full, wanted, size, (path, expected))
        if len(full) < LONG:
            yield request
        else:
            _put_aside(scratch, job, request)


@lru_cache(maxsize=256)
def _wanted(always: tuple[Algorithm, ...], names: str) -> tuple[Algorithm, ...]:
    return tuple(dict.fromkeys((*always, *map(Algorithm, names.split()))))


def _stands(scratch: Scratch, job: Job, row: Row, wanted: tuple[Algorithm, ...]) -> bool:
    """Say whether a reading of an interrupted run, of a file that is unchanged, can stand."""
    path, _, _, signature, cell = row
    kept = scratch.db.execute(
        "SELECT digests, evidence FROM reading WHERE side = ? AND path = ? AND signature = ? "
        "AND good",
        (job.tree.side, path, signature),
    ).fetchone()
    if kept is None or kept[1] not in job.accepted:
        return False
    digests = unpack(kept[0])
    has_all = {d.algorithm for d in digests}.issuperset(wanted)
    return has_all and agrees(unpack(cell or ""), digests)


def agrees(expected: Iterable[Digest], found: Iterable[Digest]) -> bool:
    """Say whether no expected digest speaks against what was found."""
    values = {d.algorithm: d.value for d in found}
    return all(values.get(d.algorithm, d.value) == d.value for d in expected)


class _Keeper:
    """Puts readings into the tables, in batches of which none waits longer than a commit."""

    def __init__(self, scratch: Scratch, job: Job) -> None:
        self._scratch = scratch
        self._side = job.tree.side
        self._rows: list[tuple[object, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Keep also what was read until an interruption."""
        self._flush()

    def add(self, reading: Reading) -> None:
        """Take in one reading."""
        self._rows.append(_row(self._side, reading))
        if len(self._rows) >= BATCH or self._scratch.is_due:
            self._flush()
            self._scratch.settle()

    def _flush(self) -> None:
        self._rows.sort(key=_path)  # neighbours in the table are written together
        self._scratch.db.executemany(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._rows
        )
        self._rows.clear()


_path = itemgetter(1)


def _row(side: int, reading: Reading) -> tuple[object, ...]:
    path, expected = cast("Key", reading.request.key)
    found, error = pack(reading.digests), reading.error
    good = error is None and (
        found == expected
        or set(expected.split()) == set(found.split())
        or agrees(unpack(expected), reading.digests)
    )
    evidence = reading.evidence.value if reading.evidence else None
    reason = (error.strerror or str(error)) if error else None
    signature = write_signature(reading.signature)
    return side, path, reading.size, signature, found, evidence, good, reason


def _put_aside(scratch: Scratch, job: Job, request: ReadRequest) -> None:
    """Leave a path that one system call cannot take to `_long_ones`."""
    path, expected = cast("Key", request.key)
    scratch.db.execute(
        "CREATE TABLE IF NOT EXISTS work.long (side INTEGER, path BLOB, size INTEGER, "
        "algorithms TEXT, expected TEXT, PRIMARY KEY (side, path)) WITHOUT ROWID"
    )
    scratch.db.execute(
        "INSERT OR REPLACE INTO work.long VALUES (?, ?, ?, ?, ?)",
        (job.tree.side, path, request.size, " ".join(request.algorithms), expected),
    )


def _long_ones(scratch: Scratch, job: Job, advance: Advance) -> Iterator[Reading]:
    """Read the files whose paths are too long, each in its opened folder."""
    if not scratch.db.execute("SELECT 1 FROM work.sqlite_master WHERE name = 'long'").fetchone():
        return
    rows = scratch.db.execute(
        "SELECT path, size, algorithms, expected FROM work.long WHERE side = ? ORDER BY path",
        (job.tree.side,),
    )
    for folder, group in groupby(rows, key=lambda row: row[0].rpartition(b"/")[0]):
        with ExitStack() as stack:
            try:
                base = stack.enter_context(open_folder(os.fsencode(job.tree.root)))
                opened = stack.enter_context(base.enter(folder))
            except OSError as error:
                yield from (_failed(row, error) for row in group)
                continue
            requests = [_in_folder(row, opened) for row in group]
            yield from read_files(requests, volume=job.tree.volume, workers=1, advance=advance)


def _in_folder(row: tuple[bytes, int, str, str], folder: Folder) -> ReadRequest:
    path, size, algorithms, expected = row
    wanted = tuple(Algorithm(name) for name in algorithms.split())
    return ReadRequest(path.rpartition(b"/")[2], wanted, size, (path, expected), folder)


def _failed(row: tuple[bytes, int, str, str], error: OSError) -> Reading:
    request = ReadRequest(row[0], (), row[1], (row[0], ""))
    return Reading(request, 0, (), None, error)
