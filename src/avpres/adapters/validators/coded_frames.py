"""Single frames of codecs that can be looked into without decoding them.

A check takes a frame as the wrapper holds it, and yields what is wrong: an id, a text, and the
offset inside of the frame.
"""

from collections.abc import Callable, Iterator

from avpres.adapters.validators.flac_crc import leaves_no_remainder

MOST_FAULTS = 10_000  # of a file; beyond them no frame is looked into any more
Fault = tuple[str, str, int]
Check = Callable[[bytes], Iterator[Fault]]
_FORBIDDEN = 0x80  # the first bit of every unit of H.264 and HEVC is 0
_VP8_START = b"\x9d\x01\x2a"
_SHORTEST = {"FLAC": 8, "VP8": 3}  # bytes


def units_of(length_size: int) -> Check:
    """Give the check of H.264 and HEVC where units have their length before them."""

    def check(frame: bytes) -> Iterator[Fault]:
        at, end = 0, len(frame)
        while at < end:
            start = at + length_size
            size = int.from_bytes(frame[at:start], "big")
            if not size or start + size > end or frame[start] & _FORBIDDEN:
                yield "NAL-LENGTH", "the lengths of the units of a frame do not fill it", at
                return
            at = start + size

    return check


def check_flac(frame: bytes) -> Iterator[Fault]:
    """Check the CRC of a frame of FLAC."""
    if len(frame) < _SHORTEST["FLAC"] or frame[0] != 0xFF or frame[1] & 0xFE != 0xF8:
        yield "FLAC-FRAME", "a frame of FLAC does not begin as it must", 0
    elif not leaves_no_remainder([frame]):
        yield "FLAC-FRAME-CRC", "the CRC of a frame of FLAC does not match", 0


def check_prores(frame: bytes) -> Iterator[Fault]:
    """Check the length that a frame of ProRes says of itself, and its name."""
    if frame[4:8] != b"icpf" or int.from_bytes(frame[:4], "big") != len(frame):
        yield "PRORES-FRAME", "a frame of ProRes does not begin as it must", 0


def check_vp8(frame: bytes) -> Iterator[Fault]:
    """Check the start code of a key frame of VP8, and that its first part is there."""
    if not frame:
        return
    head = int.from_bytes(frame[:3], "little")
    is_key = not head & 1
    missing = (head >> 5) > len(frame) - (10 if is_key else 3)
    if missing or (is_key and frame[3:6] != _VP8_START):
        yield "VP8-FRAME", "a frame of VP8 does not begin as it must", 0


def check_vp9(frame: bytes) -> Iterator[Fault]:
    """Check the marker that every frame of VP9 begins with."""
    if frame and frame[0] >> 6 != 2:
        yield "VP9-FRAME", "a frame of VP9 does not begin as it must", 0
