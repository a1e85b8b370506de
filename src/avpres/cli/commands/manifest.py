"""`avpres manifest`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Exclude, Lto, ReadJobs, ReportFiles, Restart, SkipJunk
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat


@command(
    group="Move",
    options="avpres.config.manifest:ManifestOptions",
    service="avpres.services.manifest:manifest",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
    ),
    questions={"paths": "folder or file to make a manifest of"},
    usage="avpres manifest PATH...",
)
def manifest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="PATH...", help="folders or files to make a manifest of"
        ),
    ] = None,
    *,
    format: Annotated[
        ManifestFormat | None,
        typer.Option("--format", "-f", help="what to write (else IFI's sidecar beside the folder)"),
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option("--digest", "-d", help="digest to record, several in one read"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            parser=path,
            metavar="PLACE",
            help="write here: a new file, or a folder for the usual names",
        ),
    ] = None,
    exclude: Exclude = None,
    skip_junk: SkipJunk = None,
    lto: Lto = None,
    jobs: ReadJobs = None,
    restart: Restart = None,
    report: ReportFiles = None,
) -> Given:
    """Record the digests of folders and files that have no manifest yet.

    Hidden and system files are recorded too, unless left out. A manifest that is there is never
    overwritten: it is compared with what was read.
    """
    return dict(locals())
