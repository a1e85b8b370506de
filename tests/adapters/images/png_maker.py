"""A writer of PNGs that can make every kind, with any chunks beside."""

import struct
import zlib

import numpy as np

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)


def chunk(name, data=b""):
    """Give a chunk with its checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(samples, depth, kind, *, interlaced=False, before=b"", after=b"", filter=0):
    """Give a PNG; samples have rows, columns and channels, `before` stands before its data."""
    height, width, _ = samples.shape
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    passes = [samples[top::down, left::across] for top, left, down, across in _ADAM7]
    raw = b"".join(_rows(each, depth, filter) for each in (passes if interlaced else [samples]))
    data = chunk(b"IDAT", zlib.compress(raw))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before + data + after + chunk(b"IEND")


def _rows(samples, depth, kind):
    if not samples.size:
        return b""
    rows = samples.reshape(len(samples), -1)
    if depth == 16:
        packed = rows.astype(">u2").view(np.uint8).reshape(len(rows), -1)
    else:
        bits = np.unpackbits(rows.astype(np.uint8)[:, :, np.newaxis], axis=2)[:, :, 8 - depth :]
        packed = np.packbits(bits.reshape(len(rows), -1), axis=1)
    step = max(1, depth * samples.shape[2] // 8)
    out = []
    above = np.zeros(packed.shape[1], np.uint8)
    for number, row in enumerate(packed):
        chosen = number % 5 if kind == "all" else kind
        out.append(bytes([chosen]) + _filtered(row, above, step, chosen))
        above = row
    return b"".join(out)


def _filtered(row, above, step, kind):
    left = np.concatenate([np.zeros(step, np.uint8), row])[: len(row)]
    corner = np.concatenate([np.zeros(step, np.uint8), above])[: len(row)]
    a, b, c = (each.astype(int) for each in (left, above, corner))
    middle = a + b - c
    near = np.select(
        [
            (abs(middle - a) <= abs(middle - b)) & (abs(middle - a) <= abs(middle - c)),
            abs(middle - b) <= abs(middle - c),
        ],
        [a, b],
        c,
    )
    guess = [0, a, b, (a + b) // 2, near][kind]
    return ((row.astype(int) - guess) % 256).astype(np.uint8).tobytes()
