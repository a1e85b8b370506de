"""`avpres package`."""

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
    Exclude,
    Kind,
    Label,
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
    options="avpres.config.package:PackageOptions",
    service="avpres.services.package:package",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "sources": "file or folder to package",
        "destination": "folder for the package",
    },
    usage="avpres package SRC... OUT",
)
def package(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path,
            metavar="SRC... OUT",
            help="what to package, and last the folder in which the package appears",
        ),
    ] = None,
    *,
    kind: Kind = None,
    layout: LayoutName = None,
    container: Container = None,
    digest: Digests = None,
    supplement: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path,
            metavar="PATH",
            help="file or folder about the objects, for metadata/supplemental",
        ),
    ] = None,
    label: Label = None,
    package_id: PackageId = None,
    date: Date = None,
    parent: Parent = None,
    media_id: MediaId = None,
    mhl: Mhl = None,
    bag_info: BagInfo = None,
    profile: Profile = None,
    max_files: Annotated[
        int | None,
        typer.Option(help="divide: a package of packages, each with at most so many files"),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="divide: each package within it of at most this size, as 2.5TB"
        ),
    ] = None,
    describe: Annotated[
        bool | None,
        typer.Option(
            "--describe/--no-describe", help="identify, validate and describe the files, or do not"
        ),
    ] = None,
    exclude: Exclude = None,
    jobs: DescribeJobs = None,
    report: ReportFiles = None,
) -> Given:
    """Make an information package of files and folders.

    Everything is copied and proved, identified, described, and put into the folder OUT with its
    manifests, METS and PREMIS. The package appears whole under its id, or not at all. Run it again
    to go on after an interruption.
    """
    given = dict(locals())
    named = given.pop("paths") or []
    given["sources"] = tuple(named[:-1]) or (tuple(named) or None)
    given["destination"] = named[-1] if len(named) > 1 else None
    return given
