"""The phases of a comparison that take time, with their progress: listing a tree, reading it."""

from typing import NamedTuple

from avpres.adapters.storage.volume import MediumKind
from avpres.adapters.storage.walk import Rule
from avpres.domain.fixity import Algorithm, Evidence
from avpres.services.context import Context
from avpres.services.fixity import trees
from avpres.services.fixity.readings import Job, Rows, read_rows
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import OnError, Tree


class Planned(NamedTuple):
    """Files to read; `size` in bytes."""

    rows: Rows
    files: int
    size: int


def scan(
    scratch: Scratch,
    tree: Tree,
    context: Context,
    *,
    on_error: OnError,
    leave_out: Rule | None = None,
) -> None:
    """Put the names of a tree into the tables.

    Raises:
        OSError: its root cannot be listed.
    """
    context.progress.start("scan")
    try:
        found = trees.entries(tree, on_error=on_error, leave_out=leave_out)
        trees.add_tree(scratch, tree, found, advance=_advance(context))
    finally:
        context.progress.finish()


def job_of(
    tree: Tree,
    jobs: int | None,
    *,
    algorithms: tuple[Algorithm, ...] = (),
    require_medium: bool = False,
) -> Job:
    """Say how a tree is read: on tape by one reader, whatever the options say."""
    volume = tree.volume
    wished = volume.readers if jobs is None else jobs
    workers = 1 if volume.kind is MediumKind.TAPE else wished
    accepted = {Evidence.DIRECT, Evidence.EVICTED}
    if not require_medium:
        accepted.add(Evidence.UNKNOWN)
    return Job(tree, workers, algorithms, frozenset(accepted))


def read(scratch: Scratch, job: Job, planned: Planned, context: Context) -> None:
    """Read files from the medium and put what they hold into the tables."""
    context.progress.start("read back", size=planned.size, files=planned.files)
    try:
        read_rows(scratch, job, planned.rows, _advance(context))
    finally:
        context.progress.finish()


def _advance(context: Context) -> trees.Advance:
    return lambda size, files: context.progress.advance(size=size, files=files)
