"""Read the boxes of a JP2 back, bounded and strictly: nothing of the writer is used."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_BOXES = 64
_LONG = 16  # bytes of a head with a long length


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """One box: its type, its contents, and where the contents begin."""

    kind: bytes
    content: memoryview
    offset: int


class BoxError(Exception):
    """A box is not where or what it says."""


def boxes_of(data: memoryview, base: int = 0) -> Iterator[Box]:
    """Yield the boxes that fill some bytes exactly.

    Raises:
        BoxError: a length leads outside, something is left, or there are too many.
    """
    at = 0
    for _ in range(_MOST_BOXES):
        if at == len(data):
            return
        if len(data) - at < 8:  # noqa: PLR2004 - bytes of a head
            raise BoxError(f"{len(data) - at} bytes are left after the last box")
        size, kind = struct.unpack_from(">I4s", data, at)
        begin = at + 8
        if size == 1 and len(data) - at >= _LONG:
            (size,) = struct.unpack_from(">Q", data, begin)
            begin = at + _LONG
        if size < begin - at or size > len(data) - at:
            raise BoxError(f"the box at byte {base + at} is {size} bytes long")
        yield Box(kind, data[begin : at + size], base + begin)
        at += size
    raise BoxError(f"there are more than {_MOST_BOXES} boxes")


def codestream_of(data: memoryview) -> memoryview | None:
    """Find the codestream of a JP2."""
    try:
        return next((each.content for each in boxes_of(data) if each.kind == b"jp2c"), None)
    except BoxError:
        return None
