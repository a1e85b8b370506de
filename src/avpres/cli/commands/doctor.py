"""`avpres doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Set up",
    options="avpres.config.doctor:DoctorOptions",
    service="avpres.services.doctor:doctor",
    show="avpres.cli.pages:doctor_lines",
    statuses=(ExitCode.DESTINATION_REFUSED, ExitCode.TOOL_MISSING),
    reads_all=True,
)
def doctor(
    folder: Annotated[
        Path | None,
        typer.Argument(
            parser=path,
            metavar="FOLDER",
            help="folder whose medium and file system are examined",
        ),
    ] = None,
    speed: Annotated[
        bool | None, typer.Option("--speed", help="measure how fast each digest is here")
    ] = None,
) -> Given:
    """Tell which engines and tools are here, what is missing and how to get it.

    Shows versions, what the system can do to prove a copy, the settings in force and which
    layer each comes from.
    """
    return dict(locals())
