"""Samples that fill no whole bytes, and pixels whose samples differ in depth, from their bits."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from avpres.adapters.images.raster import Samples

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


def from_bits(
    raw: Bytes,
    bits: Sequence[int],
    kind: np.dtype[Any],
    shape: tuple[int, int],
    *,
    words_order: Literal["<", ">", "="],
) -> Samples:
    """Give samples as (rows, columns, channels); rows begin with a byte, the highest bit first.

    Samples of 24 bits each are words, in the order that is given (as libtiff has it).
    """
    rows, wide = shape
    lines = raw.reshape(rows, -1)
    unsigned = np.dtype(f"u{kind.itemsize}")
    if set(bits) == {24}:
        found: Samples = np.asarray(_words(lines, words_order), unsigned)
    else:
        sizes = [bits[0]] if len(set(bits)) == 1 else list(bits)
        found = _stream(lines, sizes, wide * len(bits) // len(sizes), unsigned)
    found = found.reshape(rows, wide, len(bits))
    return _signed(found, bits, kind) if kind.kind == "i" else found


def _words(lines: Bytes, order: str) -> Any:
    three = lines.reshape(-1, 3).astype(np.uint32)
    little = order == "<" or (order == "=" and np.little_endian)
    low, high = (0, 2) if little else (2, 0)
    return three[:, low] | three[:, 1] << np.uint32(8) | three[:, high] << np.uint32(16)


def _stream(lines: Bytes, sizes: list[int], count: int, kind: np.dtype[Any]) -> Samples:
    """Cut rows into groups of samples that begin with a byte, and each group into its samples."""
    each = sum(sizes)
    groups = next(n for n in (1, 2, 4, 8) if n * each % 8 == 0)
    sizes, length = sizes * groups, groups * each // 8
    wanted = -(-count // groups)
    padded = np.zeros((len(lines), wanted * length), np.uint8)
    padded[:, : lines.shape[1]] = lines[:, : wanted * length]
    cut = padded.reshape(len(lines), wanted, length)
    found = np.empty((len(lines), wanted, len(sizes)), kind)
    start = 0
    for index, size in enumerate(sizes):
        found[:, :, index] = _sample(cut, start, size, kind)
        start += size
    return found.reshape(len(lines), -1)[:, : count * (len(sizes) // groups)]


def _sample(cut: Bytes, start: int, size: int, kind: np.dtype[Any]) -> Any:
    """Take one sample out of every group, byte by byte, so that no word overflows."""
    found: Any = 0
    at, end = start, start + size
    while at < end:
        byte, skipped = divmod(at, 8)
        taken = min(8 - skipped, end - at)
        part = cut[:, :, byte] >> np.uint8(8 - skipped - taken) & np.uint8((1 << taken) - 1)
        found = part.astype(kind) if at == start else found << kind.type(taken) | part
        at += taken
    return found


def _signed(found: Samples, bits: Sequence[int], kind: np.dtype[Any]) -> Samples:
    tops = np.array([1 << each - 1 for each in bits], np.uint64).astype(found.dtype)
    turned: Samples = ((found ^ tops) - tops).view(kind)
    return turned
