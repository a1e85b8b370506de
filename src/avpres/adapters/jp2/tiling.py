"""Tiles of a picture, and the words in which the library takes and gives their samples."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from avpres.domain.imaging import Codestream

_BYTE = 8  # bits


@dataclass(frozen=True, slots=True)
class Area:
    """Where a tile lies in its picture."""

    index: int
    top: int
    left: int
    bottom: int
    right: int


def tile_size(width: int, height: int, form: Codestream) -> tuple[int, int]:
    """Give width and height of tiles; the library wants room in them for every resolution."""
    if form.tile:
        return form.tile, form.tile
    return max(width, 1 << form.levels), max(height, 1 << form.levels)


def areas(width: int, height: int, tile: tuple[int, int]) -> Iterator[Area]:
    """Yield where tiles lie, row by row, as the standard numbers them."""
    across, down = tile
    index = 0
    for top in range(0, height, down):
        for left in range(0, width, across):
            bottom, right = min(top + down, height), min(left + across, width)
            yield Area(index, top, left, bottom, right)
            index += 1


def word(bits: int, *, signed: bool) -> np.dtype[np.integer]:
    """Give the type in which the library takes and gives samples of a depth."""
    size = 1 if bits <= _BYTE else 2 if bits <= 2 * _BYTE else 4
    return np.dtype(f"{'i' if signed else 'u'}{size}")
