"""The image data of a GIF: LZW with codes of growing width, decoded strictly."""

import numpy as np

from avpres.domain.migration import Reason, Unmigratable

_LARGEST_START = 8  # bits
_MOST_CODES = 4096
_WIDEST = 12  # bits of a code
_PASSES = ((0, 8), (4, 8), (2, 4), (1, 2))  # first row and step of each interlaced pass

Indices = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def indices(code_size: int, data: bytes, size: tuple[int, int], *, interlaced: bool) -> Indices:
    """Decode the image data of one frame of `size` (width, height).

    A full code table (the deferred clear code of GIF 89a) is allowed, as are a missing end code
    once all pixels are there and data behind it.

    Raises:
        Unmigratable: they give more or fewer pixels, or a code stands before its meaning.
    """
    width, height = size
    if not 1 <= code_size <= _LARGEST_START:
        raise Unmigratable(Reason.DAMAGED, f"an LZW code size of {code_size}")
    found = _decoded(code_size, data, width * height)
    rows = np.frombuffer(found, np.uint8).reshape(height, width)
    if not interlaced:
        return rows
    order = np.concatenate([np.arange(first, height, step) for first, step in _PASSES])
    straight = np.empty_like(rows)
    straight[order] = rows
    return straight


def _decoded(code_size: int, data: bytes, pixels: int) -> bytearray:  # noqa: C901 - a tight loop
    clear = 1 << code_size
    start = [bytes((each,)) for each in range(clear)] + [b"", b""]
    table = start.copy()
    width, limit = code_size + 1, clear * 2
    held = bits = given = 0
    last = b""
    out = bytearray()
    parts: list[bytes] = []
    for byte in data:
        held |= byte << bits
        bits += 8
        while bits >= width:
            code = held & (limit - 1)
            held >>= width
            bits -= width
            if code == clear:
                out += b"".join(parts)
                parts.clear()
                table = start.copy()
                width, limit, last = code_size + 1, clear * 2, b""
                continue
            if code == clear + 1:
                return _whole(out, parts, pixels)
            if not last:
                text = table[code] if code < clear else b""
            elif code < len(table):
                text = table[code]
            else:
                text = last + last[:1] if code == len(table) < _MOST_CODES else b""
            if not text:
                raise Unmigratable(Reason.DAMAGED, "a code stands before its meaning is known")
            if last and len(table) < _MOST_CODES:
                table.append(last + text[:1])
                if len(table) == limit and width < _WIDEST:
                    width += 1
                    limit *= 2
            last = text
            parts.append(text)
            given += len(text)
            if given > pixels:
                return _whole(out, parts, pixels)
    return _whole(out, parts, pixels)


def _whole(found: bytearray, parts: list[bytes], pixels: int) -> bytearray:
    found += b"".join(parts)
    given = len(found)
    if given != pixels:
        text = f"the image data give {'more than' if given > pixels else f'{given} of'} the"
        raise Unmigratable(Reason.DAMAGED, f"{text} {pixels} pixels of a frame")
    return found
