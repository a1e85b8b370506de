"""`avpres uncook`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import ReportFiles, SkipSpaceCheck
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Transform",
    options="avpres.config.uncook:UncookOptions",
    service="avpres.services.uncook:uncook",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
    ),
    questions={
        "sources": "film to restore",
        "destination": "folder for the reel",
    },
    usage="avpres uncook FILM... OUT",
)
def uncook(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="FILM... OUT", help="films that were cooked; then where to"
        ),
    ] = None,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", help="restore names or paths that match this pattern alone"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", help="frames at once (else one a core)")
    ] = None,
    skip_space_check: SkipSpaceCheck = None,
    report: ReportFiles = None,
) -> Given:
    """Turn films that `cook` or RAWcooked made back into the files of their reels.

    Each reel gets a folder of its own in OUT. Every file is compared with the digests that the
    film holds of it; nothing is overwritten. A damaged frame is named, the others are restored.
    """
    given = dict(locals())
    *sources, destination = given.pop("paths") or [None]
    given["sources"] = tuple(sources) or None
    given["destination"] = destination
    return given
