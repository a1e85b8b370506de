"""What a Matroska file holds, in words of its own; times are nanoseconds, sizes bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, NamedTuple

MILLISECOND = 1_000_000  # nanoseconds; the timestamp scale that nearly all files have
REVERSIBILITY_NAME = "RAWcooked reversibility data"


class Kind(IntEnum):
    """Types of tracks (RFC 9559, 5.1.4.1.3)."""

    VIDEO = 1
    AUDIO = 2
    COMPLEX = 3
    LOGO = 16
    SUBTITLE = 17
    BUTTONS = 18
    CONTROL = 32
    METADATA = 33


@dataclass(frozen=True, slots=True)
class Colour:
    """How colours are meant, in the numbers of ITU-T H.273; None is not written.

    `range` is 1 for limited and 2 for full.
    """

    matrix: int | None = None
    range: int | None = None
    transfer: int | None = None
    primaries: int | None = None
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a writer did to the frames (`scope` 1) or the CodecPrivate (2), or both (3).

    `algorithm` is 0 for zlib, 1 for bzlib, 2 for LZO, 3 for a stripped beginning, which
    `settings` holds, and -1 for an encryption.
    """

    order: int
    scope: int
    algorithm: int
    settings: bytes = b""


@dataclass(frozen=True, slots=True)
class TrackHeader:
    """A track, as written and as read.

    Attributes:
        uid: not 0, and no other track's.
        default_duration_ns: of a frame; 0 is not written.
        display_width: and height: the shape to be shown, in pixels; 0 for that of the pixels.
        interlaced: 0 not known, 1 interlaced, 2 progressive.
        name: shown by players; empty is not written.
    """

    number: int
    uid: int
    kind: Kind | int
    codec_id: str
    private: bytes = b""
    default_duration_ns: int = 0
    width: int = 0
    height: int = 0
    display_width: int = 0
    display_height: int = 0
    display_unit: int = 0
    interlaced: int = 2
    field_order: int | None = None
    colour: Colour | None = None
    sampling_rate: float = 0.0
    channels: int = 0
    bits: int = 0
    name: str = ""
    language: str = "und"
    is_default: bool = True
    codec_delay_ns: int = 0
    timestamp_scale: float = 1.0
    encodings: tuple[Encoding, ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What a segment says of itself.

    Attributes:
        app: MuxingApp.
        writing_app: empty for the same.
        uuid: 16 bytes, or None.
        duration_ns: None where it is not said; written by `MatroskaWriter.finish`.
        date_ns: since 2001-01-01 UTC, or None.
    """

    app: str
    title: str = ""
    writing_app: str = ""
    scale_ns: int = MILLISECOND
    uuid: bytes | None = None
    date_ns: int | None = None
    duration_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be attached; `open` is called once, and gives `size` bytes."""

    name: str
    mime: str
    size: int
    open: Callable[[], BinaryIO]
    uid: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is attached: its bytes stand at `offset` of the Matroska file."""

    name: str
    mime: str
    offset: int
    size: int
    uid: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """One name and value; `track_uid` is 0 for the whole segment."""

    name: str
    value: str
    track_uid: int = 0
    language: str = "und"


class Block(NamedTuple):
    """A frame: where its bytes stand in the file, and when it is shown.

    `duration_ns` is 0 where the file does not say it of this frame.
    """

    track: int
    time_ns: int
    offset: int
    size: int
    key: bool = True
    duration_ns: int = 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """Bytes that could not be understood, and why; reading went on behind them."""

    offset: int
    size: int
    why: str
