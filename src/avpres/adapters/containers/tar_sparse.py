"""Sparse files in a tar: GNU's old form, and its forms 0.0, 0.1 and 1.0 in pax headers."""

from collections.abc import Mapping, Sequence

from avpres.adapters.containers.forward import Forward
from avpres.adapters.containers.member import CHUNK, Extent, Reader
from avpres.adapters.containers.tar_pax import whole
from avpres.adapters.validators.tar_header import number

BLOCK = 512
_MOST = 250_000  # stretches of one file
_ENTRY = 24
_IN_HEADER, _IN_BLOCK = 4, 21  # stretches that a block has room for
_LINE = 20  # digits at most


class SparseError(ValueError):
    """The map of a sparse file cannot be: it overlaps, goes on for ever, or is none."""


def old_map(block: bytes, stream: Forward) -> tuple[list[Extent], int]:
    """Read the map of type S from its header and the blocks behind it, and the file's size."""
    found = _entries(block[386:], _IN_HEADER)
    size = number(block[483:495])
    goes_on = block[482]
    while goes_on:
        more = stream.take(BLOCK)
        if len(more) < BLOCK or len(found) > _MOST:
            raise SparseError
        found += _entries(more, _IN_BLOCK)
        goes_on = more[504]
    if size is None:
        raise SparseError
    return found, size


def _entries(block: bytes, most: int) -> list[Extent]:
    found = []
    for place in range(0, most * _ENTRY, _ENTRY):
        if not block[place]:
            break
        start, size = number(block[place : place + 12]), number(block[place + 12 : place + 24])
        if start is None or size is None:
            raise SparseError
        found.append((start, size))
    return found


def pax_map(pax: Mapping[bytes, bytes], pairs: Sequence[bytes]) -> list[Extent]:
    """Read the map of forms 0.1 (one list) and 0.0 (`pairs`, which come record by record)."""
    listed = pax[b"GNU.sparse.map"].split(b",") if b"GNU.sparse.map" in pax else pairs
    numbers = [whole(each) for each in listed if each]
    return _pairs(numbers)


def data_map(stream: Forward) -> tuple[list[Extent], int]:
    """Read the map of form 1.0, which stands before the data; give its size in bytes too."""
    rest = b""
    taken = 0

    def line() -> int | None:
        nonlocal rest, taken
        while b"\n" not in rest:
            block = stream.take(BLOCK)
            if len(block) < BLOCK or len(rest) > _LINE:
                raise SparseError
            rest += block
            taken += BLOCK
        first, _, rest = rest.partition(b"\n")
        return whole(first)

    count = line()
    if count is None or count > _MOST:
        raise SparseError
    return _pairs([line() for _ in range(2 * count)]), taken


def _pairs(numbers: Sequence[int | None]) -> list[Extent]:
    if len(numbers) % 2 or len(numbers) > 2 * _MOST or None in numbers:
        raise SparseError
    plain = [each or 0 for each in numbers]
    return list(zip(plain[::2], plain[1::2], strict=True))


def checked(extents: list[Extent], size: int, stored: int) -> tuple[Extent, ...]:
    """Make sure that stretches follow each other within the file and have the data that is there.

    Raises:
        SparseError: they do not.
    """
    place = total = 0
    for start, length in extents:
        if start < place or length < 0:
            raise SparseError
        place = start + length
        total += length
    if place > size or total != stored:
        raise SparseError
    return tuple([extent for extent in extents if extent[1]])


class SparseReader:
    """The data of a sparse file, its holes filled with zeros."""

    def __init__(self, data: Reader, extents: tuple[Extent, ...], size: int) -> None:
        self._data = data
        self._extents = iter(extents)
        self._size = size
        self._place = 0
        self._next()

    def _next(self) -> None:
        self._start, length = next(self._extents, (self._size, 0))
        self._stop = self._start + length

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end."""
        if self._place == self._stop and self._place < self._size:
            self._next()
        if self._place < self._start:
            data = bytes(min(size, CHUNK, self._start - self._place))
        else:
            data = self._data.read(min(size, self._stop - self._place))
        self._place += len(data)
        return data
