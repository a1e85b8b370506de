"""How the data of a zip's members are compressed, and how that is undone."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from functools import cache

from avpres.adapters.containers.compressors import zstd_library
from avpres.adapters.containers.forward import Decompressor
from avpres.adapters.containers.member import damaged

_STORED, _LZMA = 0, 14


class _Deflate:
    """zlib's decompression of bare deflate data, with the words of bz2 and lzma."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(-15)
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        made = self._inner.decompress(self._rest + data, max(max_length, 0))
        self._rest = self._inner.unconsumed_tail
        return made


def decompressor(method: int, read: Callable[[int], bytes]) -> Decompressor | None:
    """Begin to undo a method; None where data are stored as they are.

    Raises:
        DamagedContainerError: avpres does not know the method, or its parameters are damaged.
    """
    if method == _STORED:
        return None
    if method == _LZMA:
        return _lzma(read)
    if method in _METHODS:
        return _METHODS[method]()
    text = f"is compressed by a method that avpres does not know ({method}); unpack it by 7z"
    raise damaged("CON-METHOD", text)


def _lzma(read: Callable[[int], bytes]) -> Decompressor:
    head = read(4)
    properties = read(int.from_bytes(head[2:], "little")) if len(head) == 4 else b""  # noqa: PLR2004
    if len(properties) != 5:  # noqa: PLR2004 - APPNOTE 5.8.8: one byte and a dictionary size
        raise damaged("CON-DAMAGED", "the properties of its LZMA data are damaged")
    packed, size = properties[0], int.from_bytes(properties[1:], "little")
    filters = [
        {
            "id": lzma.FILTER_LZMA1,
            "lc": packed % 9,
            "lp": packed // 9 % 5,
            "pb": packed // 45,
            "dict_size": max(min(size, 1 << 28), 1 << 12),
        }
    ]
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    except (lzma.LZMAError, ValueError) as error:
        raise damaged("CON-DAMAGED", "the properties of its LZMA data are damaged") from error


def _xz() -> Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 28)


def _zstd() -> Decompressor:
    found: Decompressor = zstd_library().ZstdDecompressor()
    return found


_METHODS: dict[int, Callable[[], Decompressor]] = {
    8: _Deflate,
    12: bz2.BZ2Decompressor,
    93: _zstd,
    95: _xz,
}


@cache
def errors() -> tuple[type[Exception], ...]:
    """Give what the libraries raise at damaged data."""
    return (
        OSError,
        ValueError,
        EOFError,
        MemoryError,
        zlib.error,
        lzma.LZMAError,
        zstd_library().ZstdError,
    )
