"""Settings of an institution: who works here, with which programs and machines."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from avpres.config.base import Options


def _home(path: Path) -> Path:
    return path.expanduser()


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Program = Annotated[Path, AfterValidator(_home)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class ToolPaths(Options):
    """Programs to use instead of those on PATH."""

    cp: Annotated[Program | None, Field(description="cp of coreutils")] = None
    rsync: Annotated[Program | None, Field(description="rsync")] = None
    ditto: Annotated[Program | None, Field(description="ditto (macOS)")] = None
    gcp: Annotated[Program | None, Field(description="cp of coreutils on macOS")] = None
    robocopy: Annotated[Program | None, Field(description="robocopy (Windows)")] = None
    ffmpeg: Annotated[Program | None, Field(description="ffmpeg")] = None
    ffprobe: Annotated[Program | None, Field(description="ffprobe")] = None
    mediainfo: Annotated[Program | None, Field(description="mediainfo")] = None
    siegfried: Annotated[Program | None, Field(description="sf of Siegfried")] = None
    ltfs: Annotated[Program | None, Field(description="ltfs")] = None
    jhove: Annotated[Program | None, Field(description="jhove, for --engine")] = None
    java: Annotated[Program | None, Field(description="java, for programs that are jars")] = None
    vnu: Annotated[Program | None, Field(description="vnu, or vnu.jar")] = None
    epubcheck: Annotated[Program | None, Field(description="epubcheck, or epubcheck.jar")] = None
    mediaconch: Annotated[Program | None, Field(description="mediaconch")] = None
    rawcooked: Annotated[Program | None, Field(description="rawcooked")] = None

    @property
    def configured(self) -> dict[str, Path]:
        """Give the programs that were set, by name."""
        return {name: path for name, path in self if path is not None}


class SignalPath(Options):
    """Machines between a carrier and a file, as records of digitisation name them."""

    deck: Annotated[str | None, Field(description="player: maker, model, serial number")] = None
    tbc: Annotated[str | None, Field(description="time base corrector")] = None
    adc: Annotated[str | None, Field(description="analogue to digital converter")] = None
    software: Annotated[str | None, Field(description="capture software and version")] = None


class IdPatterns(Options):
    """Regular expressions of the institution's identifiers."""

    item: Annotated[Pattern | None, Field(description="number of an item, such as oe1234")] = None
    accession: Annotated[Pattern | None, Field(description="accession number")] = None


class Site(Options):
    """What an institution sets once for every command."""

    institution: Annotated[str | None, Field(description="name of the institution")] = None
    operator: Annotated[str | None, Field(description="who runs this, for the records")] = None
    rights: Annotated[str | None, Field(description="rights statement that packages carry")] = None
    tools: Annotated[ToolPaths, Field(description="programs to use instead of those on PATH")] = (
        ToolPaths()
    )
    signal_path: Annotated[
        SignalPath, Field(description="machines between a carrier and a file")
    ] = SignalPath()
    ids: Annotated[IdPatterns, Field(description="patterns of identifiers")] = IdPatterns()
