"""`avpres verify`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Lto, ReadJobs, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Move",
    options="avpres.config.verify:VerifyOptions",
    service="avpres.services.verify:verify",
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
    questions={"paths": "folder, file or manifest to verify"},
    usage="avpres verify PATH...",
)
def verify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="PATH...", help="folders, files, packages or manifests to verify"
        ),
    ] = None,
    *,
    manifest: Annotated[
        list[Path] | None,
        typer.Option(
            "--manifest",
            "-m",
            parser=path,
            metavar="FILE",
            help="compare with this manifest (else those found beside and inside)",
        ),
    ] = None,
    require_medium: Annotated[
        bool | None,
        typer.Option(help="accept only readings proven to come from the medium"),
    ] = None,
    decode: Annotated[
        bool | None,
        typer.Option(
            "--decode", help="decode films and sounds too, against the proofs in and beside them"
        ),
    ] = None,
    stall: Annotated[
        float | None,
        typer.Option(help="minutes without progress after which ffmpeg is stopped"),
    ] = None,
    lto: Lto = None,
    jobs: ReadJobs = None,
    restart: Annotated[
        bool | None,
        typer.Option("--restart", help="read again also what an interrupted run has verified"),
    ] = None,
    bag_profile: Annotated[
        Path | None,
        typer.Option(
            parser=path, metavar="FILE", help="hold bags against this BagIt Profile, a JSON file"
        ),
    ] = None,
    schemas: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="DIR",
            help="folder with XML schemas to hold METS and PREMIS against",
        ),
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Hold folders, files and packages against their manifests and rules, reading every byte.

    Manifests are found beside and inside each PATH, in any format an archive may hold. Run it
    again to go on after an interruption. Nothing is written beside or into what is verified.
    """
    return dict(locals())
