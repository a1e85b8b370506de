"""`avpres extract`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import CopyJobs, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Package",
    options="avpres.config.extract:ExtractOptions",
    service="avpres.services.extract:extract",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
    ),
    questions={
        "package": "package, bag or container",
        "destination": "folder to extract to",
    },
    usage="avpres extract PKG PATH... DEST",
)
def extract(
    words: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path,
            metavar="PKG PATH... DEST",
            help="a package, what to take out of it, and last the folder to put it into",
        ),
    ] = None,
    *,
    all: Annotated[bool | None, typer.Option("--all", help="take out everything")] = None,
    index: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="FILE", help="index of the tar (else the one beside it)"),
    ] = None,
    jobs: CopyJobs = None,
    report: ReportFiles = None,
) -> Given:
    """Take files or folders out of a package, bag or container, each proved.

    A PATH is one in the package, among its objects, or that of before; or a pattern. Each file
    is held against the digest that the package or its index records, and appears only if it
    agrees. Of a tar only what is wanted is read.
    """
    given = dict(locals())
    named = given.pop("words") or []
    given["package"] = named[0] if named else None
    given["destination"] = named[-1] if len(named) > 1 else None
    given["paths"] = tuple(map(str, named[1:-1])) or None
    return given
