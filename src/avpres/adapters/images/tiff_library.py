"""The library libtiff: where a copy of it is found, and one file that it holds open.

Wheels of imagecodecs and Pillow for Linux and macOS bring it as a shared library; those for
Windows hold it inside their own modules, where it cannot be called strip by strip.
"""

import ctypes
import ctypes.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import imagecodecs
import numpy as np

LEAST = (4, 5)
"""The first version that takes handlers and a limit of memory for one file."""

_PLACES = (
    ("PIL", "../pillow.libs", "libtiff*.so*"),
    ("PIL", ".dylibs", "libtiff*.dylib"),
    ("imagecodecs", "../imagecodecs.libs", "libtiff*.so*"),
    ("imagecodecs", ".dylibs", "libtiff*.dylib"),
)
_COLOUR_MODE, _TO_RGB = 65538, 1  # JPEGCOLORMODE, JPEGCOLORMODE_RGB of tiff.h
_MEMORY = 1 << 28  # bytes in one piece, beside what a strip needs

_HARMLESS = (b"Old-style LZW codes",)  # both decoders read them
_Pointer, _Size, _Offset = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_uint64
_Read = ctypes.CFUNCTYPE(_Size, _Pointer, _Pointer, _Size)
_Seek = ctypes.CFUNCTYPE(_Offset, _Pointer, _Offset, ctypes.c_int)
_Close = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer)
_Length = ctypes.CFUNCTYPE(_Offset, _Pointer)
_Map = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.POINTER(_Pointer), ctypes.POINTER(_Offset))
_Unmap = ctypes.CFUNCTYPE(None, _Pointer, _Pointer, _Offset)
_Say = ctypes.CFUNCTYPE(
    ctypes.c_int, _Pointer, _Pointer, ctypes.c_char_p, ctypes.c_char_p, _Pointer
)


class LibtiffError(Exception):
    """Libtiff did not read what it was asked for; the text is its own."""


@dataclass(frozen=True, slots=True)
class Found:
    """A copy of the library that was loaded."""

    handle: ctypes.CDLL
    version: tuple[int, ...]

    @property
    def name(self) -> str:
        """Name the library as records do."""
        return "libtiff " + ".".join(map(str, self.version))


@lru_cache(maxsize=64)
def find(compression: int = 1) -> Found | None:
    """Load the first copy that is new enough and knows a compression; none where there is none.

    Pillow's comes first: it was not built with the codecs of the first decoder.
    """
    for path in _candidates():
        found = _load(path)
        if found is None or found.version < LEAST:
            continue
        if found.handle.TIFFIsCODECConfigured(compression):
            return found
    return None


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
            _Read(self._read),
            _Read(lambda *_: -1),
            _Seek(self._seek),
            _Close(lambda _: 0),
            _Length(lambda _: len(self._bytes)),
            _Map(self._map),
            _Unmap(lambda *_: None),
        )
        self._said = (_Say(self._sayer(self.errors)), _Say(self._sayer(self.warnings)))
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
        self.warnings.clear()  # unknown tags are no damage

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
        def say(tiff: int, data: int, module: bytes, text: bytes, values: int) -> int:  # noqa: ARG001
            if any(each in (text or b"") for each in _HARMLESS):
                return 1
            where = (module or b"").decode("ascii", "replace")
            what = re.sub(r"%[-+.0-9]*[a-zA-Z]+", "?", (text or b"").decode("ascii", "replace"))
            kept.append(f"{where}: {what}" if len(kept) < 16 else "")
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


def _candidates() -> Iterator[str]:
    imagecodecs.tiff_version()  # loads what its copy of the library leans on
    for module, folder, pattern in _PLACES:
        spec = find_spec(module)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield from map(str, sorted(Path(place, folder).resolve().glob(pattern)))
    name = ctypes.util.find_library("tiff")
    if name:
        yield name


def _load(path: str) -> Found | None:
    try:
        handle = ctypes.CDLL(path)
        handle.TIFFGetVersion.restype = ctypes.c_char_p
        said = handle.TIFFGetVersion().decode("ascii", "replace")
        _declare(handle)
    except (OSError, AttributeError):  # not for this machine, or older than is wanted
        return None
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return Found(handle, tuple(map(int, match.groups()))) if match else None


def _declare(lib: ctypes.CDLL) -> None:
    word = ctypes.c_uint32
    for name, result, given in (
        ("TIFFOpenOptionsAlloc", _Pointer, ()),
        ("TIFFOpenOptionsFree", None, (_Pointer,)),
        ("TIFFOpenOptionsSetMaxSingleMemAlloc", None, (_Pointer, _Size)),
        ("TIFFOpenOptionsSetErrorHandlerExtR", None, (_Pointer, _Say, _Pointer)),
        ("TIFFOpenOptionsSetWarningHandlerExtR", None, (_Pointer, _Say, _Pointer)),
        ("TIFFClientOpenExt", _Pointer, (ctypes.c_char_p, ctypes.c_char_p, _Pointer, *_CALLS)),
        ("TIFFIsCODECConfigured", ctypes.c_int, (ctypes.c_uint16,)),
        ("TIFFClose", None, (_Pointer,)),
        ("TIFFSetSubDirectory", ctypes.c_int, (_Pointer, _Offset)),
        ("TIFFSetField", ctypes.c_int, (_Pointer, word)),  # and more, whose number varies
        ("TIFFIsTiled", ctypes.c_int, (_Pointer,)),
        ("TIFFNumberOfTiles", word, (_Pointer,)),
        ("TIFFNumberOfStrips", word, (_Pointer,)),
        ("TIFFTileSize", _Size, (_Pointer,)),
        ("TIFFStripSize", _Size, (_Pointer,)),
        ("TIFFReadEncodedTile", _Size, (_Pointer, word, _Pointer, _Size)),
        ("TIFFReadEncodedStrip", _Size, (_Pointer, word, _Pointer, _Size)),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, given


_CALLS = (_Read, _Read, _Seek, _Close, _Length, _Map, _Unmap, _Pointer)
