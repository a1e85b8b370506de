"""GZIP, RFC 1952: every member is unpacked and its CRC and size compared.

A member that grows beyond all measure is not unpacked to its end; its file is then never called
valid, only well-formed as far as it was read (`GZIP-BOMB`).
"""

from contextlib import suppress
from datetime import UTC, datetime

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.gzip_member import Member, check_end, is_member, read_header
from avpres.adapters.validators.inflate import Allowance, Fault, Inflater
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.technical import Container, MediaKind
from avpres.domain.validity import Impact

ROOM = 512 * 1024 * 1024  # bytes that any file may unpack to
RATIO = 100  # bytes more for each byte of the file; text and logs reach 30
MANY = 50_000  # members
SMALL = 128  # bytes; many members below it on average are made to waste time

_SNIFFED = 512  # bytes of the content that tell what it is


def validate(source: Source, exam: Examination) -> None:
    """Unpack every member; a 100 GB archive is read to its end."""
    _examine(source, exam, Allowance(ROOM, RATIO))


def decode_all(source: Source, exam: Examination) -> None:
    """Unpack to its end, whatever it grows to, what the examination so far has left."""
    if not exam.counts["GZIP-BOMB"]:
        return
    deep = Examination()
    with suppress(HaltError, CutError):
        _examine(source, deep, Allowance(1 << 63))
    for message in deep.messages:
        if message.impact is Impact.NOT_WELL_FORMED:
            exam.broken(f"DEEP-{message.id}", message.text, message.offset)


def _examine(source: Source, exam: Examination, allowance: Allowance) -> None:
    exam.mime, exam.version = "application/gzip", "4.3"
    exam.technical.kind = MediaKind.ARCHIVE
    box = exam.technical.container = Container(members=0, size=0, compression=("Deflate",))
    place = 0
    while place < source.size:
        if box.members and not is_member(source, place, exam):
            return
        member = read_header(source, place, exam)
        stream = Inflater(source, member.data, source.size, allowance)
        _unpack(member, stream, exam, is_first=not box.members)
        box.members = (box.members or 0) + 1
        box.size = (box.size or 0) + stream.size
        if stream.fault is Fault.LIMIT:
            _say_bomb(stream.end, stream.size, exam)
            return
        place = check_end(source, member, stream, exam)
        if box.members > MANY and place < box.members * SMALL:
            text = f"{box.members} members of next to nothing were read, the rest was not"
            exam.stop("GZIP-BOMB", text, place)
            return
    if not box.members:
        exam.broken("GZIP-EMPTY", "the file is empty", 0, jhove="GZIP-KB-103")


def _unpack(member: Member, stream: Inflater, exam: Examination, *, is_first: bool) -> None:
    head = b""
    for piece in stream.pieces():
        if len(head) < _SNIFFED:
            head += piece[:_SNIFFED]
    if is_first:
        _describe(member, head, exam)


def _say_bomb(offset: int, size: int, exam: Examination) -> None:
    text = f"the content grows out of proportion; it was unpacked up to byte {size} and no further"
    exam.stop("GZIP-BOMB", text, offset)


def _describe(member: Member, head: bytes, exam: Examination) -> None:
    box = exam.technical.container
    if box is not None and member.modified:
        box.created = datetime.fromtimestamp(member.modified, UTC).isoformat()
    exam.profile = "BGZF" if member.is_block else ""
    known = {
        "original_name": member.name,
        "comment": member.comment,
        "operating_system": member.system,
        "content": _content(head),
    }
    exam.technical.properties.update({key: value for key, value in known.items() if value})


def _content(head: bytes) -> str:
    if head[257:262] == b"ustar":
        return "TAR"
    return "WARC" if head.startswith(b"WARC/") else ""
