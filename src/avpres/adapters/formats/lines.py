"""Lines of manifests that were written on any system."""

from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.formats.manifest_file import Origin

LONGEST = 1 << 20  # bytes; PATH_MAX is 4 KiB, all else is not a manifest
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def numbered(handle: BinaryIO, origin: Origin) -> Iterator[tuple[int, bytes]]:
    r"""Yield line numbers and lines without their ends.

    A `\r` before the `\n` is dropped while every line so far had one: that is a file made on
    Windows. In any other file it belongs to a name (`Icon\r` is in every old Macintosh folder).

    Raises:
        NotConformantError: the file is UTF-16, or a line has no end.
    """
    number = 0
    windows = True
    while line := handle.readline(LONGEST):
        number += 1
        if number == 1:
            line = _without_bom(line, origin)
        if len(line) == LONGEST:
            raise origin.malformed(number, "a line of more than 1 MiB, so not a text manifest")
        windows = windows and (line.endswith(b"\r\n") or not line.endswith(b"\n"))
        yield number, line.removesuffix(b"\n").removesuffix(b"\r" if windows else b"")


def _without_bom(line: bytes, origin: Origin) -> bytes:
    if line.startswith(_UTF16_BOMS):
        raise origin.malformed(1, "UTF-16 text (PowerShell's >); save it as UTF-8")
    return line.removeprefix(_UTF8_BOM)
