"""`avpres package`: an information package of files and folders, whole or not at all."""

import os
import shutil
from collections.abc import Sequence

import humanize

from avpres.config.copy import CopyOptions
from avpres.config.package import PackageOptions
from avpres.domain.errors import IncompleteError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.oais import Package
from avpres.domain.report import FileRecord, Report, Totals
from avpres.services import record
from avpres.services.context import Context
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.package.building import prepare
from avpres.services.package.dividing import Dividing, open_whole
from avpres.services.package.sources import check, copies
from avpres.services.packing.building import Building
from avpres.services.packing.publishing import publish
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import Stage, open_stage, refusals, stage_path, tell_finished
from avpres.services.transfer.proved import forget_copy
from avpres.services.transfer.transfer import transfer

__all__ = ["package"]


def package(options: PackageOptions, context: Context) -> Report:
    """Copy sources into a package, prove and describe them, and let the package appear.

    Run it again after an interruption: what is proved is not copied twice, and the package gets
    the id and the date that were chosen first.

    Raises:
        AvpresError: the command as a whole cannot be done; no package appeared.
    """
    place = stage_path(
        "package", options, {"sources": options.sources, "supplement": options.supplement}
    )
    check(options, place / "package")
    with (
        refusals(options.destination),
        open_ledger(context, options.report) as ledger,
        open_stage(place, options, context) as stage,
    ):
        asked = copies(options, stage.tree)
        if stage.is_done:
            report = context.report("package")
            tell_finished(stage, options, report)
        else:
            report = _made_or_removed(stage, options, context, asked, ledger)
        if report.exit_code is ExitCode.OK:
            for each in asked:
                forget_copy(each, context)
            stage.remove()
        ledger.close(report)
    return report


def _made_or_removed(
    stage: Stage,
    options: PackageOptions,
    context: Context,
    asked: Sequence[CopyOptions],
    ledger: Ledger,
) -> Report:
    """Leave no stage of what can never become a package."""
    try:
        return _made(stage, options, context, asked, ledger)
    except IncompleteError:
        for each in asked:
            forget_copy(each, context)
        stage.remove()
        raise


def _made(
    stage: Stage,
    options: PackageOptions,
    context: Context,
    asked: Sequence[CopyOptions],
    ledger: Ledger,
) -> Report:
    began = context.clock()
    if not stage.resumed:
        for each in asked:
            forget_copy(each, context)
    report = _copied(stage, context, asked)
    if report.exit_code is not ExitCode.OK:
        report.summary = f"no package was made: {report.summary}"
        folder = record.record_folder(report, context.state_dir)
        ledger.add(record.read_file_records(folder))
        return report
    with open_shelf(stage.path) as shelf:
        building = Building(options, context, report, stage, shelf)
        package = prepare(building, options, asked, began)
        _finish(building, options, package)
        for file in shelf.listed():
            ledger.add([FileRecord(file.path, file.size, "recorded", file.digests)])
        _conclude(report, building, options)
        report.facts["kind"] = package.kind.value
    return report


def _finish(building: Building, options: PackageOptions, package: Package) -> None:
    if not options.divides:
        building.write(package)
        publish(building)
        return
    with open_whole(building) as whole:
        made = Dividing(building, options, package).build(whole)
        building.report.facts["children"] = len(made.children)
        publish(whole)


def _copied(stage: Stage, context: Context, asked: Sequence[CopyOptions]) -> Report:
    """Copy, and once more from the start when the sources have changed since a killed run."""
    report = _transfers(context, asked)
    stale = {"COPY-EXTRA", "COPY-EXTRA-JUNK"} & set(report.finding_counts)
    if not (stage.resumed and stale):
        return report
    for each in asked:
        forget_copy(each, context)
    shutil.rmtree(stage.tree)
    return _transfers(context, asked)


def _transfers(context: Context, asked: Sequence[CopyOptions]) -> Report:
    """Make the copies one after the other, up to one that fails."""
    first, *others = asked
    report = transfer(first, context, command="package", manifests=False)
    for each in others:
        if report.exit_code is ExitCode.OK:
            other = transfer(each, context, command="package", manifests=False)
            _join(report, other)
            _join_records(report, other, context)
    report.outputs, report.ended = [], None
    return report


def _join(report: Report, other: Report) -> None:
    for finding in other.findings:
        report.add(finding)
    report.events += other.events
    report.totals = _sum(report.totals, other.totals)
    if other.exit_code is not ExitCode.OK:
        report.summary = other.summary


def _join_records(report: Report, other: Report, context: Context) -> None:
    """Leave one folder of records of the run: that of the first copy, with the files of the last.

    The other has a name of its own when a second has passed between them.
    """
    first, last = (record.record_folder(each, context.state_dir) for each in (report, other))
    if first != last:
        os.replace(last / "files.jsonl", first / "files.jsonl")
        shutil.rmtree(last)


def _sum(one: Totals, other: Totals) -> Totals:
    mine, more = one.model_dump(), other.model_dump()
    return Totals.model_validate({name: mine[name] + more[name] for name in mine})


def _conclude(report: Report, building: Building, options: PackageOptions) -> None:
    files, size = building.given
    report.facts["package"] = str(building.stage.id)
    report.facts["files"], report.facts["size"] = files, size
    report.facts["layout"] = building.options.layout.value
    report.facts["doubtful"] = building.gathered.doubtful
    report.facts["described"] = options.describe
    unsure = building.gathered.evidence.get(Evidence.UNKNOWN, 0)
    words = [f"{files:,} file{'' if files == 1 else 's'}, "]
    words.append(f"{humanize.naturalsize(size, binary=True)}: ")
    words.append(f"the package {building.stage.id} is whole, and every file in it was proved")
    if unsure:
        words.append(" as far as this computer can tell (a server or driver may have answered)")
    if building.gathered.doubtful:
        words.append(f"; {building.gathered.doubtful:,} not known to be sound, see the findings")
    if not options.describe:
        words.append("; nothing in it was identified or validated, as --no-describe asks")
    report.summary = "".join(words) + "."
