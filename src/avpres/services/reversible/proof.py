"""The words of a proof: what became of each file of a film, and what is wrong with the film."""

from dataclasses import dataclass
from enum import StrEnum

from avpres.adapters.cooking.slices import DamagedSlice
from avpres.adapters.matroska.model import Block


class Verdict(StrEnum):
    """What became of a file: only `PROVED` was compared with a digest, and was equal."""

    PROVED = "proved"
    UNPROVED = "restorable"
    DAMAGED = "damaged"
    LOST = "lost"


class Part(StrEnum):
    """What a file is in its film."""

    FRAME = "frame"
    SOUND = "sound"
    ATTACHED = "attachment"
    CLIP = "file of many frames"


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one file.

    Attributes:
        name: in the reel.
        part: what it is in the film.
        size: bytes that came back.
        why: what is wrong, in words.
        track: of Matroska, 0 for an attachment.
        number: of the frame in its track, from 0.
        block: the packet of a frame, or the one where a sound is damaged.
        slices: those that are damaged.
        algorithms: by which it was compared.
        is_piece: it is a part of a file, which is judged by itself.
        raw: size and MD5 of the decoded picture, where they were asked for.
    """

    name: bytes
    part: Part
    verdict: Verdict
    size: int = 0
    why: str = ""
    track: int = 0
    number: int | None = None
    block: Block | None = None
    slices: tuple[DamagedSlice, ...] = ()
    algorithms: tuple[str, ...] = ()
    raw: tuple[int, str] | None = None
    is_piece: bool = False

    @property
    def shown(self) -> str:
        r"""Its name for people; bytes that are not UTF-8 become `\xNN`."""
        return self.name.decode("utf-8", "backslashreplace")

    @property
    def is_right(self) -> bool:
        """Say whether it can be restored, as far as is known."""
        return self.verdict in {Verdict.PROVED, Verdict.UNPROVED}

    @property
    def where(self) -> str:
        """Say where in the film it stands, for people."""
        if self.part is Part.CLIP:
            return "all of its parts"
        if self.number is not None:
            return f"frame {self.number:,} of track {self.track}"
        return f"track {self.track}" if self.track else "an attachment"


class Kind(StrEnum):
    """What can be wrong with a film but for its files."""

    CRC = "crc"  # a check sum of Matroska
    PASSED_OVER = "passed over"  # bytes that make no sense, or are missing
    UNSUMMED = "unsummed"  # an element that avpres writes with a check sum, and has none
    DATA = "data"  # the reversibility data
    EXTRA = "extra"  # a frame, track or attachment of no file


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about the film itself."""

    kind: Kind
    why: str
    offset: int = 0
    size: int = 0
