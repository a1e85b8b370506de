"""The pixels of OpenEXR: is every chunk there, where the offset tables say, and of a right length.

ZIP and PXR24 chunks carry a checksum: they are taken out, as far as that is cheap.
"""

import struct
import zlib
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.openexr_header import MULTI_PART, Part
from avpres.adapters.validators.source import Source

LINES = {
    0: 1,
    1: 1,
    2: 1,
    3: 16,
    4: 32,
    5: 16,
    6: 32,
    7: 32,
    8: 32,
    9: 256,
    10: 256,
    11: 32,
    12: 256,
    13: 1,
}
"""Lines of a chunk, by compression."""
_NONE, _ZIPS, _ZIP, _PXR24 = 0, 2, 3, 5
_FOLLOWED = 50_000  # chunks of a file whose headers are read; the rest must be in bounds
_DEFLATED = 16 * 1024 * 1024  # bytes that are taken out at most
_INFLATED = 128 * 1024 * 1024  # bytes that may come of them
_STEP = 1024 * 1024


@dataclass(slots=True)
class Window:
    """The data window of a part, in pixels."""

    left: int
    top: int
    width: int
    height: int


def window_of(part: Part, exam: Examination) -> Window | None:
    """Read the data window; None if it is impossible."""
    found = part.numbers("dataWindow")
    if len(found) != 4:
        return None
    left, top, right, bottom = (int(number) for number in found)
    if right < left or bottom < top:
        exam.broken("OPENEXR-WINDOW", "the data window has no pixels", part.offset)
        return None
    return Window(left, top, right - left + 1, bottom - top + 1)


def chunk_count(part: Part, window: Window, *, tiled: bool) -> int:
    """Give how many chunks a part has."""
    if not tiled:
        return -(-window.height // LINES.get(part.number("compression"), 1))
    value = part.attributes.get("tiles", ("", b"", 0))[1]
    if len(value) != 9:
        return 0
    across, down, mode = (int(number) for number in struct.unpack("<IIB", value))
    if not across or not down:
        return 0
    widths = _levels(window.width, up=bool(mode >> 4))
    heights = _levels(window.height, up=bool(mode >> 4))
    if mode & 15 == 0:
        widths, heights = widths[:1], heights[:1]
    if mode & 15 == 2:
        return sum(-(-w // across) for w in widths) * sum(-(-h // down) for h in heights)
    most = max(len(widths), len(heights))
    pairs = zip(_longer(widths, most), _longer(heights, most), strict=True)
    return sum(-(-w // across) * -(-h // down) for w, h in pairs)


class Chunks:
    """Goes through the chunks of all parts."""

    def __init__(self, source: Source, exam: Examination, flags: int) -> None:
        self.source = source
        self.exam = exam
        self.flags = flags
        self.extents: list[tuple[int, int]] = []
        self._deflated = _DEFLATED
        self._inflated = _INFLATED
        self._broken = 0

    def check(self, part: Part, window: Window, table: tuple[int, ...], least: int) -> None:
        """Say which chunks of a part are missing, misplaced or damaged; `least` is their start."""
        absent = sum(not offset for offset in table)
        outside = sum(offset < least or offset >= self.source.size for offset in table) - absent
        if absent:
            self.exam.broken(
                "OPENEXR-INCOMPLETE", f"{absent} of {len(table)} chunks were never written", least
            )
        if outside:
            self.exam.broken(
                "OPENEXR-CHUNK-OUTSIDE",
                f"{outside} of {len(table)} chunks lie outside of the file, which is probably cut",
                self.source.size,
            )
        kind = part.text("type")
        for index, offset in enumerate(table[: max(0, _FOLLOWED - len(self.extents))]):
            if least <= offset < self.source.size:
                self._chunk(part, window, (index, offset), kind)

    def finish(self, least: int) -> None:
        """Say where chunks overlap and what stands behind the last one."""
        last = least
        for start, end in sorted(self.extents):
            if start < last:
                self.exam.invalid("OPENEXR-OVERLAP", "two chunks lie over one another", start)
                return
            last = end
        if last < self.source.size and len(self.extents) < _FOLLOWED:
            behind = self.source.size - last
            self.exam.note("OPENEXR-TRAILING", f"{behind} bytes stand behind the image", last)

    def _chunk(self, part: Part, window: Window, place: tuple[int, int], kind: str) -> None:
        index, offset = place
        at = offset + (4 if self.flags & MULTI_PART else 0)
        tiled = kind in {"tiledimage", "deeptile"} or (not kind and bool(self.flags & 0x200))
        start = at + (16 if tiled else 4)
        if kind.startswith("deep"):
            sizes = struct.unpack("<QQ", self.source.read(start, 16))
            self._fits(offset, start + 24, sum(sizes))
            return
        (y,) = struct.unpack("<i", self.source.read(at, 4))
        (size,) = struct.unpack("<i", self.source.read(start, 4))
        if not self._fits(offset, start + 4, size) or tiled:
            return
        lines = LINES.get(part.number("compression"), 1)
        if y != window.top + index * lines:
            self._fault("OPENEXR-CHUNK-LINE", f"the chunk {index} says it is line {y}", at)
            return
        raw = raw_size(part, window, y, min(lines, window.top + window.height - y))
        self._data(part.number("compression"), start + 4, size, raw)

    def _fits(self, offset: int, start: int, size: int) -> bool:
        if size < 0 or start + size > self.source.size:
            self._fault("OPENEXR-CHUNK-OUTSIDE", "a chunk ends behind the end of the file", offset)
            return False
        self.extents.append((offset, start + size))
        return True

    def _data(self, compression: int, start: int, size: int, raw: int) -> None:
        if size > raw or (compression == _NONE and size != raw):
            self._fault(
                "OPENEXR-CHUNK-SIZE", f"a chunk has {size} bytes, its pixels need {raw}", start - 4
            )
        elif compression in {_ZIPS, _ZIP, _PXR24} and size != raw:
            self._deflated -= size
            self._inflated -= raw
            if min(self._deflated, self._inflated) > 0:
                exact = raw if compression != _PXR24 else None
                fault = _inflate(self.source.peek(start, size), raw, exact)
                if fault:
                    self._fault("OPENEXR-CHUNK-DAMAGED", f"a chunk is damaged: {fault}", start)

    def _fault(self, id: str, text: str, offset: int) -> None:
        self.exam.broken(id, text, offset)


def raw_size(part: Part, window: Window, top: int, lines: int) -> int:
    """Give the bytes of some lines without compression."""
    size = 0
    for channel in part.channels:
        if channel.across == channel.down == 1:
            size += channel.size * window.width * lines
            continue
        last = window.left + window.width - 1
        across = last // channel.across - (window.left - 1) // channel.across
        down = (top + lines - 1) // channel.down - (top - 1) // channel.down
        size += channel.size * across * down
    return size


def _inflate(data: bytes, raw: int, exact: int | None) -> str:
    engine = zlib.decompressobj()
    size = 0
    try:
        while data and not engine.eof and size <= raw:
            size += len(engine.decompress(data, _STEP))
            data = engine.unconsumed_tail
    except zlib.error as error:
        return str(error).rpartition(": ")[2]
    if not engine.eof:
        return "it ends before its checksum" if size <= raw else "it gives too many bytes"
    if exact is not None and size != exact:
        return f"it gives {size} bytes, its pixels need {exact}"
    return ""


def _levels(size: int, *, up: bool) -> list[int]:
    sizes = [size]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // 2) if up else sizes[-1] // 2)
    return sizes


def _longer(sizes: list[int], most: int) -> list[int]:
    return sizes + [1] * (most - len(sizes))
