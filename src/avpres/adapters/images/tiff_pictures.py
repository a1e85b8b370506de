"""Strips and tiles of a TIFF that codecs of whole pictures hold: fax, JPEG and newer ones."""

import struct
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_samples import sample_type
from avpres.domain.imaging import Colour, SampleKind
from avpres.domain.migration import Reason, Unmigratable

Shape = tuple[int, int]  # rows and columns
_ERRORS = (RuntimeError, ValueError, TypeError, MemoryError, OverflowError)


def decoded(data: Any, layout: Layout, plane: int, shape: Shape) -> Samples:
    """Give the samples of one strip or tile.

    Raises:
        Unmigratable: it is damaged, of another size, or its samples are of another kind.
    """
    try:
        found = np.asarray(DECODED[layout.compression](data, layout, shape))
    except _ERRORS as error:
        raise Unmigratable(Reason.DAMAGED, f"a strip or tile ({error})") from error
    found = found.reshape(*found.shape[:2], -1)
    channels = len(layout.plane_bits(plane))
    if found.dtype != sample_type(layout) or found.shape[1:] != (shape[1], channels):
        text = f"a strip or tile holds {found.shape} samples of {found.dtype}"
        raise Unmigratable(Reason.DAMAGED, text)
    if found.shape[0] < shape[0]:
        raise Unmigratable(Reason.DAMAGED, f"a strip or tile has {found.shape[0]} rows")
    return found[: shape[0]]


def _fax(data: Any, layout: Layout, shape: Shape) -> Any:
    if layout.bits != (1,):
        raise Unmigratable(Reason.DAMAGED, f"fax coding of {layout.bits} bits")
    if layout.compression == words.G4:
        return imagecodecs.ccittfax4_decode(bytes(data), *shape)
    if layout.compression == words.RLE:
        return imagecodecs.ccittrle_decode(bytes(data), *shape)
    return imagecodecs.ccittfax3_decode(bytes(data), *shape, t4options=layout.fax_options)


def _jpeg(data: Any, layout: Layout, shape: Shape) -> Any:
    _check_frame(data, layout, shape)
    given, wanted = _spaces(data, layout)
    tables = layout.jpeg_tables or None
    return imagecodecs.jpeg8_decode(data, tables=tables, colorspace=given, outcolorspace=wanted)


def _spaces(data: Any, layout: Layout) -> tuple[Any, Any]:
    """Say which colours a JPEG holds and which are wanted; None lets its own markers tell.

    Libtiff goes by the tags alone. Where markers and tags contradict one another, programs show
    different colours, and the two decoders disagree.
    """
    spaces = imagecodecs.JPEG8.CS
    if layout.planar or layout.extra:
        return spaces.UNKNOWN, spaces.UNKNOWN
    if layout.colour is Colour.YCBCR:
        return None, spaces.RGB
    if layout.colour is Colour.RGB:
        return (None if bytes(data[6:10]) == b"JFIF" else spaces.RGB), spaces.RGB
    if layout.colour is Colour.CMYK:
        return None, spaces.CMYK
    if layout.colour is Colour.LAB:
        return spaces.RGB, spaces.RGB  # three channels as they are
    return spaces.UNKNOWN, spaces.UNKNOWN


def _check_frame(data: Any, layout: Layout, shape: Shape) -> None:
    """Hold the header of a JPEG against its strip, before memory is taken for it."""
    kind, bits, height, width = _frame(data)
    if kind in {0xC3, 0xC7, 0xCB, 0xCF}:
        raise Unmigratable(Reason.LOSSLESS_JPEG)
    if kind > 0xC7:
        raise Unmigratable(Reason.ARITHMETIC)
    if layout.kind is not SampleKind.UNSIGNED or {*layout.bits, bits} != {8}:
        raise Unmigratable(Reason.DECODER_ERROR, f"JPEG of {bits} bits in TIFF")
    rows, wide = shape
    if width != wide or not rows <= height <= max(rows, layout.piece[1]):
        text = f"a JPEG of {width} x {height} pixels in a strip or tile of {wide} x {rows}"
        raise Unmigratable(Reason.DAMAGED, text)


def _frame(data: Any) -> tuple[int, int, int, int]:
    """Find the frame header of a JPEG: its marker, bits, height and width."""
    at, end = 2, len(data)
    while at + 4 <= end and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            head = bytes(data[at + 4 : at + 9])
            if len(head) == 5:
                return (marker, head[0], *struct.unpack(">HH", head[1:]))
            break
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    raise Unmigratable(Reason.DAMAGED, "a JPEG without a frame")


def _webp(data: Any, layout: Layout, _: Shape) -> Any:
    return imagecodecs.webp_decode(bytes(data), hasalpha=layout.channels == 4)


def _jpeg_2000(data: Any, layout: Layout, shape: Shape) -> Any:
    head = bytes(data[:52])
    if head[:4] != b"\xff\x4f\xff\x51" or len(head) < 52:
        raise Unmigratable(Reason.DECODER_ERROR, "JPEG 2000 that is no codestream")
    right, bottom, left, top = struct.unpack_from(">4I", head, 8)
    (channels,) = struct.unpack_from(">H", head, 40)
    bits = {(head[42] & 0x7F) + 1}
    if (bottom - top, right - left) != shape or channels != layout.channels:
        raise Unmigratable(Reason.DAMAGED, "JPEG 2000 of another size than its strip or tile")
    if {*layout.bits} != bits or layout.kind is not SampleKind.UNSIGNED or layout.planar:
        raise Unmigratable(Reason.DECODER_ERROR, "JPEG 2000 of another depth than is told")
    return imagecodecs.jpeg2k_decode(bytes(data))


DECODED: dict[int, Callable[[Any, Layout, Shape], Any]] = {
    words.RLE: _fax,
    words.G3: _fax,
    words.G4: _fax,
    words.JPEG: _jpeg,
    words.JPEG_2000: _jpeg_2000,
    words.WEBP: _webp,
}
BYTES = {words.JPEG, words.JPEG_2000, words.WEBP}
"""Compressions whose bytes stand as they are, whatever FillOrder says."""
