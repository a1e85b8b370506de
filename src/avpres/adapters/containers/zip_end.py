"""Where the central directory of a zip is: read from its end."""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.containers.member import Problem, Tell, damaged
from avpres.domain.severity import Severity

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 0xFFFF
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class Directory:
    """The central directory; `shift` is what was put before the zip."""

    start: int
    end: int
    count: int
    shift: int


def find_directory(handle: BinaryIO, tell: Tell) -> Directory:
    """Find the directory from the end of the file.

    Raises:
        DamagedContainerError: there is none, as after a cut, or it lies where it cannot be.
    """
    whole = os.fstat(handle.fileno()).st_size
    place, fields = _end_record(handle, whole)
    _, disk, first_disk, _, count, size, start, comment = fields
    trailing = whole - place - _END.size - comment
    if trailing > 0:
        text = f"{trailing} bytes stand behind the end of the zip"
        tell(Problem("CON-TRAILING", Severity.WARNING, text, None, whole - trailing))
    end = place
    if _FULL32 in {size, start} or count == _FULL16:
        end, count, size, start = _large(handle, place) or (place, count, size, start)
    if disk not in {0, _FULL16} or first_disk not in {0, _FULL16}:
        raise damaged("CON-DIRECTORY", "the zip is one volume of several; join them first", place)
    shift = end - size - start
    if shift < 0 or size > end:
        raise damaged("CON-CUT", "the directory of the zip lies beyond its end", place)
    return Directory(end - size, end, count, shift)


def _end_record(handle: BinaryIO, whole: int) -> tuple[int, tuple[int, ...]]:
    room = min(whole, _END.size + _LONGEST_COMMENT)
    handle.seek(whole - room)
    tail = handle.read(room)
    at = len(tail)
    while (at := tail.rfind(b"PK\5\6", 0, at)) >= 0:
        if at + _END.size <= len(tail):
            fields = _END.unpack_from(tail, at)
            if whole - room + at + _END.size + fields[-1] <= whole:
                return whole - room + at, fields
    raise damaged("CON-CUT", "the zip has no end: it was cut", whole)


def _large(handle: BinaryIO, place: int) -> tuple[int, int, int, int] | None:
    """Read the end of a ZIP64: where it is, the number of members, size and start."""
    if place < _LOCATOR.size:
        return None
    handle.seek(place - _LOCATOR.size)
    mark, _, at, _ = _LOCATOR.unpack(handle.read(_LOCATOR.size))
    if mark != b"PK\6\7":
        return None
    usual = place - _LOCATOR.size - _END64.size
    for where in dict.fromkeys([at, usual]):
        if 0 <= where <= place - _END64.size:
            handle.seek(where)
            fields = _END64.unpack(handle.read(_END64.size))
            if fields[0] == b"PK\6\6":
                return where, fields[7], fields[8], fields[9]
    raise damaged("CON-DIRECTORY", "the end of the ZIP64 directory is not where it should be", at)
