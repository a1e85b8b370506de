"""How far two pictures are apart: figures, an amplified map, and where it pays to look."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from avpres.adapters.images.raster import Raster
from avpres.adapters.images.showing import OVERVIEW, Shown, Values, shown

Plane = np.ndarray[Any, np.dtype[Any]]  # rows and columns

DETAIL = 256  # pixels of a side, shown one to one
_FULL = 255
_CELL = 16  # pixels of a side, in which detail is counted
_ROWS = 256  # compared at a time, so that differences need little memory


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """How far two pictures are apart, in steps of the samples themselves."""

    maximum: float
    sigma: float  # root mean square over all samples
    psnr: float | None  # dB against full scale; None where nothing differs
    gain: float  # by which the map was amplified to full scale; 0 where nothing differs
    map: Plane  # uint8: the largest difference of any channel, amplified


@dataclass(frozen=True, slots=True)
class Window:
    """The part that is shown one to one."""

    left: int
    top: int
    width: int
    height: int

    def of(self, picture: Values) -> Values:
        """Cut it out."""
        return picture[self.top : self.top + self.height, self.left : self.left + self.width]


def difference(one: Raster, other: Raster) -> Difference:
    """Hold two pictures against each other; as they are shown where one was expanded to RGB.

    Raises:
        ValueError: they differ in size.
    """
    if (one.height, one.width) != (other.height, other.width):
        raise ValueError(f"{one.width}x{one.height} against {other.width}x{other.height}")
    if one.palette is not None or one.samples.shape != other.samples.shape:
        return _difference(shown(one), shown(other), _FULL)
    return _difference(one.samples, other.samples, _full_scale(one))


def telling_window(picture: Shown, gap: Difference) -> Window:
    """Choose the part to show one to one: where they differ most, else where detail is."""
    height, width = picture.shape[:2]
    size = Window(0, 0, min(DETAIL, width), min(DETAIL, height))
    activity = gap.map.astype(np.int64) if gap.maximum else _activity(picture)
    cells = _cells(activity)
    across = max(1, math.ceil(size.width / _CELL))
    down = max(1, math.ceil(size.height / _CELL))
    sums = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int64)
    sums[1:, 1:] = cells.cumsum(0).cumsum(1)
    across, down = min(across, cells.shape[1]), min(down, cells.shape[0])
    held = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across]
    held += sums[:-down, :-across]
    best = np.flatnonzero(held == held.max())  # many hold all of a small spot: take the middle
    row, column = divmod(int(best[len(best) // 2]), held.shape[1])
    left, top = column * _CELL, row * _CELL
    return Window(
        min(left, width - size.width), min(top, height - size.height), size.width, size.height
    )


def overview_of_map(plane: Plane) -> Plane:
    """Make a map small enough for a page; the largest value stays, so that no pixel is lost."""
    longest = max(plane.shape)
    if longest <= OVERVIEW:
        return plane
    for axis in (0, 1):
        count = max(1, plane.shape[axis] * OVERVIEW // longest)
        edges = np.arange(count) * plane.shape[axis] // count
        plane = np.maximum.reduceat(plane, edges, axis=axis)
    return plane


def _full_scale(raster: Raster) -> float:
    if raster.samples.dtype.kind in "fc":
        finite = np.abs(raster.samples[np.isfinite(raster.samples)])
        return float(finite.max()) if finite.size else 1.0
    return float((1 << max(raster.bits)) - 1)


def _difference(one: Values, other: Values, full_scale: float) -> Difference:
    height, width = one.shape[:2]
    apart = np.zeros((height, width), np.float32)
    squares = 0.0
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        gap = _apart(one[rows], other[rows])
        apart[rows] = gap.max(axis=2)
        squares += float(np.square(gap).sum())
    maximum = float(apart.max(initial=0.0))
    if not maximum:
        return Difference(0.0, 0.0, None, 0.0, np.zeros((height, width), np.uint8))
    sigma = math.sqrt(squares / one.size)
    psnr = 20 * math.log10(full_scale / sigma) if sigma and math.isfinite(sigma) else 0.0
    amplified = np.ceil(np.minimum(apart / maximum, 1.0) * _FULL).astype(np.uint8)
    return Difference(maximum, sigma, psnr, _FULL / maximum, amplified)


def _apart(one: Values, other: Values) -> Values:
    """Give absolute differences; what is no number on one side alone counts as full scale."""
    if one.dtype.kind not in "fc":
        return np.abs(one.astype(np.float64) - other.astype(np.float64))
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):
        gap = np.abs(one.astype(np.complex128) - other.astype(np.complex128))
    apart: Values = np.where(same, 0.0, np.nan_to_num(gap, nan=1e30, posinf=1e30))
    return apart


def _activity(picture: Shown) -> Plane:
    grey = picture[:, :, 1].astype(np.int32)
    found: Plane = np.zeros(grey.shape, np.int64)
    found[:, 1:] += np.abs(np.diff(grey, axis=1))
    found[1:, :] += np.abs(np.diff(grey, axis=0))
    return found


def _cells(plane: Plane) -> Plane:
    for axis in (0, 1):
        plane = np.add.reduceat(plane, np.arange(0, plane.shape[axis], _CELL), axis=axis)
    return plane
