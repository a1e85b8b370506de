"""The second decoder of TIFF: libtiff, asked strip by strip for what it reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import imagecodecs
import numpy as np

from avpres.adapters.images import tiff_library as library
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_bits import from_bits
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_opened import LibtiffError, Opened
from avpres.adapters.images.tiff_pieces import count_of, piece_bytes, place_of, rows_of
from avpres.adapters.images.tiff_samples import sample_type
from avpres.domain.imaging import Colour, SampleKind
from avpres.domain.migration import Reason, Unmigratable


class Second(Protocol):
    """A decoder that gives strips and tiles one by one."""

    @property
    def name(self) -> str:
        """Name it with its version, for the record."""

    def piece(self, index: int) -> Samples:
        """Give one strip or tile; of a tile at the edge, at least what lies in the picture."""


@contextmanager
def second(data: memoryview, page: Directory, layout: Layout) -> Iterator[Second | None]:
    """Open a picture with libtiff; none where no copy here gives samples as they are stored.

    Raises:
        Unmigratable: libtiff refuses the picture, or sees other strips in it.
    """
    found = library.find(layout.compression)
    if len(set(layout.bits)) > 1:  # libtiff knows one depth for all channels
        yield None
    elif found is None:
        yield _whole(data, page, layout)
    else:
        with _opened(found, _mended(data, page), layout) as opened:
            yield _Pieces(found.name, _went(opened, page, layout), layout)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A picture that libtiff holds open."""

    name: str
    opened: Opened
    layout: Layout

    def piece(self, index: int) -> Samples:
        layout = self.layout
        plane = index // (layout.grid[0] * layout.grid[1])
        rows, wide = rows_of(layout, index), layout.piece[0]
        raw = np.empty(piece_bytes(layout, plane, rows), np.uint8)
        try:
            self.opened.piece(index, raw)
        except LibtiffError as error:
            reason = Reason.DAMAGED if self.opened.warnings else Reason.SECOND_DECODER_ERROR
            raise Unmigratable(reason, str(error)) from error
        bits, kind = layout.plane_bits(plane), sample_type(layout)
        if set(bits) == {kind.itemsize * 8}:
            return raw.view(kind).reshape(rows, wide, len(bits))
        return from_bits(raw, bits, kind, (rows, wide), words_order="=")


def _opened(found: library.Found, data: memoryview, layout: Layout) -> Opened:
    whole = max(piece_bytes(layout, plane, layout.piece[1]) for plane in range(layout.planes))
    try:
        return Opened(found, data, whole)
    except LibtiffError as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error


def _mended(data: memoryview, page: Directory) -> memoryview:
    """Give libtiff an orientation that exists; for 0, which many write, it refuses the page."""
    entry = page.entries.get(words.ORIENTATION)
    if entry is None or not 0 < entry.size <= 4 or 1 <= page.number(words.ORIENTATION, 1) <= 8:
        return data
    copied = bytearray(data)
    value = (1).to_bytes(entry.size, "little" if page.order == "<" else "big")
    copied[entry.place : entry.place + entry.size] = value
    return memoryview(copied)


def _went(opened: Opened, page: Directory, layout: Layout) -> Opened:
    try:
        opened.go(page.offset)
        if layout.is_jpeg_of_colours:
            opened.to_rgb()
    except LibtiffError as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    seen = opened.is_tiled, opened.count
    if seen != (layout.tile is not None, count_of(layout)):
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"libtiff sees {seen[1]} strips or tiles")
    return opened


@dataclass(frozen=True, slots=True)
class _Whole:
    """A picture that was decoded at once."""

    name: str
    samples: Samples
    layout: Layout

    def piece(self, index: int) -> Samples:
        return self.samples[place_of(self.layout, index)]


def _whole(data: memoryview, page: Directory, layout: Layout) -> _Whole | None:
    """Take the libtiff inside of imagecodecs, which gives most depths as they are stored."""
    bits = layout.bits[0]
    few = layout.kind is SampleKind.UNSIGNED and bits < 32 and bits != 24
    if not (few or bits in {8, 16, 32, 64, 128}) or layout.compression not in _KNOWN:
        return None
    if layout.colour in {Colour.CMYK, Colour.YCBCR}:  # it turns them into RGB
        return None
    try:
        found = np.asarray(imagecodecs.tiff_decode(_pointed(data, page), index=0))
    except Exception as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    if found.dtype == np.bool_:
        found = found.view(np.uint8)
    if layout.planar:
        found = np.moveaxis(found, 0, -1)
    if found.size != layout.height * layout.width * layout.channels:
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"libtiff sees {found.shape} samples")
    found = found.reshape(layout.height, layout.width, layout.channels)
    return _Whole(f"{imagecodecs.tiff_version()} of imagecodecs", found, layout)


_KNOWN = {words.NONE, words.LZW, words.PACKBITS, words.DEFLATE, words.OLD_DEFLATE, words.LZMA}
_KNOWN |= {words.ZSTD} | words.FAXES


def _pointed(data: memoryview, page: Directory) -> bytes:
    """Give the file as if this directory were its first."""
    at, length = (8, 8) if page.big else (4, 4)
    pointer = page.offset.to_bytes(length, "little" if page.order == "<" else "big")
    return b"".join((data[:at], pointer, data[at + length :]))
