"""The systems of DV: which sizes a frame has in which of them, and where its blocks stand.

IEC 61834-2, SMPTE ST 314 and ST 370. A frame is a row of DIF sequences, a sequence 150 blocks of
80 bytes: one header, two of subcode, three of VAUX, then nine times one of audio and 15 of video.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

BLOCK = 80  # bytes
BLOCKS = 150  # in a sequence
SEQUENCE = BLOCK * BLOCKS  # bytes
HEADER, SUBCODE, VAUX, AUDIO, VIDEO = range(5)  # section types
FILM = Fraction(1000, 1001)

_SECTIONS = bytes([HEADER, SUBCODE, SUBCODE, *[VAUX] * 3, *[AUDIO, *[VIDEO] * 15] * 9])
_NUMBERS = bytes(
    [0, 0, 1, 0, 1, 2]
    + [number for row in range(9) for number in (row, *range(row * 15, row * 15 + 15))]
)
_SECTION_OF = bytes(byte >> 5 for byte in range(256))
_SEQUENCE_OF = bytes(byte >> 4 for byte in range(256))


@dataclass(frozen=True)
class System:
    """One system of DV."""

    name: str
    codec_id: str
    sequences: int  # in a channel
    channels: int
    width: int
    height: int
    rate: Fraction
    subsampling: str
    pixel: Fraction  # shape of a sample where the picture is 4:3 (16:9 in HD)

    @property
    def size(self) -> int:
        """Bytes of a frame."""
        return self.sequences * self.channels * SEQUENCE

    @property
    def is_625(self) -> bool:
        """Say whether it is one of 50 Hz."""
        return self.sequences == 12

    @property
    def is_hd(self) -> bool:
        """Say whether it is one of DV100."""
        return self.height > 576

    @cached_property
    def sections(self) -> bytes:
        """The section type of every block of a frame."""
        return _SECTIONS * (self.sequences * self.channels)

    @cached_property
    def numbers(self) -> bytes:
        """The block number of every block of a frame."""
        return _NUMBERS * (self.sequences * self.channels)

    @cached_property
    def rows(self) -> bytes:
        """The number of the sequence of every block of a frame."""
        row = b"".join(bytes([number]) * BLOCKS for number in range(self.sequences))
        return row * self.channels

    @cached_property
    def status_mask(self) -> int:
        """Where the status of video blocks stands, in the fourth bytes of all blocks."""
        return int.from_bytes(bytes(0xF0 * (part == VIDEO) for part in self.sections), "big")

    def misplaced(self, frame: bytes) -> int | None:
        """Give the first block of a frame that is not what must stand there, or None."""
        found = (
            (frame[0::BLOCK].translate(_SECTION_OF), self.sections),
            (frame[2::BLOCK], self.numbers),
            (frame[1::BLOCK].translate(_SEQUENCE_OF), self.rows),
        )
        places = [
            next(at for at, pair in enumerate(zip(is_, should, strict=True)) if pair[0] != pair[1])
            for is_, should in found
            if is_ != should
        ]
        return min(places, default=None)

    def concealed(self, frame: bytes) -> int:
        """Count the video blocks that the deck could not read and put others for (STA)."""
        status = int.from_bytes(frame[3::BLOCK], "big") & self.status_mask
        if not status:
            return 0
        marked = status.to_bytes(len(self.sections), "big")
        return len(marked) - marked.count(0)


_NTSC, _PAL = 30 * FILM, Fraction(25)
_NARROW, _WIDE = Fraction(8, 9), Fraction(16, 15)
DV25_NTSC = System("DV25 525/60", "dvc ", 10, 1, 720, 480, _NTSC, "4:1:1", _NARROW)
DV25_PAL = System("DV25 625/50", "dvcp", 12, 1, 720, 576, _PAL, "4:2:0", _WIDE)
DVCPRO_PAL = System("DVCPRO 625/50", "dvpp", 12, 1, 720, 576, _PAL, "4:1:1", _WIDE)
SYSTEMS = {  # (625/50, signal type of the video source pack)
    (False, 0x00): DV25_NTSC,
    (True, 0x00): DV25_PAL,
    (True, 0x01): DV25_PAL,
    (False, 0x04): System("DVCPRO50 525/60", "dv5n", 10, 2, 720, 480, _NTSC, "4:2:2", _NARROW),
    (True, 0x04): System("DVCPRO50 625/50", "dv5p", 12, 2, 720, 576, _PAL, "4:2:2", _WIDE),
    (False, 0x14): System(
        "DV100 1080i60", "dvh6", 10, 4, 1280, 1080, _NTSC, "4:2:2", Fraction(3, 2)
    ),
    (True, 0x14): System("DV100 1080i50", "dvh5", 12, 4, 1440, 1080, _PAL, "4:2:2", Fraction(4, 3)),
    (False, 0x18): System(
        "DV100 720p60", "dvhp", 10, 2, 960, 720, 60 * FILM, "4:2:2", Fraction(4, 3)
    ),
    (True, 0x18): System(
        "DV100 720p50", "dvhq", 12, 2, 960, 720, Fraction(50), "4:2:2", Fraction(4, 3)
    ),
}
