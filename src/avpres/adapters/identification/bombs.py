"""ZIP archives with a member that grows out of proportion: Siegfried would unpack it.

To tell packages apart it reads members such as `[Content_Types].xml`, however large they become.
"""

import os
import struct

_END = struct.Struct("<4s6xHII")  # signature, members, size and offset of the directory
_ENTRY = struct.Struct("<4s16xIIHHH")  # signature, packed size, size, lengths of name and extras
_TAIL = 22 + 65535  # bytes in which the end of the directory lies
_MOST_DIRECTORY = 4 * 1024 * 1024  # bytes that are looked through
_LARGE = 64 * 1024 * 1024  # bytes; what is smaller does no harm
_RATIO = 100


def is_bomb(descriptor: int, size: int) -> bool:
    """Say whether the directory of an archive names a member that grows out of proportion."""
    tail = _read(descriptor, max(0, size - _TAIL), _TAIL)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        return False
    _, _, length, _ = _END.unpack_from(tail, place)
    start = max(0, size - len(tail) + place - length)
    table = _read(descriptor, start, min(length, _MOST_DIRECTORY))
    at = 0
    while at + 46 <= len(table):
        signature, packed, whole, name, extra, comment = _ENTRY.unpack_from(table, at)
        if signature != b"PK\x01\x02":
            return False
        if whole > _LARGE and whole > _RATIO * min(packed, size):
            return True
        at += 46 + name + extra + comment
    return False


def _read(descriptor: int, start: int, length: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.read(descriptor, length)
