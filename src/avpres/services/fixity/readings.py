"""Reading the files of a comparison from the medium, and not twice after an interruption."""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, cast

from avpres.adapters.storage.crew import Crew
from avpres.adapters.storage.folders import Folder, open_folder
from avpres.adapters.storage.reading import Advance, Reading, ReadRequest, read_files
from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.services.fixity.rows import read_digests, write_digests, write_signature
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
Key = tuple[bytes, tuple[Digest, ...]]


class Rows(Protocol):
    """A question put to the tables, answered row by row: a cursor, or a generator over one."""

    def __iter__(self) -> Iterator[Row]: ...
    def close(self) -> object:
        """Give up the question; an open one would keep the tables locked after their closing."""


def read_rows(scratch: Scratch, job: Job, rows: Rows, advance: Advance) -> None:
    """Read files and put what they hold into the tables, unless an earlier run has done so."""
    with (
        closing(rows),
        closing(_still_to_read(scratch, job, rows, advance)) as todo,
        closing(Crew(job.workers)) as crew,
    ):
        readings = read_files(
            (request for request in todo if not _is_long(scratch, job, request)),
            volume=job.tree.volume,
            workers=job.workers,
            advance=advance,
            crew=crew,
        )
        for reading in readings:
            _keep(scratch, job, reading)
    for reading in _long_ones(scratch, job, advance):
        _keep(scratch, job, reading)
    scratch.settle(now=True)


def _still_to_read(
    scratch: Scratch, job: Job, rows: Rows, advance: Advance
) -> Generator[ReadRequest]:
    for row in rows:
        path, kind, size, _, cell = row
        expected = read_digests(cell)
        if len(expected) == 1 and not job.algorithms:
            wanted: tuple[Algorithm, ...] = (expected[0].algorithm,)
        else:
            wanted = tuple(dict.fromkeys((*job.algorithms, *(d.algorithm for d in expected))))
        if not wanted:
            continue
        if scratch.kept and _stands(scratch, job, row, wanted):
            advance(max(size, 0), 1)
            continue
        full = job.tree.path(path)
        if kind == Kind.LINK:
            full = os.path.realpath(full)
        yield ReadRequest(full, wanted, size, (path, expected))


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
    digests = read_digests(kept[0])
    has_all = {d.algorithm for d in digests}.issuperset(wanted)
    return has_all and agrees(read_digests(cell), digests)


def agrees(expected: Iterable[Digest], found: Iterable[Digest]) -> bool:
    """Say whether no expected digest speaks against what was found."""
    values = {d.algorithm: d.value for d in found}
    return all(values.get(d.algorithm, d.value) == d.value for d in expected)


def _keep(scratch: Scratch, job: Job, reading: Reading) -> None:
    path, expected = cast("Key", reading.request.key)
    error = reading.error
    scratch.db.execute(
        "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.tree.side,
            path,
            reading.size,
            write_signature(reading.signature),
            write_digests(reading.digests),
            reading.evidence,
            error is None and agrees(expected, reading.digests),
            (error.strerror or str(error)) if error else None,
        ),
    )
    scratch.settle()


def _is_long(scratch: Scratch, job: Job, request: ReadRequest) -> bool:
    """Put a path that one system call cannot take aside for `_long_ones`."""
    if len(request.path) < LONG:
        return False
    path, expected = cast("Key", request.key)
    scratch.db.execute(
        "CREATE TABLE IF NOT EXISTS work.long (side INTEGER, path BLOB, size INTEGER, "
        "algorithms TEXT, expected TEXT, PRIMARY KEY (side, path)) WITHOUT ROWID"
    )
    scratch.db.execute(
        "INSERT OR REPLACE INTO work.long VALUES (?, ?, ?, ?, ?)",
        (job.tree.side, path, request.size, " ".join(request.algorithms), write_digests(expected)),
    )
    return True


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
    key = (path, read_digests(expected))
    return ReadRequest(path.rpartition(b"/")[2], wanted, size, key, folder)


def _failed(row: tuple[bytes, int, str, str], error: OSError) -> Reading:
    request = ReadRequest(row[0], (), row[1], (row[0], ()))
    return Reading(request, 0, (), None, error)
