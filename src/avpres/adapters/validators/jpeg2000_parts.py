"""The chain of tile-parts of a codestream, where there are too many to test one by one."""

import struct

from avpres.adapters.validators.source import Source

_START_OF_TILE_PART = b"\xff\x90\x00\x0a"
_END = b"\xff\xd9"
_MOST_PARTS = 500_000


def fault(source: Source, start: int) -> tuple[str, int] | None:
    """Follow the tile-parts of the codestream from `start`; say what is wrong, and where."""
    offset = source.find(_START_OF_TILE_PART, start)
    if offset < 0:
        return "the codestream has no tile", start
    for _ in range(_MOST_PARTS):
        head = source.peek(offset, 12)
        if head[:2] == _END:
            return None
        if head[:4] != _START_OF_TILE_PART or len(head) < 12:
            return "behind a tile-part stands neither another one nor the end marker", offset
        (length,) = struct.unpack_from(">I", head, 6)
        if not length:
            whole = source.find(_END, offset) >= 0  # it reaches to the end of the codestream
            return None if whole else ("the codestream does not end with its end marker", offset)
        if length < 14:
            return "a tile-part is shorter than its own header", offset
        offset += length
    return "the codestream has more tile-parts than the standard allows", offset
