"""The first decoder of TIFF: our own reader of layouts, over the codecs of imagecodecs."""

from dataclasses import dataclass

import imagecodecs

from avpres.adapters.images import tiff_pictures
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_codecs import PREDICTED, Buffer, unpacked
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_pieces import piece_bytes, rows_of
from avpres.adapters.images.tiff_samples import samples_of
from avpres.domain.migration import Reason, Unmigratable


def name() -> str:
    """Name the decoder with its version, for the record."""
    return f"avpres TIFF over imagecodecs {imagecodecs.__version__}"


def refuse_predictor(layout: Layout) -> None:
    """Make sure that a predictor goes with a compression for which programs undo it.

    Raises:
        Unmigratable: some do, and some do not.
    """
    if layout.predictor > 1 and layout.compression not in PREDICTED:
        text = "programs differ about a predictor with this compression"
        raise Unmigratable(Reason.DECODERS_DISAGREE, text)


@dataclass(frozen=True, slots=True)
class First:
    """One picture, whose strips and tiles are decoded one by one."""

    data: memoryview
    layout: Layout
    pieces: list[tuple[int, int]]

    def __post_init__(self) -> None:
        """Refuse what programs read differently."""
        refuse_predictor(self.layout)

    def whole(self) -> Samples | None:
        """Give all samples without a copy, where they lie in one stretch."""
        layout = self.layout
        plain = layout.compression == words.NONE and layout.fill_order == 1
        if not plain or layout.tile is not None or layout.planes > 1:
            return None
        start = place = self.pieces[0][0]
        for index, each in enumerate(self.pieces):
            wanted = piece_bytes(layout, 0, rows_of(layout, index))
            if each[0] != place or each[1] < wanted:
                return None
            place += wanted
        return samples_of(self.data[start:place], layout, 0, (layout.height, layout.width))

    def piece(self, index: int) -> Samples:
        """Decode one strip or tile.

        Raises:
            Unmigratable: it is damaged.
        """
        layout = self.layout
        place, count = self.pieces[index]
        data: Buffer = self.data[place : place + count]
        plane = index // (layout.grid[0] * layout.grid[1])
        rows, (wide, high) = rows_of(layout, index), layout.piece
        if layout.fill_order == 2 and layout.compression not in tiff_pictures.BYTES:
            data = imagecodecs.bitorder_decode(bytes(data))
        if layout.compression in tiff_pictures.DECODED:
            return tiff_pictures.decoded(data, layout, plane, (rows, wide))
        wanted, most = (piece_bytes(layout, plane, each) for each in (rows, high))
        raw = unpacked(layout.compression, data, wanted, most)
        return samples_of(raw, layout, plane, (rows, wide))
