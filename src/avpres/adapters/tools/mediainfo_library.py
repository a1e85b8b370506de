"""The MediaInfo library that the pymediainfo wheel brings, called directly.

The wheel's own module is not imported: it would build objects that are not wanted, and it opens
files by name. Here the file is fed in pieces, so that any name will do, no neighbour is taken for
the rest of a sequence, and what the library asks for is counted: a damaged file cannot keep it
reading for ever.
"""

import ctypes
import os
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from avpres.domain.errors import ToolFailedError, ToolMissingError

PIECE = 64 * 1024  # bytes; the library often leaps away after a few of them
JUMPS = 50_000  # leaps in one file, after which the library is taken to be lost
READ_AGAIN = 3  # how many times the size of the file may be read

_NAMES = {
    "linux": ("libmediainfo.so.0",),
    "darwin": ("libmediainfo.0.dylib", "libmediainfo.dylib"),
    "win32": ("MediaInfo.dll",),
}
_DONE = 0x08  # bit of the answer to a piece: no more is wanted
_NO_LEAP = 2**64 - 1
_SETTINGS = {
    "Internet": "No",
    "File_TestContinuousFileNames": "0",
    "File_TestDirectory": "0",
    "ParseSpeed": "0.5",
}
BRIEF = {"ParseSpeed": "0"}
"""A film's first few frames are read, in place of some 500; all else is the same."""
_USUAL = {"Complete": "", "Language": "", "Details": "0", "Inform": ""}
_lock = threading.Lock()
"""The library keeps its options for the process, not for the file."""


@lru_cache(maxsize=1)
def version() -> str:
    """Give the library's version, which is not the wheel's.

    Raises:
        ToolMissingError: the wheel is not installed, or its library cannot be loaded.
    """
    library = _library()
    handle = library.MediaInfo_New()
    try:
        said = library.MediaInfo_Option(handle, "Info_Version", "") or ""
    finally:
        library.MediaInfo_Delete(handle)
    match = re.search(r"v(\d+(?:\.\d+)+)", said)
    if match is None:
        raise ToolMissingError(f"the MediaInfo library tells no version; {_ADVICE}")
    return match[1]


def inform(file: BinaryIO, options: Mapping[str, str], name: str = "") -> str:
    """Feed an open file and give what the library says of it.

    Raises:
        ToolMissingError: the library is not here.
        ToolFailedError: it does not come to an end, or its answer is no text.
    """
    return informs(file, [options], name)[0]


def informs(
    file: BinaryIO, wanted: Sequence[Mapping[str, str]], name: str = "", *, brief: bool = False
) -> list[str]:
    """Feed an open file once, and give what the library says of it in several forms.

    A trace is put into words while the file is read, so its form is the one that is set by then.

    Raises:
        ToolMissingError: the library is not here.
        ToolFailedError: it does not come to an end, or its answer is no text.
    """
    library = _library()
    traced_last = sorted(wanted, key=lambda options: "Details" in options)
    reading = {key: value for options in traced_last for key, value in options.items()}
    reading |= BRIEF if brief else {}
    with _lock:
        handle = library.MediaInfo_New()
        try:
            _set(library, handle, {**_SETTINGS, **_USUAL, **reading, "File_FileName": name})
            _feed(library, handle, file)
            return [_said(library, handle, options) for options in wanted]
        except ValueError as error:  # characters outside of Unicode, out of damaged tags
            raise ToolFailedError("MediaInfo's answer on this file is no text") from error
        finally:
            library.MediaInfo_Close(handle)
            library.MediaInfo_Delete(handle)


def _said(library: Any, handle: int, options: Mapping[str, str]) -> str:
    _set(library, handle, {**_USUAL, **options})
    return library.MediaInfo_Inform(handle, 0) or ""


def _set(library: Any, handle: int, options: Mapping[str, str]) -> None:
    for key, value in options.items():
        library.MediaInfo_Option(handle, key, value)


def _feed(library: Any, handle: int, file: BinaryIO) -> None:
    descriptor = file.fileno()
    size = os.fstat(descriptor).st_size
    library.MediaInfo_Open_Buffer_Init(handle, size, 0)
    left, leaps = READ_AGAIN * size + PIECE, 0
    file.seek(0)
    while piece := file.read(PIECE):
        if library.MediaInfo_Open_Buffer_Continue(handle, piece, len(piece)) & _DONE:
            break
        target = library.MediaInfo_Open_Buffer_Continue_GoTo_Get(handle)
        if target != _NO_LEAP:
            leaps += 1
            file.seek(min(target, size))
            library.MediaInfo_Open_Buffer_Init(handle, size, file.tell())
        left -= len(piece)
        if left < 0 or leaps > JUMPS:
            raise ToolFailedError("MediaInfo does not come to an end with this file")
    library.MediaInfo_Open_Buffer_Finalize(handle)


@lru_cache(maxsize=1)
def _library() -> Any:
    path = location()
    try:
        library = ctypes.CDLL(os.fspath(path))
    except OSError as error:
        raise ToolMissingError(f"{path} cannot be loaded ({error}); {_ADVICE}") from error
    for name, result, *arguments in _FUNCTIONS:
        function = getattr(library, f"MediaInfo_{name}")
        function.restype, function.argtypes = result, arguments
    return library


def location() -> Path:
    """Find the library inside the wheel, without importing the wheel's module.

    Raises:
        ToolMissingError: the wheel is not installed.
    """
    found = find_spec("pymediainfo")
    for folder in (found.submodule_search_locations or ()) if found else ():
        for name in _NAMES.get(sys.platform, _NAMES["linux"]):
            if (path := Path(folder, name)).is_file():
                return path
    raise ToolMissingError(f"the MediaInfo library is not installed; {_ADVICE}")


_ADVICE = "pip install pymediainfo"
_HANDLE, _TEXT, _SIZE = ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_size_t
_FUNCTIONS: tuple[tuple[Any, ...], ...] = (
    ("New", _HANDLE),
    ("Option", _TEXT, _HANDLE, _TEXT, _TEXT),
    ("Inform", _TEXT, _HANDLE, _SIZE),
    ("Open_Buffer_Init", _SIZE, _HANDLE, ctypes.c_uint64, ctypes.c_uint64),
    ("Open_Buffer_Continue", _SIZE, _HANDLE, ctypes.c_char_p, _SIZE),
    ("Open_Buffer_Continue_GoTo_Get", ctypes.c_uint64, _HANDLE),
    ("Open_Buffer_Finalize", _SIZE, _HANDLE),
    ("Close", None, _HANDLE),
    ("Delete", None, _HANDLE),
)
