"""Sound files of a reel: where their samples lie and how Matroska holds them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from avpres.domain.rawcooked import OLDEST

FLAC_RATE = 655_350  # Hz; FFmpeg and libFLAC take no more
FLAC_ANY_RATE = 65_535  # Hz; above, frames can only name multiples of 10 Hz
FLAC_CHANNELS = 8
FLAC_BITS = 24
WIDE = 32  # bits of a word that may hold fewer
WORDS = (8, 16, 24, 32, 64)  # bits
MOST_CHANNELS = 65_535


class SoundFormat(StrEnum):
    """A format of sound files that hold plain samples."""

    WAVE = "WAVE"
    RF64 = "RF64"
    BW64 = "BW64"
    W64 = "Wave64"
    AIFF = "AIFF"
    AIFC = "AIFF-C"
    AVI = "AVI"


class Encoding(StrEnum):
    """How a sample is written as a number."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    FLOAT = "float"


class Coding(StrEnum):
    """How a track of Matroska holds the samples."""

    FLAC = "flac"
    PCM = "pcm"


@dataclass(frozen=True, slots=True)
class SoundArray:
    """Interleaved samples: `word` is what each takes in the file, `bits` what its author claims.

    `low` are the lowest bits of the word, which are zero in every sample of the file.
    """

    channels: int
    word: int  # bits: 8, 16, 24, 32 or 64
    bits: int
    encoding: Encoding
    big_endian: bool
    low: int = 0

    @property
    def block(self) -> int:
        """Give the bytes of one sample of every channel."""
        return self.channels * self.word // 8

    def as_dict(self) -> dict[str, object]:
        """Give numbers, texts and booleans only, as JSON has them."""
        told = asdict(self)
        return told if self.low else {name: told[name] for name in told if name != "low"}

    @classmethod
    def from_dict(cls, found: Mapping[str, object]) -> "SoundArray":
        """Read what `as_dict` wrote.

        Raises:
            UncodableSound: this is no description of samples.
        """
        try:
            array = cls(**found)  # type: ignore[arg-type]
            array = replace(array, encoding=Encoding(array.encoding))
        except (TypeError, ValueError) as error:
            raise UncodableSound("HEADER", "the description of the samples is damaged") from error
        return array.checked()

    def checked(self) -> "SoundArray":
        """Give itself.

        Raises:
            UncodableSound: no sound has such samples.
        """
        numbers = (self.channels, self.word, self.bits, self.low)
        if not all(type(number) is int for number in numbers) or not (
            0 < self.channels <= MOST_CHANNELS
            and self.word in WORDS
            and self.low in {0, 8}
            and (not self.low or self.word == WIDE)
        ):
            raise UncodableSound("FLAVOUR", "its samples are not of a form that can be kept")
        return self


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound file. `offset` and `size` are of the samples: whole blocks only, the rest is kept.

    `mask` tells the places of loudspeakers, as in WAVE; 0: not said. `first` is the number of
    samples since midnight (BWF). `warnings` are claims of the header that the file does not keep.
    """

    format: SoundFormat
    flavour: str
    array: SoundArray
    rate: int
    offset: int
    size: int
    file_size: int
    mask: int = 0
    first: int | None = None
    why_not_rawcooked: str = ""
    warnings: tuple[str, ...] = ()
    rawcooked_since: str = OLDEST  # the first version that restores it

    @property
    def samples(self) -> int:
        """Count the samples of each channel."""
        return self.size // self.array.block

    @property
    def coded(self) -> Coding:
        """Choose FLAC where it holds every bit that is not zero: up to 24 and 8 channels."""
        return coding(self.array, self.rate)


def coding(array: SoundArray, rate: int) -> Coding:
    """Choose FLAC for whole words of 8 to 24 bits, or of 32 with 24 in them, up to 8 channels.

    Whole words are coded, so padding bits come back too. FLAC's limits: RFC 9639, 8.2 and
    9.1.2.
    """
    held = 0 < rate < FLAC_RATE and (rate <= FLAC_ANY_RATE or rate % 10 == 0)
    fits = array.channels <= FLAC_CHANNELS and array.word - array.low <= FLAC_BITS
    plain = array.encoding is not Encoding.FLOAT
    return Coding.FLAC if held and fits and plain else Coding.PCM


class UncodableSound(Exception):  # noqa: N818 - the word that all of cook uses
    """A sound file that cannot be coded as samples: a stable code and one sentence for people.

    Codes: EMPTY, UNKNOWN, HEADER, COMPRESSED, FLAVOUR, NO-SOUND.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
