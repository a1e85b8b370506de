"""One whole film of two damaged copies of it, decided by the check sums within."""

from array import array
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import BinaryIO, NamedTuple

from avpres.adapters.matroska.clusters import write_all
from avpres.adapters.matroska.reading import MatroskaFile


class Taken(IntEnum):
    """Which copy a stretch was taken from; for `UNDECIDED` the first, though they differ."""

    UNDECIDED = 0
    FIRST = 1
    SECOND = 2


class Stretch(NamedTuple):
    """Bytes of the film, and the copy that they were taken from."""

    offset: int
    size: int
    taken: Taken


def mend(
    first: MatroskaFile,
    second: MatroskaFile,
    target: BinaryIO,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Stretch]:
    """Write the film that both were copied from, and yield where the first copy was not enough.

    What a CRC-32 of the first copy vouches for comes from there, else from the second copy if its
    own vouches for it. What none vouches for is compared: where the copies differ nothing can be
    decided, and the result is no film to keep unless a manifest says that it is right.

    The caller stages, flushes and names the target. `progress` is told bytes, three times the size
    of the film in all.

    Raises:
        OSError: a copy cannot be read, or the target not be written.
        ValueError: the copies have not the same size, so they are not copies of one film.
    """
    if first.source.size != second.source.size:
        raise ValueError("two copies of one film have the same size")
    told = progress or (lambda _size: None)
    vouched, others = _sound(first, told), _sound(second, told)
    for piece in _pieces(vouched, others, first.source.size):
        yield from _take(first, second, piece, target)
        told(piece.size)


def _sound(film: MatroskaFile, progress: Callable[[int], object]) -> "array[int]":
    """List begins and ends of the elements whose check sum is right, one after the other."""
    found = array("Q")
    end = 0
    for check in film.check_crcs(progress):
        is_sound = check.stated is not None and not check.is_wrong
        if is_sound and check.offset >= end:  # those within another one are covered by it
            end = check.offset + check.size
            found.extend((check.offset, end))
    return found


def _pieces(first: "array[int]", second: "array[int]", size: int) -> Iterator[Stretch]:
    at = 0
    others = iter(zip(second[::2], second[1::2], strict=True))
    other = next(others, None)
    for begin, end in [*zip(first[::2], first[1::2], strict=True), (size, size)]:
        while other is not None and other[1] <= begin:
            if other[0] >= at:
                yield Stretch(at, other[0] - at, Taken.UNDECIDED)
                yield Stretch(other[0], other[1] - other[0], Taken.SECOND)
                at = other[1]
            other = next(others, None)
        yield Stretch(at, begin - at, Taken.UNDECIDED)
        yield Stretch(begin, end - begin, Taken.FIRST)
        at = end


def _take(
    first: MatroskaFile, second: MatroskaFile, piece: Stretch, target: BinaryIO
) -> Iterator[Stretch]:
    film = second if piece.taken is Taken.SECOND else first
    offset = piece.offset
    for chunk in film.source.chunks(piece.offset, piece.size):
        write_all(target, chunk)
        if piece.taken is Taken.UNDECIDED and second.source.read(offset, len(chunk)) != chunk:
            yield Stretch(offset, len(chunk), Taken.UNDECIDED)
        offset += len(chunk)
    if piece.taken is Taken.SECOND:
        yield piece
