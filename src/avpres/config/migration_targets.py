"""Targets of a rule: what a file becomes, by `kind`."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from avpres.config.base import Options
from avpres.domain.charsets import charset_named
from avpres.domain.imaging import BANDS, Codestream, Traits
from avpres.domain.migration import Reason

MOST_LEVELS = 32  # ISO/IEC 15444-1, table A.15
EXACT_BITS = 24  # OpenJPEG loses bits of deeper samples without a word
_Side = Annotated[int, Field(ge=1, le=2**32 - 1)]
_Precinct = Literal[128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
_Numbers = tuple[Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)], ...]
_Layers = Annotated[_Numbers, Field(min_length=1, max_length=64)]
_Ratios = Annotated[_Numbers, Field(max_length=64)]
_Progression = Literal["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]


class Jp2(Options):
    """JPEG 2000 (ISO/IEC 15444-1), reversible 5-3; every sample is proved."""

    kind: Literal["jp2"] = "jp2"
    progression: _Progression = "RLCP"
    tile: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1024  # 0: one tile for the image
    levels: Annotated[int, Field(ge=0, le=MOST_LEVELS)] | Literal["by size"] = "by size"
    bands: Annotated[tuple[_Side, ...], Field(max_length=MOST_LEVELS - 1)] = BANDS
    layers_psnr: _Layers = (35.0, 0.0)  # dB, rising; 0 is everything
    layers_ratio: _Ratios = ()  # of compression, falling, in place of dB
    precincts: Annotated[tuple[_Precinct, ...], Field(max_length=MOST_LEVELS + 1)] = ()
    sop: bool = False
    eph: bool = False
    segmentation: bool = False
    colour_transform: bool = True
    palette: Literal["keep", "expand"] = "keep"
    orientation: Literal["apply", "record", "refuse"] = "apply"
    max_bits: Annotated[int, Field(ge=1, le=EXACT_BITS)] = 16  # of a sample
    embed_source: bool = False  # the whole source, in a box behind the picture
    block: Literal[4, 8, 16, 32, 64] = 64

    @model_validator(mode="after")
    def _ends_without_loss(self) -> Self:
        *first, last = self.layers_psnr
        if last != 0 or 0 in first or first != sorted(set(first)):
            raise ValueError("layers_psnr: let the layers rise and the last be 0, as [35.0, 0.0]")
        *first, last = self.layers_ratio or (0.0,)
        if last != 0 or 0 in first or first != sorted(set(first), reverse=True):
            raise ValueError("layers_ratio: let the layers fall and the last be 0, as [20.0, 0.0]")
        if tuple(sorted(set(self.bands))) != self.bands:
            raise ValueError("bands: let the sides rise, as [300, 600, 1200]")
        return self

    def codestream(self, traits: Traits) -> Codestream:
        """Form the codestream of one image; the levels of wavelets go by its longest side."""
        return Codestream(
            progression=self.progression,
            tile=self.tile or None,
            levels=self.levels_of(traits),
            layers_psnr=self.layers_psnr,
            colour_transform=self.colour_transform,
            block=self.block,
            layers_ratio=self.layers_ratio,
            precincts=self.precincts,
            sop=self.sop,
            eph=self.eph,
            segmentation=self.segmentation,
        )

    def levels_of(self, traits: Traits) -> int:
        """Count the levels of wavelets: 1 in the first band of sizes, and one more in each."""
        if self.levels != "by size":
            return self.levels
        longest = max(traits.width, traits.height)
        return 1 + sum(longest > most for most in self.bands)


class Jxl(Options):
    """JPEG XL made of a JPEG without decoding it: the file comes back byte for byte."""

    kind: Literal["jxl"] = "jxl"


class Tiff(Options):
    """A clean TIFF: for all that JP2 cannot hold; every sample is proved."""

    kind: Literal["tiff"] = "tiff"
    compression: Literal["none", "deflate"] = "deflate"


class Flac(Options):
    """FLAC with the chunks of the source beside it: the file comes back byte for byte."""

    kind: Literal["flac"] = "flac"
    restored_by: Literal["flac", "avpres"] = "flac"  # avpres: also what the program flac does not


class Text(Options):
    """UTF-8, where the file comes back byte for byte."""

    kind: Literal["text"] = "text"
    charset: str = ""  # of texts whose bytes do not tell it

    @field_validator("charset")
    @classmethod
    def _known(cls, charset: str) -> str:
        return charset_named(charset) if charset else ""


class Keep(Options):
    """The file stays as it is."""

    kind: Literal["keep"] = "keep"


class Refuse(Options):
    """The file is not migrated, and the report says so."""

    kind: Literal["refuse"] = "refuse"
    reason: Reason = Reason.POLICY


Target = Annotated[Jp2 | Jxl | Tiff | Flac | Text | Keep | Refuse, Field(discriminator="kind")]
KINDS = ("jp2", "jxl", "tiff", "flac", "text", "keep", "refuse")
