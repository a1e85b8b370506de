"""What an image is, told by its own first bytes; names and extensions are not asked."""

import re
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from avpres.adapters.images.window import Window
from avpres.domain.imaging import Traits
from avpres.domain.migration import Reason, Unmigratable

_MODULES = "avpres.adapters.images."
_PNM = re.compile(rb"P(?:[1-6]\s+[#0-9]|7\n[#A-Z])")
_RAW = (b"FUJIFILMCCD-RAW", b"II*\0\x10\0\0\0CR", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb")
_HEAD = 32  # bytes that tell the format


class Prober(Protocol):
    """What each format's module offers."""

    def probe(self, window: Window) -> Traits:
        """Tell the traits from the headers."""


def probe(file: BinaryIO, size: int) -> Traits:
    """Tell the traits of an image from its headers, in bounded reads.

    Raises:
        Unmigratable: it is empty, of no known format, damaged where it tells what it is, or of a
            kind that is never migrated.
    """
    if not size:
        raise Unmigratable(Reason.EMPTY)
    window = Window(file, size)
    name = kind(window.peek(0, _HEAD))
    if name == "tiff":
        from avpres.adapters.images import tiff_probe

        return tiff_probe.probe(file, size)
    module = cast("Prober", import_module(_MODULES + name))
    return module.probe(window)


def kind(head: bytes) -> str:
    """Name the module that reads what begins so.

    TGA has no mark at its beginning, so it is asked last, and refuses what it does not know.
    """
    if head.startswith(_RAW):
        raise Unmigratable(Reason.RAW_CAMERA)
    if head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return "tiff"
    if head[:2] == b"BM" and 12 <= int.from_bytes(head[14:18], "little") <= 124:
        return "bmp"
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    if _PNM.match(head):
        return "pnm"
    if _is_pcx(head):
        return "pcx"
    return "tga"


_MARKS = {b"GIF87a": "gif", b"GIF89a": "gif", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}


def _is_pcx(head: bytes) -> bool:
    versions, bits = {0, 2, 3, 4, 5}, {1, 2, 4, 8}
    return (
        len(head) > 3 and (head[0], head[2]) == (10, 1) and head[1] in versions and head[3] in bits
    )
