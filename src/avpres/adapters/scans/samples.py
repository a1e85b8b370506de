"""Samples out of the bytes of rows, and back: words, filled words, streams of bits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avpres.adapters.scans import bits
from avpres.adapters.scans.arrays import Section
from avpres.domain.scan import Packing, SampleArray

Octets = NDArray[np.uint8]
Plane = NDArray[Any]
Kind = type[np.uint8] | type[np.uint16] | type[np.uint32] | type[np.uint64]

_TEN = np.uint32(1023)
_FILLED = (Packing.FILLED_A, Packing.FILLED_B)


def kind(array: SampleArray) -> Kind:
    """Give the type of numbers that hold an array's samples."""
    for size, found in ((8, np.uint8), (16, np.uint16), (32, np.uint32)):
        if array.bits <= size:
            return found
    return np.uint64


def load(array: SampleArray, rows: Octets, section: Section) -> Sequence[Plane]:
    """Give the samples of rows, one array for each position of the group's run.

    They may be views of the rows, in the file's own order of bytes.
    """
    count = len(section.group)
    if array.packing in _FILLED:
        thirds = _load_filled(array, rows[:, : -(-section.samples // 3) * 4])
        if _is_pixel(array, count):
            return thirds
        found: Plane = np.stack(thirds, axis=2).reshape(len(rows), -1)
    elif array.packing is Packing.WORDS:
        found = _load_words(array, rows[:, : section.samples * array.word // 8])
    else:
        found = bits.load(array, rows, section.samples).astype(kind(array), copy=False)
    if array.by_line:
        each = section.samples // count
        return [found[:, at * each : (at + 1) * each] for at in range(count)]
    return [found[:, at : section.samples : count] for at in range(count)]


def store(array: SampleArray, channels: Sequence[Plane], rows: Octets) -> None:
    """Undo `load`: write the samples into rows of zeros."""
    count = len(channels)
    if array.packing is Packing.WORDS and array.word != 24:
        _store_words(array, channels, rows)
    elif array.packing in _FILLED and _is_pixel(array, count):
        _store_filled(array, channels, rows)
    elif array.packing in _FILLED:
        found = _joined(array, channels, 3)
        _store_filled(array, [found[:, at::3] for at in range(3)], rows)
    elif array.packing is Packing.WORDS:
        _store_triples(array, _joined(array, channels, 1), rows)
    else:
        bits.store(array, _joined(array, channels, 1), rows)


def _is_pixel(array: SampleArray, count: int) -> bool:
    """Say whether a filled word holds just one pixel."""
    return count == 3 and not array.low_first and not array.continuous and not array.by_line


def _joined(array: SampleArray, channels: Sequence[Plane], multiple: int) -> Plane:
    """Put the samples of all channels into rows, which are filled up to a multiple."""
    count, each = len(channels), channels[0].shape[1]
    total = count * each
    found = np.zeros((len(channels[0]), -(-total // multiple) * multiple), kind(array))
    _place(array, channels, found[:, :total])
    return found


def _place(array: SampleArray, channels: Sequence[Plane], rows: Plane) -> None:
    count, each = len(channels), channels[0].shape[1]
    for at, channel in enumerate(channels):
        place = slice(at * each, (at + 1) * each) if array.by_line else slice(at, None, count)
        rows[:, place] = channel


def _shift(array: SampleArray, at: int) -> np.uint32:
    """Say by how much a sample of a filled word is moved."""
    lowest = 2 if array.packing is Packing.FILLED_A else 0
    return np.uint32(lowest + 10 * (at if array.low_first else 2 - at))


def _load_filled(array: SampleArray, rows: Octets) -> list[Plane]:
    words = rows.view(_order(array, 4)).astype(np.uint32)
    part = np.empty_like(words)
    found: list[Plane] = []
    for at in range(3):
        np.right_shift(words, _shift(array, at), out=part)
        np.bitwise_and(part, _TEN, out=part)
        found.append(part.astype(np.uint16))
    return found


def _store_filled(array: SampleArray, thirds: Sequence[Plane], rows: Octets) -> None:
    word = thirds[0].astype(np.uint32)
    word <<= _shift(array, 0)
    part = np.empty_like(word)
    for at in (1, 2):
        part[...] = thirds[at]
        part <<= _shift(array, at)
        word |= part
    rows[:, : word.shape[1] * 4].view(_order(array, 4))[...] = word


def _order(array: SampleArray, size: int) -> str:
    return f"{'>' if array.big_endian else '<'}u{size}"


def _load_words(array: SampleArray, rows: Octets) -> Plane:
    if array.word == 24:
        return _load_triples(array, rows)
    found: Plane = rows.view(_order(array, array.word // 8))
    free = array.word - array.bits
    if not free:
        return found
    found = found.astype(f"u{array.word // 8}")
    if array.high:
        found >>= found.dtype.type(free)
    else:
        found &= found.dtype.type((1 << array.bits) - 1)
    return found.astype(kind(array), copy=False)


def _store_words(array: SampleArray, channels: Sequence[Plane], rows: Octets) -> None:
    size = array.word // 8
    width = len(channels) * channels[0].shape[1] * size
    free = array.word - array.bits
    if array.high and free:
        up = np.dtype(f"u{size}").type(free)
        channels = [channel.astype(f"u{size}") << up for channel in channels]
    _place(array, channels, rows[:, :width].view(_order(array, size)))


def _load_triples(array: SampleArray, rows: Octets) -> Plane:
    found = np.zeros((len(rows), rows.shape[1] // 3), np.uint32)
    for at in range(3):
        found |= rows[:, at::3].astype(np.uint32) << np.uint32(_triple(array, at))
    return found


def _store_triples(array: SampleArray, found: Plane, rows: Octets) -> None:
    width = found.shape[1] * 3
    for at in range(3):
        part = found >> np.uint32(_triple(array, at))
        rows[:, at:width:3] = (part & np.uint32(255)).astype(np.uint8)


def _triple(array: SampleArray, at: int) -> int:
    return 8 * (2 - at if array.big_endian else at)
