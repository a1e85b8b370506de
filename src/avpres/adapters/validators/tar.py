"""TAR: the chain of headers, from the first to the two zero blocks at the end.

Only headers are read, and the padding behind each member: the data have no checksums.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.tar_header import BLOCK, Header, has_checksum, parsed
from avpres.adapters.validators.tar_names import Names
from avpres.adapters.validators.tar_pax import PaxError, is_too_large, records
from avpres.domain.technical import Container, MediaKind

_ZERO = bytes(BLOCK)
_NO_DATA = frozenset(b"123456")  # links, devices, folders, pipes
_KNOWN = frozenset(b"\0" + b"01234567xgLKSVMDNXA")
_LONG = {b"L": "path", b"K": "link"}
_MOST_DIGITS = 20
_FACTORS = (1, 2, 4, 8, 16, 20, 32, 40, 64, 96, 126, 128, 256, 512, 1024, 2048)
"""Blocks to a record, as tar's option -b has them; 20 where nothing is said."""
_LATEST = 253402300799  # seconds; the end of the year 9999


@dataclass(slots=True)
class Walk:
    """What was met so far."""

    source: Source
    exam: Examination
    place: int = 0
    box: Container = field(default_factory=lambda: Container(members=0, folders=0, size=0))
    names: Names = field(default_factory=Names)
    dialects: set[str] = field(default_factory=set)
    types: set[bytes] = field(default_factory=set)
    pending: dict[str, bytes] = field(default_factory=dict)  # for the next member alone
    newest: int = 0


def validate(source: Source, exam: Examination) -> None:
    """Go from header to header."""
    exam.mime = "application/x-tar"
    exam.technical.kind = MediaKind.ARCHIVE
    walk = Walk(source, exam)
    exam.technical.container = walk.box
    if source.size == 0:
        exam.halt("TAR-EMPTY", "the file is empty", 0)
    try:
        _go(walk)
    finally:
        _describe(walk)


def _go(walk: Walk) -> None:
    source, exam = walk.source, walk.exam
    while walk.place < source.size:
        block = source.read(walk.place, BLOCK)
        if block == _ZERO:
            _check_end(walk)
            return
        if not has_checksum(block):
            text = "the checksum of a header is wrong; what follows cannot be found"
            if walk.place == 0:
                text = "no header of an archive is at the beginning"
            exam.halt("TAR-CHECKSUM", text, walk.place)
        _take(walk, parsed(block, walk.place))
    text = "the archive has no end: the two blocks of zeros are missing, as after a cut"
    exam.broken("TAR-END-MISSING", text, source.size)


def _take(walk: Walk, header: Header) -> None:
    _check_fields(walk, header)
    walk.dialects.add(header.dialect)
    walk.place += BLOCK
    while header.is_continued:
        more = walk.source.read(walk.place, BLOCK)
        header.is_continued = bool(more[504])
        walk.place += BLOCK
    if header.type in b"xg" and header.type:
        _read_pax(walk, header)
    elif header.type in _LONG:
        content = _content(walk, header) or b""
        walk.pending[_LONG[header.type]] = content.rstrip(b"\0")
        _skip(walk, header.size)
    else:
        _take_member(walk, header)


def _take_member(walk: Walk, header: Header) -> None:
    pending, walk.pending = walk.pending, {}
    name = pending.get("path", header.name)
    size = header.size
    if "size" in pending:
        size = _number(pending["size"], size)
    is_folder = header.type == b"5" or (header.type in b"\x000" and name.endswith(b"/"))
    walk.box.folders = (walk.box.folders or 0) + is_folder
    walk.box.members = (walk.box.members or 0) + (not is_folder)
    walk.newest = max(walk.newest, header.time)
    walk.names.check(name, header, pending.get("link", header.link), walk.exam)
    if header.type and header.type[0] in _NO_DATA:
        if size and header.type != b"5":
            text = "a link, device or pipe says that it has data"
            walk.exam.warn("TAR-SIZE-UNUSED", text, header.offset)
        return
    walk.box.size = (walk.box.size or 0) + size
    _skip(walk, size)


def _number(digits: bytes, otherwise: int) -> int:
    return int(digits) if digits.isdigit() and len(digits) < _MOST_DIGITS else otherwise


