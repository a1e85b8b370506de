"""Words of 32 bits that hold 24: whether the lowest bits are zero everywhere, as many tools write.

Only reading can tell: headers that claim 24 bits in 32 err, and others do not claim it.
"""

from dataclasses import replace
from typing import BinaryIO

import numpy as np

from avpres.domain.sounding import FLAC_BITS, Encoding, Sound

WIDE = 32  # bits of a word
_CHUNK = 1024 * 1024  # bytes read at once; whole words


def with_padding(handle: BinaryIO, sound: Sound) -> Sound:
    """Read the samples of a sound of 32-bit words, up to the first that needs all of its bits.

    Raises:
        OSError: it cannot be read.
    """
    array = sound.array
    if array.word != WIDE or array.encoding is not Encoding.SIGNED:
        return sound
    lowest = 3 if array.big_endian else 0
    handle.seek(sound.offset)
    left = sound.size
    while left:
        data = handle.read(min(_CHUNK, left))
        if not data or np.frombuffer(data, np.uint8)[lowest::4].any():
            return sound
        left -= len(data)
    return replace(sound, array=replace(array, low=WIDE - FLAC_BITS))
