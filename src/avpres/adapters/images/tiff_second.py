"""The second decoder of TIFF: libtiff, asked strip by strip for what the first one gave."""

import imagecodecs
import numpy as np

from avpres.adapters.images import tiff_library as library
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_bits import from_bits
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_library import Found, LibtiffError, Opened
from avpres.adapters.images.tiff_pieces import piece_bytes, place_of, rows_of
from avpres.adapters.images.tiff_samples import sample_type
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable

ALONE = {words.RLE_WORDS, words.NEXT, words.THUNDER}
"""Compressions that libtiff alone reads here."""


def compared(data: memoryview, page: Directory, layout: Layout, first: Samples) -> str | None:
    """Have libtiff decode a picture too, and give its name when every sample is the same.

    Returns:
        None where no copy of libtiff here can give the samples as they are stored.

    Raises:
        Unmigratable: it reads other samples, refuses them, or warns.
    """
    found = library.find(layout.compression)
    if found is None:
        return _at_once(data, page, layout, first)
    with _opened(found, data, page, layout) as opened:
        for index in range(_count(layout)):
            mine = first[place_of(layout, index)]
            piece = _piece(opened, layout, index)[: mine.shape[0], : mine.shape[1]]
            if not np.array_equal(mine, piece, equal_nan=False) and not _same_bytes(mine, piece):
                raise Unmigratable(Reason.DECODERS_DISAGREE, f"strip or tile {index + 1}")
    return found.name


def decoded(data: memoryview, page: Directory, layout: Layout) -> tuple[Samples, str]:
    """Give the samples as libtiff alone reads them, and its name.

    Raises:
        Unmigratable: it refuses them, or is not here.
    """
    found = library.find(layout.compression)
    if found is None:
        name = words.compression_name(layout.compression)
        raise Unmigratable(Reason.DECODER_ERROR, f"no decoder for {name} is here")
    samples = np.empty((layout.height, layout.width, layout.channels), sample_type(layout))
    with _opened(found, data, page, layout) as opened:
        for index in range(_count(layout)):
            place = samples[place_of(layout, index)]
            place[:] = _piece(opened, layout, index)[: place.shape[0], : place.shape[1]]
    return samples, found.name


def _count(layout: Layout) -> int:
    across, down = layout.grid
    return across * down * layout.planes


def _opened(found: Found, data: memoryview, page: Directory, layout: Layout) -> Opened:
    whole = max(piece_bytes(layout, plane, layout.piece[1]) for plane in range(layout.planes))
    try:
        opened = Opened(found, data, whole)
    except LibtiffError as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    try:
        opened.go(page.offset)
        if layout.colour is Colour.YCBCR:
            opened.to_rgb()
    except LibtiffError as error:
        opened.close()
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    seen = opened.is_tiled, opened.count
    if seen != (layout.tile is not None, _count(layout)):
        opened.close()
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"libtiff sees {seen[1]} strips or tiles")
    return opened


def _piece(opened: Opened, layout: Layout, index: int) -> Samples:
    plane = index // (layout.grid[0] * layout.grid[1])
    rows, wide = rows_of(layout, index), layout.piece[0]
    raw = np.empty(piece_bytes(layout, plane, rows), np.uint8)
    try:
        opened.piece(index, raw)
    except LibtiffError as error:
        reason = Reason.DAMAGED if opened.warnings else Reason.SECOND_DECODER_ERROR
        raise Unmigratable(reason, str(error)) from error
    bits, kind = layout.plane_bits(plane), sample_type(layout)
    if set(bits) == {kind.itemsize * 8}:
        return raw.view(kind).reshape(rows, wide, len(bits))
    return from_bits(raw, bits, kind, (rows, wide), words_order="=")


def _same_bytes(one: Samples, other: Samples) -> bool:
    """Say whether floats are the same, those among them that are no numbers too."""
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


def _at_once(data: memoryview, page: Directory, layout: Layout, first: Samples) -> str | None:
    """Compare with the libtiff that imagecodecs holds, where it gives samples as stored."""
    whole_words = set(layout.bits) <= {8, 16, 32, 64, 128} and len(set(layout.bits)) == 1
    if not whole_words or layout.colour in {Colour.CMYK, Colour.YCBCR}:
        return None
    if layout.compression not in _KNOWN:
        return None
    try:
        found = np.asarray(imagecodecs.tiff_decode(_pointed(data, page), index=0))
    except Exception as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    found = np.moveaxis(found, 0, -1) if layout.planar else found.reshape(first.shape)
    if found.dtype != first.dtype or not _same_bytes(first, found):
        raise Unmigratable(Reason.DECODERS_DISAGREE)
    return f"{imagecodecs.tiff_version()} of imagecodecs"


_KNOWN = {words.NONE, words.LZW, words.PACKBITS, words.DEFLATE, words.OLD_DEFLATE, words.LZMA}
_KNOWN |= {words.ZSTD}


def _pointed(data: memoryview, page: Directory) -> bytes:
    """Give the file as if this directory were its first."""
    at, length = (8, 8) if page.big else (4, 4)
    pointer = page.offset.to_bytes(length, "little" if page.order == "<" else "big")
    return b"".join((data[:at], pointer, data[at + length :]))
