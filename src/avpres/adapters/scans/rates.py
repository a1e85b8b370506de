"""Frame rates of headers: floating-point numbers as the fractions that were meant."""

from fractions import Fraction
from functools import lru_cache
from math import isfinite

_LEAST, _MOST = 1.0, 1000.0  # frames a second; beyond them a header holds no rate
_NEAR = 0.0005  # 23.98 and 23.976 are both 24000/1001; 29.97 is 30000/1001
_ROUGH = 0.005
_DROPPED = tuple(Fraction(whole * 1000, 1001) for whole in (24, 30, 48, 60, 72, 96, 120))


@lru_cache(maxsize=64)
def rate_of(value: float) -> Fraction | None:
    """Give the rate that a number means; None for none: undefined, zero, not a number."""
    if not isfinite(value) or not _LEAST <= value <= _MOST:
        return None
    whole = round(value)
    if abs(value - whole) < _NEAR:
        return Fraction(whole)
    for rate in _DROPPED:
        if abs(value - rate) < _ROUGH:
            return rate
    return Fraction(value).limit_denominator(1000)


def rate_from(numerator: int, denominator: int) -> Fraction | None:
    """Give the rate of a header that writes it as a fraction."""
    if numerator <= 0 or denominator <= 0:
        return None
    found = Fraction(numerator, denominator)
    return found if _LEAST <= found <= _MOST else None


def aspect_of(numerator: int, denominator: int) -> Fraction | None:
    """Give the form of a pixel; None for none, for squares too wide to be meant."""
    if not 0 < numerator < 1 << 31 or not 0 < denominator < 1 << 31:
        return None
    found = Fraction(numerator, denominator).limit_denominator(10000)
    return found if Fraction(1, 16) <= found <= 16 else None
