"""`avpres import`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import (
    BagInfo,
    Container,
    Date,
    DescribeJobs,
    Digests,
    Kind,
    LayoutName,
    MediaId,
    Mhl,
    PackageId,
    Parent,
    Profile,
    ReportFiles,
)
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Package",
    options="avpres.config.importing:ImportOptions",
    service="avpres.services.importing:import_",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "foreign": "package of another archive",
        "destination": "folder for our package of it",
    },
    usage="avpres import FOREIGN DEST",
)
def import_(
    foreign: Annotated[
        Path | None,
        typer.Argument(
            parser=path,
            metavar="FOREIGN",
            help="package of another archive: a folder, or a tar, zip or 7z",
        ),
    ] = None,
    destination: Annotated[
        Path | None,
        typer.Argument(parser=path, metavar="DEST", help="folder in which the package appears"),
    ] = None,
    *,
    strict: Annotated[
        bool | None,
        typer.Option("--strict", help="make no package when anything is missing, extra or differs"),
    ] = None,
    nested: Annotated[
        bool | None,
        typer.Option(
            "--nested", help="unpack also a container that is all that the container holds"
        ),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="most bytes that may come out of a container, as 500GB or 2TiB"
        ),
    ] = None,
    max_files: Annotated[
        int | None, typer.Option(help="most files that may come out of a container")
    ] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option(
            "--dry-run", help="compare what is listed with what is there, and make nothing"
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="write a CSV of every file's path there and its path in the package",
        ),
    ] = None,
    kind: Kind = None,
    layout: LayoutName = None,
    container: Container = None,
    digest: Digests = None,
    label: Annotated[
        str | None, typer.Option(help="title of the package (else that of the foreign one)")
    ] = None,
    package_id: PackageId = None,
    date: Date = None,
    parent: Parent = None,
    media_id: MediaId = None,
    mhl: Mhl = None,
    bag_info: BagInfo = None,
    profile: Profile = None,
    jobs: DescribeJobs = None,
    report: ReportFiles = None,
) -> Given:
    """Make a package of ours of another archive's package.

    What the package lists, what is there and what digests say are compared; every discrepancy is
    told and decides the status, and the material is taken in all the same. Foreign metadata are
    kept as they are, beside our own. Run it again to go on after an interruption.
    """
    return dict(locals())
