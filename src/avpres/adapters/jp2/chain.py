"""Tile-parts of a codestream: each tile in one part, one behind the other, up to the end."""

import struct
from collections.abc import Iterator

from avpres.adapters.jp2.markers import EOC, SOD, SOT, Form

_SOT = struct.Struct(">HHHIBB")  # marker, length, tile, size, part, number of parts (A.4.2)
_LENGTH = 10  # bytes of a SOT segment without its marker


def faults(data: memoryview, form: Form) -> Iterator[str]:
    """Say what is wrong with the chain: tiles out of order, lengths that do not fit, no end."""
    at = form.end
    for area in form.areas():
        if len(data) - at < _SOT.size + 2:
            yield f"the codestream ends before tile {area.index}"
            return
        marker, length, tile, size, part, parts = _SOT.unpack_from(data, at)
        if (marker, length, tile, part, parts) != (SOT, _LENGTH, area.index, 0, 1):
            yield f"tile {area.index} does not begin at byte {at} as one tile-part"
            return
        (follows,) = struct.unpack_from(">H", data, at + _SOT.size)
        if follows != SOD:
            yield f"the header of tile {area.index} holds a marker 0x{follows:04X}"
            return
        at += size
        if size < _SOT.size + 2 or at > len(data) - 2:
            yield f"tile {area.index} says that it is {size} bytes long"
            return
    if bytes(data[at:]) != struct.pack(">H", EOC):
        yield "the codestream does not end with its end marker alone"
