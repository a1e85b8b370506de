"""H.264 and HEVC as MP4 and Matroska keep them: units with their length before them."""

_FORBIDDEN = 0x80  # the first bit of every unit is 0
_LEAST = 1  # byte of a unit: the end of a sequence


def check_sample(data: bytes, length_size: int) -> int | None:
    """Follow the units of a sample; give where they stop to make sense, None if they fill it."""
    at, end = 0, len(data)
    while at < end:
        start = at + length_size
        size = int.from_bytes(data[at:start], "big")
        if size < _LEAST or start + size > end or data[start] & _FORBIDDEN:
            return at
        at = start + size
    return None
