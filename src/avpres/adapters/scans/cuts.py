"""Where slices of FFV1 may cut a picture, so that RAWcooked puts its samples together again.

RAWcooked packs each slice by itself. Where some pixels share words of 32 bits, a cut between them
splits a word: most flavours are then packed wrongly, and a few are mended, if the first cut is
such a one (its source, Transform.cpp: `HasBlockSpan`, `Finalize`).
"""

from itertools import pairwise

from avpres.domain.rawcooked import OLDEST, WIDER
from avpres.domain.scan import Packing, SampleArray

_BLOCKS = {
    ("RGB", 12, Packing.PACKED): 8,
    ("RGBA", 10, Packing.FILLED_A): 3,
    ("RGBA", 12, Packing.PACKED): 2,
    ("Y", 10, Packing.FILLED_A): 3,
    ("Y", 10, Packing.FILLED_B): 3,
    ("Y", 12, Packing.PACKED): 8,
}
MOST_SIDE = 0xFFFF  # pixels; it reads no third byte of PixelWidth (Matroska.cpp)
_MENDED = {("RGB", 12), ("Y", 10)}  # words that cuts split are put together again


def block_of(array: SampleArray) -> int:
    """Count the pixels of whole words that RAWcooked packs together; 1: each by itself."""
    return _BLOCKS.get((array.channels, array.bits, array.packing), 1)


def is_mended(array: SampleArray) -> bool:
    """Say whether RAWcooked puts words together again that cuts have split."""
    return (array.channels, array.bits) in _MENDED


def why_not_cut(array: SampleArray, across: int, down: int) -> str:
    """Say why RAWcooked restores no picture that is cut into so many slices; empty: it does."""
    if max(array.width, array.height) > MOST_SIDE:
        return f"RAWcooked reads no sides of more than {MOST_SIDE} pixels"
    if across >= array.width or down >= array.height or down > across:
        return f"RAWcooked decodes no picture of {across} by {down} slices"
    if _is_right(array, across):
        return ""
    return f"slices cut its rows within blocks of {block_of(array)} pixels"


def since(array: SampleArray, across: int, down: int) -> str:
    """Give the first version of RAWcooked that decodes a picture that is cut so."""
    is_split = any(edge % block_of(array) for edge in _edges(array.width, across))
    return WIDER if across * down == 1 or is_split else OLDEST


def _is_right(array: SampleArray, across: int) -> bool:
    block, edges = block_of(array), _edges(array.width, across)
    if array.continuous:
        return array.width // across >= across
    if not any(edge % block for edge in edges):
        return True
    if not is_mended(array) or array.width // across < across:
        return False
    both = pairwise([0, *edges]) if array.bits == 10 else [(0, edges[0])]
    return all(left % block or right % block for left, right in both)


def _edges(width: int, across: int) -> list[int]:
    """List the columns at which slices begin, but for the first (RFC 9043, 4.7)."""
    return [place * width // across for place in range(1, across)]
