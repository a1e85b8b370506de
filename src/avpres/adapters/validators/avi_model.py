"""What is known of an AVI file while it is walked."""

from dataclasses import dataclass, field

from avpres.adapters.validators.riff import Chunk, Dialect, Span, Walked
from avpres.adapters.validators.wave_format import WaveFormat

AVI = Dialect("AVI")
HAS_INDEX = 0x10  # of the flags in avih


@dataclass(slots=True)
class Bitmap:
    """The format of a video stream, a BITMAPINFOHEADER."""

    width: int
    height: int  # negative where the first line is the topmost
    bits: int
    fourcc: bytes
    extra: bytes = b""  # what follows the header: palette, or the codec's own

    @property
    def frame_size(self) -> int:
        """Bytes of an uncompressed frame; 0 if it is compressed."""
        lines = abs(self.height)
        if self.fourcc in {b"\0\0\0\0", b"RGB ", b"DIB ", b"RAW "}:
            return (self.width * self.bits + 31) // 32 * 4 * lines
        if self.fourcc in PLANAR:
            return round(self.width * lines * PLANAR[self.fourcc])
        if self.fourcc == b"v210":
            return (self.width + 47) // 48 * 128 * lines
        return 0


PLANAR = {  # bytes for a sample of the picture
    b"UYVY": 2.0,
    b"YUY2": 2.0,
    b"YUYV": 2.0,
    b"YVYU": 2.0,
    b"2vuy": 2.0,
    b"HDYC": 2.0,
    b"I420": 1.5,
    b"IYUV": 1.5,
    b"YV12": 1.5,
    b"Y800": 1.0,
}


@dataclass(slots=True)
class Stream:
    """One stream of an AVI file."""

    kind: bytes = b""  # vids, auds, txts, mids, iavs (DV with its sound)
    handler: bytes = b""
    scale: int = 0
    rate: int = 0
    length: int = 0  # frames, or blocks of sound
    bitmap: Bitmap | None = None
    sound: WaveFormat | None = None
    properties: bytes = b""  # the vprp chunk
    indexes: list[tuple[int, int, int]] = field(default_factory=list)  # offset, size, duration
    chunks: int = 0  # that were found
    filled: int = 0  # of them that are not empty
    size: int = 0  # bytes in them
    first: int | None = None  # offset of the content of its first chunk


@dataclass(slots=True)
class Avi(Walked):
    """An AVI file under examination; offsets and sizes in bytes."""

    flags: int = 0
    frames: int = 0  # as avih says, of the first RIFF form
    streams: list[Stream] = field(default_factory=list)
    all_frames: int | None = None  # as dmlh of OpenDML says
    lists: list[Span] = field(default_factory=list)  # where frames stand: inside of movi
    index: Chunk | None = None  # idx1
    found: dict[int, tuple[bytes, int]] = field(default_factory=dict)  # chunks by offset
    walked: bool = True  # all chunks were walked
    entries: int = 1_000_000  # of indexes that may still be compared
    samples: int = 256  # of them that may still be followed, where chunks are not walked
    forms: int = 0
