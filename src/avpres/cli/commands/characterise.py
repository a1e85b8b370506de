"""`avpres characterise`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Exclude, Profile
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.formats import Emit, Engine


@command(
    group="Describe",
    options="avpres.config.characterise:CharacteriseOptions",
    service="avpres.services.characterise:characterise",
    statuses=(
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
        ExitCode.TOOL_FAILED,
    ),
    questions={"paths": "folder or file to describe"},
    usage="avpres characterise PATH...",
)
def characterise(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(parser=path, metavar="PATH", help="files or folders to describe"),
    ] = None,
    *,
    deep: Annotated[
        bool | None,
        typer.Option("--deep", help="decode everything too: finds damage that structure hides"),
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option(
            "--digest", "-d", help="digest to record of each file, in place of md5 and sha256"
        ),
    ] = None,
    profile: Profile = None,
    strict: Annotated[
        bool | None,
        typer.Option("--strict", help="add JHOVE's rules left behind, such as 50 pages in a TIFF"),
    ] = None,
    schemas: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FOLDER",
            help="folder with XML schemas and DTDs to validate against",
        ),
    ] = None,
    policy: Annotated[
        list[Path] | None,
        typer.Option(parser=path, metavar="FILE", help="MediaConch policy that AV files must pass"),
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(help="who validates: avpres, an installed jhove, or both compared"),
    ] = None,
    signatures: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="Siegfried signature file, in place of the one built in",
        ),
    ] = None,
    emit: Annotated[
        list[Emit] | None,
        typer.Option("--emit", "-e", help="write a metadata record of each file it fits"),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FOLDER",
            help="folder for the records of --emit",
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            "--manifest",
            "-m",
            parser=path,
            metavar="FILE",
            help="list of what should be there, with types if it has them",
        ),
    ] = None,
    ndjson: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="FILE", help="write one JSON record a file here"),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(parser=path, metavar="FILE", help="write a spreadsheet here")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="FILE", help="write a page with charts here"),
    ] = None,
    jhove_xml: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="FILE", help="write XML as JHOVE does here"),
    ] = None,
    audit_xml: Annotated[
        Path | None,
        typer.Option(
            parser=path, metavar="FILE", help="write XML as JHOVE's Audit handler does here"
        ),
    ] = None,
    exclude: Exclude = None,
    restart: Annotated[
        bool | None,
        typer.Option(
            "--restart", help="read again also what has not changed since it was described"
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="files described at once")
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help="seconds of processor time a small file may take"),
    ] = None,
    memory_limit: Annotated[
        int | None,
        typer.Option(help="MiB that the examination of a file may take"),
    ] = None,
) -> Given:
    """Say what every file is, whether it is sound, and how it is made.

    Each file is identified (PRONOM), held against the rules of its own format, described, and
    digested. Run it again to go on after an interruption: unchanged files are not read twice.
    Nothing is written beside or into what is described.
    """
    return dict(locals())
