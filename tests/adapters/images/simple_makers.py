"""Writers of PCX and TGA that can make every kind."""

import struct

import numpy as np


def pcx(planes, bits, *, width=None, palette=None, dpi=(300, 300), version=5, end=None):
    """Give a PCX of bytes in (rows, planes, bytes of a row)."""
    height, count, line = planes.shape
    width = line * 8 // bits if width is None else width
    sixteen = bytes(48)
    if palette is not None and len(palette) <= 16:
        sixteen = palette.astype(np.uint8).tobytes().ljust(48, b"\0")
    head = struct.pack("<BBBB6H", 10, version, 1, bits, 0, 0, width - 1, height - 1, *dpi)
    head += sixteen + struct.pack("<BBHH", 0, count, line, 1)
    data = b"".join(_pcx_row(row) for row in planes.reshape(height, -1).astype(np.uint8))
    tail = (
        b"\x0c" + palette.astype(np.uint8).tobytes()
        if end is None and palette is not None and len(palette) == 256
        else end or b""
    )
    return head.ljust(128, b"\0") + data + tail


def _pcx_row(row):
    out = bytearray()
    at = 0
    while at < len(row):
        run = 1
        while at + run < len(row) and row[at + run] == row[at] and run < 63:
            run += 1
        if run > 1 or row[at] >= 0xC0:
            out.append(0xC0 | run)
        out.append(int(row[at]))
        at += run
    return bytes(out)


def tga(
    pixels,
    kind,
    depth,
    *,
    packed=False,
    palette=b"",
    entry=0,
    first=0,
    colours=0,
    attributes=0,
    corner=2,
    name=b"",
    alpha_type=None,
):
    """Give a TGA; pixels are bytes in (rows, columns, bytes), from the upper left.

    `corner`: 0 lower left, 1 lower right, 2 upper left, 3 upper right.
    """
    height, width, step = pixels.shape
    rows = pixels if corner & 2 else pixels[::-1]
    rows = rows[:, ::-1] if corner & 1 else rows
    head = struct.pack("<BBBHHB", len(name), kind == 1, kind | 8 * packed, first, colours, entry)
    head += struct.pack("<HHHHBB", 0, 0, width, height, depth, attributes | corner << 4)
    flat = rows.reshape(-1, step)
    data = _tga_packed(flat) if packed else flat.tobytes()
    body = head + name + palette + data
    if alpha_type is None:
        return body
    extension = struct.pack("<H", 495) + bytes(492) + bytes([alpha_type])
    return body + extension + struct.pack("<II", len(body), 0) + b"TRUEVISION-XFILE.\0"


def _tga_packed(flat):
    out = bytearray()
    at = 0
    while at < len(flat):
        run = 1
        while at + run < len(flat) and (flat[at + run] == flat[at]).all() and run < 128:
            run += 1
        if run > 1:
            out += bytes([127 + run]) + flat[at].tobytes()
        else:
            run = min(5, len(flat) - at)
            out += bytes([run - 1]) + flat[at : at + run].tobytes()
        at += run
    return bytes(out)
