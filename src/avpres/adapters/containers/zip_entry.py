"""A line of a zip's central directory: what it says of one member."""

import stat
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from avpres.adapters.containers.member import Member, MemberKind, damaged
from avpres.adapters.containers.planned import SECOND
from avpres.adapters.containers.zip_extra import Extra, extra_fields

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_UNIX_HOSTS = {3, 19}  # Unix, macOS
_KINDS = {
    0: MemberKind.FILE,
    stat.S_IFREG: MemberKind.FILE,
    stat.S_IFDIR: MemberKind.FOLDER,
    stat.S_IFLNK: MemberKind.SYMLINK,
    stat.S_IFCHR: MemberKind.DEVICE,
    stat.S_IFBLK: MemberKind.DEVICE,
    stat.S_IFIFO: MemberKind.FIFO,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the central directory."""

    member: Member
    method: int
    flags: int
    crc: int
    name: bytes  # as written, before an extra field said it better


def entry_at(handle: BinaryIO, place: int, shift: int) -> tuple[Entry, int]:
    """Read a line of the directory, and say where the next one begins.

    Args:
        handle: the zip.
        place: where the line begins.
        shift: bytes that something put before the zip, and that its offsets do not count.
    """
    handle.seek(place)
    fixed = handle.read(_CENTRAL.size)
    if len(fixed) < _CENTRAL.size or fixed[:4] != b"PK\1\2":
        raise damaged("CON-DIRECTORY", "the directory of the zip is damaged", place)
    (_, made, _, flags, method, clock, date, crc, stored, size, *lengths) = _CENTRAL.unpack(fixed)
    named, extra_length, comment, _, _, mode, offset = lengths
    rest = handle.read(named + extra_length + comment)
    if len(rest) < named + extra_length + comment:
        raise damaged("CON-CUT", "the directory of the zip was cut", place)
    name = rest[:named]
    extra = extra_fields(rest[named : named + extra_length], name, size, stored, offset)
    path = extra.path or name
    member = Member(
        path=path.rstrip(b"/") or path,
        kind=_kind(path, made >> 8, mode),
        size=extra.size,
        mtime=_time(extra, date, clock),
        header=place,
        offset=extra.offset + shift,
        stored=extra.stored,
    )
    return Entry(member, method, flags, crc, name), place + len(fixed) + len(rest)


def _kind(path: bytes, host: int, mode: int) -> MemberKind:
    found = MemberKind.FILE
    if host in _UNIX_HOSTS:
        found = _KINDS.get(stat.S_IFMT(mode >> 16), MemberKind.OTHER)
    return MemberKind.FOLDER if path.endswith(b"/") else found


def _time(extra: Extra, date: int, clock: int) -> int | None:
    if extra.mtime is not None:
        return extra.mtime * SECOND
    try:
        moment = datetime(
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            clock >> 11,
            clock >> 5 & 63,
            2 * (clock & 31),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return int(moment.timestamp()) * SECOND
