"""The CRC-16 of FLAC frames over any number of bytes, at the speed of big integers.

The polynomial x^16 + x^15 + x^2 + 1 is (x + 1)(x^15 + x + 1). Powers of x repeat modulo both every
32767 bits, so that blocks of 32767 bytes may be laid over each other by exclusive or; modulo the
second factor x^(15 * 2^j) is x^(2^j) + 1, which folds what is left in a few steps. A frame with its
CRC behind it leaves no remainder, and so does any row of whole frames.
"""

from collections.abc import Iterable

PERIOD = 32767  # bytes
DEGREE = 15  # of the second factor
SECOND = 0x8003  # x^15 + x + 1


def leaves_no_remainder(parts: Iterable[bytes]) -> bool:
    """Say whether whole frames with right checksums are all that there is."""
    laid, rest = 0, b""
    for part in parts:
        piece = rest + part if rest else part
        whole = len(piece) - len(piece) % PERIOD
        for start in range(0, whole, PERIOD):
            laid ^= int.from_bytes(piece[start : start + PERIOD], "big")
        rest = piece[whole:]
    laid = laid << 8 * len(rest) ^ int.from_bytes(rest, "big")
    return not laid.bit_count() % 2 and not _fold(laid)


def crc16(data: bytes) -> int:
    """Give the checksum that ends a frame: the remainder of all bytes before it, times x^16.

    What is left modulo x^15 + x + 1 is also that of the product, or it lacks one time x^15 + x + 1,
    which the remainder modulo x + 1 tells: the parity.
    """
    number = int.from_bytes(data, "big") << 16
    found = _fold(number)
    return found ^ SECOND if (found.bit_count() ^ number.bit_count()) & 1 else found


def _fold(number: int) -> int:
    """Give the remainder modulo x^15 + x + 1."""
    while number.bit_length() > DEGREE:
        power = 1
        while DEGREE * power * 2 < number.bit_length():
            power *= 2
        width = DEGREE * power
        high = number >> width
        number = number ^ high << width ^ high << power ^ high
    return number
