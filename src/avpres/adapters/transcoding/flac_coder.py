"""FLAC of any depth from 4 to 32 bits, for those that FFmpeg's encoder does not code as they are.

RFC 9639, 9: fixed predictors, partitioned Rice coding, stereo as sum and difference, wasted bits.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.samples import low_bytes
from avpres.adapters.cooking.sound import SoundPacket
from avpres.adapters.transcoding.flac_bits import Bits, residual_of, written
from avpres.adapters.transcoding.sound_words import numbers_of
from avpres.adapters.validators.flac_crc import crc16
from avpres.adapters.validators.flac_frames import crc8
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.sounding import SoundArray

Values = npt.NDArray[np.int64]

BLOCK = 4096  # samples of each channel in a frame
BLOCK_CODE, ODD_BLOCK = 12, 7  # in a frame's header: 4096; 16 bits that tell it
WHOLE = 32  # bits
SIZES = {8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7}  # codes of depths; 0: as STREAMINFO says
RATES = {
    rate: code
    for code, rate in enumerate(
        (88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000),
        start=1,
    )
}  # codes of rates
LEFT_SIDE, SIDE_RIGHT, MID_SIDE = 8, 9, 10  # assignments of two channels
CONSTANT, VERBATIM, FIXED = 0, 1, 8  # kinds of subframes
MOST_ORDER = 4
MOST_FRAME = (1 << 24) - 1  # bytes that STREAMINFO can name; 0: not known


class DepthEncoder:
    """Encodes samples of `bits` bits that stand in the highest bits of their words."""

    def __init__(self, array: SoundArray, rate: int, bits: int) -> None:
        self.bits = bits
        self._array, self._rate = array, rate
        self._rest = bytearray()
        self._given = self._frames = 0
        self._sizes = (MOST_FRAME, 0)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.info = b""

    def encode(self, data: bytes) -> list[SoundPacket]:
        """Take some bytes; give the frames that are full.

        Raises:
            Unmigratable: bits below those that are coded are not zero.
        """
        self._rest += data
        step = BLOCK * self._array.block
        full = len(self._rest) - len(self._rest) % step
        found = [self._frame(bytes(self._rest[at : at + step])) for at in range(0, full, step)]
        del self._rest[:full]
        return found

    def finish(self) -> list[SoundPacket]:
        """Give the last frame, and the final STREAMINFO in `info`.

        Raises:
            CodingError: the sound ends within a sample.
            Unmigratable: as `encode`.
        """
        if len(self._rest) % self._array.block:
            raise CodingError("the sound ends within a sample")
        found = [self._frame(bytes(self._rest))] if self._rest else []
        self._rest.clear()
        form = self._rate << 44 | (self._array.channels - 1) << 41 | (self.bits - 1) << 36
        self.info = b"".join(
            (
                BLOCK.to_bytes(2, "big") * 2,
                min(self._sizes).to_bytes(3, "big"),
                max(self._sizes[1:]).to_bytes(3, "big"),
                (form | self._given).to_bytes(8, "big"),
                self._md5.digest(),
            )
        )
        return found

    def _frame(self, block: bytes) -> SoundPacket:
        numbers = numbers_of(block, self._array)
        values = numbers.astype(np.int64) >> (WHOLE - self.bits)
        if np.any(values << (WHOLE - self.bits) != numbers):
            said = f"it uses bits below the {self.bits} that its heading tells"
            raise Unmigratable(Reason.NOT_REVERSIBLE, said)
        self._md5.update(low_bytes(numbers, self.bits))
        samples = len(numbers) // self._array.channels
        planes = np.ascontiguousarray(values.reshape(samples, -1).T)
        assigned, channels, depths = _assigned(planes, self.bits)
        body = Bits()
        for channel, depth in zip(channels, depths, strict=True):
            _subframe(body, channel, depth)
        head = self._head(samples, assigned)
        frame = head + bytes([crc8(head)]) + body.bytes()
        data = frame + crc16(frame).to_bytes(2, "big")
        packet = SoundPacket(data, self._given, samples)
        self._frames += 1
        self._given += samples
        self._sizes = (min(self._sizes[0], len(data)), max(self._sizes[1], len(data)))
        return packet

    def _head(self, samples: int, assigned: int) -> bytes:
        code, told = _rate_code(self._rate)
        size = BLOCK_CODE if samples == BLOCK else ODD_BLOCK
        more = b"" if samples == BLOCK else (samples - 1).to_bytes(2, "big")
        depth = SIZES.get(self.bits, 0)
        first = bytes([0xFF, 0xF8, size << 4 | code, assigned << 4 | depth << 1])
        return first + coded_number(self._frames) + more + told


def coded_number(number: int) -> bytes:
    """Write a number of up to 36 bits as UTF-8 was once meant to go on."""
    if number < 0x80:  # noqa: PLR2004 - one byte
        return bytes([number])
    extra = next(n for n in range(1, 7) if number < 1 << (5 * n + 6))
    head = (0xFF00 >> (extra + 1)) & 0xFF
    rest = [0x80 | number >> 6 * n & 0x3F for n in reversed(range(extra))]
    return bytes([head | number >> 6 * extra, *rest])


def _rate_code(rate: int) -> tuple[int, bytes]:
    if rate in RATES:
        return RATES[rate], b""
    if rate % 1000 == 0 and rate <= 255_000:  # noqa: PLR2004 - kHz in one byte
        return 12, bytes([rate // 1000])
    if rate <= 0xFFFF:  # noqa: PLR2004 - Hz in two bytes
        return 13, rate.to_bytes(2, "big")
    return 14, (rate // 10).to_bytes(2, "big")


def _assigned(channels: Values, bits: int) -> tuple[int, list[Values], list[int]]:
    """Choose how two channels are coded: as they are, or one of them by its difference."""
    count = len(channels)
    if count != 2 or bits == WHOLE:  # noqa: PLR2004 - the difference would have 33 bits
        return count - 1, list(channels), [bits] * count
    left, right = channels
    side, mid = left - right, (left + right) >> 1
    costs = [_cost(each) for each in (left, right, side, mid)]
    ways = (
        (costs[0] + costs[1], 1, [left, right], [bits, bits]),
        (costs[0] + costs[2], LEFT_SIDE, [left, side], [bits, bits + 1]),
        (costs[2] + costs[1], SIDE_RIGHT, [side, right], [bits + 1, bits]),
        (costs[3] + costs[2], MID_SIDE, [mid, side], [bits, bits + 1]),
    )
    _, assigned, chosen, depths = min(ways, key=lambda way: way[:2])
    return assigned, chosen, depths


def _cost(values: Values) -> float:
    """Give a number that grows with the size of what is coded."""
    return float(np.abs(np.diff(values, 2)).sum())


def _subframe(into: Bits, values: Values, depth: int) -> None:
    wasted = _wasted(values)
    flag = 1 if wasted else 0
    if np.all(values == values[0]):
        into.add(CONSTANT << 1, 8)
        into.signed(values[:1], depth)
        return
    values, depth = values >> wasted, depth - wasted
    order, residual = _predicted(values)
    coded = residual_of(residual, len(values), order) if residual is not None else None
    if coded is None or coded.size >= depth * (len(values) - order):
        _begin(into, VERBATIM, flag, wasted)
        into.signed(values, depth)
        return
    _begin(into, FIXED + order, flag, wasted)
    into.signed(values[:order], depth)
    written(into, coded)


def _begin(into: Bits, kind: int, flag: int, wasted: int) -> None:
    into.add(kind << 1 | flag, 8)
    if wasted:
        into.add(1, wasted)


def _wasted(values: Values) -> int:
    """Count the lowest bits that are zero in every sample."""
    both = int(np.bitwise_or.reduce(values))
    return (both & -both).bit_length() - 1 if both else 0


def _predicted(values: Values) -> tuple[int, Values | None]:
    """Choose the fixed predictor whose residual is smallest, and fits into 32 bits."""
    best: tuple[int, int, Values | None] = (1 << 62, 0, None)
    for order in range(min(MOST_ORDER, len(values) - 1) + 1):
        residual = np.diff(values, order)
        sizes = np.abs(residual)
        if int(sizes.max()) < 1 << (WHOLE - 1) and int(sizes.sum()) < best[0]:
            best = (int(sizes.sum()), order, residual)
    return best[1], best[2]
