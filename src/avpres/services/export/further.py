"""Copies of a finished DIP at further places, through the copy engine, proved."""

from pathlib import Path

from avpres.config.copy import CopyOptions
from avpres.config.export import ExportOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.transfer.transfer import transfer


def copy_further(options: ExportOptions, report: Report, context: Context) -> None:
    """Copy what appeared to every further folder; the copy has records of its own.

    What fails there is told as of a copy, and the DIP stays where it appeared.
    """
    if not options.to:
        return
    first, *others = options.to
    copied = transfer(
        CopyOptions(
            sources=tuple(Path(output.path) for output in report.outputs),
            destination=first,
            to=tuple(others),
            jobs=options.jobs,
        ),
        context,
        manifests=False,
    )
    for finding in copied.findings:
        report.add(finding)
    report.events += copied.events
    report.outputs += copied.outputs
    report.exit_code = copied.exit_code
    if copied.exit_code is ExitCode.OK:
        report.summary = f"{report.summary.removesuffix('.')}; further copies: {copied.summary}"
    else:
        report.summary = (
            f"the DIP is whole, but not every further copy: {copied.summary} Run the same command "
            "again for the copies alone."
        )
