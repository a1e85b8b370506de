"""One picture of a TIFF, decoded twice, strip by strip, and compared."""

import numpy as np

from avpres.adapters.images import tiff_first, tiff_jbig, tiff_pictures, tiff_third
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_codecs import knows
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_first import First
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_pieces import count_of, pieces_of, place_of
from avpres.adapters.images.tiff_samples import sample_type
from avpres.adapters.images.tiff_second import Second, second
from avpres.domain.migration import Reason, Unmigratable

_ALONE = {words.RLE_WORDS, words.NEXT, words.THUNDER, words.JBIG, words.LERC}
"""Compressions that libtiff alone reads here; all of Esri's LERC comes from one library."""


def decoded(data: memoryview, page: Directory, layout: Layout) -> tuple[Samples, tuple[str, ...]]:
    """Give the samples of a picture as they are stored, and the decoders that agreed on them.

    Libtiff goes first with every strip: it stands damage that codecs without its history do not.

    Raises:
        Unmigratable: they do not agree, or one of them refuses the picture.
    """
    sample_type(layout)  # refuses what no type holds
    _refuse_unknown(layout.compression)
    pieces = pieces_of(page, layout, len(data))
    if layout.compression == words.JBIG:
        tiff_jbig.check_headers(data, layout, pieces)
    with second(data, page, layout) as other:
        if layout.compression in _ALONE:
            tiff_first.refuse_predictor(layout)
            return _alone(layout, other)
        first = First(data, layout, pieces)
        names: set[str] = set()
        whole = first.whole()
        if whole is not None:
            _compare_whole(whole, layout, other)
            names.add(tiff_first.name())
        else:
            whole = _by_pieces(first, other, names)
    mine = " and ".join(sorted(names))
    return whole, (mine, other.name) if other else (mine,)


def _refuse_unknown(compression: int) -> None:
    known = knows(compression) or compression in tiff_pictures.DECODED or compression in _ALONE
    if not known:
        name = words.compression_name(compression)
        raise Unmigratable(Reason.DECODER_ERROR, f"no decoder for {name} in TIFF is here")


def _compare_whole(whole: Samples, layout: Layout, other: Second | None) -> None:
    if other is not None:
        for index in range(count_of(layout)):
            _compare(whole[place_of(layout, index)], other.piece(index), index)


def _by_pieces(first: First, other: Second | None, names: set[str]) -> Samples:
    layout = first.layout
    shape = layout.height, layout.width
    if count_of(layout) == 1 and layout.tile is None:
        return _agreed(first, other, 0, shape, names)
    found = np.empty((*shape, layout.channels), sample_type(layout))
    for index in range(count_of(layout)):
        place = found[place_of(layout, index)]
        place[:] = _agreed(first, other, index, place.shape[:2], names)
    return found


def _agreed(
    first: First, other: Second | None, index: int, shape: tuple[int, int], names: set[str]
) -> Samples:
    """Decode one piece twice, and give as much of it as lies in the picture."""
    rows, wide = shape
    theirs = _theirs(first, other, index) if other is not None else None
    try:
        mine = first.piece(index)[:rows, :wide]
        if theirs is not None:
            _compare(mine, theirs, index)
    except Unmigratable:
        if theirs is None or first.layout.compression not in words.FAXES:
            raise
        third = tiff_third.fax(first, index)
        if third is None or not np.array_equal(third, theirs):
            raise
        names.add(tiff_third.name())
        return third[:rows, :wide]
    names.add(tiff_first.name())
    return mine


def _theirs(first: First, other: Second, index: int) -> Samples:
    """Have libtiff read a piece; what it refuses is damaged when the first decoder refuses it too.

    LZW that libtiff refuses is not given to another decoder: some read beyond its end.
    """
    try:
        return other.piece(index)
    except Unmigratable as error:
        if first.layout.compression == words.LZW:
            raise Unmigratable(Reason.DAMAGED, error.detail) from error
        first.piece(index)
        raise


def _alone(layout: Layout, other: Second | None) -> tuple[Samples, tuple[str, ...]]:
    if other is None:
        name = words.compression_name(layout.compression)
        raise Unmigratable(Reason.DECODER_ERROR, f"no decoder for {name} is here")
    found = np.empty((layout.height, layout.width, layout.channels), sample_type(layout))
    for index in range(count_of(layout)):
        place = found[place_of(layout, index)]
        place[:] = _piece_of(other, index)[: place.shape[0], : place.shape[1]]
    return found, (other.name,)


def _piece_of(only: Second, index: int) -> Samples:
    try:
        return only.piece(index)
    except Unmigratable as error:
        if error.reason is Reason.SECOND_DECODER_ERROR:  # it is the first one here
            raise Unmigratable(Reason.DECODER_ERROR, error.detail) from error
        raise


def _compare(one: Samples, other: Samples, index: int) -> None:
    """Compare what lies in the picture; floats by their bytes, for some are no numbers."""
    other = other[: one.shape[0], : one.shape[1]]
    if one.dtype == other.dtype and one.shape == other.shape:
        if np.array_equal(one, other):
            return
        if one.dtype.kind in "fc" and one.tobytes() == other.tobytes():
            return
    raise Unmigratable(Reason.DECODERS_DISAGREE, f"strip or tile {index + 1}")
