"""One extended attribute of one file, by name; Python's own calls are on Linux only."""

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path

Place = Path | int
"""A path, or the descriptor of an open file."""

_LONGEST = 64 * 1024  # bytes; the largest attribute value of Linux' VFS, and ample for LTFS


def read_attribute(place: Place, name: str) -> bytes | None:
    """Read one attribute by its full name; None where there is none, or none can be had."""
    try:
        if sys.platform == "linux":
            return os.getxattr(place, name)
        return _macos_read(place, name) if sys.platform == "darwin" else None
    except OSError:
        return None


def write_attribute(place: Place, name: str, value: bytes) -> None:
    """Set one attribute by its full name.

    Raises:
        OSError: it cannot be set; ENOTSUP on systems where avpres knows no way.
    """
    if sys.platform == "linux":
        os.setxattr(place, name, value)
    elif sys.platform == "darwin":
        _macos_write(place, name, value)
    else:
        raise OSError(errno.ENOTSUP, "extended attributes are not reached on this system")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _macos_read(place: Place, name: str) -> bytes | None:
    """Call getxattr(path, name, value, size, position, options) of macOS, or its fgetxattr."""
    value = ctypes.create_string_buffer(_LONGEST)
    call, target = _macos_call(place, "getxattr")
    length = call(target, name.encode(), value, ctypes.c_size_t(_LONGEST), ctypes.c_uint32(0), 0)
    return value.raw[:length] if length >= 0 else None


def _macos_write(place: Place, name: str, value: bytes) -> None:
    call, target = _macos_call(place, "setxattr")
    if call(target, name.encode(), value, ctypes.c_size_t(len(value)), ctypes.c_uint32(0), 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(place))


def _macos_call(place: Place, name: str) -> tuple["ctypes._NamedFuncPointer", int | bytes]:
    of_file = isinstance(place, int)
    call = getattr(_libc(), f"f{name}" if of_file else name)
    call.restype = ctypes.c_ssize_t
    return call, place if isinstance(place, int) else os.fsencode(place)
