"""Turn the bytes of a sound file into numbers that coders take, and back to the same bytes.

Whole words are taken, whatever their author claims of the bits in them, so padding comes back too.
"""

import numpy as np
import numpy.typing as npt

from avpres.domain.sounding import Encoding, SoundArray

Numbers = npt.NDArray[np.int16] | npt.NDArray[np.int32]

BYTE = 8  # bits
HALF = 16  # bits
WIDE = 32  # bits; only 24 of them are FLAC's
MIDDLE = 0x80  # what unsigned bytes have for silence


def numbers_of(data: bytes | memoryview, array: SoundArray) -> Numbers:
    """Give words of 8 or 16 bits as 16-bit numbers, others as 32-bit, each in the highest bits.

    That is how FFmpeg wants them, and why RAWcooked reads 8 bits from FLAC of 16
    (Source/Lib/CoDec/Wrapper.cpp, `FLAC_Write`).
    """
    octets = np.frombuffer(data, np.uint8)
    if array.word == HALF:
        return octets.view(">i2" if array.big_endian else "<i2").astype(np.int16, copy=False)
    if array.word == WIDE:
        return octets.view(">i4" if array.big_endian else "<i4").astype(np.int32, copy=False)
    if array.word == BYTE:
        middle = np.uint8(MIDDLE if array.encoding is Encoding.UNSIGNED else 0)
        return (octets ^ middle).astype(np.int16) << BYTE
    words = np.zeros((len(octets) // 3, 4), np.uint8)
    words[:, 1:] = octets.reshape(-1, 3)[:, :: -1 if array.big_endian else 1]
    return words.view("<i4").reshape(-1).astype(np.int32, copy=False)


def bytes_of(numbers: Numbers, array: SoundArray) -> bytes:
    """Give the bytes of a file back from numbers in their highest bits."""
    wide = numbers.dtype.itemsize
    octets = np.ascontiguousarray(numbers, f"<i{wide}").view(np.uint8).reshape(-1, wide)
    kept = min(wide, array.word // BYTE)
    words = octets[:, wide - kept :]
    if array.word == BYTE and array.encoding is Encoding.UNSIGNED:
        words = words ^ np.uint8(MIDDLE)
    return words[:, :: -1 if array.big_endian else 1].tobytes()


def low_bytes(numbers: Numbers, bits: int) -> bytes:
    """Give what MD5 of FLAC is made of: low byte first, in as few bytes as `bits` need.

    RFC 9639, 8.2.
    """
    wide = numbers.dtype.itemsize
    shifted = numbers >> (wide * BYTE - bits)
    octets = np.ascontiguousarray(shifted, f"<i{wide}").view(np.uint8).reshape(-1, wide)
    return octets[:, : -(-bits // BYTE)].tobytes()


def to_matroska(data: bytes | memoryview, array: SoundArray) -> bytes:
    """Give PCM as Matroska holds it: floats have their low byte first, bytes are unsigned.

    Matroska's A_PCM/FLOAT/IEEE is little-endian only; A_PCM/INT/* of 8 bits is unsigned
    (draft-ietf-cellar-codec, 3.4). Both ways round are the same.
    """
    if array.encoding is Encoding.FLOAT and array.big_endian:
        octets = np.frombuffer(data, np.uint8).reshape(-1, array.word // BYTE)
        return octets[:, ::-1].tobytes()
    if array.encoding is Encoding.SIGNED and array.word == BYTE:
        return (np.frombuffer(data, np.uint8) ^ np.uint8(MIDDLE)).tobytes()
    return bytes(data)


from_matroska = to_matroska
