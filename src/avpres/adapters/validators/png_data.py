"""The image data of a PNG: do they inflate to exactly what the header says?

Every byte is covered by a chunk's checksum already; this finds what a faulty writer made.
"""

import zlib
from dataclasses import dataclass

MOST = 256 * 1024 * 1024  # bytes that are inflated of a file; half a second
PIECE = 256 * 1024  # bytes inflated at a time
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
_FILTERS = bytes(range(5))
_ADAM7 = (  # left, top, step across, step down
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


@dataclass(frozen=True, slots=True)
class Header:
    """IHDR."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    def rows(self, width: int, height: int) -> list[tuple[int, int]]:
        """Give length in bytes, filter byte included, and number of the rows of each pass."""
        bits = self.depth * SAMPLES[self.colour]
        passes = [(width, height)]
        if self.interlaced:
            passes = [
                ((width - left + across - 1) // across, (height - top + down - 1) // down)
                for left, top, across, down in _ADAM7
            ]
        return [(1 + (columns * bits + 7) // 8, lines) for columns, lines in passes if columns > 0]


class Inflater:
    """Inflates image data as they come and holds nothing of them."""

    def __init__(self, rows: list[tuple[int, int]], most: int = MOST) -> None:
        self.rows = rows
        self.most = most
        self.expected = sum(length * lines for length, lines in rows)
        self.given = 0
        self.fault = ""
        self.extra = False  # there are more data than the image needs; decoders skip them
        self.stopped = False  # at `most`: the rest stays unread
        self._engine = zlib.decompressobj()

    def feed(self, data: bytes) -> None:
        """Inflate the content of one more chunk."""
        while data and not self.fault and not self.stopped:
            if self._engine.eof or self.given > self.expected:
                self.extra = True
                return
            try:
                piece = self._engine.decompress(data, PIECE)
            except zlib.error:
                self.fault = "the compressed image data are damaged"
                return
            data = self._engine.unconsumed_tail or self._engine.unused_data
            self._take(piece)

    def end(self) -> None:
        """Say what is missing when no more data come."""
        if self.fault or self.stopped or self.given > self.expected:
            return
        if self.given != self.expected:
            self.fault = f"only {self.given} of {self.expected} bytes of image data are there"
        elif not self._engine.eof:
            self._drain()

    def _drain(self) -> None:
        try:
            self._take(self._engine.decompress(self._engine.unconsumed_tail, 1))
        except zlib.error:
            self.fault = "the checksum of the compressed image data is wrong"
        if not self._engine.eof and not self.fault:
            self.fault = "the compressed image data have no end"

    def _take(self, piece: bytes) -> None:
        start, self.given = self.given, self.given + len(piece)
        self.extra |= self.given > self.expected
        if not self._filters_hold(piece, start):
            self.fault = "a row of the image has an unknown filter"
        self.stopped = self.most <= self.given < self.expected

    def _filters_hold(self, piece: bytes, start: int) -> bool:
        begin = 0  # of the pass, in the inflated data
        for length, lines in self.rows:
            end = begin + length * lines
            if start < end and begin < start + len(piece):
                low = max(begin, start)
                first = low + (begin - low) % length - start
                if piece[first : max(end - start, 0) : length].strip(_FILTERS):
                    return False
            begin = end
        return True
