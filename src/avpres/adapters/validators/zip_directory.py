"""The central directory of a ZIP file: where it is, and what it lists (APPNOTE 6.3, 4.3.12-16)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
ENCRYPTED, STREAMED, UTF8_NAMES, MASKED = 0x0001, 0x0008, 0x0800, 0x2000  # flags
STORED, DEFLATED = 0, 8  # methods

_END64, _LOCATOR, _SIGNATURE = b"PK\x06\x06", b"PK\x06\x07", b"PK\x05\x05"
_END_RECORD = struct.Struct("<4s4H2IH")
_END64_RECORD = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_RECORD = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LONGEST_COMMENT = 0xFFFF
_WIDE, _WIDE_COUNT = 0xFFFFFFFF, 0xFFFF  # the value is in ZIP64's record
_ZIP64_FIELD = 1
_TRIED = 64  # end records that are looked at; a comment may hold some that are none


@dataclass(slots=True)
class Directory:
    """Where the central directory stands; `base` is to be added to the offsets in it."""

    start: int
    stop: int
    entries: int
    base: int = 0
    comment: bytes = b""
    is_zip64: bool = False


@dataclass(slots=True)
class Member:
    """An entry of the central directory; `data` and `end` are known from the local header."""

    place: int
    name: bytes
    version: int
    flags: int
    method: int
    stamp: int  # DOS time and date
    crc: int
    packed: int
    size: int
    offset: int
    data: int = 0
    end: int = 0

    @property
    def label(self) -> str:
        """The name as messages show it."""
        return self.name.decode(errors="replace")[:200]

    @property
    def is_folder(self) -> bool:
        """Say whether this is a folder."""
        return self.name.endswith(b"/")


def find_directory(source: Source, exam: Examination) -> Directory:
    """Find the end record and what it points at.

    Raises:
        HaltError: there is no directory that could be read.
    """
    place, record, comment = _find_end(source, exam)
    _, disk, first_disk, here, entries, size, start, _ = record
    found = Directory(start, place, entries, comment=comment)
    if disk not in {0, _WIDE_COUNT} or first_disk not in {0, _WIDE_COUNT}:
        exam.halt("ZIP-SPLIT", "this is one part of an archive in several files", place + 4)
    if here != entries:
        exam.broken("ZIP-COUNT", "two numbers of entries contradict each other", place + 8)
    if source.peek(place - _LOCATOR_RECORD.size, 4) == _LOCATOR and place >= _LOCATOR_RECORD.size:
        size, start = _read_zip64(source, place, found, exam)
    _settle(source, found, size, start, exam)
    return found


def entries(source: Source, directory: Directory, exam: Examination) -> Iterator[Member]:
    """Give what the directory lists, and compare its length with what the end record says.

    Raises:
        HaltError: an entry is damaged in such a way that the next one cannot be found.
    """
    place, count = directory.start, 0
    while place < directory.stop:
        if source.peek(place, 4) == _SIGNATURE:
            break
        if place + _ENTRY.size > directory.stop:
            exam.halt("ZIP-ENTRY", "the last entry of the directory is not whole", place)
        member, length = _read_entry(source, place, exam)
        place += length
        count += 1
        if place > directory.stop:
            exam.halt("ZIP-ENTRY", "an entry goes beyond the directory", member.place)
        yield member
    said = directory.entries
    if count != said and (directory.is_zip64 or count & _WIDE_COUNT != said):
        text = f"the directory lists {count} entries, its end says {said}"
        exam.broken("ZIP-COUNT", text, directory.stop)


def _find_end(source: Source, exam: Examination) -> tuple[int, tuple[int, ...], bytes]:
    begin = max(0, source.size - _END_RECORD.size - _LONGEST_COMMENT)
    tail = source.peek(begin, source.size - begin)
    best = _rightmost_end(tail)
    if best < 0:
        text = "the end of the archive with its directory is not there: the file is cut, or no ZIP"
        exam.halt("ZIP-END-MISSING", text, source.size)
    if best + _END_RECORD.size > len(tail):
        exam.halt("ZIP-CUT", "the file ends inside of its end record", source.size)
    record = _END_RECORD.unpack_from(tail, best)
    stop = best + _END_RECORD.size + record[7]
    if stop > len(tail):
        exam.halt("ZIP-CUT", "the file ends inside of its comment", source.size)
    if stop < len(tail):
        text = f"{len(tail) - stop} bytes follow the end of the archive"
        exam.invalid("ZIP-TRAILING", text, begin + stop)
    return begin + best, record, tail[best + _END_RECORD.size : stop]


def _rightmost_end(tail: bytes) -> int:
    """Prefer the record whose comment reaches exactly to the end of the file."""
    last = at = tail.rfind(END)
    for _ in range(_TRIED):
        if at < 0:
            break
        rest = len(tail) - at - _END_RECORD.size
        if rest >= 0 and tail[at + 20 : at + 22] == rest.to_bytes(2, "little"):
            return at
        at = tail.rfind(END, 0, at)
    return last


def _read_zip64(source: Source, place: int, found: Directory, exam: Examination) -> tuple[int, int]:
    locator = place - _LOCATOR_RECORD.size
    _, disk, offset, disks = _LOCATOR_RECORD.unpack(source.read(locator, _LOCATOR_RECORD.size))
    if disk or disks > 1:
        exam.halt("ZIP-SPLIT", "this is one part of an archive in several files", locator)
    if source.peek(offset, 4) != _END64:
        nearest = locator - _END64_RECORD.size
        if nearest < 0 or source.peek(nearest, 4) != _END64:
            text = "the ZIP64 end record is not where its locator says"
            exam.halt("ZIP-ZIP64", text, locator)
        offset = nearest
    record = _END64_RECORD.unpack(source.read(offset, _END64_RECORD.size))
    if offset + 12 + record[1] != locator:
        exam.broken("ZIP-ZIP64", "the size of the ZIP64 end record is wrong", offset + 4)
    if record[6] != record[7]:
        exam.broken("ZIP-COUNT", "two numbers of entries contradict each other", offset + 24)
    found.is_zip64, found.stop, found.entries = True, offset, record[7]
    return record[8], record[9]


def _settle(source: Source, found: Directory, size: int, start: int, exam: Examination) -> None:
    actual = found.stop - size
    if actual < 0:
        text = f"the directory is said to be of {size} bytes, more than the file has before it"
        exam.halt("ZIP-DIRECTORY", text, found.stop)
    is_empty = size == 0 and found.entries == 0
    if source.peek(actual, 4) == CENTRAL or is_empty:
        found.base, found.start = actual - start, actual
    elif start < found.stop and source.peek(start, 4) == CENTRAL:
        text = "the directory does not reach to the end record"
        exam.broken("ZIP-DIRECTORY", text, start)
        found.start = start
    else:
        exam.halt("ZIP-DIRECTORY", "the directory is not where the end record says", actual)
    if found.base < 0:
        text = "the directory begins earlier than is said: a part of the file is missing"
        exam.halt("ZIP-DIRECTORY", text, actual)


def _read_entry(source: Source, place: int, exam: Examination) -> tuple[Member, int]:
    fixed = _ENTRY.unpack(source.read(place, _ENTRY.size))
    magic, _, version, flags, method, time, date, crc, packed, size = fixed[:10]
    if magic != CENTRAL:
        exam.halt("ZIP-ENTRY", "no entry of the directory is where one must be", place)
    name_length, extra_length, comment_length = fixed[10:13]
    length = _ENTRY.size + name_length + extra_length + comment_length
    rest = source.peek(place + _ENTRY.size, name_length + extra_length)
    stamp = date << 16 | time
    name = rest[:name_length]
    member = Member(place, name, version, flags, method, stamp, crc, packed, size, fixed[16])
    if extra_length:
        _read_extra(member, rest[name_length:], exam)
    return member, length


def _read_extra(member: Member, extra: bytes, exam: Examination) -> None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == _ZIP64_FIELD:
            _widen(member, extra[at + 4 : at + 4 + size], exam)
        at += 4 + size
    if at > len(extra):
        text = f"the extra field of {member.label} does not divide into its parts"
        exam.invalid("ZIP-EXTRA-FIELD", text, member.place)


def _widen(member: Member, field: bytes, exam: Examination) -> None:
    numbers = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
    try:
        if member.size == _WIDE:
            member.size = next(numbers)
        if member.packed == _WIDE:
            member.packed = next(numbers)
        if member.offset == _WIDE:
            member.offset = next(numbers)
    except StopIteration:
        text = f"the ZIP64 sizes of {member.label} are missing"
        exam.broken("ZIP-ZIP64", text, member.place)
