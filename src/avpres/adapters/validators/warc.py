"""WARC 0.17 to 1.1, plain or with each record a member of GZIP."""

from collections import Counter
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.gzip import MANY, RATIO, ROOM, SMALL
from avpres.adapters.validators.gzip_member import MAGIC, check_end, is_member, read_header
from avpres.adapters.validators.inflate import Allowance, Fault, Inflater
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.warc_block import read_block
from avpres.adapters.validators.warc_fields import check_fields
from avpres.adapters.validators.warc_head import Head, read_head
from avpres.adapters.validators.warc_reader import MemberReader, PlainReader, Reader
from avpres.domain.technical import Container, MediaKind

_MARK = b"WARC/"
_END = b"\r\n\r\n"
_LOST = 1000  # records that cannot be read; the rest is no better
_KEPT = 200_000  # record ids that are compared


@dataclass(slots=True)
class Tally:
    """What was met so far."""

    types: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    digests: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    size: int = 0
    lost: int = 0
    first: Head | None = None

    @property
    def records(self) -> int:
        """How many records there were."""
        return self.types.total()


def validate(source: Source, exam: Examination) -> None:
    """Read record after record."""
    exam.mime = "application/warc"
    exam.technical.kind = MediaKind.ARCHIVE
    tally = Tally()
    if source.size == 0:
        exam.halt("WARC-EMPTY", "the file is empty", 0, jhove="WARC-KB-103")
    is_packed = source.peek(0, 2) == MAGIC
    try:
        if is_packed:
            _read_members(source, tally, exam)
        else:
            _read_plain(source, tally, exam)
    finally:
        _describe(tally, exam, is_packed=is_packed)


def _read_plain(source: Source, tally: Tally, exam: Examination) -> None:
    reader = PlainReader(source)
    while reader.offset < source.size:
        if not _stand_at_record(source, reader, exam):
            return
        if not _read_record(reader, tally, exam) and reader.offset < source.size:
            place = source.find(_END + _MARK, max(0, reader.offset - len(_END)))
            reader.offset = source.size if place < 0 else place + len(_END)
        if _is_lost(tally, reader.offset, exam):
            return


def _stand_at_record(source: Source, reader: PlainReader, exam: Examination) -> bool:
    start = reader.offset
    if reader.peek(len(_MARK)) == _MARK:
        return True
    place = source.find(_MARK, start)
    stop = source.size if place < 0 else place
    is_blank = stop - start <= 1 << 16 and not source.peek(start, stop - start).strip(b"\r\n")
    if is_blank:
        text = "there are empty lines where a record must begin"
        exam.invalid("WARC-EMPTY-LINES", text, start, jhove="WARC-KB-104")
    else:
        text = f"{stop - start} bytes do not belong to any record"
        exam.broken("WARC-GARBAGE", text, start, jhove="WARC-KB-104")
    reader.offset = stop
    return place >= 0


def _read_members(source: Source, tally: Tally, exam: Examination) -> None:
    place, count = 0, 0
    allowance = Allowance(ROOM, RATIO)
    while place < source.size:
        if place and not is_member(source, place, exam):
            return
        member = read_header(source, place, exam)
        stream = Inflater(source, member.data, source.size, allowance)
        _read_member(MemberReader(stream, place), tally, exam)
        if stream.fault is Fault.LIMIT:
            text = "the content grows out of proportion; it was not unpacked to its end"
            exam.stop("WARC-BOMB", text, stream.end)
            return
        place = check_end(source, member, stream, exam)
        count += 1
        if count > MANY and place < count * SMALL:
            text = f"{count} members of next to nothing were read, the rest was not"
            exam.stop("WARC-BOMB", text, place)
            return
        if _is_lost(tally, place, exam):
            return


