"""The entropy-coded data of a sequential JPEG, walked code by code: does it add up?

Nothing in these data is a checksum, and a decoder goes on after nearly any damage. But each stretch
between two markers must hold exactly the codes of its blocks, no run of zeros may leave a block,
and no mean of a block may lie far outside of what pixels can have. Pure Python does about a
megabyte a second, so this is for the deep pass.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_SOF_SEQUENTIAL, _SOF_OTHERS = {0xC0, 0xC1}, {*range(0xC2, 0xD0)} - {0xC4, 0xC8, 0xCC}
_DHT, _SOS, _DQT, _DRI, _EOI = 0xC4, 0xDA, 0xDB, 0xDD, 0xD9
_MARKER = re.compile(rb"\xff+([\x01-\xfe])")
_CODES = 2**16
_END_OF_BLOCK = 128  # as a step in a block; more than any run makes
_MEAN = 1024 * 1.25  # what encoders reach in blocks of white or black, and some room
_BEYOND = bytes(16)  # put behind coded data, so that the last codes can be read like all others
_NO_CODE = "a code that no table defines"

Table = list[int]
"""By the next 16 bits: the bits of the code and of what follows, the step or size above them."""


class _FaultError(Exception):
    """What is wrong with a stretch of coded data."""


class _Block(NamedTuple):
    """How the blocks of a component are coded: its number, its tables, its step of the mean."""

    component: int
    means: Table
    rest: Table
    quantum: int


class _Frame:
    """What the segments have defined so far."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self.components: dict[int, tuple[int, int, int]] = {}  # across, down, quantisation table
        self.tables: dict[int, Table] = {}
        self.quanta: dict[int, int] = {}
        self.interval = 0


def fault(data: bytes) -> tuple[str, int] | None:
    """Say what is wrong with the coded data and in which stretch; None if nothing is.

    Progressive, lossless, arithmetic and 12-bit images are not walked: for them it is None too.
    """
    frame = _Frame()
    try:
        for marker, start, content in _segments(data):
            if marker in _SOF_OTHERS or not _define(frame, marker, content):
                return None
            if marker == _SOS:
                found = _scan(frame, data, start, content)
                if found:
                    return found
    except (IndexError, KeyError, ValueError, struct.error):
        return None  # the segments contradict themselves: what walks them has said so
    return None


