"""Compressed strips and tiles of TIFF, taken out as far as that is cheap.

Deflate is taken out to its end and its checksum is compared; of PackBits and LZW, which have no
checksum, the lengths are followed and must give exactly the bytes that the pixels need. JPEG strips
must begin and end as JPEG does. What is more than the budgets allow is left to the deep check,
which also decodes JPEG strips.
"""

import zlib
from collections.abc import Callable

from avpres.adapters.validators.source import Source
from avpres.adapters.validators.tiff_layout import (
    DEFLATE,
    JPEG,
    LZW,
    OLD_DEFLATE,
    PACKBITS,
    Geometry,
    Pieces,
    expected_size,
)
from avpres.adapters.validators.tiff_reader import Directory

_DEFLATED = 16 * 1024 * 1024  # compressed bytes of an image that are taken out
_INFLATED = 128 * 1024 * 1024  # bytes that may come out of them
_WALKED = {LZW: 32 * 1024, PACKBITS: 64 * 1024}  # compressed bytes followed: Python is slow
_DEEP = 256 * 1024 * 1024  # bytes, of either, that the deep check follows or takes out
_STEP = 1024 * 1024  # bytes of output at a time
_PADDING = 3
_TAIL = 4096  # bytes at the end of a JPEG strip in which its end must be: some are padded to blocks
_CLEAR, _END = 256, 257
_TABLES = 347  # JPEGTables
_WIDEST, _MOST_CODES = 12, 4096

Unpacked = tuple[int, str]
"""How many bytes come out, and what is wrong with the stream ("" if nothing)."""


def check_codec(found: Directory, geometry: Geometry, pieces: Pieces) -> None:
    """Take out what can be taken out cheaply and say which strips or tiles are damaged."""
    source = found.reader.source
    follow = _FOLLOWERS.get(geometry.compression)
    if follow is None:
        return
    deep = found.reader.exam.rules.deep
    left = _DEEP if deep else _WALKED.get(geometry.compression, _DEFLATED)
    room = 8 * _DEEP if deep else _INFLATED
    tables = found.raw(_TABLES) if deep and geometry.compression == JPEG else None
    word = "tile" if pieces.tiled else "strip"
    ways = enumerate(zip(pieces.offsets, pieces.counts, strict=False))
    for index, (offset, count) in ways:
        wanted = expected_size(geometry, pieces, index) if index < pieces.expected else 0
        left -= count
        room -= wanted
        if left < 0 or room < 0:
            return
        if not count and not offset:
            continue
        size, fault = follow(source, offset, count, wanted)
        if tables is not None and not fault:
            fault = _decoded(tables, source.peek(offset, count))
        full = geometry.size(pieces.across, pieces.down, 0)
        if not fault and size < wanted:
            fault = f"gives {size} bytes, its pixels need {wanted}"
        if fault:
            _broken(found, f"the {word} {index + 1} is damaged: its data {fault}", offset)
        elif size > max(wanted + _PADDING, full):
            found.reader.exam.invalid(
                "TIFF-DATA-LONG", f"the {word} {index + 1} holds more than its pixels need", offset
            )


def _broken(found: Directory, text: str, offset: int) -> None:
    found.reader.exam.broken("TIFF-DATA-DAMAGED", text, offset)


def _deflate(source: Source, offset: int, count: int, wanted: int) -> Unpacked:
    engine = zlib.decompressobj()
    data = source.peek(offset, count)
    size = 0
    try:
        while data and not engine.eof:
            size += len(engine.decompress(data, _STEP))
            data = engine.unconsumed_tail
            if size > 2 * wanted + _STEP:
                return size, ""
        size += len(engine.flush(_STEP)) if not engine.eof else 0
    except zlib.error as error:
        return size, f"cannot be inflated ({str(error).rpartition(': ')[2]})"
    return size, "" if engine.eof else "ends before its checksum"


def _packbits(source: Source, offset: int, count: int, wanted: int) -> Unpacked:
    data = source.peek(offset, count)
    place = size = 0
    while place < len(data) and size < wanted:
        code = data[place]
        if code < 128:
            size += code + 1
            place += code + 2
        else:
            size += 257 - code if code != 128 else 0
            place += 1 if code == 128 else 2
    if place > len(data):
        return size, "ends inside of a run"
    return size, ""


def _lzw(source: Source, offset: int, count: int, wanted: int) -> Unpacked:
    data = source.peek(offset, count)
    if data[:1] == b"\0" and data[1:2] and data[1] & 1:
        return wanted, ""  # the bits run the other way, as before TIFF 6.0
    return _lzw_lengths(data, wanted)


def _lzw_lengths(data: bytes, wanted: int) -> Unpacked:
    lengths = [1] * 256 + [0] * (_MOST_CODES - 255)
    width, limit = 9, 511  # codes grow one early: TIFF 6.0, section 13
    known, held, bits, last, size = 258, 0, 0, 0, 0
    for byte in data:
        held = (held << 8 | byte) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == _CLEAR:
            known, width, limit, last = 258, 9, 511, 0
            continue
        if code == _END:
            return size, ""
        if last:
            lengths[known] = last + 1
            known += 1
            if known == limit and width < _WIDEST:
                width, limit = width + 1, 2 * limit + 1
        if code >= (known if last else _CLEAR) or known > _MOST_CODES:
            return size, "has a code before its meaning is known"
        last = lengths[code]
        size += last
        if size >= wanted:
            return size, "" if size == wanted else "gives more bytes than its pixels need"
    return size, ""


def _jpeg(source: Source, offset: int, count: int, wanted: int) -> Unpacked:
    if source.peek(offset, 2) != b"\xff\xd8":
        return 0, "does not begin as JPEG data does"
    if source.find(b"\xff\xd9", max(offset, offset + count - _TAIL), offset + count) < 0:
        return 0, "does not end as JPEG data does"
    return wanted, ""


def _decoded(tables: bytes, data: bytes) -> str:
    from avpres.adapters.validators.deep_jpeg import fault, joined

    text = fault(joined(tables, data))
    return f"are no sound JPEG: {text}" if text else ""


_FOLLOWERS: dict[int, Callable[[Source, int, int, int], Unpacked]] = {
    DEFLATE: _deflate,
    OLD_DEFLATE: _deflate,
    PACKBITS: _packbits,
    LZW: _lzw,
    JPEG: _jpeg,
}
