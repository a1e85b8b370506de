"""IPTC-IIM records and Photoshop's resources, as TIFF carries them."""

import struct
from collections.abc import Iterator

_MARK, _LONG = 0x1C, 4
_SIGNATURES = {b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"}
_IPTC_RESOURCE = 0x0404


def records(raw: bytes) -> bytes:
    """Give IIM records without the padding behind them, in their own order of bytes.

    Tag 33723 is often said to hold words of 32 bits, and then its bytes were swapped in files of
    the other order (as exiftool finds them).
    """
    if raw[:1] != bytes([_MARK]) and len(raw) % _LONG == 0 and raw[3:4] == bytes([_MARK]):
        words = struct.unpack(f"<{len(raw) // _LONG}I", raw)
        raw = struct.pack(f">{len(words)}I", *words)
    end = _end(raw)
    return raw[:end] if not raw[end:].strip(b"\0") else raw


def resources(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Give Photoshop's resources by number, as far as they follow one another."""
    at = 0
    while raw[at : at + 4] in _SIGNATURES and at + 8 <= len(raw):
        (number, named) = struct.unpack_from(">HB", raw, at + 4)
        place = at + 7 + named
        place += (place - at) % 2
        if place + 4 > len(raw):
            return
        (length,) = struct.unpack_from(">I", raw, place)
        if place + 4 + length > len(raw):
            return
        yield number, raw[place + 4 : place + 4 + length]
        at = place + 4 + length + length % 2


def iptc_resource(raw: bytes) -> bytes:
    """Give the IIM records among Photoshop's resources; nothing if there are none."""
    return next((content for number, content in resources(raw) if number == _IPTC_RESOURCE), b"")


def _end(raw: bytes) -> int:
    """Find where the records end; the extended form tells how long its length is."""
    at = 0
    while at + 5 <= len(raw) and raw[at] == _MARK:
        length = int.from_bytes(raw[at + 3 : at + 5], "big")
        head = 5
        if length & 0x8000:
            more = length & 0x7FFF
            length = int.from_bytes(raw[at + 5 : at + 5 + more], "big") if more <= 4 else len(raw)
            head += more
        if at + head + length > len(raw):
            return len(raw)
        at += head + length
    return at
