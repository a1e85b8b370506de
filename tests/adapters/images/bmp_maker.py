"""A writer of BMPs that can make every header, depth and compression."""

import struct

import numpy as np


def bmp(
    pixels,
    depth,
    *,
    size=40,
    palette=None,
    masks=None,
    top_down=False,
    rle=None,
    profile=b"",
    space=b"BGRs",
    used=None,
    alpha_fields=False,
    resolution=(2835, 2835),
):
    """Give a BMP of packed pixel values (one number for each pixel)."""
    height, width = pixels.shape
    compression = {None: 0, 8: 1, 4: 2}[rle]
    if masks is not None:
        compression = 6 if alpha_fields else 3
    data = run_lengths(pixels, rle) if rle else rows(pixels, depth, top_down)
    entries = b""
    if palette is not None:
        fourth = 1 if size == 12 else 0
        columns = palette[:, ::-1].astype(np.uint8)
        entries = columns.tobytes() if fourth else np.pad(columns, ((0, 0), (0, 1))).tobytes()
    count = len(palette) if palette is not None and len(palette) < 1 << depth else 0
    head = _head(
        size,
        (width, -height if top_down else height),
        depth,
        compression,
        len(data),
        resolution,
        count if used is None else used,
    )
    extra = b""
    if masks is not None and size == 40:
        extra = struct.pack(f"<{4 if alpha_fields else 3}I", *masks[: 4 if alpha_fields else 3])
    elif masks is not None:
        head = head[:40] + struct.pack("<4I", *masks)[: max(0, size - 40)] + head[56:]
    if size >= 108:
        head = head[:56] + (b"DEBM" if profile else space) + head[60:]
    offset = 14 + size + len(extra) + len(entries)
    if profile:
        head = head[:112] + struct.pack("<II", offset + len(data) - 14, len(profile)) + head[120:]
    body = head + extra + entries + data + profile
    return b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, offset) + body


def rows(pixels, depth, top_down):
    """Pack pixels into rows that end at four bytes."""
    order = pixels if top_down else pixels[::-1]
    shifts = np.arange(depth - 1, -1, -1, dtype=np.uint64)
    bits = (order.astype(np.uint64)[:, :, np.newaxis] >> shifts & np.uint64(1)).astype(np.uint8)
    packed = np.packbits(bits.reshape(len(order), -1), axis=1)
    step = depth // 8
    if step > 1:
        packed = packed.reshape(len(order), -1, step)[:, :, ::-1].reshape(len(order), -1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4))).tobytes()


def run_lengths(pixels, depth):
    """Code rows as runs and absolute stretches by turns."""
    out = bytearray()
    for row in pixels[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and row[at + run] == row[at] and run < 255:
                run += 1
            if run > 1 or len(row) - at < 3:
                value = int(row[at]) if depth == 8 else int(row[at]) * 17
                out += bytes([run, value])
                at += run
                continue
            part = [int(each) for each in row[at : at + 7]]
            if depth == 4:
                packed = [a << 4 | b for a, b in zip(part[::2], [*part[1::2], 0], strict=False)]
            else:
                packed = part
            out += bytes([0, len(part), *packed]) + bytes(len(packed) & 1)
            at += len(part)
        out += b"\0\0"
    return bytes(out[:-2]) + b"\0\1"


def _head(size, shape, depth, *told):
    (width, height), (compression, length, resolution, used) = shape, told
    if size == 12:
        return struct.pack("<IHHHH", 12, width, height, 1, depth)
    head = struct.pack(
        "<IiiHHIIIIII", size, width, height, 1, depth, compression, length, *resolution, used, 0
    )
    return head + bytes(size - 40)
