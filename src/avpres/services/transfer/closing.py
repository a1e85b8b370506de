"""The end of a run: trees finished, manifests written, all counted again."""

import errno
import os

from avpres.adapters.storage import durable
from avpres.adapters.storage.folders import DescriptorFolder
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import utc
from avpres.domain.report import Report, Totals
from avpres.services.transfer import findings, records, tapes
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.finish import Finisher, leavings
from avpres.services.transfer.forgetting import forget
from avpres.services.transfer.manifests import check_source
from avpres.services.transfer.run import Run
from avpres.services.transfer.wanted import is_complete, write_manifests
from avpres.services.transfer.wording import account_of, sentence


def close(run: Run, report: Report) -> None:
    """Bring every destination to its end, then say what was done."""
    if not run.options.dry_run:
        for destination in run.living():
            _finish(run, destination, report)
        _check_sources(run)
        _account(run, report)
        for destination in run.living():
            _end_items(run, destination)
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
        if run.manifests:
            write_manifests(run, destination, report)
        _sync(destination)
    except OSError as error:
        if destination.target is not None:
            destination.target.lost = error
        run.note(findings.lost(str(destination.path), error))


def _end_items(run: Run, destination: Destination) -> None:
    """Note in the journal which items ended well there, whatever became of the others."""
    if destination.journal is None:
        return
    when = utc(run.context.clock())
    for unit in run.units:
        if not run.outcomes.ended_well(unit, destination.index):
            continue
        if all(is_complete(run, destination, unit, item) for item in unit.items):
            destination.journal.end(destination.items[unit.number], when)


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
            rows = records.rows(destination, unit, item)
            try:
                check_source(item.source, found, rows, run.scratch, run.note)
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
    report.summary = sentence(account_of(run, report))
