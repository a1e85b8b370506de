"""What an access copy needs to know of its source."""

from dataclasses import dataclass
from fractions import Fraction

from avpres.domain.access import FieldOrder
from avpres.domain.picture import Raster
from avpres.domain.sound import Channel
from avpres.domain.timecode import Counting, Timecode

SD_LINES = 576
SD_525_LINES = (480, 486, 512)


@dataclass(frozen=True, slots=True)
class Colour:
    """How numbers stand for colours, in ffmpeg's words; None is not told."""

    matrix: str | None = None
    primaries: str | None = None
    transfer: str | None = None

    def __str__(self) -> str:
        return "/".join(each or "unknown" for each in (self.matrix, self.primaries, self.transfer))

    @property
    def is_told(self) -> bool:
        """Say whether the file tells how to read its colours."""
        return self.matrix is not None

    @property
    def is_wide(self) -> bool:
        """Say whether BT.709 is too narrow, or too dark, for these colours."""
        return self.primaries in _WIDE or self.transfer in _HIGH

    def is_like(self, other: "Colour") -> bool:
        """Say whether two mean the same: BT.601 and BT.709 have one transfer with two names."""
        same = (self.matrix, self.primaries) == (other.matrix, other.primaries)
        both = {self.transfer, other.transfer}
        return same and (len(both) == 1 or both <= _ONE_CURVE)


_WIDE = frozenset({"bt2020", "smpte428", "smpte431", "smpte432"})
_HIGH = frozenset({"smpte2084", "arib-std-b67", "smpte428"})
_ONE_CURVE = frozenset({"bt709", "smpte170m", "bt2020-10", "bt2020-12"})


HD = Colour("bt709", "bt709", "bt709")
JPEG_MATRIX = "bt470bg"  # ITU-T T.871: that of BT.601


def usual_colour(raster: Raster) -> Colour:
    """Give the colours of video of this size, for files that do not tell (BT.601, BT.709)."""
    if raster.size.height > SD_LINES + 32:
        return HD
    if raster.size.height in SD_525_LINES:
        return Colour("smpte170m", "smpte170m", "smpte170m")
    return Colour("bt470bg", "bt470bg", "smpte170m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """The picture of a source. `stream` is its number in the file; `order` what the file says.

    `slack` is by how many seconds its length may be another than the source announces, where that
    is more than a frame: frames that are not equally long, wrappers that do not tell.
    """

    stream: int
    codec: str
    raster: Raster
    rate: Fraction
    pixel_format: str
    colour: Colour = Colour()
    order: FieldOrder | None = None
    slack: Fraction | None = None
    is_full_range: bool = False

    @property
    def is_rgb(self) -> bool:
        """Say whether its samples are red, green and blue."""
        return self.colour.matrix in {"gbr", "rgb"} or self.pixel_format.startswith(
            ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "pal8", "monob", "monow", "x2rgb")
        )

    @property
    def tags(self) -> Colour:
        """Give the colours that a copy is marked with: the source's, else the usual ones."""
        usual = usual_colour(self.raster)
        if self.is_rgb or not self.colour.is_told:
            return Colour(
                usual.matrix,
                self.colour.primaries or usual.primaries,
                self.colour.transfer or usual.transfer,
            )
        return self.colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A sound track of a source. `stream` is its number in the file."""

    stream: int
    codec: str
    channels: int
    rate: int
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtitle:
    """A track of subtitles of a source. `stream` is its number in the file."""

    stream: int
    codec: str
    language: str = ""

    @property
    def is_text(self) -> bool:
        """Say whether it is written in letters, and not drawn as pictures."""
        return self.codec in _LETTERS


_LETTERS = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A film or a sound that a copy is made of.

    `seconds` is when its film ends, `heard` when its sound ends; None where nothing tells it. One
    that `breaks_off` announces more than is there.
    """

    path: bytes
    size: int
    wrapper: str
    seconds: Fraction | None
    heard: Fraction | None = None
    film: Film | None = None
    sounds: tuple[Sound, ...] = ()
    subtitles: tuple[Subtitle, ...] = ()
    timecode: Timecode | None = None
    films: int = 0
    breaks_off: bool = False

    @property
    def counting(self) -> Counting | None:
        """Give how its frames are numbered; from zero when it does not tell."""
        if self.film is None:
            return None
        return Counting(self.film.rate, self.timecode or Timecode(0, 0, 0, 0))

    @property
    def channels(self) -> tuple[Channel, ...]:
        """List the channels of all its tracks."""
        return tuple(
            Channel(track, place)
            for track, sound in enumerate(self.sounds)
            for place in range(sound.channels)
        )
