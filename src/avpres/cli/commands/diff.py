"""`avpres diff`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Lto, ReadJobs, ReportFiles, Restart
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Move",
    options="avpres.config.diff:DiffOptions",
    service="avpres.services.diff:diff",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
    ),
    questions={"a": "folder, file or manifest", "b": "what to compare it with"},
    usage="avpres diff A B",
)
def diff(
    a: Annotated[
        Path | None,
        typer.Argument(parser=path, metavar="A", help="a folder, file or manifest"),
    ] = None,
    b: Annotated[
        Path | None,
        typer.Argument(
            parser=path, metavar="B", help="what to compare it with: folder, file or manifest"
        ),
    ] = None,
    *,
    lto: Lto = None,
    jobs: ReadJobs = None,
    restart: Restart = None,
    report: ReportFiles = None,
) -> Given:
    """Compare two trees, two manifests, or a tree and a manifest, by content.

    Of two trees only files of equal size are read; of two manifests nothing is.
    """
    return dict(locals())
