"""ASC MHL histories of copies: carried over from the source, continued at the destination."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from itertools import chain as one_after_the_other
from pathlib import Path

from avpres.adapters.formats import ascmhl
from avpres.adapters.formats.ascmhl import Process
from avpres.adapters.formats.ascmhl_chain import CHAIN, FOLDER
from avpres.adapters.formats.ascmhl_generation import new_generation
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.manifests import open_manifest
from avpres.adapters.storage.journal import Row
from avpres.adapters.storage.reading import signature
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import READ_BACK, Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.domain.report import Output, Report
from avpres.services.transfer import findings
from avpres.services.transfer.chains import borrowed
from avpres.services.transfer.decide import keeps_inodes, same, stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.manifests import entries, text
from avpres.services.transfer.run import Run


def algorithms_on_record(units: Iterable[Unit]) -> frozenset[Algorithm]:
    """Tell which digests the histories inside the sources hold, so that they can be continued.

    Raises:
        AvpresError: a history breaks its rules, or a hash list of it is missing or was changed.
    """
    found: set[Algorithm] = set()
    for unit in units:
        if unit.is_folder and (unit.root / FOLDER / CHAIN).is_file():
            with borrowed(unit.root) as history:
                found.update(open_manifest(history / FOLDER).algorithms)
    return frozenset(found)


def add_generation(
    run: Run, destination: Destination, unit: Unit, rows: Iterable[Row], report: Report
) -> None:
    """Add a generation of what was copied to the history of a copy, if there is anything new.

    Raises:
        OSError: the destination refused.
    """
    root = destination.path / os.fsdecode(unit.prefix)
    if not _is_due(run, destination, unit, root):
        return
    if destination.target is not None:
        destination.target.changed = True
    wanted = _algorithms(run, unit)
    heading = Heading(
        wanted, run.context.clock(), host=report.host, operator=run.context.operator or ""
    )

    def failed(path: str, expected: Digest, found: Digest) -> None:
        history = str(root / FOLDER)
        shown = str(unit.root / path)
        run.note(findings.source_differs(shown, history, text(expected), text(found)))

    try:
        with _times_kept(destination, root):
            written = new_generation(
                root,
                one_after_the_other(_folders(run, unit), entries(rows)),
                heading,
                process=Process.TRANSFER,
                on_failed=failed,
                on_tape=destination.is_tape,
            )
    except AvpresError as error:
        run.note(findings.manifest_failed(root / FOLDER, error))
        return
    _remember(destination, unit, root)
    report.outputs.append(Output(kind="manifest", path=str(written.path)))


def _algorithms(run: Run, unit: Unit) -> tuple[Algorithm, ...]:
    """Choose those that the format holds; our own is always taken, so a history can go on."""
    wanted = {READ_BACK, *run.options.digest, *algorithms_on_record([unit])}
    return tuple(algorithm for algorithm in Algorithm if algorithm in wanted & set(ascmhl.WRITTEN))


def _folders(run: Run, unit: Unit) -> Iterator[ManifestEntry]:
    """Name every folder, for those that hold no file."""
    for row in run.scratch.folders(unit.number, inner_first=False):
        if row.path and os.path.basename(row.path) != os.fsencode(FOLDER):
            yield ManifestEntry(os.fsdecode(row.path) + "/", ())


def _is_due(run: Run, destination: Destination, unit: Unit, root: Path) -> bool:
    """Tell whether the copy holds anything that its history does not yet speak of."""
    journal, chain = destination.journal, root / FOLDER / CHAIN
    if journal is None:
        return False
    number = destination.items[unit.number]
    before = journal.output(number, _key(destination, chain))
    if before is None or not chain.is_file():
        return True
    now = stored(signature(os.stat(chain)))
    if not same(before, now, inodes=keeps_inodes(destination.volume)):
        return True
    counts = run.tally.at[destination.index]
    if counts.proved_before == counts.there:
        return False
    return next(journal.proved_by(number, [run.context.run_id]), None) is not None


def _remember(destination: Destination, unit: Unit, root: Path) -> None:
    chain = root / FOLDER / CHAIN
    if destination.journal is not None:
        destination.journal.put_output(
            destination.items[unit.number],
            _key(destination, chain),
            stored(signature(os.stat(chain))),
        )


def _key(destination: Destination, chain: Path) -> bytes:
    """Name a chain for the journal: relative, since a tape is mounted now here, now there."""
    return os.fsencode(chain.relative_to(destination.path))


@contextlib.contextmanager
def _times_kept(destination: Destination, root: Path) -> Iterator[None]:
    """Keep the folder's time, which a new folder inside it changes; on tape it is the tape's."""
    before = os.stat(root)
    yield
    if not destination.is_tape:
        os.utime(root, ns=(before.st_atime_ns, before.st_mtime_ns))
