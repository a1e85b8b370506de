"""The words of video records that several wrappers share: colour by number, aspect, subsampling.

The numbers are those of ISO/IEC 23091-2 (ITU-T H.273); Matroska, QuickTime and MP4 all use them.
"""

from fractions import Fraction
from math import gcd

PRIMARIES = {
    1: "BT.709",
    4: "BT.470 System M",
    5: "BT.601 PAL",
    6: "BT.601 NTSC",
    7: "SMPTE 240M",
    8: "Generic film",
    9: "BT.2020",
    10: "XYZ",
    11: "DCI P3",
    12: "Display P3",
    22: "EBU Tech 3213",
}
TRANSFERS = {
    1: "BT.709",
    4: "BT.470 System M",
    5: "BT.470 System B/G",
    6: "BT.601",
    7: "SMPTE 240M",
    8: "Linear",
    9: "Logarithmic (100:1)",
    10: "Logarithmic (316.22777:1)",
    11: "xvYCC",
    12: "BT.1361",
    13: "sRGB/sYCC",
    14: "BT.2020 (10-bit)",
    15: "BT.2020 (12-bit)",
    16: "PQ",
    17: "SMPTE 428M",
    18: "HLG",
}
MATRICES = {
    0: "Identity",
    1: "BT.709",
    4: "FCC 73.682",
    5: "BT.470 System B/G",
    6: "BT.601",
    7: "SMPTE 240M",
    8: "YCgCo",
    9: "BT.2020 non-constant",
    10: "BT.2020 constant",
    11: "Y'D'zD'x",
    12: "Chromaticity-derived non-constant",
    13: "Chromaticity-derived constant",
    14: "ICtCp",
}
_USUAL = {Fraction(4, 3): "4:3", Fraction(16, 9): "16:9", Fraction(1): "1:1"}
_NEAR = 0.012  # 704 and 720 samples of the same line differ by 2 %


def display_aspect(width: int, height: int, pixel: Fraction | float = 1) -> str:
    """Name the shape of the picture as shown: 4:3, 16:9, else as 1.85:1 is written, 1.85."""
    if width <= 0 or height <= 0 or pixel <= 0:
        return ""
    ratio = width / height * float(pixel)
    for usual, name in _USUAL.items():
        if abs(ratio / float(usual) - 1) < _NEAR:
            return name
    return f"{ratio:.2f}".rstrip("0").rstrip(".")


def pixel_aspect(width: int, height: int, shown_width: int, shown_height: int) -> float | None:
    """Give the shape of one sample from the stored and the shown size."""
    if min(width, height, shown_width, shown_height) <= 0:
        return None
    shape = Fraction(shown_width * height, shown_height * width)
    return round(float(shape), 4)


def subsampling(horizontal: int, vertical: int) -> str:
    """Name a chroma subsampling by how many luma samples stand over one of chroma."""
    names = {
        (1, 1): "4:4:4",
        (2, 1): "4:2:2",
        (2, 2): "4:2:0",
        (4, 1): "4:1:1",
        (4, 4): "4:1:0",
        (1, 2): "4:4:0",
    }
    return names.get((horizontal, vertical), f"1/{horizontal} x 1/{vertical}")


def ratio(numerator: int, denominator: int) -> str:
    """Write a ratio in its lowest terms."""
    divisor = gcd(numerator, denominator) or 1
    return f"{numerator // divisor}:{denominator // divisor}"


def frame_rate(rate: float) -> float:
    """Give the usual rate that a rounded one stands for: 24000/1001 for 23.976024."""
    for usual in (*range(1, 121), *(Fraction(base * 1000, 1001) for base in (24, 30, 48, 60, 120))):
        if abs(rate / float(usual) - 1) < _ROUNDED:
            return float(usual)
    return rate


_ROUNDED = 2e-6  # times in whole nanoseconds or 1/90000 s
