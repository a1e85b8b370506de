"""`avpres diff`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
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
    lto: Annotated[
        bool | None,
        typer.Option("--lto/--no-lto", help="treat tape volumes by LTFS rules (else detected)"),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="files read at once (else by medium)")
    ] = None,
    restart: Annotated[
        bool | None,
        typer.Option("--restart", help="read again also what an interrupted run has read"),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="write a report here; .html .csv .txt or .json says which kind",
        ),
    ] = None,
) -> Given:
    """Compare two trees, two manifests, or a tree and a manifest, by content.

    Of two trees only files of equal size are read; of two manifests nothing is.
    """
    return dict(locals())
