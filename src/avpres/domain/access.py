"""Access copies: what kinds there are and how each is made."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from avpres.domain.picture import Size

SAMPLE_RATE = 48_000
LOUDNESS_TOLERANCE = 0.5  # LU


class Deinterlace(StrEnum):
    """What is done with fields: decided once, applied to every frame."""

    AUTO = "auto"
    FRAME = "frame"
    FIELD = "field"
    OFF = "off"
    IVTC = "ivtc"


class AudioMap(StrEnum):
    """Which sound a copy holds."""

    ALL = "all"
    STEREO = "stereo"
    LEFT = "left"
    RIGHT = "right"
    MONO = "mono"


class Loudness(StrEnum):
    """Programme loudness in LUFS (EBU R 128: -23, ATSC A/85: -24)."""

    EBU = "-23"
    ATSC = "-24"
    OFF = "off"

    @property
    def target(self) -> float | None:
        """Give the level to reach."""
        return None if self is Loudness.OFF else float(self.value)


class Subtitles(StrEnum):
    """What is done with the subtitles of a source."""

    KEEP = "keep"
    BURN = "burn"
    OFF = "off"


class Chapters(StrEnum):
    """What is done with the chapters of a source: `split` makes a copy of each."""

    KEEP = "keep"
    SPLIT = "split"


class FieldOrder(StrEnum):
    """In which order the fields of a frame were taken."""

    TOP_FIRST = "tff"
    BOTTOM_FIRST = "bff"
    PROGRESSIVE = "progressive"


class Product(StrEnum):
    """What a copy is."""

    FILM = "film"
    SOUND = "sound"
    POSTER = "poster"
    CONTACT_SHEET = "contact sheet"
    WAVEFORM = "waveform"

    @property
    def is_picture(self) -> bool:
        """Say whether it is one still picture."""
        return self not in {Product.FILM, Product.SOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCoding:
    """An encoder of pictures.

    `caps` are (minutes, kbit/s): a longer film takes the next. `rates` are the only ones that it
    takes, in frames a second.
    """

    codec: str
    options: tuple[str, ...] = ()
    pixel_format: str = "yuv420p"
    caps: tuple[tuple[int | None, int], ...] = ()
    rates: tuple[Fraction, ...] = ()

    def words(self, seconds: Fraction, *, interlaced: bool) -> tuple[str, ...]:
        """Give the words of ffmpeg for a film of this length."""
        cap = next((rate for most, rate in self.caps if not most or seconds <= most * 60), None)
        capped = () if cap is None else ("-maxrate", f"{cap}k", "-bufsize", f"{cap * 2}k")
        fields = ("-flags", "+ildct+ilme") if interlaced else ()
        return ("-c:v", self.codec, *self.options, *capped, *fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCoding:
    """An encoder of sound. `is_split` gives every channel a track of its own."""

    codec: str
    options: tuple[str, ...] = ()
    is_split: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Give the words of ffmpeg."""
        return ("-c:a", self.codec, *self.options, "-ar", str(SAMPLE_RATE))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessProfile:
    """A kind of access copy.

    `frame` is a size that every picture is fitted into; without one, pixels become square, or
    stay as they are with `keeps_raster`. With `keeps_fields` an interlaced film stays interlaced
    where its frame may stay as it is.
    """

    name: str
    purpose: str
    product: Product = Product.FILM
    suffix: str = ".mp4"
    muxer: str = "mp4"
    muxing: tuple[str, ...] = ()
    video: VideoCoding | None = None
    audio: AudioCoding | None = None
    deinterlace: Deinterlace = Deinterlace.AUTO
    frame: Size | None = None
    most_lines: int | None = None
    keeps_raster: bool = False
    keeps_fields: bool = False
    audio_map: AudioMap = AudioMap.ALL
    loudness: Loudness = Loudness.OFF
    timecode: bool = False
    needs_mark: bool = False
    subtitles: Subtitles = Subtitles.KEEP

    @property
    def video_format(self) -> str:
        """Give the pixel format of its pictures."""
        return self.video.pixel_format if self.video else "yuv420p"

    @property
    def holds_subtitles(self) -> bool:
        """Say whether its files may have tracks of subtitles."""
        return self.product is Product.FILM and self.muxer in {"mp4", "mov"}

    @property
    def pacing(self) -> str:
        """Give ffmpeg's word for how frames lie in time; left to itself it depends on its version.

        MXF has a frame for each moment. Others keep every frame of the source, and when it is
        shown.
        """
        return "cfr" if self.muxer == "mxf" else "vfr"

    @property
    def is_fast_start(self) -> bool:
        """Say whether a player can begin before it has the whole file."""
        return "+faststart" in self.muxing
