"""Which scan a file is, and its header: told by content, never by the name."""

from collections.abc import Callable
from typing import BinaryIO

from avpres.adapters.scans import cineon, dpx, exr, tiff
from avpres.adapters.scans.window import Window
from avpres.domain.scan import Scan, UncodableScan

_READERS: dict[bytes, Callable[[Window], Scan]] = {
    b"SDPX": dpx.read,
    b"XPDS": dpx.read,
    b"II*\0": tiff.read,
    b"MM\0*": tiff.read,
    b"II+\0": tiff.read,
    b"MM\0+": tiff.read,
    b"\x80\x2a\x5f\xd7": cineon.read,
    b"\xd7\x5f\x2a\x80": cineon.read,
    b"\x76\x2f\x31\x01": exr.read,
}


def is_scan(start: bytes) -> bool:
    """Say whether a file that begins so is of a format that can be read."""
    return start[:4] in _READERS


def read_scan(source: BinaryIO | bytes | bytearray | memoryview, size: int | None = None) -> Scan:
    """Read the header of a scanned frame; samples are not read.

    Args:
        source: an open file, or the bytes of one (their beginning does if the headers are in it).
        size: bytes of the whole file; of bytes, their length.

    Raises:
        UncodableScan: the file cannot be coded as samples. Whatever the bytes are, nothing else.
    """
    if size is None:
        size = len(source) if isinstance(source, bytes | bytearray | memoryview) else _size(source)
    window = Window(source, size)
    start = window.read(0, 4)
    if not start:
        raise UncodableScan("EMPTY", "the file is empty")
    reader = _READERS.get(start)
    if reader is None:
        raise UncodableScan("UNKNOWN", "the file is neither DPX, TIFF, Cineon nor OpenEXR")
    return reader(window)


def _size(handle: BinaryIO) -> int:
    return handle.seek(0, 2)
