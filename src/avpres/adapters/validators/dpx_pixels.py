"""How many bytes the pixels of a DPX element need (SMPTE ST 268, packing of 32-bit words)."""

from avpres.adapters.validators.dpx_header import Element

COMPONENTS: dict[int, tuple[int, int]] = {
    0: (1, 1),
    1: (1, 1),
    2: (1, 1),
    3: (1, 1),
    4: (1, 1),
    6: (1, 1),
    7: (1, 2),
    8: (1, 1),
    9: (1, 1),
    50: (3, 3),
    51: (4, 4),
    52: (4, 4),
    100: (2, 3),
    101: (3, 4),
    102: (3, 3),
    103: (4, 4),
    **{150 + more: (2 + more, 2 + more) for more in range(7)},
}
"""By descriptor: values that are stored for each pixel, and components of the image."""
_WORD = 32  # bits
_FILLED = {10: 3, 12: 2}  # values in a word when it is filled rather than packed


def image_size(found: Element, width: int, height: int) -> tuple[int, int]:
    """Give the least bytes that hold the pixels, and the bytes with every line in whole words.

    The standard begins each line at a new word; not all that write DPX do.
    """
    per_pixel = COMPONENTS.get(found.descriptor, (1, 1))[0]
    values = width * per_pixel
    padding = found.line_padding if found.line_padding < _WORD * 1024 else 0
    full = (_words(found, values) * 4 + padding) * height
    least = _bytes(found, values * height)
    return min(least, full), full


def _words(found: Element, values: int) -> int:
    """Give the words of so many values that begin at a word."""
    if found.bits in _FILLED and found.packing in {1, 2}:
        return -(-values // _FILLED[found.bits])
    return -(-values * max(found.bits, 1) // _WORD)


def _bytes(found: Element, values: int) -> int:
    if found.bits in _FILLED and found.packing in {1, 2}:
        each = _FILLED[found.bits]
        return values * 2 if each == 2 else -(-values // each) * 4
    return -(-values * max(found.bits, 1) // 8)
