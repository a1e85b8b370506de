"""What other bytes do to a CRC-32, and which bytes make it right: both are linear over GF(2).

So of thirty places that are damaged here or there, the right ones are computed and not tried.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

from avpres.adapters.matroska.source import Source

_POLYNOMIAL = 0xEDB88320
_ONES = 0xFFFFFFFF
_TOP = 1 << 31
_MOST_FREE = 12  # ways that a check sum leaves open are looked at up to two to this power
_TURNED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


class Sum(Protocol):
    """A check sum and the bytes that it covers."""

    def wrong(self, source: Source) -> int:
        """Give what the bytes have instead of what is stated, XORed; 0 when it is right."""

    def effect(self, at: int, change: bytes) -> int:
        """Give what a change at a place, XORed with the bytes there, does to `wrong`."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A CRC-32 as zlib computes it, of a stretch, stated in four bytes elsewhere."""

    begin: int
    end: int
    at: int
    order: str = "little"

    def wrong(self, source: Source) -> int:
        """Compare the two."""
        crc = 0
        for chunk in source.chunks(self.begin, self.end - self.begin):
            crc = crc32(chunk, crc)
        return crc ^ self._number(source.read(self.at, 4))

    def effect(self, at: int, change: bytes) -> int:
        """Tell what a change does: to the stretch, to the number, or to both."""
        first, last = max(at, self.begin), min(at + len(change), self.end)
        found = 0
        if first < last:
            found = moved(register(change[first - at : last - at]), self.end - last)
        number = bytearray(4)
        for place in range(max(at, self.at), min(at + len(change), self.at + 4)):
            number[place - self.at] = change[place - at]
        return found ^ self._number(number)

    def _number(self, data: bytes | bytearray) -> int:
        return int.from_bytes(data, "big" if self.order == "big" else "little")


@dataclass(frozen=True, slots=True)
class SliceSum:
    """The CRC of a slice of FFV1, which stands at its end (RFC 9043, 4.9.3)."""

    begin: int
    end: int
    start: int = 0  # of the register, turned round

    def wrong(self, source: Source) -> int:
        """Compute it over the slice and the CRC itself, which gives what it began with."""
        data = source.read(self.begin, self.end - self.begin)
        return crc32(data.translate(_TURNED), self.start ^ _ONES) ^ _ONES ^ self.start

    def effect(self, at: int, change: bytes) -> int:
        """Tell what a change does, as far as it lies in the slice."""
        first, last = max(at, self.begin), min(at + len(change), self.end)
        if first >= last:
            return 0
        turned = change[first - at : last - at].translate(_TURNED)
        return moved(register(turned), self.end - last)


def register(data: bytes) -> int:
    """Give the register of a CRC-32 that began with nothing: linear in the data."""
    return crc32(data, _ONES) ^ _ONES


def moved(crc: int, size: int) -> int:
    """Give the register after so many bytes of nothing more."""
    place, power = 3, size  # 8 bits a byte
    while power and crc:
        if power & 1:
            crc = _times(_POWERS[place % len(_POWERS)], crc)
        power, place = power >> 1, place + 1
    return crc


def chosen(effects: Sequence[int], wanted: int) -> Iterator[int]:
    """Yield the sets of effects that give together what is wanted, as bits of a number.

    Of very many, the first four thousand.
    """
    basis: dict[int, tuple[int, int]] = {}
    free: list[int] = []
    for number, effect in enumerate(effects):
        value, mask = _reduced(effect, 1 << number, basis)
        if value:
            basis[value.bit_length()] = value, mask
        else:
            free.append(mask)
    left, found = _reduced(wanted, 0, basis)
    if left:
        return
    for count in range(1 << min(len(free), _MOST_FREE)):
        mask = found
        for place in range(count.bit_length()):
            if count >> place & 1:
                mask ^= free[place]
        yield mask


def _reduced(value: int, mask: int, basis: dict[int, tuple[int, int]]) -> tuple[int, int]:
    while value and value.bit_length() in basis:
        other, others = basis[value.bit_length()]
        value, mask = value ^ other, mask ^ others
    return value, mask


def _times(one: int, other: int) -> int:
    """Multiply two polynomials, modulo that of the CRC (zlib, `multmodp`)."""
    product, bit = 0, _TOP
    while bit:
        if one & bit:
            product ^= other
        bit >>= 1
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product


def _powers() -> tuple[int, ...]:
    found = [1 << 30]  # x
    for _ in range(31):
        found.append(_times(found[-1], found[-1]))
    return tuple(found)


_POWERS = _powers()
