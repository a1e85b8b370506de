"""Streams that are read from front to end: a file, or what a compressed file holds."""

import bz2
import lzma
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Protocol, cast

from avpres.adapters.containers.compressors import zstd_library
from avpres.adapters.containers.member import CHUNK, Problem, Tell, damaged
from avpres.domain.severity import Severity

_XZ_MEMORY = 1 << 28  # bytes; xz -9 needs 65 MiB
_ZSTD_WINDOW = 27  # bits, 128 MiB: what zstd itself accepts unless told otherwise
_COMPRESSED = 256 * 1024  # bytes read of a compressed file at once
_NEAR = 128 * 1024  # bytes; reading over less than that costs less than a seek
_RATIO_FROM = 1 << 30  # bytes; below that much output no ratio is a danger


class Forward(Protocol):
    """A stream of bytes without a way back; `place` is how far it was read."""

    place: int

    def take(self, size: int) -> bytes:
        """Give the next bytes; fewer only at the end."""

    def skip(self, size: int) -> int:
        """Pass over bytes and say how many there were."""


class FileForward:
    """A file, from a place in it; several may share a handle."""

    def __init__(self, handle: BinaryIO, place: int = 0) -> None:
        self._handle = handle
        self._size = os.fstat(handle.fileno()).st_size
        self.place = place
        handle.seek(place)

    def take(self, size: int) -> bytes:
        """Give the next bytes; fewer only at the end."""
        data = self._handle.read(min(size, max(self._size - self.place, 0)))
        self.place += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over bytes and say how many there were."""
        if size <= _NEAR:
            return len(self.take(size))
        skipped = min(size, max(self._size - self.place, 0))
        self.place += skipped
        self._handle.seek(skipped, os.SEEK_CUR)
        return skipped


class Decompressor(Protocol):
    """One frame of compressed data, as bz2, lzma and zstd offer it."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether more must be put in before more comes out."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the frame."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Take in bytes, and give at most as many."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of compression: how it begins and how it is undone."""

    name: str
    magic: tuple[bytes, ...]
    new: Callable[[], Decompressor]


def _gzip() -> Decompressor:
    from isal import igzip_lib

    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _xz() -> Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _zstd() -> Decompressor:
    zstd = zstd_library()
    limit = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
    found: Decompressor = zstd.ZstdDecompressor(options=limit)
    return found


_SKIPPABLE = tuple([bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16)])
GZIP = Form("gzip", (b"\x1f\x8b\x08",), _gzip)
BZIP2 = Form("bzip2", (b"BZh",), bz2.BZ2Decompressor)
XZ = Form("xz", (b"\xfd7zXZ\0",), _xz)
ZSTD = Form("zstd", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), _zstd)
FORMS = (GZIP, BZIP2, XZ, ZSTD)


class Decompressed:
    """What a compressed file holds, frame after frame, with every checksum judged."""

    def __init__(self, handle: BinaryIO, form: Form, tell: Tell, ratio: int | None = None) -> None:
        self.place = 0
        self._source = FileForward(handle)
        self._form = form
        self._tell = tell
        self._ratio = ratio
        self._frame: Decompressor | None = form.new()
        self._input = b""  # read, and not yet put in
        self._buffer = b""  # come out, and not yet taken
        self._at = 0
        self._made = 0

    def take(self, size: int) -> bytes:
        """Give the next bytes; fewer only at the end.

        Raises:
            DamagedContainerError: the compressed data are cut, damaged, or a bomb.
        """
        end = self._at + size
        if end <= len(self._buffer):
            data = self._buffer[self._at : end]
            self._at = end
        else:
            data = self._gathered(size)
        self.place += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over bytes and say how many there were."""
        left = size
        while left and (data := self.take(min(left, CHUNK))):
            left -= len(data)
        return size - left

    def _gathered(self, size: int) -> bytes:
        parts, left = [], size
        while left:
            if self._at == len(self._buffer):
                self._buffer, self._at = self._more(), 0
                if not self._buffer:
                    break
            part = self._buffer[self._at : self._at + left]
            self._at += len(part)
            left -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _more(self) -> bytes:
        while self._frame is not None:
            if self._frame.eof:
                self._next_frame(self._frame.unused_data)
                continue
            data = self._undone(self._frame, self._source.take)
            if data:
                self._made += len(data)
                self._check_ratio()
                return data
        return b""

    def _undone(self, frame: Decompressor, read: Callable[[int], bytes]) -> bytes:
        put, self._input = self._input, b""
        if frame.needs_input and not put:
            put = read(_COMPRESSED)
            if not put:
                text = f"the {self._form.name} data end too early; the file was cut"
                raise damaged("CON-CUT", text, self._source.place)
        return self._guarded(frame, put)

    def _guarded(self, frame: Decompressor, put: bytes) -> bytes:
        try:
            return frame.decompress(put, CHUNK)
        except _errors() as error:
            name, said = self._form.name, str(error)
            is_sum = "checksum" in said.lower() or "crc" in said.lower()
            code = "CON-CHECKSUM" if is_sum else "CON-DAMAGED"
            text = f"the {name} data are damaged near byte {self._source.place}: {said}"
            raise damaged(code, text, self._source.place) from error

    def _next_frame(self, rest: bytes) -> None:
        """Go on behind the end of a frame: with another one, with zeros, or with nothing."""
        self._frame = None
        while not rest.strip(b"\0"):
            rest = self._source.take(_COMPRESSED)
            if not rest:
                return
        rest += self._source.take(_COMPRESSED) if len(rest) < _LONGEST_MAGIC else b""
        if not rest.startswith(self._form.magic):
            text = f"something that is no {self._form.name} stands behind the end of the data"
            where = self._source.place - len(rest)
            self._tell(Problem("CON-TRAILING", Severity.WARNING, text, None, where))
            return
        self._frame, self._input = self._form.new(), rest

    def _check_ratio(self) -> None:
        if self._ratio is None or self._made < _RATIO_FROM:
            return
        if self._made > self._ratio * max(self._source.place, 1):
            text = (
                f"{self._made} bytes came out of {self._source.place}: more than "
                f"{self._ratio} to one, as of a bomb"
            )
            raise damaged("CON-BOMB", text, self._source.place)


_LONGEST_MAGIC = 6


@cache
def _errors() -> tuple[type[Exception], ...]:
    from isal import igzip_lib

    isal_error = cast("type[Exception]", igzip_lib.error)
    return (
        OSError,
        EOFError,
        ValueError,
        MemoryError,
        lzma.LZMAError,
        isal_error,
        zstd_library().ZstdError,
    )
