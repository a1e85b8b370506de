"""ICC profiles of three primaries and one gamma, of the restricted kind that JP2 holds.

Version 2.2 of the format (ICC.1:1998-09, 6.3.1.2: three-component matrix-based input profile):
the one that ISO/IEC 15444-1 names. The same numbers give the same bytes.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

Vector = tuple[Fraction, Fraction, Fraction]
Matrix = tuple[Vector, Vector, Vector]

_PCS = (Fraction("0.9642"), Fraction(1), Fraction("0.8249"))  # D50 (ICC.1:1998-09, 6.1.1)
_BRADFORD: Matrix = (
    (Fraction("0.8951"), Fraction("0.2664"), Fraction("-0.1614")),
    (Fraction("-0.7502"), Fraction("1.7135"), Fraction("0.0367")),
    (Fraction("0.0389"), Fraction("-0.0685"), Fraction("1.0296")),
)
_DATE = (2026, 1, 1, 0, 0, 0)  # of the form written here, not of a run
_VERSION = 0x02200000
_HEADER = 128  # bytes
_ONE = 65536  # of s15Fixed16
_COPYRIGHT = b"No copyright: made of published figures"


@dataclass(frozen=True, slots=True)
class Encoding:
    """An RGB colour space: xy of its primaries and of its white, and the exponent of its curve."""

    name: str
    red: tuple[Fraction, Fraction]
    green: tuple[Fraction, Fraction]
    blue: tuple[Fraction, Fraction]
    white: tuple[Fraction, Fraction]
    gamma: Fraction


def _point(x: str, y: str) -> tuple[Fraction, Fraction]:
    return Fraction(x), Fraction(y)


ADOBE_RGB = Encoding(
    "Adobe RGB (1998)",
    _point("0.64", "0.33"),
    _point("0.21", "0.71"),
    _point("0.15", "0.06"),
    _point("0.3127", "0.3290"),
    Fraction(563, 256),
)
"""Adobe RGB (1998) Color Image Encoding, version 2005-05, 4.2 and 4.3."""


@lru_cache(maxsize=4)
def profile(encoding: Encoding) -> bytes:
    """Write the profile of an encoding, adapted to the white of profiles by Bradford's matrix."""
    white = _xyz(encoding.white)
    columns = _adapted(_primaries(encoding, white), white)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(encoding.gamma * 256))
    tags = {
        b"desc": _description(f"Compatible with {encoding.name}".encode("ascii")),
        b"cprt": b"text" + bytes(4) + _COPYRIGHT + b"\0",
        b"wtpt": _tristimulus(white),
        **{name: _tristimulus(each) for name, each in zip(_NAMES, columns, strict=True)},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _written(tags)


_NAMES = (b"rXYZ", b"gXYZ", b"bXYZ")


def _written(tags: dict[bytes, bytes]) -> bytes:
    """Put tags behind header and table; those that hold the same share their bytes."""
    begin = _HEADER + 4 + 12 * len(tags)
    body, places = b"", dict[bytes, int]()
    for content in tags.values():
        if content not in places:
            places[content] = begin + len(body)
            body += content + bytes(-len(content) % 4)
    table = b"".join(
        struct.pack(">4sII", name, places[content], len(content)) for name, content in tags.items()
    )
    return _header(begin + len(body)) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), _VERSION, b"scnr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", *_DATE) + b"acsp"
    return head.ljust(68, b"\0") + b"".join(map(_fixed, _PCS)) + bytes(_HEADER - 80)


def _description(text: bytes) -> bytes:
    """Write a textDescriptionType: ASCII alone, with the empty places of the other two forms."""
    text += b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(8 + 2 + 1 + 67)


def _tristimulus(value: Vector) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, value))


def _fixed(value: Fraction) -> bytes:
    return struct.pack(">i", round(value * _ONE))


def _xyz(point: tuple[Fraction, Fraction]) -> Vector:
    x, y = point
    return x / y, Fraction(1), (1 - x - y) / y


def _primaries(encoding: Encoding, white: Vector) -> Matrix:
    """Scale the primaries so that their sum is white; given as red, green, blue."""
    points = tuple(map(_xyz, (encoding.red, encoding.green, encoding.blue)))
    rows = (
        (points[0][0], points[1][0], points[2][0]),
        (points[0][1], points[1][1], points[2][1]),
        (points[0][2], points[1][2], points[2][2]),
    )
    scales = _times(_inverse(rows), white)
    red, green, blue = (
        (scale * each[0], scale * each[1], scale * each[2])
        for scale, each in zip(scales, points, strict=True)
    )
    return red, green, blue


def _adapted(columns: Matrix, white: Vector) -> tuple[Vector, ...]:
    cones, wanted = _times(_BRADFORD, white), _times(_BRADFORD, _PCS)
    back = _inverse(_BRADFORD)
    return tuple(_times(back, _scaled(_times(_BRADFORD, each), wanted, cones)) for each in columns)


def _scaled(value: Vector, over: Vector, under: Vector) -> Vector:
    return (
        value[0] * over[0] / under[0],
        value[1] * over[1] / under[1],
        value[2] * over[2] / under[2],
    )


def _times(matrix: Matrix, value: Vector) -> Vector:
    first, second, third = (
        row[0] * value[0] + row[1] * value[1] + row[2] * value[2] for row in matrix
    )
    return first, second, third


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        ((f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        ((d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole),
    )
