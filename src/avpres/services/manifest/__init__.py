"""`avpres manifest`: record the digests of a tree that has no record yet."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.config.manifest import ManifestOptions
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.fixity.scratch import forget, open_scratch
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.manifest import findings
from avpres.services.manifest.closing import conclude, fill
from avpres.services.manifest.judge import judge
from avpres.services.manifest.plans import Plan, plan_of
from avpres.services.manifest.survey import survey
from avpres.services.manifest.told import Told
from avpres.services.manifest.work import Work
from avpres.services.manifest.write import write

__all__ = ["manifest"]


def manifest(options: ManifestOptions, context: Context) -> Report:
    """Make a manifest of every path, all digests in one read from the medium.

    A manifest that is there already is never overwritten: it is held against what was read. One
    path that cannot be read never stops the others. Hidden and system files are part of a tree
    unless they are excluded.

    Raises:
        UsageError: format, digests and output do not go together.
        DestinationRefusedError: the state folder is full or cannot be written.
    """
    report = context.report("manifest")
    told = Told()
    files: list[Path] = []
    with open_ledger(context, options.report) as ledger:
        for plan in list(_plans(options, context, report)):
            files += _make_one(plan, options, context, (report, ledger, told))
        fill(report, told)
        ledger.close(report)
    for file in files:
        forget(file)
    return report


def _plans(options: ManifestOptions, context: Context, report: Report) -> Iterator[Plan]:
    for path in options.paths:
        try:
            yield plan_of(path, options)
        except AvpresError as error:
            if error.exit_code is ExitCode.USAGE:
                raise
            reason = str(error).removeprefix(f"{path} ")
            context.note(report, findings.refused(path, reason, error.exit_code))


def _make_one(
    plan: Plan, options: ManifestOptions, context: Context, into: tuple[Report, Ledger, Told]
) -> Iterator[Path]:
    report, ledger, told = into
    started = context.clock()
    key = (b"manifest", os.fsencode(plan.item))
    try:
        with open_scratch(
            context.state_dir / "manifest", key, now=started, restart=options.restart
        ) as scratch:
            work = Work(plan, scratch, options, context, report, told)
            survey(work)
            ledger.add_lines(judge(work))
            write(work)
            if not work.files and not work.failed:
                work.note(findings.nothing(plan.item))
            conclude(work, started)
            yield scratch.file
    except AvpresError as error:
        if error.exit_code is ExitCode.USAGE:
            raise
        context.note(report, findings.refused(plan.item, str(error), error.exit_code))
    except OSError as error:
        context.note(report, findings.unreadable(plan.item, error))
