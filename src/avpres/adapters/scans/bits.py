"""Streams of samples that do not end at bytes: any depth up to 64 bits, both orders of bits.

Samples and bytes meet again after a group of eight samples at most. A group's samples are worked on
one after another, each of them in all groups of all rows at once.
"""

from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avpres.domain.scan import Packing, SampleArray

Octets = NDArray[np.uint8]
Plane = NDArray[Any]

_TURNED = np.array([int(f"{byte:08b}"[::-1], 2) for byte in range(256)], np.uint8)


def load(array: SampleArray, rows: Octets, count: int) -> Plane:
    """Give so many samples of each row."""
    size, each = _group(array.bits)
    groups = -(-count // each)
    room = _ordered(array, rows)[:, : groups * size]
    if room.shape[1] < groups * size:
        room = np.pad(room, ((0, 0), (0, groups * size - room.shape[1])))
    table = room.reshape(len(rows), groups, size)
    kind = _kind(array.bits)
    found = np.empty((len(rows), groups, each), kind)
    for at in range(each):
        found[:, :, at] = _sample(array, table, at, kind)
    return found.reshape(len(rows), -1)[:, :count]


def store(array: SampleArray, found: Plane, rows: Octets) -> None:
    """Undo `load`: write samples into rows of zeros."""
    size, each = _group(array.bits)
    groups = -(-found.shape[1] // each)
    if found.shape[1] < groups * each:
        found = np.pad(found, ((0, 0), (0, groups * each - found.shape[1])))
    samples = found.reshape(len(rows), groups, each)
    table = np.empty((len(rows), groups, size), np.uint8)
    for byte, parts in enumerate(_sources(array, size, each)):
        made = _moved(samples[:, :, parts[0][0]], parts[0][1])
        for at, up in parts[1:]:
            made |= _moved(samples[:, :, at], up)
        table[:, :, byte] = made
    flat = table.reshape(len(rows), -1)
    if array.packing is Packing.PACKED:
        whole = np.zeros((len(rows), -(-flat.shape[1] // 4) * 4), np.uint8)
        whole[:, : flat.shape[1]] = flat
        flat = whole
    used = min(flat.shape[1], rows.shape[1])
    rows[:, :used] = _ordered(array, flat)[:, :used]


def _group(bits: int) -> tuple[int, int]:
    """Give the bytes and the samples after which both begin anew."""
    common = gcd(bits, 8)
    return bits // common, 8 // common


def _kind(bits: int) -> type[np.uint16] | type[np.uint32] | type[np.uint64]:
    if bits <= 16:
        return np.uint16
    return np.uint32 if bits <= 32 else np.uint64


def _ordered(array: SampleArray, rows: Octets) -> Octets:
    """Turn bytes so that the stream of bits runs through them; twice is the same as never."""
    if array.packing is Packing.BITS_REVERSED:
        return _TURNED[rows]
    if array.packing is Packing.PACKED and array.big_endian:
        return rows[:, : rows.shape[1] // 4 * 4].view(">u4").astype("<u4").view(np.uint8)
    return rows


def _pieces(array: SampleArray, at: int) -> list[tuple[int, int]]:
    """Give the bytes that a sample stands in, and by how much it is moved up into each."""
    first = at * array.bits
    last = first + array.bits
    lowest = array.packing is Packing.PACKED
    return [
        (byte, first - 8 * byte if lowest else 8 * byte + 8 - last)
        for byte in range(first // 8, -(-last // 8))
    ]


def _sources(array: SampleArray, size: int, each: int) -> list[list[tuple[int, int]]]:
    """Give, for each byte of a group, the samples in it and by how much each is moved up."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for at in range(each):
        for byte, up in _pieces(array, at):
            found[byte].append((at, up))
    return found


def _sample(array: SampleArray, table: Octets, at: int, kind: Any) -> Plane:
    found = np.zeros(table.shape[:2], kind)
    for byte, up in _pieces(array, at):
        part = table[:, :, byte].astype(kind)
        found |= part >> kind(up) if up >= 0 else part << kind(-up)
    found &= kind((1 << array.bits) - 1)
    return found


def _moved(samples: Plane, up: int) -> Octets:
    kind = samples.dtype.type
    moved = samples << kind(up) if up >= 0 else samples >> kind(-up)
    octets: Octets = moved.astype(np.uint8)
    return octets
