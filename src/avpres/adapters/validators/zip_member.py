"""A member of a ZIP file: its local header, its data, its data descriptor."""

import struct
import zlib
from enum import StrEnum

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.inflate import Allowance, Fault, Inflater
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.zip_directory import (
    DEFLATED,
    ENCRYPTED,
    LOCAL,
    MASKED,
    STORED,
    STREAMED,
    Directory,
    Member,
)

METHODS = {
    0: "Stored", 1: "Shrink", 6: "Implode", 8: "Deflate", 9: "Deflate64", 12: "BZIP2", 14: "LZMA",
    20: "Zstandard", 93: "Zstandard", 94: "MP3", 95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd",
    99: "AES",
}  # fmt: skip
DATA_IDS = frozenset({"ZIP-CRC", "ZIP-DAMAGED", "ZIP-MEMBER-SIZE"})
"""What `check_data` may say."""
MOST = 1032  # no byte of a deflate stream gives more

_HEADER = struct.Struct("<4s3H4s3I2H")
_WIDE = 0xFFFFFFFF
_DESCRIPTOR = b"PK\x07\x08"
_RESERVED_FLAGS = 0xD780  # 7 to 10, 12, 14, 15
_NEWEST = 63  # version 6.3


class Check(StrEnum):
    """What could be said of the data of a member."""

    CHECKED = "checked"
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"  # no such method here


def locate(source: Source, directory: Directory, member: Member, exam: Examination) -> bool:
    """Read the local header and say whether data can be looked for behind it."""
    start = directory.base + member.offset
    head = source.peek(start, _HEADER.size)
    if len(head) < _HEADER.size or head[:4] != LOCAL or start >= directory.start:
        text = f"{member.label} is not at byte {start}, where the directory says"
        exam.broken("ZIP-LOCAL-HEADER", text, start)
        return False
    fields = _HEADER.unpack(head)
    member.data = start + _HEADER.size + fields[8] + fields[9]
    member.end = member.data + member.packed
    if member.end > directory.start:
        text = f"{member.label} goes beyond the place where the directory begins"
        exam.broken("ZIP-MEMBER-SIZE", text, start)
        return False
    name = source.peek(start + _HEADER.size, fields[8])
    _compare(member, fields, name, start, exam)
    if fields[2] & STREAMED:
        _check_descriptor(source, member, directory.start, exam)
    return True


def check_data(source: Source, member: Member, exam: Examination) -> Check:
    """Unpack the data and compare size and CRC; no more work is done than the size allows."""
    if member.flags & ENCRYPTED:
        return Check.ENCRYPTED
    if member.method == STORED:
        _check_stored(source, member, exam)
    elif member.method == DEFLATED:
        _check_deflated(source, member, exam)
    else:
        return Check.UNKNOWN
    return Check.CHECKED


def unpacked(source: Source, member: Member, most: int) -> bytes | None:
    """Give the content of a member, or None if it cannot be had or is larger than `most`."""
    if member.size > most or member.flags & ENCRYPTED or not member.data:
        return None
    if member.method == STORED:
        return source.peek(member.data, min(member.packed, most))
    if member.method != DEFLATED:
        return None
    stream = Inflater(source, member.data, member.data + member.packed, Allowance(most))
    content = b"".join(stream.pieces())
    return None if stream.fault else content


def _compare(
    member: Member, fields: tuple[int, ...], name: bytes, start: int, exam: Examination
) -> None:
    _, version, flags, method, stamp, crc, packed, size, _, _ = fields
    differing = []
    if not (flags | member.flags) & MASKED:
        said = (name, int.from_bytes(stamp, "little"), method, flags & ENCRYPTED)  # type: ignore[arg-type]
        known = (member.name, member.stamp, member.method, member.flags & ENCRYPTED)
        words = ("name", "date", "method", "encryption")
        differing = [w for w, one, other in zip(words, said, known, strict=True) if one != other]
        differing += _differing_sizes(member, flags, (crc, packed, size))
    if differing:
        what = ", ".join(differing)
        text = f"{member.label}: the directory and the member's own header differ in {what}"
        say = exam.invalid if differing == ["date"] else exam.broken
        say("ZIP-HEADERS-DIFFER", text, start)
    if (flags | member.flags) & _RESERVED_FLAGS or version & 0xFF > _NEWEST:
        text = f"{member.label} uses flags or a version that do not exist"
        exam.invalid("ZIP-FLAGS", text, start)


def _differing_sizes(member: Member, flags: int, said: tuple[int, int, int]) -> list[str]:
    known = (member.crc, member.packed, member.size)
    free = {0, _WIDE} if flags & STREAMED else {_WIDE}
    words = ("CRC", "packed size", "size")
    return [
        word
        for word, one, other in zip(words, said, known, strict=True)
        if one != other and (one not in free or (word == "CRC" and one == _WIDE))
    ]


def _check_descriptor(source: Source, member: Member, limit: int, exam: Examination) -> None:
    place, rest = member.end, source.peek(member.end, 24)
    skipped = 4 if rest[:4] == _DESCRIPTOR else 0
    for layout in ("<3I", "<I2Q"):
        end = skipped + struct.calcsize(layout)
        known = struct.pack(
            layout, member.crc, member.packed & _mask(layout), member.size & _mask(layout)
        )
        if rest[skipped:end] == known and place + end <= limit:
            member.end += end
            return
    text = f"what follows the data of {member.label} does not repeat its CRC and sizes"
    exam.broken("ZIP-DESCRIPTOR", text, place)


def _mask(layout: str) -> int:
    return 0xFFFFFFFFFFFFFFFF if "Q" in layout else _WIDE


def _check_stored(source: Source, member: Member, exam: Examination) -> None:
    crc = 0
    for part in source.chunks(member.data, member.data + member.packed):
        crc = zlib.crc32(part, crc)
    _compare_outcome(member, member.packed, crc, exam)


def _check_deflated(source: Source, member: Member, exam: Examination) -> None:
    if member.size > MOST * member.packed:
        text = f"{member.label} cannot unpack to {member.size} bytes from {member.packed}"
        exam.broken("ZIP-MEMBER-SIZE", text, member.place)
        return
    stop = member.data + member.packed
    stream = Inflater(source, member.data, stop, Allowance(member.size))
    stream.drain()
    if stream.fault in {Fault.DAMAGED, Fault.CUT}:
        text = f"the data of {member.label} are damaged: they cannot be unpacked to their end"
        exam.broken("ZIP-DAMAGED", text, stream.end)
        return
    if stream.end != stop and not stream.fault:
        text = f"the data of {member.label} end {stop - stream.end} bytes early"
        exam.broken("ZIP-MEMBER-SIZE", text, stream.end)
    _compare_outcome(member, stream.size, stream.crc, exam)


def _compare_outcome(member: Member, size: int, crc: int, exam: Examination) -> None:
    if size != member.size:
        text = f"{member.label} must have {member.size} bytes, {size} or more came out"
        exam.broken("ZIP-MEMBER-SIZE", text, member.data)
    elif crc != member.crc:
        text = f"{member.label}: the CRC says {member.crc:08x}, the data give {crc:08x}"
        exam.broken("ZIP-CRC", text, member.data)
