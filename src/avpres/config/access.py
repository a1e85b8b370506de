"""Options of `avpres access`."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from avpres.config.base import Options
from avpres.config.fields import Exclude, ReportFiles
from avpres.domain.access import AudioMap, Chapters, Deinterlace, Loudness, Subtitles
from avpres.domain.picture import Place
from avpres.domain.trimming import is_position

_ASPECT = re.compile(r"(\d+(?:\.\d+)?)[:/](\d+(?:\.\d+)?)")
_ENTRY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*=.*", re.DOTALL)


def _position(text: str | None) -> str | None:
    if text is not None and not is_position(text):
        raise ValueError(f"{text!r} is neither a timecode nor a time; write 00:01:30:00 or 90.5")
    return text


def _aspect(text: str | None) -> str | None:
    if not text:
        return None
    match = _ASPECT.fullmatch(text.strip())
    if match is None or not float(match[1]) or not float(match[2]):
        raise ValueError("write two numbers, as 4:3 or 2.39:1")
    return text


def _entries(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        if not _ENTRY.fullmatch(text):
            raise ValueError(f"{text!r}: write a name and a value, as comment=for research only")
    return texts


class AccessOptions(Options):
    """Everything `avpres access` can be told."""

    FLAGS: ClassVar[Mapping[str, str]] = {"begin": "--in", "end": "--out"}

    sources: Annotated[tuple[Path, ...], Field(description="films, sounds, or folders of them")]
    destination: Annotated[Path, Field(description="folder for the copies")]
    profile: Annotated[
        str,
        Field(description="kind of copy: h264, low, bitc, mp3 and others, or a TOML file of yours"),
    ] = "h264"
    deinterlace: Annotated[
        Deinterlace | None, Field(description="make frames of fields (else as the profile says)")
    ] = None
    begin: Annotated[
        str | None,
        AfterValidator(_position),
        Field(description="first frame shown, by timecode (10:00:05:00) or time (5.2)"),
    ] = None
    end: Annotated[
        str | None,
        AfterValidator(_position),
        Field(description="first frame no longer shown, by timecode or time"),
    ] = None
    aspect: Annotated[
        str | None,
        AfterValidator(_aspect),
        Field(description="display aspect, as 4:3, where the source tells a wrong one or none"),
    ] = None
    watermark: Annotated[Path | None, Field(description="image to lay over the picture")] = None
    watermark_text: Annotated[str | None, Field(description="text to write over the picture")] = (
        None
    )
    watermark_place: Annotated[Place, Field(description="where the watermark lies")] = Place.CENTRE
    watermark_size: Annotated[
        float, Field(gt=0, le=1, description="share of width and height that it may fill")
    ] = 0.6
    opacity: Annotated[
        float, Field(gt=0, le=1, description="how much of the picture the watermark hides")
    ] = 0.2
    timecode: Annotated[
        bool | None, Field(description="write the source's timecode into the picture, or do not")
    ] = None
    font: Annotated[
        Path | None, Field(description="font for texts in the picture (else one that is here)")
    ] = None
    audio: Annotated[
        AudioMap | None, Field(description="sound of the copy (else as the profile says)")
    ] = None
    loudness: Annotated[
        Loudness | None, Field(description="programme loudness in LUFS (else as the profile says)")
    ] = None
    subtitles: Annotated[
        Subtitles | None,
        Field(description="keep subtitles as tracks, or write them into the picture"),
    ] = None
    chapters: Annotated[
        Chapters, Field(description="keep chapters in the copy, or make a copy of each")
    ] = Chapters.KEEP
    copyright: Annotated[str | None, Field(description="copyright notice in the file")] = None
    metadata: Annotated[
        tuple[str, ...],
        AfterValidator(_entries),
        Field(description="entry in the file's metadata, as comment=for research only"),
    ] = ()
    from_list: Annotated[
        Path | None, Field(description="read sources from a file, one a line; - is standard input")
    ] = None
    exclude: Exclude = ()
    jobs: Annotated[int, Field(ge=1, le=64, description="copies made at once")] = 1
    dry_run: Annotated[
        bool, Field(description="print the command line of each copy, and make none")
    ] = False
    report: ReportFiles = ()

    @model_validator(mode="after")
    def _one_mark(self) -> Self:
        if self.watermark and self.watermark_text:
            raise ValueError("a watermark is an image or a text; name one of them")
        return self

    @model_validator(mode="after")
    def _one_cut(self) -> Self:
        if self.chapters is Chapters.SPLIT and (self.begin or self.end):
            raise ValueError("--chapters split shows all chapters; leave out --in and --out")
        return self

    @property
    def shape(self) -> Fraction | None:
        """Give the display aspect that was asked for."""
        match = _ASPECT.fullmatch(self.aspect.strip()) if self.aspect else None
        return None if match is None else Fraction(match[1]) / Fraction(match[2])
