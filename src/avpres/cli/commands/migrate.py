"""`avpres migrate`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import (
    Container,
    Date,
    Exclude,
    FromList,
    Kind,
    Label,
    LayoutName,
    PackageId,
    ReportFiles,
    SkipSpaceCheck,
)
from avpres.cli.parameters import path
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode

_MODES = {
    "prove": (1, "name the folder of results; write avpres migrate --prove OUT"),
    "restore": (2, "name files and a folder; write avpres migrate --restore FILE... OUT"),
    "review": (1, "name the folder whose sheet it is; write avpres migrate --review FILE OUT"),
}
"""What is asked for in place of a migration: how many paths that takes, and how it is written."""


@command(
    group="Transform",
    options="avpres.config.migrate:MigrateOptions",
    service="avpres.services.migrate:migrate",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_REVERSIBLE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "sources": "file or folder to migrate",
        "destination": "folder for the results",
    },
    usage="avpres migrate SRC... OUT",
)
def migrate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(parser=path, metavar="SRC... OUT", help="files or folders; then where to"),
    ] = None,
    *,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="avpres|avpres-jp2|aiht-2005|jxl|keep|kb|bodleian|FILE",
            help="what becomes of which files: a policy of avpres, or a TOML file",
        ),
    ] = None,
    qa: Annotated[
        str | None,
        typer.Option(
            metavar="all|sample:N",
            help="targets read by a second decoder: all, or one in N by sample:N",
        ),
    ] = None,
    plan: Annotated[
        bool | None,
        typer.Option("--plan", help="only say what would become of the files, from their headers"),
    ] = None,
    classes: Annotated[
        bool | None,
        typer.Option("--classes", help="tables with every class of files, not with groups of them"),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="write the table of the plan here; .csv .txt or .json says which kind",
        ),
    ] = None,
    restore: Annotated[
        bool | None,
        typer.Option(
            "--restore", help="give the bytes of sources back from JPEG XL, FLAC and texts"
        ),
    ] = None,
    prove: Annotated[
        bool | None,
        typer.Option("--prove", help="decode the migrated files in OUT again; no source is needed"),
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="take in what people said on a review sheet (JSON)",
        ),
    ] = None,
    sheet: Annotated[
        int | None,
        typer.Option(metavar="N", help="pictures on the review sheet (else 4 to 30; 0: none)"),
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="TEXT", help="decides which pictures are drawn")
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help="processor seconds that a file may take (else the policy's)"),
    ] = None,
    memory_limit: Annotated[
        int | None, typer.Option(help="MiB that a file may take (else the policy's)")
    ] = None,
    skip_space_check: SkipSpaceCheck = None,
    package: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FOLDER",
            help="make a package (SIP) of the results in this folder",
        ),
    ] = None,
    with_sources: Annotated[
        bool | None,
        typer.Option("--with-sources", help="put the sources into the package, too"),
    ] = None,
    kind: Kind = None,
    layout: LayoutName = None,
    container: Container = None,
    label: Label = None,
    package_id: PackageId = None,
    from_list: FromList = None,
    exclude: Exclude = None,
    date: Date = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", help="files migrated at once (else one a core)"),
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Migrate files to other formats by a policy, and prove that nothing was lost.

    Targets appear in OUT under their sources' names. Each was decoded again and holds every
    sample of its source, or gives its bytes back; what cannot be migrated exactly is refused, with
    a reason. Sources are never changed. Run it again to go on after an interruption.
    """
    given = dict(locals())
    named = given.pop("paths") or []
    if plan:
        given["sources"] = tuple(named) or (() if from_list else None)
        given["destination"] = Path()  # nothing is made: all are sources
        return given
    for mode, (least, words) in _MODES.items():
        if given.get(mode) is not None and len(named) + bool(from_list) < least:
            raise UsageError(f"migrate: {words}")
    *sources, destination = named or [None]
    given["sources"] = tuple(sources) or (() if from_list or prove or review else None)
    given["destination"] = destination
    return given
