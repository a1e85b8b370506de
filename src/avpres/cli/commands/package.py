"""`avpres package`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm


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
    kind: Annotated[
        Literal["SIP", "AIP", "DIP", "AIU"] | None,
        typer.Option(help="what the package is for: SIP, AIP or DIP"),
    ] = None,
    layout: Annotated[
        Literal["ifi-bag", "ifi", "bag", "mm-bag", "mm", "mets-bag", "mets", "csip-bag", "csip"]
        | None,
        typer.Option(help="folders in which its files lie; those named -bag are bags (BagIt 1.0)"),
    ] = None,
    container: Annotated[
        Literal["folder", "tar", "tar.gz", "tar.zst", "zip"] | None,
        typer.Option(help="what the package appears in: a folder, or one file"),
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option("--digest", "-d", help="digest for the manifests, in place of md5 and sha512"),
    ] = None,
    supplement: Annotated[
        list[Path] | None,
        typer.Option(
            parser=path,
            metavar="PATH",
            help="file or folder about the objects, for metadata/supplemental",
        ),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="title of the package (else the names of the sources)")
    ] = None,
    package_id: Annotated[
        str | None,
        typer.Option(metavar="UUID", help="UUID of the package and name of its folder (else new)"),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="ISO",
            help="ISO date to write in place of the clock's, for identical packages",
        ),
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="folder above the package, as oe1234; oe{number:04} counts on",
        ),
    ] = None,
    media_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="media id; the layout mm names the package's folder by it"),
    ] = None,
    mhl: Annotated[
        bool | None, typer.Option("--mhl", help="add an ASC MHL generation to the objects")
    ] = None,
    bag_info: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE", help="line for bag-info.txt, as 'Contact-Name: Ann'"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="required properties: default, drs-2005, or a TOML file of yours"
        ),
    ] = None,
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
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="leave out names or paths that match this pattern"),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="files copied or described at once")
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
