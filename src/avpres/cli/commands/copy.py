"""`avpres copy`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Exclude, FromList, Lto, ReportFiles, SkipJunk
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, VerifyMode


@command(
    group="Move",
    options="avpres.config.copy:CopyOptions",
    service="avpres.services.copy:copy",
    show="avpres.cli.pages:copy_lines",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "sources": "file or folder to copy",
        "destination": "folder to copy it into",
    },
    usage="avpres copy SRC... DST",
)
def copy(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="SRC... DST", help="what to copy, and last the folder to copy into"
        ),
    ] = None,
    *,
    to: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path, metavar="DIR", help="a further destination, from the same source read"
        ),
    ] = None,
    lto: Lto = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option(
            "--digest", "-d", help="digest for the manifest beside the copy, in place of md5"
        ),
    ] = None,
    verify: Annotated[
        VerifyMode | None,
        typer.Option(help="read every byte back, compare sizes only, or neither"),
    ] = None,
    require_medium: Annotated[
        bool | None,
        typer.Option(help="accept only a read-back proven to come from the medium"),
    ] = None,
    replace: Annotated[
        bool | None,
        typer.Option("--replace", help="overwrite files at the destination that differ"),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            metavar="auto|native|cp|rsync|ditto|gcp|robocopy",
            help="what moves the bytes: auto, native, cp, rsync, ditto, gcp, robocopy",
        ),
    ] = None,
    exclude: Exclude = None,
    skip_junk: SkipJunk = None,
    links: Annotated[
        Literal["keep", "follow", "skip"] | None,
        typer.Option(help="symbolic links inside a source"),
    ] = None,
    xattrs: Annotated[
        bool | None,
        typer.Option(help="copy extended attributes, ACLs and resource forks too"),
    ] = None,
    mhl: Annotated[
        bool | None, typer.Option(help="write a Media Hash List 1.1 beside the copy")
    ] = None,
    ascmhl: Annotated[
        bool | None, typer.Option(help="add an ASC MHL generation to the copy")
    ] = None,
    per_item: Annotated[
        bool | None,
        typer.Option(help="a manifest and record for each source of a list or pattern"),
    ] = None,
    from_list: FromList = None,
    glob: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN", help="copy what matches this pattern in each source folder"
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="parallel copies (else by medium)")
    ] = None,
    reserve: Annotated[
        float | None,
        typer.Option(help="percent of the volume to keep free (tape 5, disk 0)"),
    ] = None,
    skip_space_check: Annotated[
        bool | None,
        typer.Option(
            "--skip-space-check", help="begin although the volume reports too little space"
        ),
    ] = None,
    recheck: Annotated[
        bool | None,
        typer.Option("--recheck", help="read again also what the journal says is verified"),
    ] = None,
    checkpoint: Annotated[
        int | None, typer.Option(help="GiB between two index writes on tape")
    ] = None,
    dry_run: Annotated[
        bool | None, typer.Option("--dry-run", help="print the plan and copy nothing")
    ] = None,
    status: Annotated[
        bool | None, typer.Option("--status", help="tell how far this copy is and do nothing")
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Copy files and folders, and prove that every byte has arrived.

    Each SRC lands in the folder DST under its own name. Run it again to go on after an
    interruption: what is proved is not copied twice, and nothing is overwritten.
    """
    given = dict(locals())
    given |= places(given.pop("paths") or [], to or [], listed=from_list is not None)
    return given


def places(paths: list[Path], to: list[Path], *, listed: bool) -> Given:
    """Tell sources from destinations: the last path is the destination, as with cp.

    When sources come from a list, or when the only path leaves `--to` as the place to copy to,
    the first `--to` can stand for the destination.
    """
    wanted = 0 if listed else 1  # paths that are surely sources
    sources, destination, others = paths, None, to
    if len(paths) > wanted:
        *sources, destination = paths
    elif to:
        destination, *others = to
    told = tuple(sources) or (() if listed else None)
    return {"sources": told, "destination": destination, "to": tuple(others) or None}