def _check_fields(walk: Walk, header: Header) -> None:
    exam = walk.exam
    if header.size < 0 or "size" in header.odd:
        text = "the size of a member is no number; what follows cannot be found"
        exam.halt("TAR-SIZE", text, header.offset + 124)
    if header.odd:
        text = f"these fields of a header are no numbers: {', '.join(header.odd)}"
        exam.invalid("TAR-NUMBER", text, header.offset)
    if header.type not in walk.types and header.type[0] not in _KNOWN:
        text = f"the type of a member ({header.type!r}) is not known; it is taken for a file"
        exam.warn("TAR-TYPE", text, header.offset + 156)
    if header.dialect == "unknown":
        text = "a header has neither the mark of ustar nor of GNU"
        exam.warn("TAR-MAGIC", text, header.offset + 257)
    walk.types.add(header.type)


def _read_pax(walk: Walk, header: Header) -> None:
    content = _content(walk, header)
    if content is not None:
        try:
            found = records(content)
        except PaxError as error:
            text = "an extended header is damaged"
            walk.exam.broken("TAR-PAX", text, walk.place + error.place)
            found = {}
        if header.type == b"x":
            names = {b"path": "path", b"linkpath": "link", b"size": "size"}
            walk.pending |= {names[key]: value for key, value in found.items() if key in names}
            sparse = found.get(b"GNU.sparse.name")
            walk.pending |= {"path": sparse} if sparse else {}
    walk.dialects.add("pax")
    _skip(walk, header.size)


def _content(walk: Walk, header: Header) -> bytes | None:
    if is_too_large(header.size):
        text = f"a header of {header.size} bytes is larger than any tool writes"
        walk.exam.invalid("TAR-LONG-HEADER", text, header.offset)
        return None
    return walk.source.read(walk.place, header.size)


def _skip(walk: Walk, size: int) -> None:
    source, end = walk.source, walk.place + size
    stop = end + -size % BLOCK
    if stop > source.size:
        missing = stop - source.size
        text = f"the file ends {missing} bytes before the end of the last member"
        walk.exam.halt("TAR-CUT", text, source.size)
    if stop != end and source.peek(end, stop - end).strip(b"\0"):
        walk.exam.warn("TAR-PADDING", "the padding behind a member is not of zeros", end)
    walk.place = stop


def _check_end(walk: Walk) -> None:
    source, exam, place = walk.source, walk.exam, walk.place
    if source.peek(place + BLOCK, BLOCK) != _ZERO:
        text = "only one block of zeros ends the archive, not two"
        exam.invalid("TAR-END-SHORT", text, place)
    for part in source.chunks(place):
        rest = part.lstrip(b"\0")
        if rest:
            at = place + len(part) - len(rest)
            text = "there is something behind the end of the archive"
            if has_checksum(source.peek(at, BLOCK).ljust(BLOCK, b"\0")):
                text = "another archive follows the first; tools read it only when asked"
            exam.invalid("TAR-TRAILING", text, at)
            return
        place += len(part)
    if source.size % BLOCK:
        text = "the file is no multiple of 512 bytes: it was cut or something was appended"
        exam.invalid("TAR-FILE-SIZE", text, source.size)
    elif not _is_whole(source.size // BLOCK, (source.size - walk.place) // BLOCK - 2):
        text = "the zeros at the end do not fill a record: some of them were cut off or added"
        exam.invalid("TAR-RECORD", text, source.size)
    if walk.pending:
        exam.broken("TAR-PENDING", "a long name or extended header has no member", walk.place)


def _is_whole(blocks: int, extra: int) -> bool:
    return extra <= 0 or any(extra < factor and blocks % factor == 0 for factor in _FACTORS)


def _describe(walk: Walk) -> None:
    exam, box = walk.exam, walk.box
    exam.profile = next((d for d in ("pax", "GNU", "ustar", "v7") if d in walk.dialects), "")
    exam.technical.properties["dialects"] = sorted(walk.dialects)
    if 0 < walk.newest <= _LATEST:
        newest = datetime.fromtimestamp(walk.newest, UTC).isoformat()
        exam.technical.properties["newest_member"] = newest
    box.compression = ("None",) if box.members else ()
