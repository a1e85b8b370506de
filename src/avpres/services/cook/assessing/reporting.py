"""`avpres cook --assess`: what reels hold, and whether they can be cooked; nothing is made."""

import os
from collections import Counter
from pathlib import Path
from typing import cast

import humanize

from avpres.adapters.cooking.journal import FILES
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.formats.report_names import visible
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
from avpres.services.cook.room import needed
from avpres.services.cook.stage import Reel
from avpres.services.fixity.presence import require
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.room import lacking


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
        _look_for_room(options, sum(most), report, context)
        clean = len(reels) - report.totals.failed
        report.summary = f"{clean:,} of {len(reels):,} can be cooked as asked; nothing was made."
        ledger.close(report)
    return report


def _reel(folder: Path) -> Reel:
    place = require(folder)
    if not place.is_dir():
        raise UsageError(
            f"{folder} is a file; put it, with all that belongs to it, into a folder of its own "
            "and name the folder"
        )
    path = os.fsencode(place)
    return Reel(path, os.path.basename(path), place)


def _assess(
    reel: Reel, options: CookOptions, report: Report, ledger: Ledger, context: Context
) -> int:
    """Assess one reel; give the most bytes that its film is likely to have."""
    told: list[Finding] = []
    survey = Survey()
    context.progress.start("assess")
    most = 0
    try:
        most = _examine(
            reel, survey, (options, report, ledger), Telling(told.append, context.progress)
        )
    except OSError as error:
        told.append(findings.stopped(reel.shown, error))
        report.lines.append(visible(f"{reel.shown}: {verdict_of(told).text}"))
        report.totals.failed += 1
    finally:
        context.progress.finish()
        survey.close()
    for each in told:
        context.note(report, each)
    return most


def _examine(
    reel: Reel,
    survey: Survey,
    work: tuple[CookOptions, Report, Ledger],
    telling: Telling,
) -> int:
    """Fill the report with what a reel holds; give the most bytes that its film may have."""
    options, report, ledger = work
    told: list[Finding] = []

    def tell(finding: Finding) -> None:
        told.append(finding)
        telling.tell(finding)

    listed = examine(reel, survey, options, telling._replace(tell=tell))
    size = estimate(reel, survey)
    counts = dict(sorted(Counter(each.code for each in told).items()))
    found = Assessed(verdict_of(told), size, listed, counts)
    cast("list[object]", report.facts["reels"]).append(facts_of(reel, survey, options, found))
    report.lines += lines_of(reel, survey, options, found)
    ledger.add(records_of(reel, survey))
    _count(report, survey, is_clean=found.verdict.is_clean)
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


def _look_for_room(options: CookOptions, most: int, report: Report, context: Context) -> None:
    folder = options.onto
    if folder is None:
        return
    need = needed(most, report.totals.files, options)
    text = f"the films and what is made with them may take {_human(need)}"
    if short := lacking(need, folder):
        status = ExitCode.DESTINATION_REFUSED
        text = f"the films {short}; use another volume"
        context.note(report, Finding.error("COK-SPACE", str(folder), text, status))
    else:
        context.note(report, Finding.info("COK-SPACE", str(folder), f"{text}; there is room"))


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
