"""Values that are kept compressed, and values that are kept as a difference from a mask.

A compressed value is a vint of the size that it had (0: it is kept as it is), then the bytes, as
zlib writes them (RAWcooked: `compressed_buffer::Assign` and `reversibility.cpp: Uncompress`). A
masked value has the mask subtracted, byte by byte modulo 256, as far as both reach; what is longer
than the mask stays.
"""

import zlib

import numpy as np

from avpres.adapters.reversible.numbers import read_vint, vint
from avpres.domain.reversible import ReversibilityError

LEVEL = 1  # what RAWcooked asks of zlib since 21.09; it does the most on headers and residuals
MOST = 1 << 30  # bytes of one value, unless the caller knows better
RATIO = 1032  # what zlib can shrink at most
SLACK = 64 * 1024  # bytes


def packed(content: bytes) -> bytes:
    """Compress a value, or keep it when that does not make it smaller.

    Raises:
        ReversibilityError: it is larger than readers believe.
    """
    if len(content) > MOST:
        raise ReversibilityError(f"{len(content):,} bytes beside its samples are too many")
    smaller = zlib.compress(content, LEVEL)
    if len(smaller) <= len(content):
        return vint(len(content)) + smaller
    return vint(0) + content


def unpacked(data: bytes | memoryview, most: int = MOST) -> bytes:
    """Give a value back.

    Raises:
        ReversibilityError: it is damaged, or claims more than `most` bytes.
    """
    if not len(data):
        return b""
    size = read_vint(data)
    if size is None:
        raise ReversibilityError("a compressed value has no size")
    claimed, length = size
    rest = data[length:]
    if not claimed:
        if len(rest) > most:
            raise ReversibilityError(f"a value is longer than the {most} bytes that it may have")
        return bytes(rest)
    if claimed > most or claimed > len(rest) * RATIO + SLACK:
        raise ReversibilityError(f"a compressed value claims {claimed} bytes, which cannot be")
    return _inflated(rest, claimed)


def _inflated(data: bytes | memoryview, claimed: int) -> bytes:
    worker = zlib.decompressobj()
    try:
        content = worker.decompress(data, claimed)
        more = b"" if worker.eof else worker.decompress(worker.unconsumed_tail, 1)
    except zlib.error as error:
        raise ReversibilityError(f"a compressed value is damaged ({error})") from error
    if len(content) != claimed or more or not worker.eof:
        raise ReversibilityError("a compressed value does not have the size that it claims")
    return content


def masked(content: bytes, mask: bytes) -> bytes:
    """Subtract a mask."""
    both = min(len(content), len(mask))
    if content[:both] == mask[:both]:
        return bytes(both) + content[both:]
    left, right = np.frombuffer(content, np.uint8, both), np.frombuffer(mask, np.uint8, both)
    return (left - right).tobytes() + content[both:]


def unmasked(content: bytes, mask: bytes) -> bytes:
    """Add a mask."""
    both = min(len(content), len(mask))
    if not both:
        return content
    left, right = np.frombuffer(content, np.uint8, both), np.frombuffer(mask, np.uint8, both)
    return (left + right).tobytes() + content[both:]
