"""gzip and zstd whose bytes depend on nothing but what goes in and the level."""

import os
import struct
import zlib
from functools import cache
from types import ModuleType

from avpres.adapters.containers.flow import Buffer, Compressor
from avpres.domain.errors import ToolMissingError, UsageError
from avpres.domain.oais import Box

LEVEL = {Box.TAR_GZ: 3, Box.TAR_ZST: 3}
"""Where nothing is said: of igzip's four levels the last, of zstd's the one that it recommends."""

LEVELS = {Box.TAR_GZ: range(4), Box.TAR_ZST: range(1, 23)}

_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # no name, no time, no system
_MOST_THREADS = 8
_RAW = -15  # window bits of deflate without a wrapper


def compressor(box: Box, level: int | None) -> Compressor | None:
    """Begin the compression of a kind of box; None where nothing is compressed.

    Raises:
        UsageError: there is no such level.
    """
    if box not in LEVEL:
        return None
    level = LEVEL[box] if level is None else level
    if level not in LEVELS[box]:
        levels = LEVELS[box]
        raise UsageError(f"{box} has no level {level}; choose one from {levels[0]} to {levels[-1]}")
    return Gzip(level) if box is Box.TAR_GZ else _zstd(level)


class Gzip:
    """One gzip member, compressed by ISA-L in one piece: threads would change the bytes."""

    def __init__(self, level: int) -> None:
        from isal import isal_zlib

        self._deflate = isal_zlib.compressobj(level, isal_zlib.DEFLATED, _RAW, 9)
        self._crc32 = isal_zlib.crc32
        self._crc = 0
        self._size = 0
        self._lead = _GZIP_HEADER

    def compress(self, data: Buffer, /) -> bytes:
        """Take in bytes and give what is ready."""
        self._crc = self._crc32(data, self._crc)
        self._size += len(data)
        lead, self._lead = self._lead, b""
        return lead + self._deflate.compress(data)

    def flush(self) -> bytes:
        """Give the rest, with the checksum and the size modulo 4 GiB (RFC 1952)."""
        lead, self._lead = self._lead, b""
        end = struct.pack("<LL", self._crc, self._size & 0xFFFFFFFF)
        return lead + self._deflate.flush(zlib.Z_FINISH) + end


def _zstd(level: int) -> Compressor:
    """Begin one zstd frame with a checksum.

    With one worker or more, zstd cuts its input into jobs of a size that the level decides: the
    number of workers changes nothing of the bytes, but none at all does.
    """
    zstd = zstd_library()
    parameter = zstd.CompressionParameter
    if parameter.nb_workers.bounds()[1] < 1:
        raise ToolMissingError("this Python's zstd was built without threads; use another Python")
    options = {
        parameter.compression_level: level,
        parameter.checksum_flag: 1,
        parameter.nb_workers: max(1, min(os.cpu_count() or 1, _MOST_THREADS)),
    }
    found: Compressor = zstd.ZstdCompressor(options=options)
    return found


@cache
def zstd_library() -> ModuleType:
    """Give Python's own zstd (from 3.14 on) or its backport."""
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from backports import zstd
    module: ModuleType = zstd
    return module
