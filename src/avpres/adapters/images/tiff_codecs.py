"""Strips and tiles of a TIFF taken out of their compression, as bytes; never best effort."""

import lzma
import zlib
from collections.abc import Callable
from typing import Any

import imagecodecs

from avpres.adapters.images import tiff_words as words
from avpres.domain.migration import Reason, Unmigratable

Buffer = Any
"""Bytes, or a view of them; the stubs of imagecodecs know bytes alone."""

_MEMORY = 1 << 28  # bytes; the highest preset of xz takes 65 MiB to decode
_STRAY = 3  # bytes that some writers add to a strip
_ERRORS = (RuntimeError, ValueError, TypeError, MemoryError, OverflowError)
PREDICTED = {words.LZW, words.DEFLATE, words.OLD_DEFLATE, words.LZMA, words.ZSTD}
"""Compressions that libtiff has a predictor for (TIFF 6.0, section 14: LZW alone)."""


def knows(compression: int) -> bool:
    """Say whether a compression of bytes is one that is undone here."""
    return compression == words.NONE or compression in _DECODERS


def unpacked(compression: int, data: Buffer, wanted: int, most: int) -> memoryview:
    """Give the bytes of one strip or tile.

    `wanted` of them are needed; a last strip may hold up to `most`, which are left out.

    Raises:
        Unmigratable: they are damaged, or fewer than needed.
    """
    if compression == words.NONE:
        return _whole(memoryview(data), wanted)
    try:
        found = _DECODERS[compression](data, wanted, most)
    except _ERRORS as error:
        raise Unmigratable(Reason.DAMAGED, f"a strip or tile ({error})") from error
    return _whole(memoryview(found), wanted)


def _whole(found: memoryview, wanted: int) -> memoryview:
    if len(found) < wanted:
        text = f"a strip or tile gives {len(found)} bytes, and {wanted} are needed"
        raise Unmigratable(Reason.DAMAGED, text)
    return found[:wanted]


def _deflate(data: Buffer, wanted: int, most: int) -> bytes | bytearray:
    try:
        return imagecodecs.deflate_decode(data, out=wanted)
    except imagecodecs.DeflateError:
        return _inflated(data, most)


def _inflated(data: Buffer, most: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(data, most)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not reader.eof:
        raise ValueError("its stream does not end")
    return found


def _lzw(data: Buffer, most: int) -> bytes | bytearray:
    """Read to the end: what gives more than any strip holds has other sides than it says."""
    found = imagecodecs.lzw_decode(data, out=most + _STRAY + 1)
    if len(found) > most + _STRAY:
        raise ValueError(f"it gives more than {most} bytes")
    return found


def _lzma(data: Buffer, most: int) -> bytes:
    """Read to the end of the stream, where its checksum is."""
    reader = lzma.LZMADecompressor(memlimit=_MEMORY)
    try:
        found = reader.decompress(data, most)
        if not reader.eof:
            reader.decompress(b"", 1)
    except lzma.LZMAError as error:
        raise ValueError(str(error)) from error
    if not reader.eof:
        raise ValueError("its stream does not end")
    return found


_DECODERS: dict[int, Callable[[Buffer, int, int], bytes | bytearray]] = {
    words.LZW: lambda data, _, most: _lzw(data, most),
    words.PACKBITS: lambda data, wanted, _: imagecodecs.packbits_decode(data, out=wanted),
    words.DEFLATE: _deflate,
    words.OLD_DEFLATE: _deflate,
    words.LZMA: lambda data, _, most: _lzma(data, most),
    words.ZSTD: lambda data, _, most: imagecodecs.zstd_decode(data, out=most),
}
