"""`avpres export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import CopyJobs, Exclude, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.dissemination import Companion
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm


@command(
    group="Package",
    options="avpres.config.export:ExportOptions",
    service="avpres.services.export:export",
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
        "packages": "package to export from",
        "destination": "folder for the DIP",
    },
    usage="avpres export PKG... DEST",
)
def export(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path,
            metavar="PKG... DEST",
            help="packages to export from, and last the folder in which the DIP appears",
        ),
    ] = None,
    *,
    form: Annotated[
        Literal["aiht", "stanford", "e-ark", "bag"] | None,
        typer.Option(help="one METS, records in a tree beside it, E-ARK, or a bag"),
    ] = None,
    container: Annotated[
        Literal["folder", "tar", "tar.gz", "tar.zst", "zip"] | None,
        typer.Option(help="what it appears in (else tar for aiht, or a folder)"),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", help="only objects whose name or path matches this pattern"
        ),
    ] = None,
    exclude: Exclude = None,
    format: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT", help="only this PUID, MIME type or format, * for any part"),
    ] = None,
    access: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE",
            help="add access copies: h264, low, mp3 and others, or a TOML file of yours",
        ),
    ] = None,
    access_only: Annotated[
        bool | None,
        typer.Option(
            "--access-only", help="leave films and sounds themselves out, for copies in their place"
        ),
    ] = None,
    watermark: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="IMAGE", help="image to lay over access copies"),
    ] = None,
    watermark_text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="text to write over access copies")
    ] = None,
    copyright: Annotated[
        str | None, typer.Option(metavar="TEXT", help="copyright notice in access copies")
    ] = None,
    right: Annotated[
        str | None,
        typer.Option(metavar="ACT", help="act that PREMIS rights must grant, else disseminate"),
    ] = None,
    include: Annotated[
        list[Companion] | None,
        typer.Option("--with", help="what goes with the objects: supplemental"),
    ] = None,
    divided: Annotated[
        bool | None,
        typer.Option(
            "--divided/--single", help="METS in parts of 5,000 files and one that points to them"
        ),
    ] = None,
    to: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path, metavar="DEST", help="a further folder that gets a copy of the DIP, proved"
        ),
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option(
            "--digest", "-d", help="digests to give, beside those that the packages recorded"
        ),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="title of the DIP (else those of the packages)")
    ] = None,
    package_id: Annotated[
        str | None, typer.Option(metavar="UUID", help="UUID of the DIP and its name (else new)")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="ISO", help="ISO date to write in place of the clock's, for identical DIPs"
        ),
    ] = None,
    jobs: CopyJobs = None,
    report: ReportFiles = None,
) -> Given:
    """Make a dissemination package (DIP) of one package or several.

    Files are chosen by path, format and right, held against the digests that their packages
    recorded, copied and proved. The DIP appears whole under its id, or not at all, and says what
    was left out and why. The packages are never changed. Run it again to go on after an
    interruption.
    """
    given = dict(locals())
    named = given.pop("paths") or []
    given["packages"] = tuple(named[:-1]) or (tuple(named) or None)
    given["destination"] = named[-1] if len(named) > 1 else None
    return given
