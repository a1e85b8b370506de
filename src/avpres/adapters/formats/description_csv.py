"""Descriptions as CSV, for spreadsheets: one row a file."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import raw_base64
from avpres.adapters.formats.xml_text import date
from avpres.domain import verdict
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm
from avpres.domain.severity import Severity
from avpres.domain.technical import (
    Audio,
    Container,
    Document,
    Image,
    Technical,
    Text,
    Video,
)

_Cell = str | int | float

_FILE = ("path", "size", "mtime")
_VERDICT = (
    *("format", "version", "profile", "puid", "mime", "basis", "status", "soundness"),
    *("error_id", "error_text", "error_offset", "errors", "warnings"),
    *("completeness", "missing"),
)
_TECHNICAL = (
    *("kind", "images", "width", "height", "bits", "colour_space", "compression"),
    *("video_codec", "frame_rate", "audio_codec", "channels", "sample_rate", "duration"),
    *("charset", "line_break", "pages", "members"),
)
_END = ("validator", "deep", "unreadable", "root", "path_base64")


def columns(algorithms: Sequence[Algorithm] = ()) -> tuple[str, ...]:
    """Name the columns; they depend on nothing but the digests asked for."""
    return _FILE + tuple(algorithm.value for algorithm in algorithms) + _VERDICT + _TECHNICAL + _END


def write_csv(
    handle: BinaryIO, descriptions: Iterable[Description], algorithms: Sequence[Algorithm] = ()
) -> int:
    """Write the table and return how many files there were.

    The dialect is that of every table that avpres writes: see `report_csv.write_csv`. A property
    of images, streams or pages is that of the first; `images` counts them.
    """
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(columns(algorithms))
        count = 0
        for description in descriptions:
            table.writerow(_row(description, algorithms))
            count += 1
        text.flush()
    finally:
        text.detach()
    return count


def _row(description: Description, algorithms: Sequence[Algorithm]) -> list[_Cell]:
    digests = {digest.algorithm: digest.value for digest in description.digests}
    row: list[_Cell | None] = [
        description.path,
        description.size,
        date(description.mtime),
        *(digests.get(algorithm, "") for algorithm in algorithms),
        *_verdict(description),
        *_technical(description.technical),
        description.validator,
        "yes" if description.deep else "no",
        description.error,
        description.root,
        raw_base64(description.path),
    ]
    return [_safe(value) for value in row]


def _safe(value: _Cell | None) -> _Cell:
    if isinstance(value, str):
        return cell(value)
    return "" if value is None else value


def _verdict(description: Description) -> list[_Cell | None]:
    error = verdict.first_error(description)
    amounts = verdict.amounts(description)
    completeness = description.completeness
    return [
        description.format,
        description.version,
        description.profile,
        description.puid,
        description.mime,
        description.basis,
        description.status.value,
        verdict.soundness(description).value,
        error.id if error else "",
        error.text if error else "",
        error.offset if error else "",
        amounts[Severity.ERROR],
        amounts[Severity.WARNING],
        "" if completeness is None else "complete" if completeness.is_complete else "incomplete",
        "; ".join(completeness.missing) if completeness else "",
    ]


def _technical(technical: Technical) -> list[_Cell | None]:
    image = technical.images[0] if technical.images else Image()
    audio = technical.audio[0] if technical.audio else Audio()
    video = technical.video[0] if technical.video else Video()
    text = technical.text or Text()
    document = technical.document or Document()
    container = technical.container or Container()
    return [
        technical.kind.value,
        len(technical.images),
        _first(image.width, video.width),
        _first(image.height, video.height),
        _bits(image, video, audio),
        image.colour_space or video.colour_space,
        image.compression,
        video.codec,
        video.frame_rate,
        audio.codec,
        audio.channels,
        audio.sample_rate,
        _first(video.duration, audio.duration, container.duration),
        text.charset,
        text.line_break,
        document.pages,
        container.members,
    ]


def _bits(image: Image, video: Video, audio: Audio) -> _Cell | None:
    """Give the bits of a sample; where the samples of a picture differ, those of each."""
    each = image.bits_per_sample
    if len(set(each)) > 1:
        return ",".join(map(str, each))
    return _first(each[0] if each else None, video.bits_per_sample, audio.bits_per_sample)


def _first(*values: _Cell | None) -> _Cell | None:
    return next((value for value in values if value is not None), None)
