"""Geometry of a picture: what its pixels look like on a screen, and where marks go on it."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

SQUARE = Fraction(1)
CARRIER_WIDTHS = (702, 704, 720)
CARRIER_LINES = (480, 486, 512, 576, 608)
"""Sizes of standard definition, whose pixels are never square on a screen."""

_MARGIN = Fraction(4, 100)  # of the frame's width, between a mark and the edge


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels across and down."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture as it is stored; `pixel_aspect` is None where the file does not tell it."""

    size: Size
    pixel_aspect: Fraction | None = None

    @property
    def is_standard_definition(self) -> bool:
        """Say whether the size is one of standard definition video."""
        return self.size.width in CARRIER_WIDTHS and self.size.height in CARRIER_LINES

    def seen(self, aspect: Fraction | None = None) -> Fraction:
        """Give the aspect of the picture on a screen.

        Args:
            aspect: what the caller knows better than the file.

        Returns:
            4:3 for standard definition whose file tells nothing: such pixels are never square.
        """
        if aspect is not None:
            return aspect
        if self.pixel_aspect is None and self.is_standard_definition:
            return Fraction(4, 3)
        pixel = self.pixel_aspect or SQUARE
        return Fraction(self.size.width, self.size.height) * pixel


class Place(StrEnum):
    """Where a mark lies on the frame."""

    CENTRE = "centre"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a frame, in its pixels."""

    x: int
    y: int
    size: Size


def squared(size: Size, seen: Fraction, most_lines: int | None = None) -> Size:
    """Give the frame of square pixels that shows a picture: as many lines, both numbers even.

    Lines are only ever taken away, to `most_lines`. Players of H.264 need even numbers.
    """
    lines = size.height if most_lines is None else min(size.height, most_lines)
    height = max(2, lines // 2 * 2)
    return Size(max(2, round(height * seen / 2) * 2), height)


def fitted(seen: Fraction, frame: Size) -> Box:
    """Place a picture whole and centred in a frame of square pixels; the rest stays black."""
    width = min(frame.width, round(frame.height * seen / 2) * 2)
    height = min(frame.height, round(width / seen / 2) * 2)
    return Box((frame.width - width) // 2, (frame.height - height) // 2, Size(width, height))


def marked(mark: Size, frame: Size, place: Place, share: float) -> Box:
    """Scale a mark to a share of the frame and place it there, whole, in its own proportions."""
    most = Fraction(share).limit_denominator(1000)
    scale = min(frame.width * most / mark.width, frame.height * most / mark.height)
    size = Size(max(1, int(mark.width * scale)), max(1, int(mark.height * scale)))
    return Box(*_corner(size, frame, place), size)


def _corner(size: Size, frame: Size, place: Place) -> tuple[int, int]:
    if place is Place.CENTRE:
        return (frame.width - size.width) // 2, (frame.height - size.height) // 2
    right, bottom = frame.width - size.width, frame.height - size.height
    margin = int(frame.width * _MARGIN)
    across, down = min(margin, right // 2), min(margin, bottom // 2)
    vertical, _, horizontal = place.value.partition("-")
    return (
        across if horizontal == "left" else right - across,
        down if vertical == "top" else bottom - down,
    )
