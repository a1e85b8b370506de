"""`avpres cook`."""

from pathlib import Path
from typing import Annotated

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import (
    BagInfo,
    Container,
    Date,
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
from avpres.domain.reel import CookEngine, CookProfile, Gaps, ManifestUse, Misfits, Mixed


@command(
    group="Transform",
    options="avpres.config.cook:CookOptions",
    service="avpres.services.cook:cook",
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
        "reels": "folder with the frames of a reel",
        "destination": "folder for the film",
    },
    usage="avpres cook REEL... OUT",
)
def cook(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path, metavar="REEL... OUT", help="folders of frames and sound; then where to"
        ),
    ] = None,
    *,
    rate: Annotated[
        str | None,
        typer.Option(metavar="FPS", help="frames a second, in place of the header's; else 24"),
    ] = None,
    gaps: Annotated[
        Gaps | None,
        typer.Option(help="missing frames: refuse the reel, hold their time, or close up"),
    ] = None,
    bad_frames: Annotated[
        Misfits | None,
        typer.Option(help="frames that are broken: refuse the reel, or attach them whole"),
    ] = None,
    mixed: Annotated[
        Mixed | None,
        typer.Option(help="frames that differ in transfer, rate or pixel aspect alone"),
    ] = None,
    uncodable: Annotated[
        Misfits | None,
        typer.Option(help="pictures and sounds in forms that cannot be coded"),
    ] = None,
    manifests: Annotated[
        ManifestUse | None,
        typer.Option(help="manifests that came with the reel: check them, or ignore"),
    ] = None,
    quiet_for: Annotated[
        float | None,
        typer.Option(metavar="MINUTES", help="minutes since anything was written into the reel"),
    ] = None,
    strict: Annotated[
        bool | None, typer.Option("--strict", help="refuse a reel for warnings, too")
    ] = None,
    engine: Annotated[
        CookEngine | None,
        typer.Option(help="what makes the film: avpres, or an installed RAWcooked"),
    ] = None,
    stall: Annotated[
        float | None,
        typer.Option(help="minutes without progress after which RAWcooked is stopped"),
    ] = None,
    profile: Annotated[
        CookProfile | None,
        typer.Option(help="parameters of FFV1: by trial, or those of RAWcooked"),
    ] = None,
    context: Annotated[
        int | None, typer.Option(help="set of contexts of FFV1 (else by trial)")
    ] = None,
    slices: Annotated[int | None, typer.Option(help="slices of a frame (else by trial)")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", help="frames at once (else one a core)")
    ] = None,
    skip_space_check: SkipSpaceCheck = None,
    package: Annotated[
        bool | None,
        typer.Option(
            "--package", help="make a package (SIP) of each proved film, in place of a folder"
        ),
    ] = None,
    sip: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="the same, with its name: a UUID, or the object entry above it (oe1234)",
        ),
    ] = None,
    kind: Kind = None,
    layout: LayoutName = None,
    container: Container = None,
    digest: Annotated[
        list[Algorithm] | None,
        typer.Option(
            "--digest", "-d", help="digest for a package's manifests (else md5 and sha256)"
        ),
    ] = None,
    label: Label = None,
    package_id: PackageId = None,
    date: Date = None,
    parent: Parent = None,
    media_id: MediaId = None,
    mhl: Mhl = None,
    bag_info: BagInfo = None,
    package_profile: Profile = None,
    assess: Annotated[
        bool | None,
        typer.Option(
            "--assess", help="only say what the reels hold and whether they can be cooked"
        ),
    ] = None,
    onto: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FOLDER",
            help="with --assess: where films would go, to see the room there",
        ),
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Make a film of each reel of scans, in FFV1, FLAC and Matroska, that gives every byte back.

    Each REEL gets a folder of its own in OUT. Every file is decoded again and compared before
    the film gets its name; `avpres uncook` brings the reel back. Run it again to go on after an
    interruption. With --assess all paths are reels, and nothing is made.
    """
    given = dict(locals())
    *reels, destination = given.pop("paths") or [None]
    if assess and destination is not None:  # nothing is made: all are reels
        reels, destination = [*reels, destination], onto or Path()
    given["reels"] = tuple(reels) or None
    given["destination"] = destination
    return given
