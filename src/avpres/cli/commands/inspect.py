"""`avpres inspect`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Describe",
    options="avpres.config.inspect:InspectOptions",
    service="avpres.services.inspect:inspect",
    statuses=(ExitCode.NOT_CONFORMANT, ExitCode.SOURCE_UNREADABLE, ExitCode.DESTINATION_REFUSED),
    questions={"package": "package or film to look into"},
    usage="avpres inspect PKG|FILM",
)
def inspect(
    package: Annotated[
        Path | None,
        typer.Argument(
            parser=path, metavar="PKG", help="a package (folder, tar, zip) or a cooked film"
        ),
    ] = None,
    *,
    files: Annotated[
        bool | None, typer.Option("--files", help="list every file, as a tree")
    ] = None,
    listing: Annotated[
        list[Path] | None,
        typer.Option(
            "--listing",
            parser=path,
            metavar="FILE",
            help="write each file of a film with its header here; .csv or .json",
        ),
    ] = None,
) -> Given:
    """Show what is in a package or a cooked film, and what it says of itself; nothing is verified.

    Any form that avpres imports: its own, bags, E-ARK, METS, IFI, OCFL, DIDL, folders with
    manifests, and containers of these. Nothing is unpacked beside it, changed or fetched.
    """
    return dict(locals())
