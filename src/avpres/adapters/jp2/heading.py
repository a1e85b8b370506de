"""What the header of a JP2 says of a picture, and which pictures it has no words for."""

from dataclasses import replace

import numpy as np

from avpres.adapters.images import icc
from avpres.adapters.images.raster import Embedded, Palette, Raster
from avpres.adapters.jp2.boxes import (
    GREY,
    NOTHING,
    OPACITY,
    PREMULTIPLIED,
    SRGB,
    SYCC,
    UNSPECIFIED,
    WHOLE,
    Head,
)
from avpres.domain.imaging import Alpha, Colour, Icc
from avpres.domain.migration import Reason, Unmigratable

ENTRIES = 1024  # of a palette, at most (I.5.3.4)
_BYTE = 8  # bits
_COLOURS = {Colour.GREY: 1, Colour.RGB: 3, Colour.PALETTE: 1, Colour.YCBCR: 3}
_SPACES = {Colour.GREY: GREY, Colour.RGB: SRGB, Colour.PALETTE: SRGB, Colour.YCBCR: SYCC}
_REFUSED = {
    Colour.CMYK: Reason.CMYK,
    Colour.YCCK: Reason.YCCK,
    Colour.LAB: Reason.LAB,
    Colour.LOGLUV: Reason.FLOAT,
}
_KINDS = {"f": Reason.FLOAT, "c": Reason.COMPLEX, "i": Reason.SIGNED}
_TYPES = {
    Alpha.UNASSOCIATED: OPACITY,
    Alpha.INDEX: OPACITY,
    Alpha.ASSOCIATED: PREMULTIPLIED,
    Alpha.UNSPECIFIED: UNSPECIFIED,
}
_UNFIT = {
    Icc.FULL: Reason.ICC_NOT_RESTRICTED,
    Icc.MISMATCH: Reason.ICC_SPACE_MISMATCH,
    Icc.DAMAGED: Reason.ICC_DAMAGED,
}


def head_of(raster: Raster, embedded: Embedded, *, known: bool = True) -> Head:
    """Find the words for a picture, whose metadata have found their places.

    Args:
        raster: the picture.
        embedded: what is written of its metadata.
        known: which colours are meant; else readers are told that these are assumed.

    Raises:
        Unmigratable: JP2 has none for its colours, its samples, its palette or its profile.
    """
    _check_samples(raster)
    profile = _profile(raster, embedded)
    palette = raster.palette
    return Head(
        width=raster.width,
        height=raster.height,
        depths=tuple((bits, False) for bits in raster.bits),
        space=None if profile else _SPACES[raster.colour],
        profile=profile,
        palette=palette,
        mapping=_mapping(raster, palette) if palette else (),
        channels=_channels(raster),
        resolution=embedded.resolution,
        known=known,
    )


def _check_samples(raster: Raster) -> None:
    kind = raster.samples.dtype.kind
    if kind in _KINDS:
        raise Unmigratable(_KINDS[kind], f"samples of the type {raster.samples.dtype.name}")
    if raster.colour not in _COLOURS:
        raise Unmigratable(_REFUSED.get(raster.colour, Reason.UNDEFINED_COLOUR))
    if (raster.colour is Colour.PALETTE) != (raster.palette is not None):
        raise Unmigratable(Reason.UNDEFINED_COLOUR, "indices and palette do not go together")
    extra = raster.channels - _COLOURS[raster.colour]
    has_alpha = raster.alpha not in {Alpha.NONE, Alpha.INDEX}
    if extra > 1:
        raise Unmigratable(Reason.MULTI_ALPHA, f"{extra} channels beside the colours")
    if extra != int(has_alpha) or not raster.samples.size:
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"{raster.channels} channels")
    if raster.palette is not None:
        _check_palette(raster, raster.palette)


def _check_palette(raster: Raster, palette: Palette) -> None:
    rows, columns = palette.entries.shape
    if rows > ENTRIES or palette.bits > 16:  # noqa: PLR2004 - bits
        raise Unmigratable(Reason.PALETTE, f"{rows} entries of {palette.bits} bits")
    if columns != 3 + (raster.alpha is Alpha.INDEX):
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"a palette of {columns} columns")
    highest = int(raster.samples[..., 0].max())
    if highest >= rows:
        raise Unmigratable(Reason.DAMAGED, f"index {highest}, where the palette has {rows} entries")


def _profile(raster: Raster, embedded: Embedded) -> bytes | None:
    if embedded.icc is None:
        return None
    if raster.colour is Colour.YCBCR:
        raise Unmigratable(Reason.YCBCR, "JP2 has no profile for YCbCr, and it has one of RGB")
    colour = Colour.RGB if raster.colour is Colour.PALETTE else raster.colour
    found = icc.judge(embedded.icc, colour)
    if found in _UNFIT:
        raise Unmigratable(_UNFIT[found])
    return embedded.icc


def _mapping(raster: Raster, palette: Palette) -> tuple[tuple[int, int, int], ...]:
    """Map every column of the palette, and a channel beside the indices as it is (I.5.3.5)."""
    columns = palette.entries.shape[1]
    direct = [(each, 0, 0) for each in range(1, raster.channels)]
    return (*((0, 1, column) for column in range(columns)), *direct)


def _channels(raster: Raster) -> tuple[tuple[int, int, int], ...]:
    """Define the channels where one of them is no colour (I.5.3.6)."""
    if raster.alpha is Alpha.NONE:
        return ()
    colours = 1 if raster.colour is Colour.GREY else 3
    kind = _TYPES[raster.alpha]
    whose = NOTHING if kind == UNSPECIFIED else WHOLE
    return (*((each, 0, each + 1) for each in range(colours)), (colours, kind, whose))


def widened(raster: Raster) -> Raster:
    """Give indices of a palette a whole byte each; their values stay.

    Many programs scale shorter indices as if they were grey, and then show wrong colours. Grok
    takes no palette with fewer entries than its indices have bits.
    """
    if raster.palette is None:
        return raster
    filled = _filled(raster, raster.palette)
    if raster.bits[0] >= _BYTE:
        return filled
    note = f"indices of {raster.bits[0]} bits were given {_BYTE}"
    return replace(filled, bits=(_BYTE, *raster.bits[1:])).noted(note)


def _filled(raster: Raster, palette: Palette) -> Raster:
    """Put zeros behind the entries of a small palette, unless an index would find one of them."""
    rows, columns = palette.entries.shape
    if rows >= _BYTE or not raster.samples.size or int(raster.samples[..., 0].max()) >= rows:
        return raster
    more = np.zeros((_BYTE - rows, columns), palette.entries.dtype)
    filled = replace(palette, entries=np.concatenate([palette.entries, more]))
    note = f"a palette of {rows} entries was given {_BYTE}"
    return replace(raster, palette=filled).noted(note)


def expanded(raster: Raster) -> Raster:
    """Put the colours of the palette in place of its indices.

    Raises:
        Unmigratable: an index has no entry, or a channel stands beside the indices.
    """
    palette = raster.palette
    if palette is None:
        return raster
    _check_palette(raster, palette)
    if raster.channels > 1:
        raise Unmigratable(Reason.MULTI_ALPHA, "a channel of opacity beside a palette")
    samples = np.ascontiguousarray(palette.entries[raster.samples[..., 0]])
    alpha = Alpha.UNASSOCIATED if raster.alpha is Alpha.INDEX else Alpha.NONE
    bits = (palette.bits,) * palette.entries.shape[1]
    return Raster(samples, bits, Colour.RGB, alpha, None, (*raster.notes, "palette expanded"))
