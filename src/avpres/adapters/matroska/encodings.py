"""Undoing what other writers did to frames: compression, and beginnings that were cut off."""

import bz2
import zlib
from collections.abc import Sequence

from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Encoding

LARGEST = 2 * 1024**3  # bytes that a frame may unfold to
FRAMES, PRIVATE = 1, 2  # scopes
_ZLIB, _BZLIB, _STRIPPED = 0, 1, 3
_NAMES = {-1: "encrypted", 2: "compressed with LZO"}


def decoded(
    data: bytes, encodings: Sequence[Encoding], scope: int = FRAMES, limit: int = LARGEST
) -> bytes:
    """Give a frame, or a CodecPrivate, as it was before it went into the file.

    Raises:
        MatroskaError: it is damaged, unfolds to more than the limit, or is encoded in a way that
            is not known.
    """
    for encoding in sorted(encodings, key=lambda each: -each.order):
        if not encoding.scope & scope:
            continue
        if encoding.algorithm == _STRIPPED:
            data = encoding.settings + data
        elif encoding.algorithm == _ZLIB:
            data = _unfold(zlib.decompressobj(), data, limit)
        elif encoding.algorithm == _BZLIB:
            data = _unfold(bz2.BZ2Decompressor(), data, limit)
        else:
            how = _NAMES.get(encoding.algorithm, f"encoded by method {encoding.algorithm}")
            raise MatroskaError(f"this track is {how}, which cannot be undone here")
    return data


def _unfold(decoder: "zlib._Decompress | bz2.BZ2Decompressor", data: bytes, limit: int) -> bytes:
    try:
        found = decoder.decompress(data, limit)
    except (zlib.error, OSError, ValueError, EOFError) as error:
        raise MatroskaError(f"a compressed frame is damaged: {error}") from error
    if not decoder.eof:
        raise MatroskaError("a compressed frame is cut, or too large when unfolded")
    return found
