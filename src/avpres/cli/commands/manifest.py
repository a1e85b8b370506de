"""`avpres manifest`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
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
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="leave out names or paths that match this pattern"),
    ] = None,
    skip_junk: Annotated[
        bool | None, typer.Option(help="leave out .DS_Store, Thumbs.db and their like")
    ] = None,
    lto: Annotated[
        bool | None,
        typer.Option("--lto/--no-lto", help="treat tape volumes by LTFS rules (else detected)"),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="files read at once (else by medium)")
    ] = None,
    restart: Annotated[
        bool | None,
        typer.Option("--restart", help="read again also what an interrupted run has read"),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="write a report here; .html .csv .txt or .json says which kind",
        ),
    ] = None,
) -> Given:
    """Record the digests of folders and files that have no manifest yet.

    Hidden and system files are recorded too, unless left out. A manifest that is there is never
    overwritten: it is compared with what was read.
    """
    return dict(locals())
