"""`avpres import`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm


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
    label: Annotated[
        str | None, typer.Option(help="title of the package (else that of the foreign one)")
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
    """Make a package of ours of another archive's package.

    What the package lists, what is there and what digests say are compared; every discrepancy is
    told and decides the status, and the material is taken in all the same. Foreign metadata are
    kept as they are, beside our own. Run it again to go on after an interruption.
    """
    return dict(locals())
