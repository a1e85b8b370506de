"""What a still image is, as its header tells: the traits by which a policy decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction

BANDS = (300, 600, 1200, 2400, 4800, 9600, 19200)
"""Longest side in pixels, at most, of each size band (AIHT, Table 3)."""


class ImageFormat(StrEnum):
    """A format of images that can be migrated; the value is what tables say."""

    BMP = "BMP"
    GIF = "GIF"
    JPEG = "JPEG"
    PCX = "PCX"
    PNG = "PNG"
    PNM = "PNM"
    TGA = "TGA"
    TIFF = "TIFF"


class Colour(StrEnum):
    """What the samples of a pixel mean."""

    GREY = "greyscale"
    RGB = "RGB"
    PALETTE = "palette"
    CMYK = "CMYK"
    YCCK = "YCCK"
    YCBCR = "YCbCr"
    LAB = "CIELAB"
    LOGLUV = "LogLuv"
    OTHER = "other"


class SampleKind(StrEnum):
    """How a sample is to be read as a number."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    FLOAT = "float"
    COMPLEX = "complex"


class Alpha(StrEnum):
    """What the channel beyond the colours says."""

    NONE = "none"
    UNASSOCIATED = "unassociated"
    ASSOCIATED = "associated"  # colours are multiplied by it (TIFF 6.0, ExtraSamples 1)
    UNSPECIFIED = "unspecified"  # a channel whose meaning is not told (ExtraSamples 0)
    INDEX = "index"  # some entries of the palette are transparent


class Icc(StrEnum):
    """What an embedded ICC profile is, for the targets that hold some of them alone."""

    NONE = "none"
    RESTRICTED = "restricted"  # grey or three-component matrix, input or display class
    FULL = "full"  # look-up tables, or a class that JP2 does not take
    MISMATCH = "mismatch"  # for another colour space than the samples
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Traits:
    """What the header of one image tells, without decoding; `frames` counts pages as well.

    Width and height are those of the largest frame, `bits` those of each channel as stored.
    """

    format: ImageFormat
    colour: Colour
    compression: str  # as tables say it: "none", "LZW", "JPEG", "Deflate", "CCITT G4"
    bits: tuple[int, ...]
    width: int
    height: int
    kind: SampleKind = SampleKind.UNSIGNED
    alpha: Alpha = Alpha.NONE
    frames: int = 1
    orientation: int = 1  # as EXIF and TIFF number it, 1 to 8
    resolution: tuple[Fraction, Fraction] | None = None  # pixels in a metre, across and down
    icc: Icc = Icc.NONE
    metadata: frozenset[str] = frozenset()  # of "exif", "xmp", "iptc", "comment", "other"
    flags: frozenset[str] = frozenset()  # "tiled", "planar", "bigtiff", "progressive", "mpo" ...

    @property
    def channels(self) -> int:
        """Count the samples of a pixel."""
        return len(self.bits)

    @property
    def pixels(self) -> int:
        """Count the pixels of the largest frame."""
        return self.width * self.height

    @property
    def band(self) -> int:
        """Give the number of the size band: 1 for the smallest images."""
        longest = max(self.width, self.height)
        return next((i for i, most in enumerate(BANDS, 1) if longest <= most), len(BANDS) + 1)

    def as_dict(self) -> dict[str, object]:
        """Give what JSON can carry."""
        told = asdict(self)
        told["metadata"], told["flags"] = sorted(self.metadata), sorted(self.flags)
        told["bits"] = list(self.bits)
        told["resolution"] = [str(each) for each in self.resolution] if self.resolution else None
        return {key: str(each) if isinstance(each, StrEnum) else each for key, each in told.items()}


@dataclass(frozen=True, slots=True)
class Codestream:
    """How a JPEG 2000 codestream is to be formed (ISO/IEC 15444-1); reversible 5-3 always."""

    progression: str = "RLCP"  # LRCP, RLCP, RPCL, PCRL, CPRL
    tile: int | None = 1024  # pixels of a side; None: one tile for the image
    levels: int = 5
    layers_psnr: tuple[float, ...] = (35.0, 0.0)  # dB of each layer; 0 is everything, and last
    colour_transform: bool = True  # RCT, for three colours and more
    block: int = 64  # side of a code-block
    layers_ratio: tuple[float, ...] = ()  # compression of each layer, in place of dB; 0 is all
    precincts: tuple[int, ...] = ()  # sides, of the highest resolution first; the last repeats
    sop: bool = False  # a mark before each packet
    eph: bool = False  # a mark behind each packet's header
    segmentation: bool = False  # a symbol at the end of each coding pass

    @property
    def layers(self) -> int:
        """Count the layers."""
        return len(self.layers_ratio or self.layers_psnr)

    def precinct(self, level: int) -> int:
        """Give the side of precincts, 0 being the highest resolution; 32768 is no division."""
        if not self.precincts:
            return 32768
        return self.precincts[min(level, len(self.precincts) - 1)]

    def as_dict(self) -> Mapping[str, object]:
        """Give what JSON can carry."""
        return asdict(self)
