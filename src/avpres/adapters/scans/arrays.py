"""The geometry of a sample array: rows, tiles, and what of a file is no sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avpres.domain.scan import Packing, SampleArray, UncodableScan

SEGMENTS = 1 << 16  # more are an attack
BITS = 64
_PADDING = 65536  # bytes at the end of a row; more are an attack on memory
_CHANNELS = 1024  # more are an attack
_WORDS = {8, 16, 24, 32, 64}
_RUNS = {"UYVY", "YUYV", "UYAVYA", "YYUV"}  # channels of two pixels
_FILLED = (Packing.FILLED_A, Packing.FILLED_B)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one group: where they stand in the joined segments, and how many there are."""

    group: str
    offset: int
    rows: int
    stride: int
    samples: int  # of a row


def across(array: SampleArray) -> int:
    """Count the pixels of a row, with those that fill up the last tile."""
    return _whole(array.width, array.tile[0]) if array.tile else array.width


def down(array: SampleArray) -> int:
    """Count the rows of a group, with those that fill up the last tile."""
    return _whole(array.height, array.tile[1]) if array.tile else array.height


def sections(array: SampleArray) -> Iterator[Section]:
    """Give the groups one after another, as their segments stand."""
    at = 0
    for group, stride in zip(array.groups, array.strides, strict=True):
        rows, samples = _form(array, group)
        yield Section(group, at, rows, stride, samples)
        at += rows * stride


def row_size(packing: Packing, bits: int, word: int, samples: int) -> int:
    """Give the least bytes of a row."""
    if packing in _FILLED:
        return -(-samples // 3) * 4
    if packing is Packing.PACKED:
        return -(-samples * bits // word) * word // 8
    return -(-samples * (word if packing is Packing.WORDS else bits) // 8)


def check(array: SampleArray, size: int) -> SampleArray:
    """Judge whether an array is one at all, and lies within a file of so many bytes.

    Raises:
        UncodableScan: it is none, or does not.
    """
    if not _is_sane(array):
        raise UncodableScan("GEOMETRY", "the picture's description contradicts itself")
    wanted = sum(section.rows * section.stride for section in sections(array))
    if wanted != array.size:
        raise UncodableScan(
            "GEOMETRY", f"the picture needs {wanted} bytes, the header gives it {array.size}"
        )
    _check_segments(array.segments, size)
    return array


def others(array: SampleArray, size: int) -> tuple[tuple[int, int], ...]:
    """Give offset and size of what is no sample, in the order of the file."""
    found, at = [], 0
    for offset, length in sorted(array.segments):
        if offset > at:
            found.append((at, offset - at))
        at = max(at, offset + length)
    if size > at:
        found.append((at, size - at))
    return tuple(found)


def joined(segments: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Make one of segments that touch."""
    found: list[tuple[int, int]] = []
    for offset, size in segments:
        if found and sum(found[-1]) == offset:
            found[-1] = (found[-1][0], found[-1][1] + size)
        elif size:
            found.append((offset, size))
    return tuple(found)


def _whole(length: int, part: int) -> int:
    return -(-length // part) * part


def _form(array: SampleArray, group: str) -> tuple[int, int]:
    """Count the rows of a group and the samples of each."""
    if array.continuous:
        return 1, array.width * array.height // array.span * len(group)
    if array.tile:
        wide, high = array.tile
        tiles = (across(array) // wide) * (down(array) // high)
        return tiles * high, wide * len(group)
    return array.height, array.width // array.span * len(group)


def _is_sane(array: SampleArray) -> bool:
    return _has_width(array) and _has_words(array) and _has_rows(array)


def _has_width(array: SampleArray) -> bool:
    tile = array.tile
    return (
        0 < array.width < 1 << 31
        and 0 < array.height < 1 << 31
        and (array.span == 1 or (array.span == 2 and _RUNS.issuperset(array.groups)))
        and array.width % array.span == 0
        and (tile is None or (min(tile) > 0 and max(tile) < 1 << 31))
        and not (tile and (array.continuous or array.span > 1 or array.lead or array.by_line))
        and len(array.channels) <= _CHANNELS
    )


def _has_words(array: SampleArray) -> bool:
    bits, word, packing = array.bits, array.word, array.packing
    if packing in _FILLED:
        return bits == 10 and word == 32
    if packing is Packing.PACKED:
        return 0 < bits <= 32 and word == 32
    if packing is Packing.WORDS:
        return word in _WORDS and 0 < bits <= word
    return 0 < bits <= BITS


def _has_rows(array: SampleArray) -> bool:
    if not array.groups or len(array.groups) != len(array.strides):
        return False
    if array.lead not in ({0, 8} if len(array.groups) == 1 else {0}):
        return False
    if not -(1 << 31) <= array.first_line < (1 << 31) - array.height:
        return False
    if not 0 <= array.mask < 1 << array.bits:
        return False
    for section in sections(array):
        least = array.lead + row_size(array.packing, array.bits, array.word, section.samples)
        if not least <= section.stride <= 2 * least + _PADDING:
            return False
    return True


def _check_segments(segments: Sequence[tuple[int, int]], size: int) -> None:
    if len(segments) > SEGMENTS:
        raise UncodableScan("GEOMETRY", f"the picture stands in {len(segments)} pieces")
    at = 0
    for offset, length in sorted(segments):
        if offset < at:
            raise UncodableScan("OVERLAP", f"two pieces of the picture share the byte {offset}")
        at = offset + length
    if at > size:
        raise UncodableScan(
            "TRUNCATED",
            f"the picture needs the bytes up to {at}, the file ends at {size}:"
            f" {at - size} bytes are missing",
        )
