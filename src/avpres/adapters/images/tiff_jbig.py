"""JBIG in TIFF: what its own header claims, held against the strip (ITU-T T.82, 6.2).

Libtiff takes any picture of as many bytes as the strip has, and where a header claims more memory
than there is, the library below it ends the process.
"""

import struct

import imagecodecs

from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_pieces import rows_of
from avpres.domain.migration import Reason, Unmigratable

_HEADER = 20  # bytes


def check_headers(data: memoryview, layout: Layout, pieces: list[tuple[int, int]]) -> None:
    """Make sure that every strip has the size, and the one plane, that its TIFF tells.

    Raises:
        Unmigratable: one has others.
    """
    for index, (place, count) in enumerate(pieces):
        head = bytes(data[place : place + min(count, _HEADER)]).ljust(_HEADER, b"\0")
        if layout.fill_order == 1:  # libtiff writes the bits of JBIG the other way round
            head = bytes(imagecodecs.bitorder_decode(head))
        wide, high = struct.unpack_from(">II", head, 4)
        wanted = layout.piece[0], rows_of(layout, index)
        if (head[2], (wide, high), layout.bits) != (1, wanted, (1,)):
            text = f"JBIG of {head[2]} planes of {wide} x {high} pixels"
            told = f"{wanted[0]} x {wanted[1]} pixels of {layout.bits[0]} bits"
            raise Unmigratable(Reason.DAMAGED, f"{text} in a strip of {told}")
