"""Streams of films and sounds, and digests of what they decode to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    """What a stream carries; the value is ffmpeg's word, in lower case."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    DATA = "data"
    ATTACHMENT = "attachment"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MediaStream:
    """One stream of a file, as its reader describes it before anything is decoded.

    `codec` is ffmpeg's name, `profile` what it adds in brackets, `tag` the wrapper's four
    characters. For films: the pixel format, width and height, sample aspect ratio and rate. For
    sounds: rate, layout, sample format, and the bits that count when they are fewer.
    """

    index: int
    kind: Kind
    codec: str
    profile: str = ""
    tag: str = ""
    language: str = ""
    pixel_format: str = ""
    colour: str = ""
    width: int = 0
    height: int = 0
    sar: Fraction | None = None
    rate: Fraction | None = None
    sample_rate: int = 0
    layout: str = ""
    sample_format: str = ""
    bits: int = 0
    dispositions: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_picture(self) -> bool:
        """Say whether it is a cover or a thumbnail, which is one picture and no film."""
        return "attached pic" in self.dispositions or "still image" in self.dispositions

    @property
    def name(self) -> str:
        """Name it for people: `stream 1 (audio, pcm_s24le)`."""
        return f"stream {self.index} ({self.kind}, {self.codec})"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What a file holds. `seconds` is None when the wrapper does not tell."""

    wrapper: str
    seconds: float | None
    streams: tuple[MediaStream, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    chapters: int = 0

    def of(self, *kinds: Kind) -> list[MediaStream]:
        """Give the streams of some kinds, in their order."""
        return [stream for stream in self.streams if stream.kind in kinds]


@dataclass(frozen=True, slots=True)
class FrameDigest:
    """One line of a framemd5: a frame, its time in units of its stream, and its digest."""

    stream: int
    dts: int
    pts: int
    duration: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class FrameHeading:
    """What a framemd5 says of one stream before its frames."""

    stream: int
    time_base: Fraction = Fraction(1)
    fields: Mapping[str, str] = field(default_factory=dict)
