"""The foreign package, brought into the stage: every byte proved or digested, the source as it was.

What has arrived stands in the inventory; a run that is killed later does not fetch it again unless
the source has changed.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from avpres.adapters.storage.walk import Kind, walk
from avpres.config.copy import CopyOptions, LinkPolicy
from avpres.config.importing import ImportOptions
from avpres.domain.errors import IncompleteError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.importing.inventory import Inventory, Present
from avpres.services.importing.judging import keep
from avpres.services.importing.sniffing import Source
from avpres.services.packing.stage import Stage
from avpres.services.transfer.proved import forget_copy, proved
from avpres.services.transfer.transfer import transfer

ARRIVED = "arrived"
_LISTS = frozenset({"COPY-LISTED", "COPY-UNLISTED", "COPY-SIDECAR", "COPY-MANIFEST"})
"""What the copy says of lists: `import` compares these itself, and more closely."""

_STALE = frozenset({"COPY-EXTRA", "COPY-EXTRA-JUNK"})
_AT_ONCE = 2000  # rows written together


def incoming(stage: Stage) -> Path:
    """Name the folder of what has arrived."""
    return stage.path / "incoming"


def copies(options: ImportOptions, source: Source, stage: Stage) -> CopyOptions:
    """Say what is copied into the stage: the package, and lists that lie beside it."""
    return CopyOptions(
        sources=(source.path, *source.beside),
        destination=incoming(stage),
        digest=source.algorithms,
        links=LinkPolicy.FOLLOW,
        replace=True,
        jobs=options.jobs,
    )


def begin_anew(stage: Stage, inventory: Inventory) -> None:
    """Empty a stage whose source has changed since."""
    inventory.clear()
    for name in ("incoming", "inline", "package"):
        if (stage.path / name).exists():
            shutil.rmtree(stage.path / name)


def copy_in(
    asked: CopyOptions, stage: Stage, inventory: Inventory, context: Context, report: Report
) -> bool:
    """Copy a folder into the stage and prove every byte; say whether all of it arrived."""
    if not stage.resumed:
        forget_copy(asked, context)
    if not _copied(asked, stage, inventory, context, report):
        return False
    count = 0
    for rows in _in_lots(_present(asked, context)):
        inventory.put(rows)
        count += len(rows)
    if count != report.totals.files:
        raise IncompleteError(
            f"{count:,} of {report.totals.files:,} files can be accounted for; no package was "
            "made, the source is as it was. Run the same command again"
        )
    return True


def take_empty_folders(folder: Path, inventory: Inventory) -> None:
    """Note the folders that hold nothing at all."""
    waiting: bytes | None = None
    found: list[bytes] = []
    for entry in walk(folder, on_error=_ignore):
        if waiting is not None and not entry.name.startswith(waiting + b"/"):
            found.append(waiting)
        waiting = entry.name if entry.kind == Kind.FOLDER else None
        if len(found) >= _AT_ONCE:
            inventory.put_folders(found)
            found = []
    inventory.put_folders([*found, waiting] if waiting is not None else found)


def seal(path: Path, beside: Sequence[Path] = ()) -> str:
    """Sum up names, sizes and times of a source: what has changed since has another sum."""
    summed = hashlib.sha256()
    for root in (path, *beside):
        found = os.stat(root)
        _add(summed, os.fsencode(root), found.st_size, found.st_mtime_ns)
        for entry in walk(root, on_error=_ignore) if root.is_dir() else ():
            if entry.kind != Kind.FOLDER:
                _add(summed, entry.name, entry.size, entry.mtime_ns)
    return summed.hexdigest()


def _add(summed: "hashlib._Hash", name: bytes, size: int, mtime: int) -> None:
    summed.update(b"%b\0%d\0%d\0" % (name, size, mtime))


def _copied(
    asked: CopyOptions, stage: Stage, inventory: Inventory, context: Context, report: Report
) -> bool:
    """Copy, and once more from the start when the source has changed since a killed run."""
    inventory.db.execute("DELETE FROM finding")
    found = _transferred(asked, inventory, context, report)
    if stage.resumed and not found.isdisjoint(_STALE):
        forget_copy(asked, context)
        shutil.rmtree(asked.destination)
        inventory.db.execute("DELETE FROM finding")
        report.findings, report.finding_counts, report.exit_code = [], {}, ExitCode.OK
        _transferred(asked, inventory, context, report)
    return report.exit_code is ExitCode.OK


def _transferred(
    asked: CopyOptions, inventory: Inventory, context: Context, report: Report
) -> set[str]:
    """Make the copy; what it finds, but for lists, goes into the report of the import."""

    def heard(finding: Finding) -> None:
        if finding.code not in _LISTS:
            keep(inventory, [finding], ARRIVED)
            context.note(report, finding)

    done = transfer(
        asked, replace(context, on_finding=heard), command=report.command, manifests=False
    )
    report.agents += [agent for agent in done.agents if agent not in report.agents]
    report.totals = done.totals
    for name in ("backend", "backend_reason", "source_reads"):
        if name in done.facts:
            report.facts[name] = done.facts[name]
    if report.exit_code is not ExitCode.OK:
        report.summary = done.summary
    return set(done.finding_counts)


def _present(asked: CopyOptions, context: Context) -> Iterator[Present]:
    for each in proved(asked, context):
        digests = " ".join(f"{d.algorithm.value}:{d.value}" for d in each.digests)
        yield Present(each.path, each.size, each.mtime, digests, each.evidence)


def _in_lots(rows: Iterator[Present]) -> Iterator[list[Present]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _ignore(_name: bytes, _error: OSError) -> None:
    """Leave it to the reading itself to tell of what cannot be read."""
