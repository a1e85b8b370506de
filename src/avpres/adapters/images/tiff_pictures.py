"""Strips and tiles of a TIFF that codecs of whole pictures hold: fax, JPEG and newer ones."""

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
_WIDEST = 65535  # pixels of a row in JPEG


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
    if layout.kind is not SampleKind.UNSIGNED or set(layout.bits) != {8} or max(shape) > _WIDEST:
        raise Unmigratable(Reason.DECODER_ERROR, f"JPEG of {max(layout.bits)} bits in TIFF")
    spaces = imagecodecs.JPEG8.CS
    ycbcr = layout.colour is Colour.YCBCR
    return imagecodecs.jpeg8_decode(
        data,
        tables=layout.jpeg_tables or None,
        colorspace=spaces.YCbCr if ycbcr else spaces.UNKNOWN,
        outcolorspace=spaces.RGB if ycbcr else spaces.UNKNOWN,
    )


BYTES = {words.JPEG}
"""Compressions whose bytes stand as they are, whatever FillOrder says."""

DECODED: dict[int, Callable[[Any, Layout, Shape], Any]] = {
    words.RLE: _fax,
    words.G3: _fax,
    words.G4: _fax,
    words.JPEG: _jpeg,
}
