"""What is known of files, sequences, forms and sounds of a reel while it is assessed."""

from typing import NamedTuple, Self

from avpres.domain.reel import MARK, Role, file_of
from avpres.domain.sounding import Sound


class Form(NamedTuple):
    """What many frames have in common. `traits` must be alike in a sequence.

    `why` RAWcooked does not restore them; if it does, its versions from `since` on.
    """

    traits: str
    flavour: str
    rate: str
    film: str
    television: str
    why: str
    since: str


class Claims(NamedTuple):
    """What the header of one frame says."""

    claimed: int | None = None  # bytes of the file
    behind: int = 0  # bytes behind the picture
    position: int | None = None  # the frame's number
    timecode: str | None = None


class Row(NamedTuple):
    """A frame in its sequence, or a broken one that bears a number; that has no form."""

    path: bytes
    size: int
    digits: bytes
    number: int | None
    form: int | None
    claimed: int | None
    behind: int
    position: int | None
    timecode: str | None


class Run(NamedTuple):
    """Frames whose names differ in their number alone; `numbered` counts different numbers."""

    lead: bytes
    tail: bytes
    frames: int
    size: int
    numbered: int
    first: int | None
    last: int | None
    first_digits: bytes
    last_digits: bytes

    @property
    def star(self) -> bytes:
        """The names of the frames, with a star for the number; of a clip its own."""
        if self.is_clip:
            return file_of(self.lead)
        return self.lead + (b"*" if self.first is not None else b"") + self.tail

    @property
    def is_clip(self) -> bool:
        """Say whether all frames are in one file."""
        return self.lead.endswith(MARK)

    @property
    def folder(self) -> bytes:
        """Where they lie in the reel."""
        return self.lead.rpartition(b"/")[0]

    @property
    def lacking(self) -> int:
        """Count the numbers between first and last that nothing bears."""
        if self.first is None or self.last is None:
            return 0
        return self.last - self.first + 1 - self.numbered


class Heard(NamedTuple):
    """What the header of a sound says."""

    path: bytes
    flavour: str
    samples: int
    rate: int
    channels: int
    bits: int
    why: str
    since: str
    warnings: str

    @classmethod
    def of(cls, path: bytes, sound: Sound) -> Self:
        """Take from a sound what an assessment asks of it."""
        return cls(
            path,
            sound.flavour,
            sound.samples,
            sound.rate,
            sound.array.channels,
            sound.array.bits,
            sound.why_not_rawcooked,
            sound.rawcooked_since,
            "; ".join(sound.warnings),
        )


class File(NamedTuple):
    """A file as it was listed, with what it is."""

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    role: Role
    flavour: str
    words: str
