"""A reel of film as it lies in a folder: what is wanted of it, and how its frames are coded."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

USUAL_RATE = Fraction(24)  # frames a second, where neither a header nor the user says any


class Gaps(StrEnum):
    """What becomes of a sequence in which numbers are missing."""

    REFUSE = "refuse"
    HOLD = "hold"
    CLOSE = "close"


class Misfits(StrEnum):
    """What becomes of a file that cannot be coded as pictures or sound."""

    REFUSE = "refuse"
    ATTACH = "attach"


class Mixed(StrEnum):
    """What becomes of a sequence whose headers differ, and whose samples do not."""

    REFUSE = "refuse"
    ACCEPT = "accept"


class ManifestUse(StrEnum):
    """What becomes of manifests that came with a reel."""

    CHECK = "check"
    IGNORE = "ignore"


class CookEngine(StrEnum):
    """What makes a film: avpres itself, or an installed RAWcooked, which avpres proves."""

    NATIVE = "native"
    RAWCOOKED = "rawcooked"


class CookProfile(StrEnum):
    """Whose parameters of FFV1 are used: the smallest of a trial, or RAWcooked's."""

    AVPRES = "avpres"
    RAWCOOKED = "rawcooked"


class Role(StrEnum):
    """How a file of a reel is kept."""

    FRAME = "frame"
    SOUND = "sound"
    ATTACHED = "attached"
    OPAQUE = "opaque"
    EMPTY = "empty"
    FOLDER = "folder"
    CLIP = "clip"  # a file that holds many frames
    PIECE = "piece"  # a part of a clip, with one frame
    STREAM = "stream"  # a sound of a clip


@dataclass(frozen=True, slots=True)
class Coding:
    """Parameters of FFV1 that decide its size: the set of contexts, and slices of a frame."""

    context: int
    slices: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """The name of a frame taken apart: what stands before its number, the number, what follows."""

    lead: bytes
    digits: bytes
    tail: bytes

    @property
    def number(self) -> int | None:
        """The number; None for a frame that has none."""
        return int(self.digits) if self.digits else None


MARK = b"\0"  # behind the path of a clip; no file has it in its name


def part_of(path: bytes, part: str) -> bytes:
    """Name a part of a clip."""
    return path + MARK + part.encode()


def file_of(path: bytes) -> bytes:
    """Give the path of a file, also where that of a part is given."""
    return path.partition(MARK)[0]


def numbered(path: bytes, skip: int = 0) -> Numbered:
    """Find the number of a frame in its path: the last digits before the extension.

    Args:
        path: of a frame, with `/` between folders.
        skip: groups of digits that are passed over, as that of `scan_0001_2k.dpx`.
    """
    folder, slash, name = path.rpartition(b"/")
    stem, dot, extension = name.rpartition(b".")
    if not dot or not stem:
        stem, dot, extension = name, b"", b""
    start = len(stem)
    for _ in range(skip + 1):
        end = start
        while end and not _is_digit(stem[end - 1]):
            end -= 1
        start = end
        while start and _is_digit(stem[start - 1]) and end - start < _MOST_DIGITS:
            start -= 1
    return Numbered(folder + slash + stem[:start], stem[start:end], stem[end:] + dot + extension)


_MOST_DIGITS = 18  # of a number that SQLite holds


def _is_digit(byte: int) -> bool:
    return ord("0") <= byte <= ord("9")


def rawcooked_slices(width: int, height: int, bits: int, block: int = 1) -> int:
    """Give the number of slices that RAWcooked asks of FFV1 (RAWcooked 25.12, DPX.cpp).

    `block`: pixels that share words of 32 bits; it cuts between them where it can.
    """
    side = 4
    side *= 2 if width >= 1440 else 1  # noqa: PLR2004 - RAWcooked's own steps
    side *= 2 if width >= 2880 else 1  # noqa: PLR2004
    if bits > 10:  # noqa: PLR2004
        side = side * 3 // 2
    side = max(1, min(side, width // 2, height // 2))
    whole = (fewer for fewer in range(side, 0, -1) if width % (fewer * block) == 0)
    side = next(whole, side) if block > 1 else side
    return side * side
