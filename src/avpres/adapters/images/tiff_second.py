"""The second decoder of TIFF: libtiff, as imagecodecs carries it."""

from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_layout import Layout
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable


def name() -> str:
    """Name the decoder with its version, for the record."""
    return str(imagecodecs.tiff_version())


def decoded(data: memoryview, page: Directory, layout: Layout) -> Samples | None:
    """Give all samples of a picture, or nothing where libtiff cannot give them as stored.

    Raises:
        Unmigratable: libtiff refuses what it should read.
    """
    words_only = set(layout.bits) <= {8, 16, 32, 64, 128} and len(set(layout.bits)) == 1
    if not words_only or layout.colour in {Colour.CMYK, Colour.YCBCR, Colour.OTHER}:
        return None
    try:
        found = np.asarray(imagecodecs.tiff_decode(_pointed(data, page), index=0))
    except Exception as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, str(error)) from error
    if layout.planar:
        return np.moveaxis(found, 0, -1)
    return found.reshape(layout.height, layout.width, layout.channels)


def _pointed(data: memoryview, page: Directory) -> Any:
    """Give the file as if this directory were its first."""
    at, length = (8, 8) if page.big else (4, 4)
    pointer = page.offset.to_bytes(length, "little" if page.order == "<" else "big")
    if bytes(data[at : at + length]) == pointer:
        return data
    return b"".join((data[:at], pointer, data[at + length :]))
