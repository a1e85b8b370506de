"""`avpres edit`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Date, Profile, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Package",
    options="avpres.config.edit:EditOptions",
    service="avpres.services.edit:edit",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_FAILED,
    ),
    questions={"package": "folder of the package to change"},
    usage="avpres edit PKG --rename OLD=NEW",
)
def edit(
    package: Annotated[
        Path | None,
        typer.Argument(parser=path, metavar="PKG", help="folder of the package to change"),
    ] = None,
    *,
    add: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SRC[=PATH]",
            help="file or folder for the objects, under its name or as =PATH says",
        ),
    ] = None,
    supplement: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SRC[=PATH]",
            help="the same for metadata/supplemental: what is said about the objects",
        ),
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OLD=NEW",
            help="give a file or folder another path; OLD//NEW where a name has =",
        ),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="take a file or folder out; it is kept beside the package",
        ),
    ] = None,
    describe: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="label, rights, institution, kind, or an identifier such as oe=oe1234",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="why the package is changed, for its records"),
    ] = None,
    destroy: Annotated[
        bool | None,
        typer.Option(
            "--destroy", help="destroy what --remove takes out, once the package is proved"
        ),
    ] = None,
    verify: Annotated[
        bool | None,
        typer.Option("--verify", help="hold every file against its digests first, not sizes alone"),
    ] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option("--dry-run", "-n", help="say what would change, and change nothing"),
    ] = None,
    date: Date = None,
    profile: Profile = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", help="files read, copied or described at once"),
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Change a package: add, rename or remove files, or say something else of it.

    Manifests, METS, PREMIS and logs keep in step, with an event for each change; the manifests
    before it are kept. The package is changed as a whole or not at all. Run it again to go on
    after an interruption.
    """
    return dict(locals())
