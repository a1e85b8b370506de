"""One TIFF in memory that libtiff holds open, read strip by strip."""

import ctypes
import re
from types import TracebackType
from typing import Any, Self

import numpy as np

from avpres.adapters.images.tiff_library import Close, Found, Length, Map, Read, Say, Seek, Unmap

_COLOUR_MODE, _TO_RGB = 65538, 1  # JPEGCOLORMODE, JPEGCOLORMODE_RGB of tiff.h
_MEMORY = 1 << 28  # bytes in one piece, beside what a strip needs
_KEPT = 16  # sentences of libtiff; the first one is told
_HARMLESS = (b"Old-style LZW codes",)  # both decoders read them


class LibtiffError(Exception):
    """Libtiff did not read what it was asked for; the text is its own."""


class Opened:
    """A TIFF in memory that libtiff reads; what it warned of while reading is kept."""

    def __init__(self, found: Found, data: memoryview, memory: int = 0) -> None:
        """Open a file; only its header is read. `memory` is what one strip or tile needs."""
        self._lib = found.handle
        self._bytes = np.frombuffer(data, np.uint8)
        self._at = 0
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self._calls = (
            Read(self._read),
            Read(lambda *_: -1),
            Seek(self._seek),
            Close(lambda _: 0),
            Length(lambda _: len(self._bytes)),
            Map(self._map),
            Unmap(lambda *_: None),
        )
        self._said = (Say(self._sayer(self.errors)), Say(self._sayer(self.warnings)))
        self._tiff = self._open(max(_MEMORY, 2 * memory))
        if not self._tiff:
            raise LibtiffError(self._why("it cannot be opened"))

    def __enter__(self) -> Self:
        """Give the file itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the library close it."""
        self.close()

    def close(self) -> None:
        """Let the library close it."""
        self._lib.TIFFClose(self._tiff)

    def go(self, offset: int) -> None:
        """Go to the directory that stands there.

        Raises:
            LibtiffError: it does not read it.
        """
        if self._lib.TIFFSetSubDirectory(self._tiff, offset) != 1:
            raise LibtiffError(self._why("it does not read the directory"))
        self.warnings.clear()  # of tags that it does not need; samples are compared all the same
        self.errors.clear()

    def to_rgb(self) -> None:
        """Ask that JPEG be given as RGB.

        Raises:
            LibtiffError: it cannot do so.
        """
        if self._lib.TIFFSetField(self._tiff, _COLOUR_MODE, ctypes.c_int(_TO_RGB)) != 1:
            raise LibtiffError(self._why("it does not turn YCbCr into RGB"))

    @property
    def is_tiled(self) -> bool:
        """Say whether it sees tiles."""
        return bool(self._lib.TIFFIsTiled(self._tiff))

    @property
    def count(self) -> int:
        """Count the strips or tiles that it sees."""
        ask = self._lib.TIFFNumberOfTiles if self.is_tiled else self._lib.TIFFNumberOfStrips
        return int(ask(self._tiff))

    @property
    def size(self) -> int:
        """Count the bytes of a whole strip or tile, taken out of its compression."""
        ask = self._lib.TIFFTileSize if self.is_tiled else self._lib.TIFFStripSize
        return int(ask(self._tiff))

    def piece(self, index: int, into: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
        """Fill the bytes with those of one strip or tile.

        Raises:
            LibtiffError: it cannot, gives fewer bytes, or warns.
        """
        tiled = self.is_tiled
        read = self._lib.TIFFReadEncodedTile if tiled else self._lib.TIFFReadEncodedStrip
        given = read(self._tiff, index, into.ctypes.data, into.nbytes)
        if given != into.nbytes or self.errors or self.warnings:
            raise LibtiffError(self._why(f"{given} of {into.nbytes} bytes were read"))

    def _open(self, memory: int) -> int | None:
        lib = self._lib
        options = lib.TIFFOpenOptionsAlloc()
        lib.TIFFOpenOptionsSetMaxSingleMemAlloc(options, memory)
        lib.TIFFOpenOptionsSetErrorHandlerExtR(options, self._said[0], None)
        lib.TIFFOpenOptionsSetWarningHandlerExtR(options, self._said[1], None)
        opened = lib.TIFFClientOpenExt(b"memory", b"rhc", 1, *self._calls, options)
        lib.TIFFOpenOptionsFree(options)
        return opened  # type: ignore[no-any-return]

    def _why(self, otherwise: str) -> str:
        return next(iter((*self.errors, *self.warnings)), otherwise)

    @staticmethod
    def _sayer(kept: list[str]) -> Any:
        def say(_: int, __: int, module: bytes, text: bytes, ___: int) -> int:
            if any(each in (text or b"") for each in _HARMLESS):
                return 1
            where = (module or b"").decode("ascii", "replace")
            what = re.sub(r"%[-+.0-9]*[a-zA-Z]+", "?", (text or b"").decode("ascii", "replace"))
            if len(kept) < _KEPT:
                kept.append(f"{where}: {what}")
            return 1

        return say

    def _read(self, _: int, buffer: int, size: int) -> int:
        size = max(0, min(size, len(self._bytes) - self._at))
        if size:
            ctypes.memmove(buffer, self._bytes.ctypes.data + self._at, size)
            self._at += size
        return size

    def _seek(self, _: int, offset: int, whence: int) -> int:
        start = (0, self._at, len(self._bytes))[whence]
        self._at = min(start + offset, (1 << 63) - 1)
        return self._at

    def _map(self, _: int, base: Any, size: Any) -> int:
        base[0], size[0] = self._bytes.ctypes.data, len(self._bytes)
        return 1
