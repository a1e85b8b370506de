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
    questions={"package": "package to look into"},
    usage="avpres inspect PKG",
)
def inspect(
    package: Annotated[
        Path | None,
        typer.Argument(
            parser=path, metavar="PKG", help="a package: folder, tar, tar.gz, tar.zst or zip"
        ),
    ] = None,
    *,
    files: Annotated[
        bool | None, typer.Option("--files", help="list every file, as a tree")
    ] = None,
) -> Given:
    """Show what is in a package and what it says of itself; nothing is verified.

    Any form that avpres imports: its own, bags, E-ARK, METS, IFI, OCFL, DIDL, folders with
    manifests, and containers of these. Nothing is unpacked beside it, changed or fetched.
    """
    return dict(locals())
