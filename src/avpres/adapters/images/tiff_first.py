"""The first decoder of TIFF: our own reader of layouts, over the codecs of imagecodecs."""

import imagecodecs
import numpy as np

from avpres.adapters.images import tiff_pictures
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_codecs import PREDICTED, Buffer, unpacked
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_pieces import piece_bytes, place_of, rows_of
from avpres.adapters.images.tiff_samples import sample_type, samples_of
from avpres.domain.migration import Reason, Unmigratable


def name() -> str:
    """Name the decoder with its version, for the record."""
    return f"avpres TIFF over imagecodecs {imagecodecs.__version__}"


def decoded(data: memoryview, layout: Layout, pieces: list[tuple[int, int]]) -> Samples:
    """Give all samples of a picture as they are stored.

    Raises:
        Unmigratable: some are damaged or missing.
    """
    if layout.predictor > 1 and layout.compression not in PREDICTED:
        text = "programs differ about a predictor with this compression"
        raise Unmigratable(Reason.DECODERS_DISAGREE, text)
    whole = _at_once(data, layout, pieces)
    if whole is not None:
        return whole
    found = np.empty((layout.height, layout.width, layout.channels), sample_type(layout))
    for index, (place, count) in enumerate(pieces):
        _put(found, layout, index, data[place : place + count])
    return found


def _at_once(data: memoryview, layout: Layout, pieces: list[tuple[int, int]]) -> Samples | None:
    """Give a picture that lies in one stretch without a copy."""
    plain = layout.compression == words.NONE and layout.fill_order == 1
    if not plain or layout.tile is not None or layout.planes > 1:
        return None
    start = place = pieces[0][0]
    for index, each in enumerate(pieces):
        rows = rows_of(layout, index)
        wanted = piece_bytes(layout, 0, rows)
        if each[0] != place or each[1] < wanted:
            return None
        place += wanted
    return samples_of(data[start:place], layout, 0, (layout.height, layout.width))


def _put(found: Samples, layout: Layout, index: int, data: memoryview) -> None:
    plane = index // (layout.grid[0] * layout.grid[1])
    place = found[place_of(layout, index)]
    piece = _piece(data, layout, plane, rows_of(layout, index))
    place[:] = piece[: place.shape[0], : place.shape[1]]


def _piece(data: Buffer, layout: Layout, plane: int, rows: int) -> Samples:
    wide, high = layout.piece
    if layout.fill_order == 2 and layout.compression not in tiff_pictures.DECODED:
        data = imagecodecs.bitorder_decode(data)
    if layout.compression in tiff_pictures.DECODED:
        return tiff_pictures.decoded(data, layout, plane, (rows, wide))
    wanted, most = (piece_bytes(layout, plane, each) for each in (rows, high))
    raw = unpacked(layout.compression, data, wanted, most)
    return samples_of(raw, layout, plane, (rows, wide))
