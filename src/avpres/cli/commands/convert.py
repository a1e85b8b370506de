"""`avpres convert`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import BagInfo, CopyJobs, Date, MediaId, Mhl, Parent, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm


@command(
    group="Package",
    options="avpres.config.convert:ConvertOptions",
    service="avpres.services.convert:convert",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_REVERSIBLE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
    ),
    questions={
        "package": "package to convert",
        "destination": "folder for the new package",
    },
    usage="avpres convert PKG DEST --layout csip",
)
def convert(
    package: Annotated[
        Path | None,
        typer.Argument(parser=path, metavar="PKG", help="folder of the package to convert"),
    ] = None,
    destination: Annotated[
        Path | None,
        typer.Argument(parser=path, metavar="DEST", help="folder in which the new package appears"),
    ] = None,
    *,
    layout: Annotated[
        Literal["ifi-bag", "ifi", "bag", "mm-bag", "mm", "mets-bag", "mets", "csip-bag", "csip"]
        | None,
        typer.Option(help="layout of the new package (else that of the old one)"),
    ] = None,
    kind: Annotated[
        Literal["SIP", "AIP", "DIP", "AIU"] | None,
        typer.Option(help="what it is for (else as the old one)"),
    ] = None,
    container: Annotated[
        Literal["folder", "tar", "tar.gz", "tar.zst", "zip"] | None,
        typer.Option(help="what the new package appears in: a folder, or one file"),
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option(
            "--digest", "-d", help="digest for the manifests, in place of those of the old package"
        ),
    ] = None,
    strict: Annotated[
        bool | None,
        typer.Option("--strict", help="make no package when anything of the old one would be lost"),
    ] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option("--dry-run", help="say what would be lost, and make nothing"),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="title of the new package (else that of the old one)")
    ] = None,
    package_id: Annotated[
        str | None,
        typer.Option(metavar="UUID", help="UUID of the new package and its name (else new)"),
    ] = None,
    date: Date = None,
    parent: Parent = None,
    media_id: MediaId = None,
    mhl: Mhl = None,
    bag_info: BagInfo = None,
    jobs: CopyJobs = None,
    report: ReportFiles = None,
) -> Given:
    """Make a package in another layout of a package of ours.

    The new package appears beside, whole or not at all; the old one is never changed. Every file
    is held against its recorded digest, copied and proved; descriptions and events are taken over.
    What the new layout cannot hold is told. Run it again to go on after an interruption.
    """
    return dict(locals())
