"""`avpres config`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Set up",
    options="avpres.config.setup:ConfigOptions",
    service="avpres.services.setup:config",
    show="avpres.cli.pages:config_lines",
    statuses=(ExitCode.DESTINATION_REFUSED, ExitCode.DESTINATION_EXISTS),
    reads_all=True,
)
def config(
    action: Annotated[
        Literal["show", "init", "path"] | None,
        typer.Argument(
            help="show the settings in force, begin a file of them, or tell where it is"
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Argument(
            parser=path, metavar="FILE", help="the file that init writes (else the user's own)"
        ),
    ] = None,
) -> Given:
    """Show the settings in force and where each comes from, or begin a settings file.

    `init` writes every key, commented out at its default; a file that is there is never
    overwritten.
    """
    return dict(locals())