def _segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield marker, offset of what follows, and content of each segment up to the end."""
    place = 2
    while True:
        found = _MARKER.search(data, place)
        if found is None or found[1][0] == _EOI:
            return
        marker, place = found[1][0], found.end()
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        (length,) = struct.unpack_from(">H", data, place)
        yield marker, place + length, data[place + 2 : place + length]
        place += length


def _define(frame: _Frame, marker: int, content: bytes) -> bool:
    """Take in a segment; False if the image is of a kind that is not walked."""
    if marker in _SOF_SEQUENTIAL:
        bits, height, width, count = struct.unpack_from(">BHHB", content)
        frame.size = (width, height)
        for at in range(6, 6 + 3 * count, 3):
            id, factors, table = content[at : at + 3]
            frame.components[id] = (factors >> 4, factors & 15, table)
        return bool(bits == 8 and width > 0 and height > 0)
    if marker == _DQT:
        _define_quanta(frame, content)
    elif marker == _DHT:
        _define_tables(frame, content)
    elif marker == _DRI:
        (frame.interval,) = struct.unpack_from(">H", content)
    return True


def _define_quanta(frame: _Frame, content: bytes) -> None:
    place = 0
    while place < len(content):
        wide = content[place] >> 4
        quantum = content[place + 1 : place + 2 + bool(wide)]
        frame.quanta[content[place] & 15] = int.from_bytes(quantum, "big")
        place += 129 if wide else 65


def _define_tables(frame: _Frame, content: bytes) -> None:
    place = 0
    while place < len(content):
        counts = content[place + 1 : place + 17]
        values = content[place + 17 : place + 17 + sum(counts)]
        frame.tables[content[place]] = _table(counts, values, means=content[place] < 16)
        place += 17 + len(values)


def _table(counts: Sequence[int], values: bytes, *, means: bool) -> Table:
    table = [0] * _CODES
    code, taken = 0, 0
    for length, count in enumerate(counts, 1):
        for value in values[taken : taken + count]:
            size = value & 15
            step = size if means else (value >> 4) + 1
            if not means and not size and value != 0xF0:
                step = _END_OF_BLOCK
            first = code << (16 - length)
            if first >= _CODES:
                raise ValueError  # more codes than there are
            table[first : first + (1 << (16 - length))] = [step << 8 | length + size] * (
                1 << (16 - length)
            )
            code += 1
        taken += count
        code <<= 1
    return table[:_CODES]


def _scan(frame: _Frame, data: bytes, start: int, content: bytes) -> tuple[str, int] | None:
    """Walk the stretches between the markers of one scan."""
    plan, left = _plan(frame, content)
    while True:
        found = _MARKER.search(data, start)
        end = found.start() if found else len(data)
        count = min(left, frame.interval) if frame.interval else left
        try:
            _stretch(data[start:end].replace(b"\xff\0", b"\xff"), plan, count)
        except _FaultError as error:
            return str(error), start
        left -= count
        if found is None or not 0xD0 <= found[1][0] <= 0xD7:
            return None
        start = found.end()


def _plan(frame: _Frame, content: bytes) -> tuple[list[_Block], int]:
    """Give the blocks of one unit of a scan in order, and how many units there are."""
    most_across = max(across for across, _, _ in frame.components.values())
    most_down = max(down for _, down, _ in frame.components.values())
    width, height = frame.size
    plan = []
    count = content[0]
    for number in range(count):
        id, tables = content[1 + 2 * number], content[2 + 2 * number]
        across, down, quanta = frame.components[id]
        block = _Block(
            number,
            frame.tables[tables >> 4],
            frame.tables[16 | tables & 15],
            frame.quanta[quanta],
        )
        plan += [block] * (across * down if count > 1 else 1)
    if count == 1:
        width, height = -(-width * across // most_across), -(-height * down // most_down)
        most_across = most_down = 1
    return plan, -(-width // (8 * most_across)) * -(-height // (8 * most_down))


def _stretch(data: bytes, plan: Sequence[_Block], count: int) -> None:
    """Walk the blocks of one stretch, whose means are told as differences.

    Raises:
        _FaultError: it does not add up.
    """
    end = 8 * len(data)
    data += _BEYOND
    means = [0] * len(plan)
    place = 0
    for _ in range(count):
        for component, first, rest, quantum in plan:
            bits, change = _mean(data, place, first)
            means[component] += change
            if abs(means[component]) * quantum - quantum / 2 > _MEAN:
                raise _FaultError("a block is brighter or darker than pixels can be")
            place = _rest(data, place + bits, rest)
            if place > end:
                raise _FaultError("the coded data end too early")
    left = data[(place + 7) >> 3 : end >> 3]
    if left.strip(b"\0").strip(b"\xff"):
        raise _FaultError(f"{len(left)} bytes more than the blocks need")


def _mean(data: bytes, place: int, table: Table) -> tuple[int, int]:
    """Read the mean of a block: how many bits it takes, and its change."""
    window = int.from_bytes(data[place >> 3 : (place >> 3) + 5], "big")
    window = window >> (8 - (place & 7)) & 0xFFFFFFFF
    entry = table[window >> 16]
    if not entry:
        raise _FaultError(_NO_CODE)
    bits, size = entry & 255, entry >> 8
    if not size:
        return bits, 0
    value = window >> (32 - bits) & ((1 << size) - 1)
    return bits, value if value >> (size - 1) else value - (1 << size) + 1


def _rest(data: bytes, place: int, table: Table) -> int:
    """Walk the other 63 coefficients of a block; give the place behind them."""
    step = 1
    while step < 64:
        window = int.from_bytes(data[place >> 3 : (place >> 3) + 3], "big")
        entry = table[window >> (8 - (place & 7)) & 0xFFFF]
        if not entry:
            raise _FaultError(_NO_CODE)
        place += entry & 255
        step += entry >> 8
    if 64 < step < _END_OF_BLOCK:
        raise _FaultError("a run of zeros leaves its block")
    return place
