"""`avpres repair`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Transform",
    options="avpres.config.repair:RepairOptions",
    service="avpres.services.repair:repair",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_REVERSIBLE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
    ),
    questions={"film": "damaged film", "copies": "second copy of it"},
    usage="avpres repair FILM --from COPY [OUT]",
)
def repair(
    film: Annotated[
        Path | None,
        typer.Argument(
            parser=path,
            metavar="FILM",
            help="the damaged film, or a folder of films; nothing is changed in them",
        ),
    ] = None,
    destination: Annotated[
        Path | None,
        typer.Argument(
            parser=path,
            metavar="OUT",
            help="folder or name of the new film (else beside the damaged one)",
        ),
    ] = None,
    *,
    copies: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", parser=path, metavar="COPY", help="a copy of the film, or a folder of copies"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", help="frames at once (else one a core)")
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Make one whole film of several damaged copies of it; nothing is changed in any of them.

    What is damaged in FILM is taken from the copies, which may be damaged too, elsewhere. The new
    film gets its name only when every file of the reel came back from it and matched its digests.
    Of a folder every film is repaired from its copy in the folders of --from.
    """
    return dict(locals())
