"""The header and the trailer that stand around each compressed stream of a GZIP file."""

import struct
import zlib
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.inflate import Fault, Inflater
from avpres.adapters.validators.source import Source

MAGIC = b"\x1f\x8b"
LONGEST_TEXT = 64 * 1024  # bytes; no file name and no comment comes near

_HEADER = struct.Struct("<2sBBIBB")
_TRAILER = struct.Struct("<II")
_DEFLATE = 8
_FHCRC, _FEXTRA, _FNAME, _FCOMMENT, _RESERVED = 2, 4, 8, 16, 0xE0
_FASTEST_AND_BEST = 6  # both bits of XFL that say how hard the compressor tried
_SYSTEMS = (
    "FAT", "Amiga", "VMS", "Unix", "VM/CMS", "Atari TOS", "HPFS", "Macintosh", "Z-System",
    "CP/M", "TOPS-20", "NTFS", "QDOS", "Acorn RISCOS",
)  # fmt: skip
_UNKNOWN_SYSTEM = 255
_CONTROLS = bytes((*range(9), *range(11, 32), *range(127, 160)))


@dataclass(slots=True)
class Member:
    """What the header of a member says; `data` is the offset of the compressed stream."""

    start: int
    data: int
    modified: int = 0  # seconds since 1970; 0 is unknown
    system: str = ""
    name: str = ""
    comment: str = ""
    is_block: bool = False  # of the BGZF profile


def is_member(source: Source, place: int, exam: Examination) -> bool:
    """Say whether another member begins at `place`, and what stands there if none does."""
    found = source.peek(place, 2)
    if found == MAGIC:
        return True
    rest = source.size - place
    if any(part.strip(b"\0") for part in source.chunks(place)):
        text = f"{rest} bytes that do not belong to the file follow its last member"
        exam.broken("GZIP-TRAILING", text, place, jhove="GZIP-KB-105")
    else:
        text = f"{rest} zero bytes follow the last member, as tapes and some tools pad"
        exam.invalid("GZIP-PADDING", text, place, jhove="GZIP-KB-105")
    return False


def read_header(source: Source, start: int, exam: Examination) -> Member:
    """Read the header of the member at `start`.

    Raises:
        CutError: the file ends in the header.
        HaltError: no header of RFC 1952 is there.
    """
    magic, method, flags, modified, extra_flags, system = _HEADER.unpack(
        source.read(start, _HEADER.size)
    )
    if magic != MAGIC:
        exam.halt("GZIP-MAGIC", "no member of a GZIP file begins here", start, jhove="GZIP-KB-107")
    if method != _DEFLATE:
        text = f"the compression method {method} is not known, only 8 (deflate) is"
        exam.halt("GZIP-METHOD", text, start + 2, jhove="GZIP-KB-107")
    _check_flags(flags, extra_flags, system, start, exam)
    name = _SYSTEMS[system] if system < len(_SYSTEMS) else ""
    member = Member(start, start + _HEADER.size, modified, name)
    if flags & _FEXTRA:
        _read_extra(source, member, exam)
    if flags & _FNAME:
        member.name = _read_text(source, member, "file name", exam)
    if flags & _FCOMMENT:
        member.comment = _read_text(source, member, "comment", exam)
    if flags & _FHCRC:
        _check_header_crc(source, member, exam)
    return member


def check_end(source: Source, member: Member, stream: Inflater, exam: Examination) -> int:
    """Compare what came out of a member with its trailer and give the offset behind it.

    Raises:
        CutError: the file ends in the member.
        HaltError: the stream has no end, so that nothing behind it can be found.
    """
    if stream.fault is Fault.DAMAGED:
        text = "the compressed data are damaged: they cannot be unpacked beyond this point"
        exam.halt("GZIP-DAMAGED", text, stream.end, jhove="GZIP-KB-105")
    if stream.fault is Fault.CUT:
        text = f"the file ends inside of the compressed data of the member at {member.start}"
        exam.halt("GZIP-CUT", text, source.size, jhove="GZIP-KB-105")
    crc, size = _TRAILER.unpack(source.read(stream.end, _TRAILER.size))
    if crc != stream.crc:
        text = f"the CRC says {crc:08x}, the unpacked data give {stream.crc:08x}"
        exam.broken("GZIP-CRC", text, stream.end, jhove="GZIP-KB-107")
    if size != stream.size & 0xFFFFFFFF:
        text = f"the size says {size}, {stream.size} bytes came out"
        exam.broken("GZIP-SIZE", text, stream.end + 4, jhove="GZIP-KB-107")
    return stream.end + _TRAILER.size


def _check_flags(flags: int, extra_flags: int, system: int, start: int, exam: Examination) -> None:
    if flags & _RESERVED:
        text = f"reserved flags are set ({flags & _RESERVED:#04x})"
        exam.invalid("GZIP-RESERVED-FLAGS", text, start + 3)
    if extra_flags & _FASTEST_AND_BEST == _FASTEST_AND_BEST:
        text = "the extra flags say both fastest and best compression"
        exam.invalid("GZIP-EXTRA-FLAGS", text, start + 8, jhove="GZIP-KB-105")
    elif extra_flags & ~_FASTEST_AND_BEST:
        text = f"the extra flags {extra_flags:#04x} have no meaning"
        exam.invalid("GZIP-EXTRA-FLAGS", text, start + 8)
    if system >= len(_SYSTEMS) and system != _UNKNOWN_SYSTEM:
        text = f"the operating system number {system} is not assigned"
        exam.invalid("GZIP-SYSTEM", text, start + 9)


def _read_extra(source: Source, member: Member, exam: Examination) -> None:
    length = int.from_bytes(source.read(member.data, 2), "little")
    extra = source.read(member.data + 2, length)
    place = 0
    while place + 4 <= length:
        size = int.from_bytes(extra[place + 2 : place + 4], "little")
        member.is_block |= extra[place : place + 2] == b"BC" and size == 2
        place += 4 + size
    if place != length:
        text = "the extra field does not divide into subfields"
        exam.invalid("GZIP-EXTRA-FIELD", text, member.data, jhove="GZIP-KB-105")
    member.data += 2 + length


def _read_text(source: Source, member: Member, what: str, exam: Examination) -> str:
    end = source.find(b"\0", member.data, member.data + LONGEST_TEXT)
    if end < 0:
        text = f"the {what} has no end"
        exam.halt("GZIP-TEXT-END", text, member.data, jhove="GZIP-KB-105")
    raw = source.read(member.data, end - member.data)
    if raw.translate(None, _CONTROLS) != raw:
        _say_odd_text(raw, member.data, what, exam)
    member.data = end + 1
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _say_odd_text(raw: bytes, offset: int, what: str, exam: Examination) -> None:
    is_utf8 = raw.decode(errors="replace").isprintable()
    say = exam.warn if is_utf8 else exam.invalid
    text = f"the {what} is not in ISO 8859-1" + (", but in UTF-8" if is_utf8 else "")
    say("GZIP-TEXT-ENCODING", text, offset, jhove="GZIP-KB-106")


def _check_header_crc(source: Source, member: Member, exam: Examination) -> None:
    said = int.from_bytes(source.read(member.data, 2), "little")
    found = zlib.crc32(source.read(member.start, member.data - member.start)) & 0xFFFF
    if said != found:
        text = f"the CRC of the header says {said:04x}, the header gives {found:04x}"
        exam.broken("GZIP-HEADER-CRC", text, member.data, jhove="GZIP-KB-107")
    member.data += 2
