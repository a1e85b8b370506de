"""The audio frames of FLAC: found, counted, and held against their checksums, not decoded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.validators.flac_crc import leaves_no_remainder
from avpres.adapters.validators.source import Source

SYNC = re.compile(rb"\xff[\xf8\xf9]")
LONGEST_HEADER = 16  # bytes
REACH = 512 * 1024  # bytes in which a next frame is looked for where its size is not known
MOST_TRIES = 100_000  # places that look like a frame; hostile files consist of nothing else
MOST_JUMP = 1024  # frames that may be missing in a row before all trust is lost


@dataclass(frozen=True, slots=True)
class Frame:
    """The header of one frame; `first` is the number of its first sample."""

    offset: int
    first: int
    samples: int
    variable: bool


@dataclass(slots=True)
class Frames:
    """The frames of a file, from `start` to `end` (bytes); `block` is the size of fixed blocks."""

    source: Source
    start: int
    end: int
    block: int
    longest: int = 0  # bytes of the longest frame, if the file says so
    tries: int = MOST_TRIES

    def are_sound(self, start: int | None = None) -> bool:
        """Say whether every frame's checksum is right, without finding the frames."""
        begin = self.start if start is None else start
        return leaves_no_remainder(self.source.chunks(begin, self.end))

    def read(self, offset: int) -> Frame | None:
        """Read a frame header, if there is one at this place."""
        self.tries -= 1
        if self.tries < 0:
            return None
        return read_header(self.source.peek(offset, LONGEST_HEADER), offset, self.block)

    def last(self) -> Frame | None:
        """Find the last whole frame, from behind."""
        reach = self._reach()
        begin = max(self.start, self.end - reach)
        tail = self.source.peek(begin, self.end - begin)
        place = len(tail)
        while place > 0 and self.tries > 0:
            place = max(tail.rfind(b"\xff\xf8", 0, place), tail.rfind(b"\xff\xf9", 0, place))
            if place < 0:
                return None
            frame = self.read(begin + place)
            if frame is not None and leaves_no_remainder([tail[place:]]):
                return frame
        return None

    def walk(self) -> Iterator[tuple[Frame, int, bool]]:
        """Yield every frame with its end and whether its checksum is right."""
        frame = self.read(self.start)
        while frame is not None:
            follower = self._next(frame)
            end = follower.offset if follower is not None else self.end
            yield frame, end, leaves_no_remainder(self.source.chunks(frame.offset, end))
            frame = follower

    def _next(self, frame: Frame) -> Frame | None:
        begin = frame.offset + 2
        part = self.source.peek(begin, min(self._reach(), self.end - begin))
        expected = frame.first + frame.samples
        for found in SYNC.finditer(part):
            follower = self.read(begin + found.start())
            if self.tries < 0:
                return None
            if follower is None or follower.variable != frame.variable:
                continue
            if expected <= follower.first <= expected + MOST_JUMP * max(frame.samples, 1):
                return follower
        return None

    def _reach(self) -> int:
        return 2 * self.longest + LONGEST_HEADER if 0 < 2 * self.longest < REACH else REACH


def read_header(head: bytes, offset: int, block: int) -> Frame | None:
    """Read a frame header (RFC 9639, 9.1); None if it is none, or if its CRC-8 is wrong."""
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xFE != 0xF8:
        return None
    size_code, rate_code = head[2] >> 4, head[2] & 15
    if not size_code or rate_code == 15 or head[3] >> 4 > 10 or head[3] & 1 or head[3] & 14 == 6:
        return None
    number, place = _coded_number(head)
    if number is None:
        return None
    samples, place = _block_size(head, place, size_code)
    place += (0, 1, 2, 2)[max(0, rate_code - 11)]
    if place >= len(head) or crc8(head[:place]) != head[place]:
        return None
    variable = bool(head[1] & 1)
    return Frame(offset, number if variable else number * block, samples, variable)


def _coded_number(head: bytes) -> tuple[int | None, int]:
    first = head[4]
    if first < 0x80:
        return first, 5
    extra = 7 - (first ^ 0xFF).bit_length()  # as in UTF-8, up to 36 bits
    more = head[5 : 5 + extra]
    if not 1 <= extra <= 6 or len(more) < extra or any(byte & 0xC0 != 0x80 for byte in more):
        return None, 0
    number = first & (0x3F >> extra)
    for byte in more:
        number = number << 6 | byte & 0x3F
    return number, 5 + extra


def _block_size(head: bytes, place: int, code: int) -> tuple[int, int]:
    if code == 6:
        return int.from_bytes(head[place : place + 1], "big") + 1, place + 1
    if code == 7:
        return int.from_bytes(head[place : place + 2], "big") + 1, place + 2
    if code == 1:
        return 192, place
    return (576 << code - 2 if code <= 5 else 256 << code - 8), place


def crc8(data: bytes) -> int:
    """Give the CRC of a frame header."""
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value


def _crc8_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1 ^ 0x07) & 0xFF if byte & 0x80 else byte << 1
    return byte


_CRC8 = bytes(_crc8_of(byte) for byte in range(256))
