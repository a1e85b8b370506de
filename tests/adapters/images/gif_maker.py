"""A writer of GIFs that can make every combination, right and wrong."""

import struct
from dataclasses import dataclass, field

import numpy as np

_PASSES = ((0, 8), (4, 8), (2, 4), (1, 2))


@dataclass
class GifFrame:
    """One image of a GIF."""

    indices: np.ndarray
    left: int = 0
    top: int = 0
    palette: np.ndarray | None = None
    interlaced: bool = False
    transparent: int | None = None
    delay: int = 0
    disposal: int | None = None  # with a number, a graphic control stands before the image
    sizes: list = field(default_factory=list)


def gif(frames, *, screen=None, palette=None, background=0, loops=None, before=b"", after=b""):
    """Give the bytes of a GIF; `palette` is the screen's own, in rows of R, G, B."""
    height, width = frames[0].indices.shape if screen is None else screen[::-1]
    packed = 0x70 | (0x80 | _power(palette) if palette is not None else 0)
    parts = [b"GIF89a", struct.pack("<HHBBB", width, height, packed, background, 0)]
    if palette is not None:
        parts.append(_table(palette))
    if loops is not None:
        parts.append(application(b"NETSCAPE2.0", b"\1" + struct.pack("<H", loops)))
    parts.append(before)
    parts += [_image(each, palette) for each in frames]
    return b"".join([*parts, b";", after])


def application(name, content):
    """Give an application extension."""
    return b"!\xff\x0b" + name + sub_blocks(content)


def comment(text):
    """Give a comment extension."""
    return b"!\xfe" + sub_blocks(text)


def xmp(packet):
    """Give an XMP packet, with the trailer that lets its text pass for sub-blocks."""
    return b"!\xff\x0bXMP DataXMP" + packet + b"\1" + bytes(range(255, -1, -1)) + b"\0"


def sub_blocks(data):
    """Cut data into sub-blocks and end them."""
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def lzw(values, code_size):
    """Compress indices."""
    clear = 1 << code_size
    table, width, held, bits, out = {}, code_size + 1, 0, 0, bytearray()

    def put(code):
        nonlocal held, bits
        held |= code << bits
        bits += width
        while bits >= 8:
            out.append(held & 255)
            held >>= 8
            bits -= 8

    put(clear)
    table = {bytes([each]): each for each in range(clear)}
    following = clear + 2
    text = b""
    for value in bytes(values):
        longer = text + bytes([value])
        if longer in table:
            text = longer
            continue
        put(table[text])
        if following < 4096:
            table[longer] = following
            if following == 1 << width and width < 12:
                width += 1
            following += 1
        else:
            put(clear)
            table = {bytes([each]): each for each in range(clear)}
            following, width = clear + 2, code_size + 1
        text = bytes([value])
    if text:
        put(table[text])
        if following == 1 << width and width < 12:
            width += 1
    put(clear + 1)
    if bits:
        out.append(held & 255)
    return bytes(out)


def _image(frame, screen_palette):
    height, width = frame.indices.shape
    palette = frame.palette if frame.palette is not None else screen_palette
    control = b""
    if frame.disposal is not None or frame.transparent is not None or frame.delay:
        packed = (frame.disposal or 0) << 2 | (frame.transparent is not None)
        control = struct.pack(
            "<BBBBHBB", 0x21, 0xF9, 4, packed, frame.delay, frame.transparent or 0, 0
        )
    packed = frame.interlaced << 6 | (
        0x80 | _power(frame.palette) if frame.palette is not None else 0
    )
    head = struct.pack("<BHHHHB", 0x2C, frame.left, frame.top, width, height, packed)
    local = _table(frame.palette) if frame.palette is not None else b""
    code_size = max(2, _power(palette) + 1) if palette is not None else 8
    rows = frame.indices
    if frame.interlaced:
        rows = np.concatenate([rows[first::step] for first, step in _PASSES])
    return control + head + local + bytes([code_size]) + sub_blocks(lzw(rows.tobytes(), code_size))


def _power(palette):
    return max(0, (len(palette) - 1).bit_length() - 1)


def _table(palette):
    count = 2 << _power(palette)
    return np.vstack([palette, np.zeros((count - len(palette), 3))]).astype(np.uint8).tobytes()