def _read_member(reader: MemberReader, tally: Tally, exam: Examination) -> None:
    count = 0
    while found := reader.peek(len(_MARK)):
        if found != _MARK:
            text = "no record is where one must begin in the unpacked data"
            exam.broken("WARC-GARBAGE", text, reader.offset, jhove="WARC-KB-104")
            reader.skip(1 << 62)
            return
        if not _read_record(reader, tally, exam):
            reader.skip(1 << 62)
            return
        count += 1
    if count > 1:
        text = "several records are packed together; each must be packed alone"
        exam.invalid("WARC-PACKED-TOGETHER", text, reader.offset)


def _read_record(reader: Reader, tally: Tally, exam: Examination) -> bool:
    """Read one record; say whether the reader stands behind its end."""
    head = read_head(reader, exam)
    check_fields(head, exam)
    _count(tally, head, exam)
    length = head.length
    if length is None:
        text = "the record has no Content-Length; its end cannot be found"
        exam.broken("WARC-CONTENT-LENGTH", text, head.offset)
        tally.lost += 1
        return False
    tally.size += length
    if not read_block(reader, head, length, exam):
        text = f"the record says that it is {length} bytes long, but fewer follow"
        exam.broken("WARC-CUT", text, head.offset, jhove="WARC-KB-105")
        tally.lost += 1
        return False
    return _check_end(reader, head, tally, exam)


def _check_end(reader: Reader, head: Head, tally: Tally, exam: Examination) -> bool:
    found = reader.peek(len(_END) + len(_MARK))
    if found[: len(_END)] == _END:
        reader.skip(len(_END))
        return True
    rest = found.lstrip(b"\r\n")
    blank = len(found) - len(rest)
    if not rest:
        text = "the file ends without the two empty lines that end a record"
        exam.broken("WARC-END", text, reader.offset, jhove="WARC-KB-107")
    elif _MARK.startswith(rest[: len(_MARK)]):
        text = "not two empty lines end the record"
        exam.invalid("WARC-RECORD-END", text, reader.offset, jhove="WARC-KB-107")
    else:
        text = "the record does not end where its Content-Length says"
        exam.broken("WARC-LENGTH", text, head.offset, jhove="WARC-KB-107")
        tally.lost += 1
        return False
    reader.skip(blank)
    return True


def _count(tally: Tally, head: Head, exam: Examination) -> None:
    tally.first = tally.first or head
    tally.types[head.type or "none"] += 1
    tally.versions[head.version] += 1
    for name in ("block", "payload"):
        tally.digests[name] += f"warc-{name}-digest" in head.values
    name = head.values.get("warc-record-id", "")
    if name in tally.ids:
        text = f"the record id {name[:100]} is there more than once"
        exam.invalid("WARC-DUPLICATE-ID", text, head.offset)
    elif name and len(tally.ids) < _KEPT:
        tally.ids.add(name)


def _is_lost(tally: Tally, place: int, exam: Examination) -> bool:
    if tally.lost < _LOST:
        return False
    exam.note("WARC-STOPPED", f"after {tally.lost} bad records the rest was not read", place)
    return True


def _describe(tally: Tally, exam: Examination, *, is_packed: bool) -> None:
    packing = ("GZIP",) if is_packed else ("None",)
    exam.technical.container = Container(tally.records, size=tally.size, compression=packing)
    exam.version = max(tally.versions, key=tally.versions.__getitem__, default="")
    exam.profile = "one GZIP member a record" if is_packed else ""
    if tally.first:
        exam.technical.container.created = tally.first.values.get("warc-date", "")
    absent = tally.records - tally.digests["block"]
    exam.technical.properties |= {
        "records": dict(tally.types.most_common(20)),
        "with_block_digest": tally.digests["block"],
        "with_payload_digest": tally.digests["payload"],
    }
    if absent:
        text = f"{absent} records have no block digest, so that damage to them may not be seen"
        exam.note("WARC-NO-DIGEST", text)
    if tally.first and tally.first.type != "warcinfo":
        text = "the file does not begin with a warcinfo record, as it should"
        exam.note("WARC-NO-WARCINFO", text, 0)
