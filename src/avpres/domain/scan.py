"""Scanned frames of film: where the samples of a picture stand in its file, and how.

A file is header, gaps and trailer ("other bytes") and one `SampleArray`. The array is unpacked into
the planes of a `Picture`, which FFV1 holds, and is packed again from them. What packing does not
give back (padding that is not zero) is the difference of both; a description that is wrong makes
this difference large and never makes the file wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fractions import Fraction

from avpres.domain.rawcooked import OLDEST

Trait = tuple[str, str]
"""What must be alike in one reel: its name, its value."""


_FLAGS = frozenset({"big_endian", "high", "low_first", "bottom_up", "by_line", "continuous"})


class ScanFormat(StrEnum):
    """The formats of files whose samples can be read."""

    DPX = "DPX"
    TIFF = "TIFF"
    CINEON = "Cineon"
    EXR = "OpenEXR"
    AVI = "AVI"


class Packing(StrEnum):
    """How samples stand in the bytes of a row."""

    WORDS = "words"  # each in a word of 8, 16, 24, 32 or 64 bits
    FILLED_A = "filled-a"  # three of 10 bits in a word of 32, the two lowest bits are free
    FILLED_B = "filled-b"  # the same, the two highest bits are free
    PACKED = "packed"  # a stream of bits in words of 32, lowest bits first (SMPTE ST 268)
    BITS = "bits"  # a stream of bits in bytes, highest bits first (TIFF)
    BITS_REVERSED = "bits-reversed"  # the same, each byte turned round (TIFF, FillOrder 2)


class UncodableScan(Exception):  # noqa: N818 - the word that all of cook uses
    """A file that cannot be coded as samples: a stable code and one sentence for people.

    Codes: EMPTY, UNKNOWN, HEADER, GEOMETRY, COMPRESSED, FLAVOUR, OVERLAP, TRUNCATED, LARGE.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class SampleArray:
    """The samples of a picture, as they stand in the file.

    A group is what stands together: `("RGB",)` is interleaved, `("R", "G", "B")` is planar, and
    `("RGB", "A")` an element or page each. Every group has `height` rows (or tiles) of its own
    stride. Bytes of a row before the samples (`lead`: OpenEXR's line number and size) and behind
    them are part of the array.
    """

    width: int
    height: int
    groups: tuple[str, ...]
    bits: int
    word: int  # bits of the word that a sample stands in, or of the stream's words
    packing: Packing
    strides: tuple[int, ...]  # bytes of a row, for each group
    segments: tuple[tuple[int, int], ...]  # offset and size, in the order of the picture
    big_endian: bool = False
    high: bool = False  # samples stand in the highest bits of their word
    low_first: bool = False  # filled: the first sample has the lowest bits
    span: int = 1  # pixels of one run of channels; 2 for "UYVY"
    lead: int = 0  # bytes
    first_line: int = 0  # the number that OpenEXR gives the first line
    bottom_up: bool = False  # the first row of the file is the last of the picture
    by_line: bool = False  # each row holds one channel after another
    continuous: bool = False  # rows follow each other within a word
    tile: tuple[int, int] | None = None  # width, height; the last ones are filled up
    mask: int = 0  # bits that are turned: of signed samples, of negatives

    @property
    def channels(self) -> str:
        """All channels, a letter each; X for what has no name."""
        return "".join(self.groups)

    @property
    def planar(self) -> bool:
        """Whether the channels stand in more than one place."""
        return len(self.groups) > 1

    @property
    def stride(self) -> int:
        """The bytes of a row (of the first group)."""
        return self.strides[0]

    @property
    def size(self) -> int:
        """The bytes of all segments."""
        return sum(size for _, size in self.segments)

    def as_dict(self) -> dict[str, object]:
        """Give numbers, texts and lists only, as JSON has them; defaults are left out."""
        plain = {field.name: field.default for field in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != plain[name]}

    @classmethod
    def from_dict(cls, found: Mapping[str, object]) -> "SampleArray":
        """Read what `as_dict` wrote.

        Nothing is believed yet: `adapters.scans.arrays.check` judges it.

        Raises:
            UncodableScan: this is no description of an array.
        """
        try:
            return cls(**{name: _frozen(name, value) for name, value in found.items()})  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise UncodableScan("HEADER", "the description of the samples is damaged") from error


@dataclass(frozen=True, slots=True)
class Picture:
    """What FFV1 is given: FFmpeg's name of the pixel format, and the planes' form.

    `planes` counts the planes of the frame: `bgr0` and `bgra` have one, of four bytes a pixel.
    """

    pix_fmt: str
    width: int
    height: int
    depth: int  # bits of a sample
    planes: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A frame's header, as far as coding and the assessment of a reel need it."""

    format: ScanFormat
    flavour: str  # in words; RAWcooked's where it has some
    array: SampleArray
    size: int  # bytes of the file
    claimed_size: int | None  # what the header says of it
    rate: Fraction | None
    aspect: Fraction | None  # of a pixel
    transfer: str | None
    colorimetric: str | None
    number: int | None
    timecode: str | None
    why_not_rawcooked: str  # empty: RAWcooked restores it
    block: int  # pixels that RAWcooked packs together; 1: slices of FFV1 may cut anywhere
    traits: tuple[Trait, ...]
    rawcooked_since: str = OLDEST  # the first version that restores it


def _frozen(name: str, value: object) -> object:
    """Give a field's value in its own type; a list of lists becomes a tuple of tuples.

    Raises:
        TypeError: it is of another type.
        ValueError: no such packing.
    """
    if name == "packing":
        return Packing(str(value))
    if name == "groups":
        return _texts(value)
    if name == "segments":
        return tuple(_numbers(pair, 2) for pair in _parts(value))
    if name in {"strides", "tile"}:
        return _numbers(value, 2 if name == "tile" else None)
    if type(value) is not (bool if name in _FLAGS else int):
        raise TypeError(name)
    return value


def _parts(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    found = tuple(part for part in _parts(value) if isinstance(part, str) and part)
    if len(found) != len(_parts(value)):
        raise TypeError(value)
    return found


def _numbers(value: object, count: int | None) -> tuple[int, ...]:
    found = tuple(part for part in _parts(value) if type(part) is int and part >= 0)
    if len(found) != len(_parts(value)) or count not in {None, len(found)}:
        raise TypeError(value)
    return found
