"""A Track once more, at the end of the data: names and headers of all its frames hang on it."""

from zlib import crc32

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.numbers import element, read_header, unsigned
from avpres.adapters.reversible.window import Element, Window

MOST = 1024 * 1024  # bytes of a Track that is worth a copy
CRC = 4  # bytes


def copy_of(track: bytes, number: int) -> bytes:
    """Write the copy of a Track, the first being 1; nothing for one that is large.

    The Track's own header is left out, so that nobody takes the copy for a Track.
    """
    head = read_header(track)
    if head is None or len(track) > MOST:
        return b""
    track = track[head[2] :]
    return element(
        e.COPY,
        element(e.COPY_NUMBER, unsigned(number))
        + element(e.COPY_CRC, crc32(track).to_bytes(CRC, "big"))
        + element(e.COPY_TRACK, track),
    )


def check(crc: int) -> bytes:
    """Write the CRC-32 of all that stands behind the head of the data."""
    return element(e.CHECK, element(e.COPY_CRC, crc.to_bytes(CRC, "big")))


def is_checked(window: Window, start: int, found: Element) -> bool:
    """Tell whether all from a place up to a Check has the CRC-32 that the Check says."""
    crc, at = 0, start
    while at < found.at:
        piece = window.read(at, min(MOST, found.at - at))
        if not piece:
            return False
        crc, at = crc32(piece, crc), at + len(piece)
    return window.content(found, MOST) == check(crc)[-found.size :]


def read_copy(window: Window, found: Element) -> dict[int, Element]:
    """Read the number and place of a Track's copy; nothing when its CRC is wrong."""
    parts = {part.id: part for part in window.elements(found.start, found.end)}
    if not {e.COPY_NUMBER, e.COPY_CRC, e.COPY_TRACK} <= parts.keys():
        return {}
    number, crc, track = (parts[id_] for id_ in (e.COPY_NUMBER, e.COPY_CRC, e.COPY_TRACK))
    if track.size > MOST or crc.size != CRC or number.size > CRC:
        return {}
    if crc32(window.content(track)) != int.from_bytes(window.content(crc), "big"):
        return {}
    at = int.from_bytes(window.content(number), "big")
    return {at: Element(e.TRACK, track.at, track.start, track.end)}
