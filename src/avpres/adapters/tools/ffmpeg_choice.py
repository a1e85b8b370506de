"""Which ffmpeg is taken when there are several: the newest that can do what is wanted."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from avpres.adapters.tools.engines import FFMPEG
from avpres.adapters.tools.ffmpeg_abilities import Abilities, stamp
from avpres.adapters.tools.tool import FoundTool, Origin, find
from avpres.domain.errors import ToolFailedError, ToolMissingError

LEAST = (5, 1)
"""The first version with `-fps_mode`, which alone keeps every frame of every source as it is."""

ALWAYS: Mapping[str, Iterable[str]] = {"encoders": ("ffv1", "flac")}


def choose(
    configured: Mapping[str, Path], wanted: Mapping[str, Iterable[str]]
) -> tuple[FoundTool, str]:
    """Give the configured program, else the newest that is fit, and why newer ones are not.

    Every version of FFmpeg encodes FFV1 faster than those before it, and a distribution's may be
    years old. A snapshot tells no version; who put one on PATH meant it to be used.

    Raises:
        ToolMissingError: there is none that is fit; the text says how to get one.
    """
    if FFMPEG.name in configured:
        found = find(FFMPEG, configured)
        _require_fit(found, wanted)
        return found, ""
    reasons: list[str] = []
    for found in sorted(_candidates(reasons), key=_age):
        try:
            _require_fit(found, wanted)
        except (ToolMissingError, ToolFailedError) as error:
            reasons.append(str(error).partition(";")[0])
        else:
            return found, "; ".join(reasons)
    said = "; ".join(reasons) or "ffmpeg is not here"
    raise ToolMissingError(f"{said}; {FFMPEG.remedy}")


def lacking(abilities: Abilities, wanted: Mapping[str, Iterable[str]]) -> str:
    """Name what is wanted and not built in, `encoder libx264, filter drawtext`; else nothing."""
    return ", ".join(
        f"{kind.removesuffix('s')} {name}"
        for kind, names in wanted.items()
        for name in names
        if name not in getattr(abilities, kind)
    )


def numbers(version: str) -> tuple[int, ...] | None:
    """Read a release's version, `n7.1-3-gabc` or `5.1.9-0+deb12u1`; None for a snapshot's."""
    words = version.removeprefix("n").partition("-")[0].partition("+")[0].split(".")
    return tuple(map(int, words)) if all(map(str.isdigit, words)) else None


def _age(found: FoundTool) -> tuple[bool, tuple[int, ...]]:
    number = numbers(found.version)
    return (number is not None, tuple(-part for part in number or ()))


def _candidates(reasons: list[str]) -> Iterable[FoundTool]:
    places = [shutil.which("ffmpeg"), FFMPEG.bundled() if FFMPEG.bundled else None]
    for origin, place in zip((Origin.PATH, Origin.BUNDLED), places, strict=True):
        if place is None:
            continue
        try:
            found = find(FFMPEG, {FFMPEG.name: Path(place)})
        except ToolMissingError as error:
            reasons.append(str(error).partition(";")[0])
        else:
            yield FoundTool(found.name, found.path, found.version, origin)


def _require_fit(found: FoundTool, wanted: Mapping[str, Iterable[str]]) -> None:
    told = f"{found.path} is ffmpeg {found.version}"
    if (number := numbers(found.version)) is not None and number < LEAST:
        least = ".".join(map(str, LEAST))
        raise ToolMissingError(f"{told}, {least} is needed; {FFMPEG.remedy}")
    abilities = Abilities(found.path, stamp(found.path))
    if missing := lacking(abilities, ALWAYS) or lacking(abilities, wanted):
        raise ToolMissingError(f"{told} without {missing}; {FFMPEG.remedy}")
