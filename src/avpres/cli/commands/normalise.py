"""`avpres normalise`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import (
    BagInfo,
    Container,
    Date,
    Exclude,
    FromList,
    Kind,
    Label,
    LayoutName,
    MediaId,
    Mhl,
    PackageId,
    Parent,
    Profile,
    ReportFiles,
    SkipSpaceCheck,
)
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.normalisation import Aspect, Colour, FieldOrder, Lossy, Sound


@command(
    group="Transform",
    options="avpres.config.normalise:NormaliseOptions",
    service="avpres.services.normalise:normalise",
    statuses=(
        ExitCode.FIXITY_MISMATCH,
        ExitCode.INCOMPLETE,
        ExitCode.NOT_REVERSIBLE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "sources": "film, sound or folder to normalise",
        "destination": "folder for the results",
    },
    usage="avpres normalise SRC... OUT",
)
def normalise(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="SRC... OUT", help="films, sounds or folders; then where to"
        ),
    ] = None,
    *,
    sound: Annotated[
        Sound | None,
        typer.Option(help="codec of uncompressed sound of 16 and 24 bits; other stays PCM"),
    ] = None,
    lossy: Annotated[
        Lossy | None, typer.Option(help="films encoded with loss, ProRes among them")
    ] = None,
    dv: Annotated[Lossy | None, typer.Option(help="films in DV")] = None,
    slices: Annotated[
        int | None, typer.Option(help="slices of a frame, each with its own CRC")
    ] = None,
    context: Annotated[
        int | None, typer.Option(help="FFV1's model of neighbours: 0 small, 1 large")
    ] = None,
    field_order: Annotated[
        FieldOrder | None,
        typer.Option(help="correct the field order, in the output alone"),
    ] = None,
    aspect: Annotated[
        Aspect | None,
        typer.Option(help="correct the aspect ratio of the picture as it is shown"),
    ] = None,
    colour: Annotated[
        Colour | None, typer.Option(help="correct primaries, transfer and matrix")
    ] = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option("--digest", "-d", help="digest in place of md5 (with --package: md5, sha512)"),
    ] = None,
    package: Annotated[
        bool | None,
        typer.Option(
            "--package", help="make a package (SIP) of each proved master, in place of a folder"
        ),
    ] = None,
    kind: Kind = None,
    layout: LayoutName = None,
    container: Container = None,
    label: Label = None,
    package_id: PackageId = None,
    date: Date = None,
    parent: Parent = None,
    media_id: MediaId = None,
    mhl: Mhl = None,
    bag_info: BagInfo = None,
    profile: Profile = None,
    from_list: FromList = None,
    exclude: Exclude = None,
    stall: Annotated[
        float | None,
        typer.Option(help="minutes without progress after which ffmpeg is stopped"),
    ] = None,
    skip_space_check: SkipSpaceCheck = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="files normalised at once (else two)")
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Make lossless masters in FFV1, FLAC and Matroska, and prove every frame.

    Each SRC gets a folder of its own in OUT, with all that was learnt on the way. Run it again
    to go on after an interruption. What cannot be proved is kept under a name that ends in
    .failed, and never counts as done.
    """
    given = dict(locals())
    *sources, destination = given.pop("paths") or [None]
    given["sources"] = tuple(sources) or (() if from_list is not None else None)
    given["destination"] = destination
    return given
