"""A stored zip written in one pass: nothing compressed, ZIP64 where it is needed.

PKWARE APPNOTE 6.3.10. The central directory waits on disk, not in memory.
"""

import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from typing import IO

from avpres.adapters.containers.flow import Outlet
from avpres.adapters.containers.planned import SECOND, Packed, Planned, in_order
from avpres.adapters.containers.sources import digest_and_pass
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import Algorithm

_KEPT = 4 * 1024 * 1024  # bytes; larger files get their checksum behind them
_SPOOLED = 8 * 1024 * 1024  # bytes of directory kept in memory
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_PLAIN, _LARGE = 20, 45  # versions needed
_BEHIND, _UTF8 = 0x0008, 0x0800  # flags: checksum behind the data, name in UTF-8
_UNIX = 3 << 8
_FIRST, _LAST = 315532800, 4354819198  # seconds; what the time of DOS can say: 1980 to 2107
_LONGEST = 0xFFFF - 1


def write_zip(
    outlet: Outlet,
    members: Iterable[Planned],
    algorithms: tuple[Algorithm, ...],
    on_packed: Callable[[Packed], None],
) -> None:
    """Write members and the central directory into an outlet."""
    count = 0
    with tempfile.SpooledTemporaryFile(_SPOOLED) as directory:
        for member in in_order(members):
            entry = _Entry(member, outlet.size)
            packed = entry.write(outlet, algorithms)
            directory.write(entry.central())
            count += 1
            on_packed(packed)
        _finish(outlet, directory, count)


class _Entry:
    """One member: the header before it, the checksum, and its line of the directory."""

    def __init__(self, member: Planned, place: int) -> None:
        self._member = member
        self._place = place
        self._size = 0 if member.is_folder else member.size
        self._crc = 0
        self._name = _name(member)
        self._is_behind = self._size > _KEPT
        self._stamp = _stamp(member.mtime // SECOND)
        self._extra = _unix_time(member.mtime // SECOND)

    def write(self, outlet: Outlet, algorithms: tuple[Algorithm, ...]) -> Packed:
        member = self._member
        if self._is_behind:
            outlet.put(self._local())
            offset = outlet.size
            digests = digest_and_pass(member, algorithms, self._summing(outlet.put))
            outlet.put(self._descriptor())
        else:
            content = bytearray()
            take = self._summing(content.extend)
            digests = () if member.is_folder else digest_and_pass(member, algorithms, take)
            outlet.put(self._local())
            offset = outlet.size
            outlet.put(content)
        return Packed(
            member.path, self._place, offset, self._size, member.mtime, member.is_folder, digests
        )

    def central(self) -> bytes:
        """Give the line of the directory."""
        is_far, is_large = self._place >= _FULL32, self._size >= _FULL32
        large = (self._size, self._size) if is_large else ()
        numbers = (*large, *((self._place,) if is_far else ()))
        extra = _zip64(numbers) + self._extra
        size = _FULL32 if is_large else self._size
        mode = 0o40755 << 16 | 0x10 if self._member.is_folder else 0o100644 << 16
        return (
            struct.pack("<4s2H", b"PK\1\2", _UNIX | self._version, self._version)
            + self._common(self._crc, size, len(extra))
            + struct.pack("<3HLL", 0, 0, 0, mode, _FULL32 if is_far else self._place)
            + self._name
            + extra
        )

    @property
    def _version(self) -> int:
        return _LARGE if self._size >= _FULL32 or self._place >= _FULL32 else _PLAIN

    def _local(self) -> bytes:
        is_large = self._size >= _FULL32
        extra = _zip64((self._size, self._size) if is_large else ()) + self._extra
        size = _FULL32 if is_large else self._size
        version = _LARGE if is_large else _PLAIN
        common = self._common(0 if self._is_behind else self._crc, size, len(extra))
        return struct.pack("<4sH", b"PK\3\4", version) + common + self._name + extra

    def _common(self, crc: int, size: int, extra: int) -> bytes:
        flags = _BEHIND if self._is_behind else 0
        flags |= 0 if self._name.isascii() else _UTF8
        date, clock = self._stamp
        return struct.pack(
            "<4H3L2H", flags, 0, clock, date, crc, size, size, len(self._name), extra
        )

    def _descriptor(self) -> bytes:
        form = "<4sLQQ" if self._size >= _FULL32 else "<4sLLL"
        return struct.pack(form, b"PK\7\x08", self._crc, self._size, self._size)

    def _summing(self, put: Callable[[bytes], object]) -> Callable[[bytes], None]:
        def take(data: bytes) -> None:
            self._crc = zlib.crc32(data, self._crc)
            put(data)

        return take


def _name(member: Planned) -> bytes:
    path = member.path
    try:
        path.decode()
    except UnicodeDecodeError:
        raise DestinationRefusedError(
            f"{path!r}: is not UTF-8, and a zip cannot hold it; pack into tar"
        ) from None
    if len(path) > _LONGEST:
        raise DestinationRefusedError(f"{path[:80]!r}…: is too long for a zip; pack into tar")
    return path + b"/" if member.is_folder else path


def _stamp(seconds: int) -> tuple[int, int]:
    """Write a time as DOS does, in UTC and in steps of two seconds."""
    t = time.gmtime(min(max(seconds, _FIRST), _LAST))
    date = (t.tm_year - 1980) << 9 | t.tm_mon << 5 | t.tm_mday
    return date, t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec // 2


def _unix_time(seconds: int) -> bytes:
    """Write the exact time as Info-ZIP's extended timestamp, where its 32 bits hold it."""
    return struct.pack("<2HBl", 0x5455, 5, 1, seconds) if -(2**31) <= seconds < 2**31 else b""


def _zip64(numbers: tuple[int, ...]) -> bytes:
    if not numbers:
        return b""
    return struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _finish(outlet: Outlet, directory: IO[bytes], count: int) -> None:
    start = outlet.size
    directory.seek(0)
    while chunk := directory.read(1024 * 1024):
        outlet.put(chunk)
    end = outlet.size
    size = end - start
    if count >= _FULL16 or size >= _FULL32 or start >= _FULL32:
        version = (_UNIX | _LARGE, _LARGE)
        outlet.put(
            struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, *version, 0, 0, count, count, size, start)
        )
        outlet.put(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
    few, small, near = min(count, _FULL16), min(size, _FULL32), min(start, _FULL32)
    outlet.put(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, few, few, small, near, 0))
