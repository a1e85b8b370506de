"""The entropy-coded data of a JPEG: where they end and how their restart markers run.

Nothing is decoded: markers are found with one regular expression at the speed of memory.
"""

import re
from collections.abc import Iterator

from avpres.adapters.validators.source import WINDOW, Source

_ANY = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ANY_LS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")  # JPEG-LS stuffs a bit, not a byte
_LIKELY = re.compile(rb"\xff[\xc0-\xcf\xd8-\xef\xfe]")
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_ORDER = bytes(range(0xD0, 0xD8))
_MOST_IN_ORDER = 100_000  # restart markers whose order is looked at; beyond them they are counted


def end(source: Source, start: int, *, lossless_ls: bool = False, likely: bool = False) -> int:
    """Give the offset of the marker that ends a scan, -1 if the file ends before.

    With `likely` only markers count that JPEG files are made of, to go on after damage.
    """
    pattern = _LIKELY if likely else _ANY_LS if lossless_ls else _ANY
    data = source.data
    if data is not None:
        found = pattern.search(data, start)
        return found.start() if found else -1
    for place, piece in _pieces(source, start, source.size):
        found = pattern.search(piece)
        if found:
            return place + found.start()
    return -1


def closes(source: Source, end: int) -> bool:
    """Say whether a restart marker stands right before the end of a scan, where none need be."""
    return _RESTART.match(source.peek(end - 2, 2)) is not None


def restarts(source: Source, start: int, stop: int) -> tuple[int, bool]:
    """Count the restart markers between two offsets; say whether they run from 0 to 7 and on."""
    count = 0
    in_order = True
    for _, piece in _pieces(source, start, stop):
        if count > _MOST_IN_ORDER:
            count += sum(piece.count(bytes((0xFF, code))) for code in _ORDER)
            continue
        found = b"".join(_RESTART.findall(piece))
        turn = count % 8
        wanted = (_ORDER * (len(found) // 8 + 2))[turn : turn + len(found)]
        in_order = in_order and found == wanted
        count += len(found)
    return count, in_order


def _pieces(source: Source, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Give pieces that share a byte with the next, so that no marker is torn apart."""
    place = start
    while place < stop:
        piece = source.peek(place, min(WINDOW, stop - place))
        if not piece:
            return
        yield place, piece
        place += max(len(piece) - 1, 1)
