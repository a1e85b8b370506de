"""The end of a run: trees finished, manifests written, events and the sentence that is quoted."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import humanize

from avpres.adapters.storage import durable
from avpres.adapters.storage.folders import DescriptorFolder
from avpres.adapters.storage.journal import Row
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, Evidence, VerifyMode
from avpres.domain.manifest import ManifestFormat
from avpres.domain.premis import utc
from avpres.domain.report import Report, Totals
from avpres.services.transfer import findings, tapes
from avpres.services.transfer.beside import beside_name, manifest_name
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.finish import Finisher, leavings
from avpres.services.transfer.forgetting import forget
from avpres.services.transfer.items import Item, Unit
from avpres.services.transfer.manifests import ManifestWriter, check_source
from avpres.services.transfer.run import Run


def close(run: Run, report: Report) -> None:
    """Bring every destination to its end, then say what was done."""
    if not run.options.dry_run:
        for destination in run.living():
            _finish(run, destination, report)
        _check_sources(run)
        _account(run, report)
        tapes.note(run, report)
    _total(run, report)
    report.ended = run.context.clock()


def _account(run: Run, report: Report) -> None:
    """Count again before a success is claimed: every file at every destination."""
    if report.exit_code is not ExitCode.OK:
        return
    for destination in run.places:
        there = run.tally.at[destination.index].there
        if there != run.plan.files:
            run.note(findings.unaccounted(destination.path, there, run.plan.files))


def _finish(run: Run, destination: Destination, report: Report) -> None:
    try:
        for unit in run.units:
            if unit.is_folder:
                Finisher(run, destination, ours=frozenset()).tree(unit)
        _require_the_same(destination)
        forget(run, destination)
        leavings(destination, run.units)
        for unit in run.units:
            _write_manifests(run, destination, unit, report)
        _sync(destination)
    except OSError as error:
        if destination.target is not None:
            destination.target.lost = error
        run.note(findings.lost(str(destination.path), error))
        return
    if destination.journal is not None and report.exit_code is ExitCode.OK:
        for item in destination.items.values():
            destination.journal.end(item, utc(run.context.clock()))


def _require_the_same(destination: Destination) -> None:
    """Make sure that the path still leads to the folder that was written to.

    A volume that is unmounted lazily goes on taking what is written through open folders, while
    manifests, which are written by path, would land beneath the mount point.

    Raises:
        OSError: something else is there now, or nothing.
    """
    target = destination.target
    if target is None or not isinstance(target.root, DescriptorFolder):
        return
    if not os.path.samestat(os.stat(destination.path), os.fstat(target.root.fd)):
        raise OSError(errno.ENODEV, "another folder or volume is there now than at the start")


def _sync(destination: Destination) -> None:
    target = destination.target
    if target is None or not isinstance(target.root, DescriptorFolder):
        return
    if destination.is_tape:
        tapes.write_index(target)
    elif destination.volume.syncfs_is_enough:
        durable.sync_filesystem(target.root.fd)
    else:
        durable.sync_folder(target.root.fd)


def _rows(destination: Destination, unit: Unit, item: Item) -> Callable[[], Iterable[Row]]:
    """Give the journal's rows of one item: a tree's all, or the one of a single file."""

    def rows() -> Iterator[Row]:
        journal = destination.journal
        if journal is None:
            return
        number = destination.items[unit.number]
        if unit.is_folder:
            yield from journal.all_rows(number)
        else:
            yield from journal.rows(number, b"", item.name, item.name).values()

    return rows


def _write_manifests(run: Run, destination: Destination, unit: Unit, report: Report) -> None:
    counts = run.tally.at[destination.index]
    unchanged = counts.proved_before == counts.there and not counts.failed
    for item in unit.items:
        rows = _rows(destination, unit, item)
        if next(iter(rows()), None) is None:
            continue
        writer = ManifestWriter(run, destination, unit, destination.path / os.fsdecode(item.name))
        for path, kind, algorithms in _wanted(run, destination, unit, item):
            try:
                output = writer.write(path, kind, algorithms, rows, unchanged=unchanged)
            except AvpresError as error:
                run.note(findings.manifest_failed(path, error))
                continue
            if output is not None:
                report.outputs.append(output)


def _wanted(
    run: Run, destination: Destination, unit: Unit, item: Item
) -> Iterator[tuple[Path, ManifestFormat, tuple[Algorithm, ...]]]:
    """Name the manifests of an item: what was asked, and what lay beside the source."""
    name = os.fsdecode(item.name)
    known = run.beside[unit.number].get(item.name, [])
    wanted = dict.fromkeys((*run.options.digest, *(a for m in known for a in m.algorithms)))
    for algorithm in wanted:
        path = destination.path / manifest_name(name, algorithm)
        yield path, ManifestFormat.IFI, (algorithm,)
    if run.options.mhl:
        yield (
            destination.path / beside_name(name, ".mhl"),
            ManifestFormat.MHL,
            tuple(run.options.digest),
        )


def _check_sources(run: Run) -> None:
    """Hold manifests beside the sources against what was read, once for all destinations."""
    destination = next(iter(run.living()), None)
    if destination is None:
        return
    for unit in run.units:
        for item in unit.items:
            found = run.beside[unit.number].get(item.name, [])
            if not found:
                continue
            rows = _rows(destination, unit, item)
            try:
                check_source(item.source, found, rows(), run.scratch, run.note)
            except AvpresError as error:
                run.note(findings.manifest_failed(found[0].path, error))


def _total(run: Run, report: Report) -> None:
    plan, tally = run.plan, run.tally
    report.totals = Totals(
        files=plan.files,
        size=plan.size,
        folders=plan.folders,
        links=plan.links,
        copied_files=sum(c.copied_files + c.linked for c in tally.at),
        copied_size=sum(c.copied_size for c in tally.at),
        already_there=sum(c.already_there for c in tally.at),
        verified_files=sum(c.verified_files for c in tally.at),
        verified_size=sum(c.verified_size for c in tally.at),
        skipped=plan.skipped,
        failed=sum(c.failed for c in tally.at) + plan.unreadable,
        seconds=(run.context.clock() - report.started).total_seconds(),
    )
    for counts in tally.at:
        for evidence, number in counts.evidence.items():
            report.evidence[evidence] = report.evidence.get(evidence, 0) + number
    report.summary = _sentence(run, report)


def _sentence(run: Run, report: Report) -> str:
    """Say what was done and no more than that."""
    files = humanize.intcomma(run.plan.files)
    noun = "file" if run.plan.files == 1 else "files"
    head = f"{files} {noun}, {humanize.naturalsize(run.plan.size, binary=True)}"
    if run.options.dry_run:
        return f"{head}: planned, nothing was copied."
    if report.exit_code is not ExitCode.OK:
        done = min((c.there for c in run.tally.at), default=0)
        return f"{head}: not complete; {humanize.intcomma(done)} in place, see the findings above."
    return f"{head}: {_claim(run, report)}"


def _claim(run: Run, report: Report) -> str:
    verify = run.options.verify
    where = "its destination" if len(run.places) == 1 else f"all {len(run.places)} destinations"
    if verify is VerifyMode.SIZE:
        return f"every file was copied to {where}; sizes match, contents were not read back."
    if verify is VerifyMode.NONE:
        return f"every file was copied to {where}; nothing was read back."
    unsure = report.evidence.get(Evidence.UNKNOWN, 0)
    doubt = (
        ""
        if not unsure
        else " (read back over a network or driver that may have answered from its own memory)"
    )
    return f"every file has reached {where} and the checksums match{doubt}."
