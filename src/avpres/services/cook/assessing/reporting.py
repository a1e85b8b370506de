"""`avpres cook --assess`: what reels hold, and whether they can be cooked; nothing is made."""

import os
from collections import Counter
from pathlib import Path
from shutil import disk_usage
from typing import cast

import humanize

from avpres.adapters.cooking.journal import FILES
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.storage.volume import nearest_existing
from avpres.config.cook import CookOptions
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.reel import Role
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.cook import findings
from avpres.services.cook.assessing import Telling, examine
from avpres.services.cook.assessing.estimate import estimate
from avpres.services.cook.assessing.telling import Assessed, facts_of, lines_of, records_of
from avpres.services.cook.assessing.verdict import verdict_of
from avpres.services.cook.stage import Reel
from avpres.services.fixity.presence import require
from avpres.services.ledger import Ledger, open_ledger


def report_on(options: CookOptions, context: Context) -> Report:
    """Assess each reel for itself, and report; only reports that were asked for are written.

    Raises:
        SourceUnreadableError: a reel is not there.
        UsageError: a reel is no folder.
        DestinationRefusedError: no record can be written.
    """
    report = context.report("cook")
    reels = [_reel(folder) for folder in options.reels]
    report.facts["reels"] = []
    with open_ledger(context, options.report) as ledger:
        most = [_assess(reel, options, report, ledger, context) for reel in reels]
        if options.onto is not None:
            _look_for_room(options.onto, sum(most), report, context)
        clean = len(reels) - report.totals.failed
        report.summary = f"{clean:,} of {len(reels):,} can be cooked as asked; nothing was made."
        ledger.close(report)
    return report


def _reel(folder: Path) -> Reel:
    place = require(folder)
    if not place.is_dir():
        raise UsageError(f"{folder} is no folder; name the folder that holds the frames")
    path = os.fsencode(place)
    return Reel(path, os.path.basename(path), place)


def _assess(
    reel: Reel, options: CookOptions, report: Report, ledger: Ledger, context: Context
) -> int:
    """Assess one reel; give the most bytes that its film is likely to have."""
    told: list[Finding] = []
    survey = Survey()
    context.progress.start("assess")
    try:
        try:
            listed = examine(reel, survey, options, Telling(told.append, context.progress))
        except OSError as error:
            place = os.fsdecode(error.filename) if error.filename else reel.shown
            told.append(findings.unreadable(place, error.strerror))
            listed = 0
        size = estimate(reel, survey)
        counts = dict(sorted(Counter(each.code for each in told).items()))
        found = Assessed(verdict_of(told), size, listed, counts)
        reels = cast("list[object]", report.facts["reels"])
        reels.append(facts_of(reel, survey, options, found))
        report.lines += lines_of(reel, survey, options, found)
        ledger.add(records_of(reel, survey))
        _count(report, survey, is_clean=found.verdict.is_clean)
    finally:
        context.progress.finish()
        survey.close()
    for each in told:
        context.note(report, each)
    return size.most if size else 0


def _count(report: Report, survey: Survey, *, is_clean: bool) -> None:
    for role in (*FILES, Role.FOLDER):
        files, size = survey.count(role)
        if role is Role.FOLDER:
            report.totals.folders += files
        else:
            report.totals.files += files
            report.totals.size += size
    report.totals.failed += not is_clean


def _look_for_room(folder: Path, most: int, report: Report, context: Context) -> None:
    free = disk_usage(nearest_existing(folder)).free
    text = f"{_human(free)} are free, and the films may take {_human(most)}"
    if free < most:
        status = ExitCode.DESTINATION_REFUSED
        text += "; use another volume"
        context.note(report, findings.error("COK-SPACE", str(folder), text, status))
    else:
        context.note(report, findings.note("COK-SPACE", str(folder), text))


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
