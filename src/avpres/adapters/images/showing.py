"""Pictures for the eye: any raster as 8-bit RGB, small for a page or cut out one to one."""

import io
from typing import Any

import numpy as np

from avpres.adapters.images.raster import Raster
from avpres.domain.imaging import Alpha, Colour

Shown = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]
Values = np.ndarray[Any, np.dtype[Any]]

NEUTRAL = 119  # of 255: L* 50, the grey that ISO 3664 wants around a picture
OVERVIEW = 640  # pixels of the longest side
_FULL = 255
_BYTE = 8  # bits
_COLOURS, _ROWS = 3, 256
_FROM_YCBCR = ((1, 0, 1.402), (1, -0.344136, -0.714136), (1, 1.772, 0))  # BT.601, full range


def shown(raster: Raster) -> Shown:
    """Give the picture as a screen shows it; opacity lies over the neutral grey.

    Colours are not managed: both sides of a pair are shown in the same way. CIELAB is shown by its
    lightness, floating point from its least to its greatest value.
    """
    if raster.palette is not None:
        entries = _to_bytes(raster.palette.entries[None], raster.palette.bits)[0]
        return _over_neutral(entries[raster.samples[:, :, 0]])
    samples = np.dstack(
        [
            _to_bytes(raster.samples[:, :, each], bits)
            for each, bits in enumerate(raster.bits[: raster.channels])
        ]
    )
    return _coloured(samples, raster)


def overview(picture: Shown) -> Shown:
    """Make a picture small enough for a page, by averaging."""
    from PIL import Image

    small = Image.fromarray(picture)
    small.thumbnail((OVERVIEW, OVERVIEW), Image.Resampling.BOX)
    return np.asarray(small.convert("RGB"))


def png(picture: Values) -> bytes:
    """Write a picture for a page, without loss."""
    from PIL import Image

    handle = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(handle, "PNG", compress_level=6)
    return handle.getvalue()


def jpeg(picture: Shown) -> bytes:
    """Write an overview for a page, small; what is judged one to one is a PNG."""
    from PIL import Image

    handle = io.BytesIO()
    Image.fromarray(picture).save(handle, "JPEG", quality=90, subsampling=0)
    return handle.getvalue()


def _to_bytes(values: Values, bits: int) -> Values:
    if np.iscomplexobj(values):
        values = np.abs(values)
    if values.dtype.kind == "f":
        return _stretched(values)
    if values.dtype.kind == "i":
        values = values.astype(np.int64) + (1 << (bits - 1))
    if bits > _BYTE:
        high: Values = values >> (bits - _BYTE)
        return high.astype(np.uint8)
    most = (1 << bits) - 1
    scaled: Values = np.minimum(values.astype(np.uint16) * _FULL // most, _FULL)
    return scaled.astype(np.uint8)


def _stretched(values: Values) -> Values:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    scaled = (values.astype(np.float64) - low) / ((high - low) or 1.0) * _FULL
    return np.nan_to_num(scaled, nan=0.0, posinf=_FULL, neginf=0.0).astype(np.uint8)


def _coloured(samples: Values, raster: Raster) -> Shown:
    if raster.colour in (Colour.CMYK, Colour.YCCK) and samples.shape[2] >= 4:
        light = _FULL - samples[:, :, :3].astype(np.uint16)
        key = _FULL - samples[:, :, 3:4].astype(np.uint16)
        inked: Shown = (light * key // _FULL).astype(np.uint8)
        return inked
    if raster.colour is Colour.YCBCR and samples.shape[2] >= _COLOURS:
        return _from_ycbcr(samples)
    colours = _COLOURS if raster.colour is Colour.RGB else 1
    has_opacity = raster.alpha in (Alpha.UNASSOCIATED, Alpha.ASSOCIATED)
    picture = samples[:, :, :colours] if samples.shape[2] >= colours else samples[:, :, :1]
    picture = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
    if not has_opacity or samples.shape[2] <= colours:
        return np.ascontiguousarray(picture)
    return _over_neutral(
        np.concatenate([picture, samples[:, :, -1:]], axis=2),
        multiplied=raster.alpha is Alpha.ASSOCIATED,
    )


def _from_ycbcr(samples: Values) -> Shown:
    found = np.empty((*samples.shape[:2], _COLOURS), np.uint8)
    for top in range(0, len(samples), _ROWS):
        rows = samples[top : top + _ROWS, :, :_COLOURS] - np.array((0, 128, 128), np.float32)
        lit = rows @ np.array(_FROM_YCBCR, np.float32).T
        found[top : top + _ROWS] = np.clip(np.rint(lit), 0, _FULL)
    return found


def _over_neutral(picture: Values, *, multiplied: bool = False) -> Shown:
    if picture.shape[2] == 3:
        return np.ascontiguousarray(picture)
    colours, opacity = picture[:, :, :3].astype(np.uint16), picture[:, :, 3:].astype(np.uint16)
    lit = colours if multiplied else colours * opacity // _FULL
    laid: Shown = np.minimum(lit + (_FULL - opacity) * NEUTRAL // _FULL, _FULL).astype(np.uint8)
    return laid
