"""`avpres export`: a dissemination package of files of packages, whole or not at all."""

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import partial

from avpres.config.export import DipPacking, ExportOptions
from avpres.domain.errors import AvpresError, DestinationRefusedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.export import leavings
from avpres.services.export.copies import WORK, makers_of
from avpres.services.export.dip import Dip
from avpres.services.export.forms import FORMS
from avpres.services.export.further import copy_further
from avpres.services.export.making import make
from avpres.services.export.sources import check, open_sources
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import Stage, open_stage, outputs, stage_path
from avpres.services.viewing.making import Maker

__all__ = ["export"]


def export(options: ExportOptions, context: Context) -> Report:
    """Choose files of packages, prove and copy them, describe them, and let the DIP appear.

    Run it again after an interruption: what is proved is not copied twice, and the DIP gets the id
    and the date that were chosen first.

    Raises:
        AvpresError: the command as a whole cannot be done; no DIP appeared.
    """
    packing = options.packing()
    place = stage_path("export", packing, {"packages": options.packages})
    check(options)
    report = context.report("export")
    makers = makers_of(options, context, report)
    with (
        _refusals(options),
        open_ledger(context, options.report) as ledger,
        open_stage(place, packing, context) as stage,
    ):
        if stage.is_done:
            _tell_finished(stage, packing, report)
        else:
            _make_or_remove(options, (report, makers), context, stage, ledger)
        if report.exit_code is ExitCode.OK:
            copy_further(options, report, context)
        if report.exit_code is ExitCode.OK:
            leavings.sweep(stage, context)
            stage.remove()
        ledger.close(report)
    return report


@contextlib.contextmanager
def _refusals(options: ExportOptions) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DestinationRefusedError(
            f"{options.destination}: {reason.lower()}; no DIP appeared. Mend that and run the same "
            "command again"
        ) from error


def _tell_finished(stage: Stage, packing: DipPacking, report: Report) -> None:
    """Tell of a DIP that appeared just before its run was cut short."""
    report.facts["package"] = str(stage.id)
    report.outputs += outputs(stage, packing)
    report.summary = (
        f"{stage.final}: the DIP is whole; a run that was cut short had just finished it."
    )


def _make_or_remove(
    options: ExportOptions,
    prepared: tuple[Report, list[Maker]],
    context: Context,
    stage: Stage,
    ledger: Ledger,
) -> None:
    """Leave no stage where nothing was brought into it that another run could go on with."""
    report, makers = prepared
    packing = options.packing()
    tell = partial(context.note, report)
    try:
        sources = open_sources(options.packages, stage.path / "boxes", tell)
        with open_shelf(stage.path) as shelf:
            make(Dip(options, packing, context, report, stage, shelf, sources, makers), ledger)
    except AvpresError:
        _remove_if_empty(stage, options)
        raise
    if report.exit_code is not ExitCode.OK:
        _remove_if_empty(stage, options)
        leavings.mark(stage)


def _remove_if_empty(stage: Stage, options: ExportOptions) -> None:
    """Remove a stage without content of packages, and without access copies."""
    content = (stage.tree / FORMS[options.form].objects, stage.path / WORK)
    if not any(folder.exists() for folder in content):
        stage.remove()
