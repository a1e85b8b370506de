"""A third decoder of CCITT fax, FFmpeg's own, for strips that the first one does not read.

Some encoders write codes that are rare and legal, at which decoders of fax differ. Then FFmpeg
and libtiff, which share nothing, are the two that must agree.
"""

import struct

import av
import numpy as np

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Samples
from avpres.adapters.images.tiff_first import First
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.images.tiff_pieces import rows_of

_SIDE = 16384  # pixels; FFmpeg refuses far larger pictures
_SHORT, _LONG = 3, 4


def name() -> str:
    """Name the decoder with its version, for the record."""
    numbers = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"FFmpeg tiff (libavcodec {numbers})"


def fax(first: First, index: int) -> Samples | None:
    """Decode one strip or tile of fax; nothing where FFmpeg gives no picture of its size."""
    layout = first.layout
    rows, wide = rows_of(layout, index), layout.piece[0]
    if max(rows, wide) > _SIDE:
        return None
    place, count = first.pieces[index]
    data = _alone(bytes(first.data[place : place + count]), layout, rows, wide)
    try:
        frames = av.CodecContext.create("tiff", "r").decode(av.Packet(data))
    except av.FFmpegError:
        return None
    if len(frames) != 1 or (frames[0].width, frames[0].height) != (wide, rows):
        return None
    plane = frames[0].planes[0]
    if frames[0].format.name not in {"monob", "monow"}:
        return None
    lines = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)[:rows]
    return np.unpackbits(lines, axis=1)[:, :wide, None]


def _alone(piece: bytes, layout: Layout, rows: int, wide: int) -> bytes:
    """Write one strip as a TIFF of its own, in which zero is black, so that no bit is turned."""
    tags = {
        words.WIDTH: (_LONG, wide),
        words.HEIGHT: (_LONG, rows),
        words.BITS: (_SHORT, 1),
        words.COMPRESSION: (_SHORT, layout.compression),
        words.PHOTOMETRIC: (_SHORT, words.BLACK_IS_ZERO),
        words.FILL_ORDER: (_SHORT, layout.fill_order),
        words.STRIP_OFFSETS: (_LONG, 8),
        words.SAMPLES: (_SHORT, 1),
        words.ROWS_PER_STRIP: (_LONG, rows),
        words.STRIP_COUNTS: (_LONG, len(piece)),
        words.T4_OPTIONS: (_LONG, layout.fax_options),
    }
    piece += b"\0" * (len(piece) % 2)
    entries = [struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in tags.items()]
    head = struct.pack("<2sHI", b"II", 42, 8 + len(piece))
    return head + piece + struct.pack("<H", len(tags)) + b"".join(entries) + bytes(4)
