"""What a copy of ffmpeg can do: its own lists of what is built in, asked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from avpres.adapters.tools.process import run

PROBE_S = 20.0  # seconds that one list may take

_ROW = re.compile(r"^ ([A-Z.|d ]{2,7}) +(\S+)")
_FORMAT = re.compile(r"^[I.][O.][H.][P.][B.] +(\S+) +(\d+) +(\d+)(?: +([\d-]+))?")


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How samples of a picture lie in memory; `depths` are bits of each component."""

    name: str
    components: int
    bits_per_pixel: int
    depths: tuple[int, ...]
    readable: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is built into one program; each list is asked for when it is first wanted.

    Answers are remembered as long as the program's file keeps its `stamp`.
    """

    path: Path
    stamp: tuple[int, int]

    @property
    def encoders(self) -> frozenset[str]:
        """Names of encoders."""
        return _names(self.path, "-encoders", self.stamp)

    @property
    def decoders(self) -> frozenset[str]:
        """Names of decoders."""
        return _names(self.path, "-decoders", self.stamp)

    @property
    def filters(self) -> frozenset[str]:
        """Names of filters."""
        return _names(self.path, "-filters", self.stamp)

    @property
    def muxers(self) -> frozenset[str]:
        """Names of formats that it writes."""
        return _names(self.path, "-muxers", self.stamp)

    @property
    def demuxers(self) -> frozenset[str]:
        """Names of formats that it reads."""
        return _names(self.path, "-demuxers", self.stamp)

    @property
    def ffv1(self) -> tuple[str, ...]:
        """Pixel formats that its FFV1 encoder takes."""
        return _ffv1(self.path, self.stamp)

    @property
    def pixel_formats(self) -> Mapping[str, PixelFormat]:
        """All pixel formats that it knows, by name."""
        return _pixel_formats(self.path, self.stamp)


def stamp(path: Path) -> tuple[int, int]:
    """Tell one state of a program's file from another."""
    status = path.stat()
    return (status.st_mtime_ns, status.st_size)


def _ask(path: Path, *words: str) -> list[str]:
    lines: list[str] = []
    run(
        [path, "-hide_banner", *words],
        on_line=lambda _stream, line: lines.append(line.decode("utf-8", "replace")),
        timeout_s=PROBE_S,
    )
    return lines


@lru_cache(maxsize=64)
def _names(path: Path, what: str, _stamp: tuple[int, int]) -> frozenset[str]:
    found: set[str] = set()
    for line in _ask(path, what):
        match = _ROW.match(line)
        if match is not None and match[2] != "=":
            found.update(match[2].split(","))
    return frozenset(found)


@lru_cache(maxsize=8)
def _ffv1(path: Path, _stamp: tuple[int, int]) -> tuple[str, ...]:
    for line in _ask(path, "-h", "encoder=ffv1"):
        head, _, names = line.partition("Supported pixel formats:")
        if names and not head.strip():
            return tuple(names.split())
    return ()


@lru_cache(maxsize=8)
def _pixel_formats(path: Path, _stamp: tuple[int, int]) -> Mapping[str, PixelFormat]:
    found: dict[str, PixelFormat] = {}
    for line in _ask(path, "-pix_fmts"):
        match = _FORMAT.match(line)
        if match is not None:
            depths = tuple(int(part) for part in (match[4] or "").split("-") if part)
            found[match[1]] = PixelFormat(
                match[1], int(match[2]), int(match[3]), depths, line[0] == "I", line[1] == "O"
            )
    return found
