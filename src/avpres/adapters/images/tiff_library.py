"""The library libtiff: where a copy of it is found, and which of its functions are called.

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

import imagecodecs

LEAST = (4, 5)
"""The first version that takes handlers and a limit of memory for one file."""

_PLACES = (
    ("PIL", "../pillow.libs", "libtiff*.so*"),
    ("PIL", ".dylibs", "libtiff*.dylib"),
    ("imagecodecs", "../imagecodecs.libs", "libtiff*.so*"),
    ("imagecodecs", ".dylibs", "libtiff*.dylib"),
)

Pointer, Size, Offset = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_uint64
Read = ctypes.CFUNCTYPE(Size, Pointer, Pointer, Size)
Seek = ctypes.CFUNCTYPE(Offset, Pointer, Offset, ctypes.c_int)
Close = ctypes.CFUNCTYPE(ctypes.c_int, Pointer)
Length = ctypes.CFUNCTYPE(Offset, Pointer)
Map = ctypes.CFUNCTYPE(ctypes.c_int, Pointer, ctypes.POINTER(Pointer), ctypes.POINTER(Offset))
Unmap = ctypes.CFUNCTYPE(None, Pointer, Pointer, Offset)
Say = ctypes.CFUNCTYPE(ctypes.c_int, Pointer, Pointer, ctypes.c_char_p, ctypes.c_char_p, Pointer)


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
        ("TIFFOpenOptionsAlloc", Pointer, ()),
        ("TIFFOpenOptionsFree", None, (Pointer,)),
        ("TIFFOpenOptionsSetMaxSingleMemAlloc", None, (Pointer, Size)),
        ("TIFFOpenOptionsSetErrorHandlerExtR", None, (Pointer, Say, Pointer)),
        ("TIFFOpenOptionsSetWarningHandlerExtR", None, (Pointer, Say, Pointer)),
        ("TIFFClientOpenExt", Pointer, (ctypes.c_char_p, ctypes.c_char_p, Pointer, *_CALLS)),
        ("TIFFIsCODECConfigured", ctypes.c_int, (ctypes.c_uint16,)),
        ("TIFFClose", None, (Pointer,)),
        ("TIFFSetSubDirectory", ctypes.c_int, (Pointer, Offset)),
        ("TIFFSetField", ctypes.c_int, (Pointer, word)),  # and more, whose number varies
        ("TIFFIsTiled", ctypes.c_int, (Pointer,)),
        ("TIFFNumberOfTiles", word, (Pointer,)),
        ("TIFFNumberOfStrips", word, (Pointer,)),
        ("TIFFTileSize", Size, (Pointer,)),
        ("TIFFStripSize", Size, (Pointer,)),
        ("TIFFReadEncodedTile", Size, (Pointer, word, Pointer, Size)),
        ("TIFFReadEncodedStrip", Size, (Pointer, word, Pointer, Size)),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, given


_CALLS = (Read, Read, Seek, Close, Length, Map, Unmap, Pointer)
