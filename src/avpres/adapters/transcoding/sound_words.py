"""Words of a sound file as numbers in the highest of 32 bits, and back.

Only whole words are looked at here, of 8, 16, 24 and 32 bits.
"""

import numpy as np
import numpy.typing as npt

from avpres.adapters.cooking.samples import Numbers
from avpres.domain.sounding import Encoding, SoundArray

BYTE = 8  # bits
WHOLE = 4  # bytes
MIDDLE = np.uint8(0x80)  # what unsigned bytes have for silence


def numbers_of(data: bytes, array: SoundArray) -> npt.NDArray[np.int32]:
    """Give the words of a file as numbers, the lowest bits being zero."""
    word = array.word // BYTE
    octets = np.frombuffer(data, np.uint8).reshape(-1, word)
    words = np.zeros((len(octets), WHOLE), np.uint8)
    words[:, WHOLE - word :] = octets[:, :: -1 if array.big_endian else 1]
    if array.encoding is Encoding.UNSIGNED:
        words[:, -1] ^= MIDDLE
    return words.view("<i4").reshape(-1).astype(np.int32, copy=False)


def words_of(numbers: Numbers, array: SoundArray) -> bytes:
    """Give the words of a file from numbers of 16 or 32 bits; what they lack is zero."""
    wide, word = numbers.dtype.itemsize, array.word // BYTE
    octets = numbers.astype(f"<i{wide}", copy=False).view(np.uint8).reshape(-1, wide)
    kept = min(wide, word)
    words = np.zeros((len(octets), word), np.uint8)
    words[:, word - kept :] = octets[:, wide - kept :]
    if array.encoding is Encoding.UNSIGNED:
        words[:, -1] ^= MIDDLE
    return words[:, :: -1 if array.big_endian else 1].tobytes()
