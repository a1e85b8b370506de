"""The extra fields of a zip's directory that matter: ZIP64, exact times, names in Unicode."""

import struct
import zlib
from dataclasses import dataclass

from avpres.adapters.containers.member import damaged

_FULL = 0xFFFFFFFF
_ZIP64, _TIME, _UNICODE_PATH = 0x0001, 0x5455, 0x7075
_HAS_MTIME = 1


@dataclass(slots=True)
class Extra:
    """Sizes and offset as they are in truth; `mtime` in seconds and `path` where they are told."""

    size: int
    stored: int
    offset: int
    mtime: int | None = None
    path: bytes | None = None


def extra_fields(content: bytes, name: bytes, size: int, stored: int, offset: int) -> Extra:
    """Read the extra fields of one line; what they do not say stays as the line has it.

    Raises:
        DamagedContainerError: a number is to be found in a ZIP64 field that is not there.
    """
    found = Extra(size, stored, offset)
    place = 0
    while place + 4 <= len(content):
        kind, length = struct.unpack_from("<2H", content, place)
        value = content[place + 4 : place + 4 + length]
        place += 4 + length
        if kind == _ZIP64:
            _take_large(found, value)
        elif kind == _TIME and len(value) >= 5 and value[0] & _HAS_MTIME:  # noqa: PLR2004
            found.mtime = struct.unpack_from("<l", value, 1)[0]
        elif kind == _UNICODE_PATH:
            found.path = _unicode(value, name) or found.path
    if _FULL in {found.size, found.stored, found.offset} and _ZIP64 not in _kinds(content):
        raise damaged("CON-DIRECTORY", "the sizes of a large member are missing", None, name)
    return found


def _kinds(content: bytes) -> set[int]:
    kinds, place = set(), 0
    while place + 4 <= len(content):
        kind, length = struct.unpack_from("<2H", content, place)
        kinds.add(kind)
        place += 4 + length
    return kinds


def _take_large(found: Extra, value: bytes) -> None:
    """Read those numbers that do not fit in the line, in the order that APPNOTE 4.5.3 gives."""
    numbers = iter(struct.unpack(f"<{len(value) // 8}Q", value[: len(value) // 8 * 8]))
    found.size = next(numbers, found.size) if found.size == _FULL else found.size
    found.stored = next(numbers, found.stored) if found.stored == _FULL else found.stored
    found.offset = next(numbers, found.offset) if found.offset == _FULL else found.offset


def _unicode(value: bytes, name: bytes) -> bytes | None:
    """Take the name in UTF-8 (Info-ZIP), if it was made for the name that stands in the line."""
    if len(value) < 6 or value[0] != 1:  # noqa: PLR2004 - version and CRC
        return None
    same = int.from_bytes(value[1:5], "little") == zlib.crc32(name)
    return value[5:] if same else None
