"""Which slices of an FFV1 frame are damaged, and where in the picture they lie (RFC 9043, 4.9).

Every slice ends with its size, an error status and its CRC. The sizes lead from the last slice to
the first, so that one whose size is damaged hides those before it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from avpres.adapters.validators.ffv1 import Ffv1Config, is_sum_right, read_config
from avpres.adapters.validators.ffv1_range import RangeError

_FOOTER = 8  # bytes: a size of 3, the status, a CRC of 4
_STATUS = -5  # where the status stands, from the end


class Area(NamedTuple):
    """A part of the picture, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DamagedSlice:
    """A slice whose bytes are not those that were written.

    Attributes:
        number: its place in the frame, the first being 1.
        count: how many slices the frame has.
        at: where it begins in the packet.
        size: its bytes, with all that could not be told from it.
        area: where it lies in the picture; None when that cannot be told.
        why: what is wrong, in words.
    """

    number: int
    count: int
    at: int
    size: int
    area: Area | None
    why: str

    @property
    def name(self) -> str:
        """Name it for people."""
        where = ""
        if self.area is not None:
            x, y, width, height = self.area
            where = f" ({width} x {height} pixels at x {x}, y {y})"
        return f"slice {self.number} of {self.count}{where}"


class _Slice(NamedTuple):
    start: int
    end: int
    is_right: bool
    status: int


def damaged_slices(private: bytes, packet: bytes, width: int, height: int) -> list[DamagedSlice]:
    """List the damaged slices of a frame in their order; empty when nothing can be told.

    Nothing can be told of frames without CRCs, of versions before 2, and where the configuration
    itself is damaged.
    """
    with suppress(RangeError, IndexError):
        config = read_config(private)
        if config.ec:
            return list(_damaged(packet, config, (width, height)))
    return []


def are_slices_right(private: bytes, packet: bytes) -> bool:
    """Say whether every slice of a frame has its CRC, and each CRC is right."""
    with suppress(RangeError, IndexError):
        config = read_config(private)
        found, lost = _chain(packet, config)
        return bool(config.ec and found) and not lost and all(each.is_right for each in found)
    return False


def _damaged(packet: bytes, config: Ffv1Config, size: tuple[int, int]) -> Iterator[DamagedSlice]:
    found, lost = _chain(packet, config)
    count = config.slices
    first = count - len(found)  # behind those that are hidden
    if lost:
        number = max(0, first - 1)
        more = f", and the {number} before it cannot be told apart" if number else ""
        why = f"its size is damaged or bytes are missing{more}"
        yield DamagedSlice(number + 1, count, 0, lost, _area(number, config, size), why)
    for place, each in enumerate(found):
        if each.is_right and not each.status:
            continue
        number = max(0, first) + place
        why = "its CRC does not match"
        if each.is_right:
            why = f"it says of itself that it was damaged ({each.status}) when it was written"
        area = _area(number, config, size)
        yield DamagedSlice(number + 1, count, each.start, each.end - each.start, area, why)


def _chain(packet: bytes, config: Ffv1Config) -> tuple[list[_Slice], int]:
    """Follow the footers; also give the bytes at the beginning that they do not lead to."""
    found: list[_Slice] = []
    end = len(packet)
    while end > 0 and len(found) < config.slices:
        foot = end - _FOOTER
        size = int.from_bytes(packet[foot : foot + 3], "big") if foot >= 0 else 0
        start = foot - size
        if start < 0 or not size:
            break
        data = packet[start:end]
        is_right = is_sum_right(data, config.ec)
        found.append(_Slice(start, end, is_right, data[_STATUS]))
        end = start
    while end and found and not found[-1].is_right:
        end = found.pop().end  # its size may be what is damaged
    return found[::-1], end


def _area(number: int, config: Ffv1Config, size: tuple[int, int]) -> Area | None:
    """Say where a slice lies; encoders write them line by line."""
    across, down = config.horizontal_slices, config.vertical_slices
    y, x = divmod(number, across)
    if y >= down:
        return None
    width, height = size
    left, top = x * width // across, y * height // down
    right, bottom = (x + 1) * width // across, (y + 1) * height // down
    return Area(left, top, right - left, bottom - top)
