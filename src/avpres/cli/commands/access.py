"""`avpres access`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.cli.options import Exclude, FromList, ReportFiles
from avpres.cli.parameters import path
from avpres.domain.exit_codes import ExitCode


@command(
    group="Transform",
    options="avpres.config.access:AccessOptions",
    service="avpres.services.access:access",
    statuses=(
        ExitCode.INCOMPLETE,
        ExitCode.NOT_CONFORMANT,
        ExitCode.SOURCE_UNREADABLE,
        ExitCode.DESTINATION_REFUSED,
        ExitCode.DESTINATION_EXISTS,
        ExitCode.TOOL_MISSING,
        ExitCode.TOOL_FAILED,
    ),
    questions={
        "sources": "film, sound or folder to make copies of",
        "destination": "folder for the copies",
    },
    usage="avpres access SRC... OUT",
)
def access(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            parser=path,
            metavar="SRC... OUT",
            help="films, sounds or folders of them, and last the folder for the copies",
        ),
    ] = None,
    *,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            "-p",
            metavar="NAME",
            help="kind of copy: h264, low, bitc, mp3 and others, or a TOML file of yours",
        ),
    ] = None,
    deinterlace: Annotated[
        Literal["auto", "frame", "field", "off", "ivtc"] | None,
        typer.Option(help="make frames of fields (else as the profile says)"),
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option(
            "--in",
            metavar="TIME",
            help="first frame shown, by timecode (10:00:05:00) or time (5.2)",
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="TIME", help="first frame no longer shown, by timecode or time"
        ),
    ] = None,
    aspect: Annotated[
        str | None,
        typer.Option(
            metavar="W:H", help="display aspect, as 4:3, where the source tells a wrong one or none"
        ),
    ] = None,
    watermark: Annotated[
        Path | None,
        typer.Option(parser=path, metavar="IMAGE", help="image to lay over the picture"),
    ] = None,
    watermark_text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="text to write over the picture")
    ] = None,
    watermark_place: Annotated[
        Literal["centre", "top-left", "top-right", "bottom-left", "bottom-right"] | None,
        typer.Option(help="where the watermark lies"),
    ] = None,
    watermark_size: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="share of width and height that it may fill"),
    ] = None,
    opacity: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="how much of the picture the watermark hides"),
    ] = None,
    timecode: Annotated[
        bool | None,
        typer.Option(
            "--timecode/--no-timecode",
            help="write the source's timecode into the picture, or do not",
        ),
    ] = None,
    font: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="font for texts in the picture (else one that is here)",
        ),
    ] = None,
    audio: Annotated[
        Literal["all", "stereo", "left", "right", "mono"] | None,
        typer.Option(help="sound of the copy (else as the profile says)"),
    ] = None,
    loudness: Annotated[
        Literal["-23", "-24", "off"] | None,
        typer.Option(help="programme loudness in LUFS (else as the profile says)"),
    ] = None,
    subtitles: Annotated[
        Literal["keep", "burn", "off"] | None,
        typer.Option(help="keep subtitles as tracks, or write them into the picture"),
    ] = None,
    chapters: Annotated[
        Literal["keep", "split"] | None,
        typer.Option(help="keep chapters in the copy, or make a copy of each"),
    ] = None,
    copyright: Annotated[
        str | None, typer.Option(metavar="TEXT", help="copyright notice in the file")
    ] = None,
    metadata: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=TEXT",
            help="entry in the file's metadata, as comment=for research only",
        ),
    ] = None,
    from_list: FromList = None,
    exclude: Exclude = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", help="copies made at once")] = None,
    dry_run: Annotated[
        bool | None,
        typer.Option("--dry-run", help="print the command line of each copy, and make none"),
    ] = None,
    report: ReportFiles = None,
) -> Given:
    """Make copies to look at and to listen to.

    Each SRC gets a copy in the folder OUT, of the kind that the profile names: deinterlaced, with
    square pixels and its colours, cut, watermarked, levelled as asked. Every copy is read back and
    held against what was wanted. Run it again to go on after an interruption.
    """
    given = dict(locals())
    named = given.pop("paths") or []
    alone = from_list is not None and len(named) == 1
    sources, destination = (named, None) if len(named) == 1 and not alone else _parted(named)
    given["sources"] = tuple(sources) or (() if from_list is not None else None)
    given["destination"] = destination
    return given


def _parted(named: list[Path]) -> tuple[list[Path], Path | None]:
    """Tell the sources from the folder for the copies, which is last."""
    return named[:-1], (named[-1] if named else None)
