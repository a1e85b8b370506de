"""Deflate streams, taken out in bounded pieces and within an allowance of work."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from avpres.adapters.validators.source import Source

_FIRST = 4 * 1024  # bytes of input that are tried first: most members of archives are small
_INPUT = 64 * 1024  # bytes of input at a time; what is left over is copied at each step
_OUTPUT = 1024 * 1024  # bytes of output at a time


class Fault(StrEnum):
    """Why a stream was not taken out to its end."""

    NONE = ""
    CUT = "cut"
    DAMAGED = "damaged"
    LIMIT = "limit"


@dataclass(slots=True)
class Allowance:
    """How much may be taken out of one file: `room` bytes, and `ratio` for each byte read.

    What grows more than a hundredfold and beyond any sensible size is a bomb or a sparse disk
    image; neither may hold up a batch. Everything else is taken out to its end, however large.
    """

    room: int
    ratio: int = 0
    spent: int = 0

    def spend(self, size: int, read: int) -> bool:
        """Count `size` bytes that came out of the first `read`; say whether more may come."""
        self.spent += size
        return self.spent <= self.room + self.ratio * read


class Inflater:
    """One raw deflate stream that begins at `start` and must not go beyond `stop`.

    When `pieces` has come to its end, `fault` says how; `end` is the offset behind the stream.
    """

    def __init__(self, source: Source, start: int, stop: int, allowance: Allowance) -> None:
        self.end = start
        self.size = 0
        self.crc = 0
        self.fault = Fault.NONE
        self._source = source
        self._stop = stop
        self._allowance = allowance

    def drain(self) -> None:
        """Take everything out and keep nothing but its size and CRC."""
        for _ in self.pieces():
            pass

    def pieces(self) -> Iterator[bytes]:
        """Give what the stream holds."""
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        step = _FIRST
        try:
            while not engine.eof and self.fault is Fault.NONE:
                part = self._source.peek(self.end, min(step, self._stop - self.end))
                if not part:
                    self.fault = Fault.CUT
                    return
                self.end += len(part)
                step = min(4 * step, _INPUT)
                yield from self._outputs(engine, part)
        except zlib.error:
            self.fault = Fault.DAMAGED
        self.end -= len(engine.unused_data)

    def _outputs(self, engine: "zlib._Decompress", part: bytes) -> Iterator[bytes]:
        while True:
            out = engine.decompress(part, _OUTPUT)
            part = engine.unconsumed_tail
            self.size += len(out)
            self.crc = zlib.crc32(out, self.crc)
            if out:
                yield out
            if not self._allowance.spend(len(out), self.end):
                self.fault = Fault.LIMIT
                return
            if engine.eof or (not part and len(out) < _OUTPUT):
                return
