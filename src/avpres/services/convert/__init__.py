"""`avpres convert`: a package in another layout, beside the old one, whole or not at all."""

import hashlib
import os

import humanize
from pydantic import ValidationError

from avpres.config.convert import ConversionPacking, ConvertOptions
from avpres.domain.errors import (
    AvpresError,
    NotConformantError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Report
from avpres.services.context import Context
from avpres.services.convert.building import build
from avpres.services.convert.conversion import Conversion
from avpres.services.convert.losses import losses
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.packing.building import Building
from avpres.services.packing.manifests import own_lines
from avpres.services.packing.opening import Opened, open_package
from avpres.services.packing.publishing import publish
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import Stage, open_stage, refusals, stage_path, tell_finished

__all__ = ["convert"]


def convert(options: ConvertOptions, context: Context) -> Report:
    """Copy the files of a package, prove them, and write all that another layout asks for.

    Run it again after an interruption: what is proved is not copied twice.

    Raises:
        AvpresError: the command as a whole cannot be done; no package appeared.
    """
    opened = open_package(options.package)
    packing = _packing(options, opened)
    _check(options, opened)
    report = context.report("convert")
    with open_ledger(context, options.report) as ledger:
        if _tell_losses(Conversion(options, packing, opened, context, report)):
            place = stage_path("convert", packing, {"packages": [options.package]})
            with refusals(options.destination), open_stage(place, packing, context) as stage:
                _run(Conversion(options, packing, opened, context, report), stage, ledger)
        ledger.close(report)
    return report


def _packing(options: ConvertOptions, opened: Opened) -> ConversionPacking:
    first, _ = next(opened.lines(), (None, None))
    known = tuple(digest.algorithm for digest in first.digests) if first else ()
    with (opened.tree / opened.places.files).open("rb") as handle:
        state = hashlib.file_digest(handle, "sha256").hexdigest()
    try:
        packing = options.packing(
            layout=opened.layout, kind=opened.package.kind, digest=known, state=state
        )
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"]
        raise UsageError(f"convert: {said.removeprefix('Value error, ')}") from error
    own = own_lines(opened.tree) if packing.layout.is_bag else []
    lines = dict.fromkeys((*own, *packing.bag_info))
    return packing.model_copy(update={"bag_info": tuple(lines)})


def _check(options: ConvertOptions, opened: Opened) -> None:
    """Refuse to write into a package, or around it under its own name."""
    out, tree = os.path.realpath(options.destination), os.path.realpath(opened.tree)
    if (out + os.sep).startswith(tree + os.sep):
        raise UsageError(f"{out}: lies inside the package {opened.tree}; choose another folder")


def _tell_losses(conversion: Conversion) -> bool:
    """Tell what the new layout cannot hold, and say whether a package is to be made."""
    report = conversion.report
    for finding in losses(conversion):
        conversion.note(finding)
    lost = sum(report.finding_counts.values())
    report.facts["losses"] = dict(report.finding_counts)
    words = f"{lost:,} thing{'' if lost == 1 else 's'} would be lost" if lost else "nothing is lost"
    if report.exit_code is not ExitCode.OK:
        report.summary = f"no package was made: {words}; see the findings."
        return False
    if conversion.options.dry_run:
        report.summary = f"{conversion.way}: {words}; nothing was made (--dry-run)."
        return False
    return True


def _run(conversion: Conversion, stage: Stage, ledger: Ledger) -> None:
    report = conversion.report
    report.facts["package"] = str(stage.id)
    if stage.is_done:
        tell_finished(stage, conversion.packing, report)
    else:
        _make(conversion, stage, ledger)
    if report.exit_code in {ExitCode.OK, ExitCode.FIXITY_MISMATCH}:
        stage.remove()


def _make(conversion: Conversion, stage: Stage, ledger: Ledger) -> None:
    report, context = conversion.report, conversion.context
    try:
        with open_shelf(stage.path) as shelf:
            building = Building(conversion.packing, context, report, stage, shelf)
            if build(conversion, building):
                publish(building)
                _conclude(conversion, building)
            else:
                report.summary = (
                    "no package was made: not every file is what the package recorded of it; see "
                    "the findings."
                )
            for file in shelf.listed():
                ledger.add([FileRecord(file.path, file.size, "copied", file.digests)])
    except AvpresError as error:
        if isinstance(error, NotConformantError) or not stage.tree.exists():
            stage.remove()  # the same command could never finish it
        raise


def _conclude(conversion: Conversion, building: Building) -> None:
    report = conversion.report
    files, size = building.given
    report.facts |= {"files": files, "size": size, "layout": conversion.packing.layout.value}
    report.facts["source"] = str(conversion.opened.package.id)
    lost = sum(count for code, count in report.finding_counts.items() if code.startswith("CNV-"))
    rest = f"; {lost:,} not carried over, see the findings" if lost else "; nothing was lost"
    report.summary = (
        f"{files:,} file{'' if files == 1 else 's'}, {humanize.naturalsize(size, binary=True)}: "
        f"{conversion.way} as {building.stage.id}, and every file was proved{rest}."
    )
