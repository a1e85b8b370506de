"""One decoded picture: its samples as the file stores them, and what belongs to them."""

import hashlib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from avpres.domain.imaging import Alpha, Colour

Samples = np.ndarray[tuple[int, int, int], np.dtype[Any]]

ALONE = "single-decoder"  # a note: no second family of decoders reads such a picture


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of indexed samples: rows are entries; columns are R, G, B and, last, opacity."""

    entries: np.ndarray[tuple[int, int], np.dtype[Any]]
    bits: int = 8

    def is_same(self, other: "Palette | None") -> bool:
        """Say whether both give the same colour for every index."""
        return (
            other is not None
            and self.bits == other.bits
            and np.array_equal(self.entries, other.entries)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Samples at their own depth, in the order (rows, columns, channels), C-contiguous.

    Values stand at the low end of their word: 10 bits are 0 to 1023 in uint16, 1 bit is 0 or 1 in
    uint8. Zero is black: white-is-zero was turned about, and `notes` tells it.
    """

    samples: Samples
    bits: tuple[int, ...]  # of each channel
    colour: Colour
    alpha: Alpha = Alpha.NONE  # else the last channel is opacity (INDEX: the palette's column)
    palette: Palette | None = None
    notes: tuple[str, ...] = ()  # what was done that the record must tell, and can be undone

    @property
    def height(self) -> int:
        """Count the rows."""
        return int(self.samples.shape[0])

    @property
    def width(self) -> int:
        """Count the columns."""
        return int(self.samples.shape[1])

    @property
    def channels(self) -> int:
        """Count the samples of a pixel."""
        return int(self.samples.shape[2])

    def digest(self) -> str:
        """Give the pixel digest, by which a target can be proved again without its source.

        It is SHA-256 over a line that tells shape, type and bits, over the samples row by row,
        little-endian, and over the palette where there is one.
        """
        kind = self.samples.dtype.newbyteorder("<")
        running = hashlib.sha256()
        shape = "x".join(str(each) for each in self.samples.shape)
        running.update(f"{shape} {kind.str} {','.join(map(str, self.bits))}\n".encode())
        running.update(np.ascontiguousarray(self.samples, kind).data)
        if self.palette is not None:
            entries = self.palette.entries
            kind = entries.dtype.newbyteorder("<")
            columns = "x".join(str(each) for each in entries.shape)
            running.update(f"\npalette {columns} {kind.str} {self.palette.bits}\n".encode())
            running.update(np.ascontiguousarray(entries, kind).data)
        return running.hexdigest()

    def noted(self, *notes: str) -> "Raster":
        """Give the same picture with more to tell of it."""
        return replace(self, notes=(*self.notes, *notes))


def same_samples(one: Raster, other: Raster) -> bool:
    """Say whether two decoders read the same: shape, type, every sample, the palette."""
    if one.bits != other.bits or one.samples.dtype != other.samples.dtype:
        return False
    if not np.array_equal(one.samples, other.samples):
        return False
    if one.palette is None:
        return other.palette is None
    return one.palette.is_same(other.palette)


@dataclass(frozen=True, slots=True)
class Embedded:
    """Metadata of one picture, as bytes that go into the target unchanged."""

    icc: bytes | None = None
    exif: bytes | None = None  # the TIFF structure, without "Exif\0\0"
    xmp: bytes | None = None  # the packet, without padding after it
    iptc: bytes | None = None  # IIM records, without Photoshop's wrapping
    resolution: tuple[Fraction, Fraction] | None = None  # pixels in a metre, across and down
    others: tuple[tuple[str, bytes], ...] = ()  # comments, unknown segments and tags, by name


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One picture of a file: the only one, a page, or a frame as it is seen (composited)."""

    raster: Raster
    embedded: Embedded = field(default_factory=Embedded)
    number: int = 1
    kind: str = "image"  # image, page, frame, reduced, mask, thumbnail
    decoders: tuple[str, ...] = ()  # the two that agreed; one alone where no second exists
    told: tuple[tuple[str, object], ...] = ()  # delay, disposal, loop: for the record beside it
    orientation: int = 1  # how to turn it to be upright, as EXIF and TIFF number it; not applied
