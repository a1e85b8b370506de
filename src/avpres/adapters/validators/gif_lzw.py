"""The image data of a GIF, counted through without making pixels: does the code add up?

LZW in pure Python does some four million codes a second, so the caller keeps to `BUDGET`, and in
the deep pass to `DEEP_BUDGET`.
"""

BUDGET = 32 * 1024  # bytes of a file; about 6 ms
DEEP_BUDGET = 64 * 1024 * 1024
LARGEST_START = 11  # bits; the format says 8, decoders manage as long as the codes fit
_MOST_CODES = 4096
_WIDEST = 12  # bits of a code


def fault(data: bytes, code_size: int, pixels: int) -> str:
    """Say what is wrong with compressed image data that must give so many pixels; "" if nothing.

    Data after the end code are allowed, as are a full code table (the deferred clear code of GIF
    89a) and a missing end code once all pixels are there.
    """
    clear = 1 << code_size
    lengths = [1] * clear + [0, 0]  # pixels of each code; the clear and end codes have none
    width, limit = code_size + 1, clear * 2
    held = bits = last = given = 0
    for byte in data:
        held |= byte << bits
        bits += 8
        while bits >= width:
            code = held & (limit - 1)
            held >>= width
            bits -= width
            if code == clear:
                del lengths[clear + 2 :]
                width, limit, last = code_size + 1, clear * 2, 0
                continue
            if code == clear + 1:
                return _verdict(given, pixels)
            if last and len(lengths) < _MOST_CODES:
                lengths.append(last + 1)
                if len(lengths) == limit and width < _WIDEST:
                    width += 1
                    limit *= 2
            if code >= (len(lengths) if last else clear):
                return "the image data are damaged: a code stands before its meaning is known"
            last = lengths[code]
            given += last
            if given > pixels:
                return _verdict(given, pixels)
    return _verdict(given, pixels)


def _verdict(given: int, pixels: int) -> str:
    if given > pixels:
        return f"the image data give more than the {pixels} pixels of the image"
    if given < pixels:
        return f"the image data give only {given} of the {pixels} pixels of the image"
    return ""
