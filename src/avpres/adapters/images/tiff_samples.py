"""Bytes of a strip or tile as samples: words and packed bits, predictors undone."""

from typing import Any, Literal

import imagecodecs
import numpy as np

from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_bits import from_bits
from avpres.adapters.images.tiff_layout import Layout
from avpres.domain.imaging import SampleKind
from avpres.domain.migration import Reason, Unmigratable

_LETTERS = {SampleKind.UNSIGNED: "u", SampleKind.SIGNED: "i", SampleKind.FLOAT: "f"}
_LETTERS |= {SampleKind.COMPLEX: "c"}
_WORDS: dict[SampleKind, tuple[int, ...]] = {
    SampleKind.UNSIGNED: (8, 16, 32, 64),
    SampleKind.SIGNED: (8, 16, 32, 64),
    SampleKind.FLOAT: (16, 32, 64),
    SampleKind.COMPLEX: (64, 128),
}
_EXACT = {SampleKind.FLOAT: Reason.FLOAT, SampleKind.COMPLEX: Reason.COMPLEX}


def sample_type(layout: Layout) -> np.dtype[Any]:
    """Give the type that holds the deepest channel, in the order of this machine.

    Raises:
        Unmigratable: no type holds it.
    """
    deepest = max(layout.bits)
    known = _WORDS[layout.kind]
    if layout.complex_whole or (deepest not in known and layout.kind in _EXACT):
        text = f"{layout.kind} samples of {deepest} bits are not known"
        raise Unmigratable(_EXACT.get(layout.kind, Reason.COMPLEX), text)
    bits = next((each for each in known if deepest <= each), 0)
    if not bits:
        raise Unmigratable(Reason.BITS, f"samples of {deepest} bits")
    return np.dtype(f"{_LETTERS[layout.kind]}{bits // 8}")


def samples_of(raw: memoryview, layout: Layout, plane: int, shape: tuple[int, int]) -> Samples:
    """Give the samples of one piece, as (rows, columns, channels) in the order of this machine."""
    bits = layout.plane_bits(plane)
    kind = sample_type(layout)
    if set(bits) != {kind.itemsize * 8}:
        if layout.predictor > 1:
            raise Unmigratable(Reason.DECODER_ERROR, f"a predictor over {bits[0]} bits")
        return _packed(raw, layout, bits, shape)
    if layout.predictor == 3:
        if layout.kind is not SampleKind.FLOAT:
            raise Unmigratable(Reason.DAMAGED, "a predictor of floats over whole numbers")
        return _floats(raw, kind, (*shape, len(bits)))
    found = np.frombuffer(raw, layout.order + kind.str[1:]).reshape(*shape, len(bits))
    found = found.astype(kind, copy=False)
    if layout.predictor == 2:
        own = found if found.flags.writeable else None  # else they are bytes of the source
        found = imagecodecs.delta_decode(found, axis=1, out=own)
    return found


def _packed(
    raw: memoryview, layout: Layout, bits: tuple[int, ...], shape: tuple[int, int]
) -> Samples:
    kind = sample_type(layout)
    rows, wide = shape
    fits = kind.itemsize * 4 < bits[0] < kind.itemsize * 8 or (kind.itemsize == 1)
    simple = len(set(bits)) == 1 and bits[0] < 32 and bits[0] != 24 and kind.kind == "u"
    if not (simple and fits):
        order: Literal["<", ">"] = "<" if layout.order == "<" else ">"
        return from_bits(np.frombuffer(raw, np.uint8), bits, kind, shape, words_order=order)
    found = imagecodecs.packints_decode(bytes(raw), kind, bits[0], runlen=wide * len(bits))
    return found.reshape(rows, wide, len(bits))


def _floats(raw: memoryview, kind: np.dtype[Any], shape: tuple[int, int, int]) -> Samples:
    found = np.frombuffer(raw, kind).reshape(shape)
    return np.asarray(imagecodecs.floatpred_decode(found, axis=-2), kind)
