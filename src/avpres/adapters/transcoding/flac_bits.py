"""Bits of a FLAC subframe: numbers of fixed width, and residuals in partitions of Rice codes.

RFC 9639, 9.2.7. All of one frame is made as an array of single bits, which is then packed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.int64]

MOST_PARTITIONS = 6  # the binary logarithm of their number
NARROW, MOST_NARROW = 4, 14  # bits of a parameter, and its most; 15 is an escape
WIDE, MOST_WIDE = 5, 30


class Bits:
    """Collects bits; the first is the highest of the first byte."""

    def __init__(self) -> None:
        self._pieces: list[npt.NDArray[np.uint8]] = []

    def add(self, number: int, width: int) -> None:
        """Take one number."""
        self.signed(np.array([number], np.int64), width)

    def signed(self, numbers: Values, width: int) -> None:
        """Take numbers of one width, negative ones as two's complement."""
        shifts = np.arange(width - 1, -1, -1)
        self._pieces.append(((numbers[:, None] >> shifts) & 1).astype(np.uint8).reshape(-1))

    def raw(self, bits: npt.NDArray[np.uint8]) -> None:
        """Take bits as they are."""
        self._pieces.append(bits)

    def bytes(self) -> bytes:
        """Give whole bytes; the last is filled with zeros."""
        return np.packbits(np.concatenate(self._pieces)).tobytes()


@dataclass(frozen=True, slots=True)
class Residual:
    """Folded residuals, and the parameter of each partition; `size` is in bits."""

    folded: Values
    counts: Values
    parameters: Values
    size: int


def residual_of(residual: Values, block: int, order: int) -> Residual:
    """Divide residuals so that they take the fewest bits."""
    folded = np.where(residual < 0, -2 * residual - 1, 2 * residual)
    most = int(folded.max()).bit_length()
    found = [_divided(folded, block, order, log, most) for log in _logs(block, order)]
    return min(found, key=lambda each: each.size)


def written(into: Bits, coded: Residual) -> None:
    """Take a coded residual: its method, its partitions and their Rice codes."""
    wide = int(coded.parameters.max()) > MOST_NARROW
    width = WIDE if wide else NARROW
    into.add(1 if wide else 0, 2)
    into.add(len(coded.counts).bit_length() - 1, 4)
    start = 0
    for count, parameter in zip(coded.counts.tolist(), coded.parameters.tolist(), strict=True):
        into.add(parameter, width)
        into.raw(_rice(coded.folded[start : start + count], parameter))
        start += count


def _logs(block: int, order: int) -> range:
    """Give the numbers of partitions that divide the block, as binary logarithms."""
    even = (block & -block).bit_length() - 1
    fitting = [log for log in range(min(even, MOST_PARTITIONS) + 1) if block >> log > order]
    return range(len(fitting))


def _divided(folded: Values, block: int, order: int, log: int, most: int) -> Residual:
    size = block >> log
    counts = np.full(1 << log, size, np.int64)
    counts[0] -= order
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    parameters = np.arange(min(most, MOST_WIDE) + 1)
    sums = np.array([np.add.reduceat(folded >> each, starts) for each in parameters])
    costs = sums + counts * (parameters[:, None] + 1)
    chosen = costs.argmin(axis=0)
    width = WIDE if int(chosen.max()) > MOST_NARROW else NARROW
    total = int(costs.min(axis=0).sum()) + width * len(counts) + 6
    return Residual(folded, counts, parameters[chosen], total)


def _rice(folded: Values, parameter: int) -> npt.NDArray[np.uint8]:
    """Write each number as so many zeros, a one, and its lowest bits."""
    quotients = folded >> parameter
    ends = np.cumsum(quotients + 1 + parameter)
    bits = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    stops = ends - parameter - 1
    bits[stops] = 1
    for place in range(parameter):
        bits[stops + 1 + place] = (folded >> (parameter - 1 - place)) & 1
    return bits
