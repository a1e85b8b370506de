"""What gives the files of a reel back: reversibility data, as RAWcooked keeps it and a little more.

Names are bytes, as the file system gave them, with `/` between folders; they begin with the name of
the folder that was cooked (RAWcooked, Source/CLI/Main.cpp: `Path_Pos_Global`). A reader gives names
as they were found: whoever writes files refuses absolute names and `..`.
"""

from dataclasses import dataclass
from enum import StrEnum

ATTACHMENT = "RAWcooked reversibility data"  # the name in Matroska, version 1
PIECES = "pieces"  # the coding of a file that tracks give back piece by piece


class ReversibilityError(Exception):
    """Reversibility data that are cut, damaged or hostile; the text is a sentence."""


class TrackKind(StrEnum):
    """What a track of Matroska gives back."""

    FRAMES = "frames"  # one file for each block
    SINGLE = "single"  # one file for the whole track


@dataclass(frozen=True, slots=True)
class Library:
    """The program that wrote the data; `version` is that of the program, `form` is 1 or 2."""

    name: str
    version: str
    form: int = 1


@dataclass(frozen=True, slots=True)
class Restoration:
    """What one file holds besides its samples, and what proves it.

    `residual` is XORed with the samples as they are packed again; None or empty: they are the
    file's. `gaps` are the bytes between the pieces of the samples, in their order. `layout` says
    where and how samples lie (`adapters.reversible.layouts`); empty: the header in `before` says it
    all. `tell_size` writes the size for RAWcooked too, which needs it for TIFF.

    A piece of a file that holds many frames says in `at` where it begins there; all else is of the
    piece alone, and its layout tells of sound that is left out. Of such a sound `at` is 0.
    `number` is the frame of the film's time at which a piece is shown.
    """

    name: bytes
    before: bytes = b""
    after: bytes = b""
    residual: bytes | None = None
    gaps: bytes = b""
    layout: str = ""
    md5: bytes | None = None
    sha256: bytes | None = None
    size: int | None = None
    tell_size: bool = False
    mtime_ns: int | None = None
    mode: int | None = None
    at: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is kept whole: as an attachment of Matroska, here (`data`), or as nothing.

    A file of size 0 is not kept but made again. `uid` is the attachment's; None: it bears the
    file's own name. `coding` says how the attachment was compressed; empty: not at all; `PIECES`:
    it is none, tracks hold the file.
    """

    name: bytes
    size: int | None = None
    md5: bytes | None = None
    sha256: bytes | None = None
    mtime_ns: int | None = None
    mode: int | None = None
    uid: int | None = None
    coding: str = ""
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: one that holds nothing, or one whose time and mode are to come back."""

    name: bytes
    mtime_ns: int | None = None
    mode: int | None = None
