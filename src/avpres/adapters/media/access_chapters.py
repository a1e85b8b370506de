"""Chapters of a film or a sound, as ffmpeg hands them on (its FFMETADATA1)."""

import re
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from avpres.adapters.media.access_source import READING
from avpres.adapters.media.access_survey import run
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, url
from avpres.domain.trimming import Chapter

_LARGEST = 16 * 1024 * 1024  # bytes that are read
_LINE = re.compile(r"(?:[^\\\n]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BASE = re.compile(r"(\d+)/(\d+)")


def chapters_of(ffmpeg: Ffmpeg, path: bytes, watch: Watch) -> tuple[Chapter, ...]:
    """List the chapters of a file, in the order of their beginnings.

    Raises:
        ToolFailedError: ffmpeg cannot read it.
    """
    with tempfile.TemporaryDirectory(prefix="avpres-") as folder:
        told = Path(folder, "chapters")
        run(ffmpeg, [*READING, "-i", url(path), "-f", "ffmetadata", url(told)], watch)
        with told.open("rb") as file:
            return parse(file.read(_LARGEST).decode("utf-8", "replace"))


def parse(text: str) -> tuple[Chapter, ...]:
    """Read chapters out of metadata; those without a length are none."""
    found: list[tuple[Fraction, Fraction, str]] = []
    for fields in _sections(_LINE.findall(text)):
        base = _BASE.fullmatch(fields.get("TIMEBASE", ""))
        try:
            unit = Fraction(int(base[1]), int(base[2])) if base else Fraction(1, 10**9)
            begin, end = (int(fields[key]) * unit for key in ("START", "END"))
        except (KeyError, ValueError, ZeroDivisionError):
            continue
        if 0 <= begin < end:
            found.append((begin, end, fields.get("title", "")))
    found.sort(key=lambda each: each[:2])
    return tuple(Chapter(number, *each) for number, each in enumerate(found, start=1))


def _sections(lines: Sequence[str]) -> list[dict[str, str]]:
    sections: list[dict[str, str]] = []
    is_chapter = False
    for line in lines:
        if line.startswith("["):
            is_chapter = line == "[CHAPTER]"
            sections += [{}] if is_chapter else []
        elif is_chapter:
            key, _, value = line.partition("=")
            sections[-1][key] = _ESCAPED.sub(r"\1", value)
    return sections
