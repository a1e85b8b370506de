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


def kind(array: SampleArray) -> Kind:
    """Give the type of numbers that hold an array's samples."""
    for size, found in ((8, np.uint8), (16, np.uint16), (32, np.uint32)):
        if array.bits <= size:
            return found
    return np.uint64


def load(array: SampleArray, rows: Octets, section: Section) -> Sequence[Plane]:
    """Give the samples of rows, one array for each position of the group's run."""
    count = len(section.group)
    if array.packing in {Packing.FILLED_A, Packing.FILLED_B}:
        words = _words(array, rows[:, : -(-section.samples // 3) * 4])
        if count == 3 and not array.low_first and not array.continuous:
            return [_third(array, words, at) for at in range(3)]
        found = np.stack([_third(array, words, at) for at in range(3)], axis=2)
        found = found.reshape(len(rows), -1)
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
    each = channels[0].shape[1]
    filled = array.packing in {Packing.FILLED_A, Packing.FILLED_B}
    if filled and count == 3 and not array.low_first and not array.continuous:
        _store_words(array, channels, rows)
        return
    room = each * count + (-(each * count) % 3 if filled else 0)
    found = np.zeros((len(rows), room), kind(array))
    for at, channel in enumerate(channels):
        if array.by_line:
            found[:, at * each : (at + 1) * each] = channel
        else:
            found[:, at : each * count : count] = channel
    if filled:
        _store_words(array, [found[:, at::3] for at in range(3)], rows)
    elif array.packing is Packing.WORDS:
        _store_plain(array, found, rows)
    else:
        bits.store(array, found, rows)


def _words(array: SampleArray, rows: Octets) -> NDArray[np.uint32]:
    """Give 32-bit words in the order of this computer, in memory of their own."""
    found = np.ascontiguousarray(rows).view("<u4")
    return found.byteswap() if array.big_endian else found


def _shift(array: SampleArray, at: int) -> np.uint32:
    """Say by how much a sample of a filled word is moved."""
    lowest = 2 if array.packing is Packing.FILLED_A else 0
    return np.uint32(lowest + 10 * (at if array.low_first else 2 - at))


def _third(array: SampleArray, words: NDArray[np.uint32], at: int) -> Plane:
    found = words >> _shift(array, at)
    found &= _TEN
    return found.astype(np.uint16)


def _store_words(array: SampleArray, thirds: Sequence[Plane], rows: Octets) -> None:
    word: NDArray[np.uint32] = np.zeros(thirds[0].shape, np.uint32)
    for at, third in enumerate(thirds):
        part = third.astype(np.uint32)
        part <<= _shift(array, at)
        word |= part
    if array.big_endian:
        word.byteswap(inplace=True)
    rows[:, : word.shape[1] * 4] = word.view(np.uint8)


def _load_words(array: SampleArray, rows: Octets) -> Plane:
    if array.word == 24:
        return _load_triples(array, rows)
    found: Plane = rows.view(f"<u{array.word // 8}") if array.word > 8 else rows
    if array.big_endian and array.word > 8:
        found = found.byteswap()
    free = array.word - array.bits
    if free:
        mask = found.dtype.type((1 << array.bits) - 1)
        found = found >> found.dtype.type(free) if array.high else found & mask
    return found.astype(kind(array), copy=False)


def _store_plain(array: SampleArray, found: Plane, rows: Octets) -> None:
    if array.word == 24:
        _store_triples(array, found, rows)
        return
    size = array.word // 8
    word = found.astype(f"u{size}", copy=False)
    if array.high and array.word > array.bits:
        word = word << word.dtype.type(array.word - array.bits)
    if array.big_endian and size > 1:
        word = word.byteswap()
    rows[:, : word.shape[1] * size] = word.view(np.uint8)


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
