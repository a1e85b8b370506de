"""Whether there is room for a result, before it is begun."""

import shutil
from pathlib import Path

import humanize

from avpres.adapters.storage.volume import nearest_existing
from avpres.domain.media import Kind, MediaFile, MediaStream

_MARGIN = 64 * 1024 * 1024  # bytes for everything beside the output
_BITS = 16  # of a component; no film that is normalised has more
_USUAL_RATE = 30  # frames a second, where the wrapper says none


def lacking(file: MediaFile, size: int, folder: Path) -> str:
    """Say what is missing for the largest output that the file could give; empty when nothing."""
    needed = _most(file, size) + _MARGIN
    free = shutil.disk_usage(nearest_existing(folder)).free
    if needed <= free:
        return ""
    return (
        f"may need {_human(needed)} and {_human(free)} are free at {folder}; use another volume, "
        "or say --skip-space-check if you know that it will fit"
    )


def _most(file: MediaFile, size: int) -> int:
    """FFV1 never grows much beyond the samples; a raw source cannot have more than its size."""
    films = sum(_film(stream, file.seconds) for stream in file.of(Kind.VIDEO))
    return max(size, min(films, 8 * size)) if films else 2 * size


def _film(stream: MediaStream, seconds: float | None) -> int:
    rate = float(stream.rate or _USUAL_RATE)
    deep = any(mark in stream.pixel_format for mark in ("9", "10", "12", "14", "16", "48", "64"))
    depth = _BITS if deep else _BITS // 2
    return int(stream.width * stream.height * 3 * depth / 8 * rate * (seconds or 0))


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
