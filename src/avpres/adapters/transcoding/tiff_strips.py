"""Samples of a picture as strips of a TIFF: bits packed, in either byte order, compressed."""

from collections.abc import Iterator
from typing import Any, Literal

import imagecodecs
import numpy as np

from avpres.adapters.images.raster import Raster, Samples

STRIP = 1 << 20  # bytes before compression, at most, unless one row has more
LEVEL = 6  # of Deflate, by libdeflate
WORDS = {8, 16, 32, 64, 128}  # bits of samples that fill their words
THREE = 24  # bits that fill three bytes, in the byte order of the file
PREDICTED = {8, 16, 32}  # bits

Compression = Literal["none", "deflate"]


def rows_of(raster: Raster) -> int:
    """Give the rows of a strip."""
    row = -(-raster.width * sum(raster.bits) // 8)
    return max(1, min(raster.height, STRIP // max(1, row)))


def is_predicted(raster: Raster, compression: Compression) -> bool:
    """Say whether differences are compressed (predictor 2): of whole words of numbers alone.

    That of floating point (3) is left out, since TIFF 6.0 and JHOVE do not know it.
    """
    whole = len(set(raster.bits)) == 1 and raster.bits[0] in PREDICTED
    is_number = raster.samples.dtype.kind in "ui" and raster.palette is None
    return compression == "deflate" and whole and is_number


def strips(raster: Raster, order: str, compression: Compression) -> Iterator[bytes]:
    """Yield the strips of a picture, as they stand in the file."""
    rows, predicted = rows_of(raster), is_predicted(raster, compression)
    for at in range(0, raster.height, rows):
        piece = raster.samples[at : at + rows]
        if predicted:
            piece = _differences(piece)
        raw = packed(piece, raster.bits, order)
        yield bytes(imagecodecs.deflate_encode(raw, LEVEL)) if compression == "deflate" else raw


def packed(samples: Samples, bits: tuple[int, ...], order: str) -> bytes:
    """Give samples as bytes; rows begin with a byte, and the highest bit is the first."""
    word = samples.dtype.itemsize * 8
    if set(bits) == {word}:
        wanted = samples.dtype.newbyteorder("<" if order == "<" else ">")
        return np.ascontiguousarray(samples, wanted).tobytes()
    numbers = samples.astype(f"u{samples.dtype.itemsize}", copy=False)
    if set(bits) == {THREE}:
        octets = np.ascontiguousarray(numbers, "<u4").view(np.uint8).reshape(-1, 4)[:, :3]
        return octets[:, :: 1 if order == "<" else -1].tobytes()
    rows, wide = samples.shape[:2]
    parts = [_bits(numbers[:, :, n], each) for n, each in enumerate(bits)]
    together: Any = np.concatenate(parts, axis=2)
    return np.packbits(together.reshape(rows, wide * sum(bits)), axis=1).tobytes()


def _bits(plane: Any, count: int) -> Any:
    """Give the lowest bits of each sample, the highest of them first."""
    shifts = np.arange(count - 1, -1, -1, dtype=plane.dtype)
    return (plane[:, :, None] >> shifts & plane.dtype.type(1)).astype(np.uint8)


def _differences(samples: Samples) -> Samples:
    """Give each sample less its left neighbour of the same channel, modulo its word."""
    unsigned = samples.view(f"u{samples.dtype.itemsize}")
    found = unsigned.copy()
    found[:, 1:] -= unsigned[:, :-1]
    return found
