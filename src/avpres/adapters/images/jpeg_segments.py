"""The segments of a JPEG (ITU-T T.81, annex B): its frame, and what its writers left beside it."""

import re
import struct
from dataclasses import dataclass, field

from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

SOI, EOI, SOS, DNL, COM = 0xD8, 0xD9, 0xDA, 0xDC, 0xFE
ARITHMETIC = frozenset({0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE, 0xDF})
_NEEDED = {0: b"JFIF\0", 14: b"Adobe"}  # application segments that tell of colours
_JPEG_LS = 0xF7
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_DATA_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_STEP = 128 * 1024  # bytes of coded data that are searched at a time
_MOST_FILL = 65536  # bytes before a marker
_MOST_SEGMENTS = 20_000
_MOST_HELD = 256 * 1024 * 1024  # bytes of segments that are metadata


@dataclass(frozen=True, slots=True)
class Component:
    """One colour of the frame, and how often it was sampled."""

    name: int
    across: int
    down: int
    table: int


@dataclass(slots=True)
class Header:
    """What a JPEG is, and the segments that are no part of its picture."""

    start: int = 0  # offset of SOI
    marker: int = 0  # of the frame
    precision: int = 0
    width: int = 0
    height: int = 0
    components: list[Component] = field(default_factory=list)
    apps: list[tuple[int, bytes]] = field(default_factory=list)  # number of APPn, content
    offsets: list[int] = field(default_factory=list)  # of the content of each APPn
    comments: list[bytes] = field(default_factory=list)
    others: list[tuple[str, bytes]] = field(default_factory=list)
    interval: int = 0  # of restarts
    scans: int = 0
    end: int = 0  # offset behind EOI
    held: int = 0


def read(window: Window, start: int = 0, *, whole: bool) -> Header:
    """Walk the segments up to the first scan, or with `whole` up to the end of the image.

    Raises:
        Unmigratable: a segment is not whole, or nothing stands where one must.
    """
    if window.read(start, 2) != b"\xff\xd8":
        raise Unmigratable(Reason.DAMAGED, f"no JPEG begins at byte {start}")
    header = Header(start)
    place = start + 2
    for _ in range(_MOST_SEGMENTS):
        marker, place = _marker(window, place)
        if marker == EOI:
            break
        if marker in _STANDALONE or marker == SOI:
            raise Unmigratable(Reason.DAMAGED, f"the marker {marker:#04x} has no place here")
        length = int.from_bytes(window.read(place, 2), "big")
        if length < 2:
            raise Unmigratable(Reason.DAMAGED, f"a segment says it has {length} bytes")
        content = window.read(place + 2, length - 2)
        _take(header, marker, content, place + 2)
        place += length
        if marker == SOS:
            header.scans += 1
            if not whole:
                break
            place = _data_end(window, place)
    else:
        raise Unmigratable(Reason.DAMAGED, "its segments never come to an end")
    if not header.marker or not header.scans:
        raise Unmigratable(Reason.DAMAGED, "it has no frame, or no image data")
    header.end = place
    return header


def bare(data: bytes, header: Header) -> bytes:
    """Give the image without the application segments that no decoder needs for its picture.

    What some decoders read in others (fields of a film, places of further images) changes nothing.
    """
    parts = []
    place = 0
    for (number, content), offset in zip(header.apps, header.offsets, strict=True):
        if not content.startswith(_NEEDED.get(number, b"none of them is")):
            start = offset - 4 - header.start
            parts.append(data[place:start])
            place = start + 4 + len(content)
    return b"".join([*parts, data[place:]])


def _marker(window: Window, place: int) -> tuple[int, int]:
    """Give the marker at an offset and the offset behind it; fill bytes are skipped."""
    if window.byte(place) != 0xFF:
        raise Unmigratable(Reason.DAMAGED, f"no marker stands at byte {place}")
    code = window.byte(place + 1)
    if code == 0xFF:
        fill = window.peek(place, _MOST_FILL)
        place += len(fill) - len(fill.lstrip(b"\xff")) - 1
        code = window.byte(place + 1)
    if code == 0xFF:
        raise Unmigratable(Reason.DAMAGED, "fill bytes never come to an end")
    return code, place + 2


def _data_end(window: Window, place: int) -> int:
    """Give the offset of the marker that ends a scan."""
    while True:
        piece = window.peek(place, _STEP)
        if len(piece) < 2:
            raise Unmigratable(Reason.DAMAGED, "the file ends inside of the image data")
        found = _DATA_END.search(piece)
        if found:
            return place + found.start()
        place += len(piece) - 1


def _take(header: Header, marker: int, content: bytes, place: int) -> None:
    if marker in _HIERARCHICAL:
        raise Unmigratable(Reason.DECODER_ERROR, "a hierarchical JPEG, which no decoder reads")
    if marker == _JPEG_LS:
        raise Unmigratable(Reason.UNKNOWN_FORMAT, "JPEG-LS")
    if marker in _FRAMES:
        _frame(header, marker, content)
    elif 0xE0 <= marker <= 0xEF:
        _hold(header, content)
        header.apps.append((marker - 0xE0, content))
        header.offsets.append(place)
    elif marker == COM:
        _hold(header, content)
        header.comments.append(content)
    elif marker == 0xDD:
        header.interval = int.from_bytes(content, "big") if len(content) == 2 else 0
    elif marker == DNL:
        raise Unmigratable(Reason.DECODER_ERROR, "its height is told behind its first scan (DNL)")
    elif marker not in {SOS, 0xDB, 0xC4, 0xCC}:
        _hold(header, content)
        header.others.append((f"jpeg:{marker:02x}", content))


def _frame(header: Header, marker: int, content: bytes) -> None:
    if header.marker:
        raise Unmigratable(Reason.DAMAGED, "it has more than one frame")
    if len(content) < 6 or len(content) != 6 + 3 * content[5] or not content[5]:
        raise Unmigratable(Reason.DAMAGED, "the frame header has an impossible length")
    header.marker = marker
    header.precision, header.height, header.width = struct.unpack_from(">BHH", content)
    for at in range(6, len(content), 3):
        name, factors, table = content[at : at + 3]
        part = Component(name, factors >> 4, factors & 15, table)
        if not (1 <= part.across <= 4 and 1 <= part.down <= 4) or table > 3:
            raise Unmigratable(Reason.DAMAGED, "a colour has impossible values")
        header.components.append(part)
    if not header.height:
        raise Unmigratable(Reason.DECODER_ERROR, "its frame does not tell its height")
    if not header.width:
        raise Unmigratable(Reason.DAMAGED, "its frame is 0 pixels wide")


def _hold(header: Header, content: bytes) -> None:
    header.held += len(content)
    if header.held > _MOST_HELD:
        raise Unmigratable(Reason.TOO_LARGE, "its segments are larger than any picture's")
