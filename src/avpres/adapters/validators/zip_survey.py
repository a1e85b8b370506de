"""Everything that a ZIP file holds, looked at once, with the work that this may cost."""

from array import array
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.zip_directory import (
    ENCRYPTED,
    LOCAL,
    UTF8_NAMES,
    Directory,
    Member,
    entries,
    find_directory,
)
from avpres.adapters.validators.zip_member import METHODS, Check, check_data, locate
from avpres.domain.technical import Container, MediaKind

BUDGET = 64 * 1024 * 1024  # bytes of content that are unpacked unless everything is asked for
KEPT = 100_000  # members that are kept by name

_COST = 256  # bytes; what opening a member costs, in terms of bytes unpacked
_RATIO, _LARGE = 100, 512 * 1024 * 1024  # what grows more, to more than that, is a bomb
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


@dataclass(slots=True)
class Survey:
    """What was found; `members` holds the first `KEPT` by name, the first of a name only."""

    directory: Directory
    budget: int
    members: dict[bytes, Member] = field(default_factory=dict)
    first: Member | None = None  # in the file
    box: Container = field(default_factory=Container)
    methods: set[str] = field(default_factory=set)
    spans: "list[array[int]]" = field(default_factory=lambda: [array("Q"), array("Q")])
    unchecked: int = 0
    unknown: int = 0
    encrypted: int = 0
    packed: int = 0


def survey(source: Source, exam: Examination, budget: int = BUDGET) -> Survey:
    """Look at every member; the content of as many as the budget allows is compared with its CRC.

    Raises:
        HaltError: there is no directory that could be read.
    """
    exam.technical.kind = MediaKind.ARCHIVE
    if source.size == 0:
        exam.halt("ZIP-EMPTY", "the file is empty", 0)
    found = Survey(find_directory(source, exam), budget)
    exam.technical.container = found.box
    found.box.members = found.box.folders = found.box.size = 0
    try:
        for member in entries(source, found.directory, exam):
            _take(source, found, member, exam)
    finally:
        _describe(found, exam)
    _check_layout(source, found, exam)
    _say_unchecked(found, exam)
    return found


def _take(source: Source, found: Survey, member: Member, exam: Examination) -> None:
    found.box.folders = (found.box.folders or 0) + member.is_folder
    found.box.members = (found.box.members or 0) + (not member.is_folder)
    found.box.size = (found.box.size or 0) + member.size
    found.packed += member.packed
    found.methods.add(METHODS.get(member.method, f"method {member.method}"))
    found.encrypted += bool(member.flags & ENCRYPTED)
    _check_name(found, member, exam)
    if _is_repeated(found, member, exam) or not locate(source, found.directory, member, exam):
        return
    found.spans[0].append(found.directory.base + member.offset)
    found.spans[1].append(member.end)
    if found.first is None or member.offset < found.first.offset:
        found.first = member
    found.budget -= _COST
    if max(member.size, member.packed) > found.budget:
        found.unchecked += 1
        return
    found.budget -= max(member.size, member.packed)
    found.unknown += check_data(source, member, exam) is Check.UNKNOWN


def _is_repeated(found: Survey, member: Member, exam: Examination) -> bool:
    starts = found.spans[0]
    if not starts or starts[-1] != found.directory.base + member.offset:
        return False
    exam.broken("ZIP-OVERLAP", "two entries of the directory are for one member", member.place)
    return True


def _check_name(found: Survey, member: Member, exam: Examination) -> None:
    name = member.name
    if name in found.members:
        exam.warn("ZIP-DUPLICATE-NAME", f"{member.label} is there more than once", member.place)
    elif len(found.members) < KEPT:
        found.members[name] = member
    if not name or b"\0" in name:
        exam.invalid("ZIP-NAME", "a member has no name, or a zero byte in it", member.place)
    elif name[:1] in b"/\\" or b":" in name[1:2] or b".." in name.replace(b"\\", b"/").split(b"/"):
        text = f"{member.label} would be unpacked outside of the chosen folder"
        exam.warn("ZIP-UNSAFE-NAME", text, member.place)
    if member.flags & UTF8_NAMES:
        try:
            name.decode()
        except UnicodeDecodeError:
            text = f"the name {member.label} is said to be in UTF-8, but is not"
            exam.invalid("ZIP-NAME-ENCODING", text, member.place)


def _describe(found: Survey, exam: Examination) -> None:
    found.box.compression = tuple(sorted(found.methods))
    found.box.encrypted = found.encrypted > 0
    properties = exam.technical.properties
    properties["zip64"] = found.directory.is_zip64
    if found.directory.comment:
        properties["comment"] = found.directory.comment.decode(errors="replace")


def _check_layout(source: Source, found: Survey, exam: Examination) -> None:
    order = sorted(zip(*found.spans, strict=True))
    last, overlaps, where = 0, 0, 0
    for start, end in order:
        if start < last:
            overlaps, where = overlaps + 1, where or start
        elif start > last:
            _say_gap(source, last, start, exam)
        last = max(last, end)
    if overlaps:
        text = f"{overlaps} members overlap with others, as in a bomb"
        exam.broken("ZIP-OVERLAP", text, where)
    if order and last < found.directory.start:
        _say_gap(source, last, found.directory.start, exam)
    if not order and found.directory.start and not found.box.members:
        _say_gap(source, 0, found.directory.start, exam)


def _say_gap(source: Source, start: int, stop: int, exam: Examination) -> None:
    size = stop - start
    if start:
        text = f"{size} bytes belong to no member"
        exam.warn("ZIP-GAP", text, start)
    elif source.peek(0, 8).startswith(_PROGRAMS):
        text = f"a program of {size} bytes stands before the archive, which unpacks itself"
        exam.warn("ZIP-PREFIX", text, 0)
    elif source.peek(0, 4) == LOCAL:
        text = f"the {size} bytes at the beginning belong to no member that the directory lists"
        exam.broken("ZIP-PREFIX", text, 0)
    else:
        exam.invalid("ZIP-PREFIX", f"{size} bytes stand before the archive", 0)


def _say_unchecked(found: Survey, exam: Examination) -> None:
    size = found.box.size or 0
    if found.unchecked and size > _LARGE and size > _RATIO * max(found.packed, 1):
        text = f"the members say that they unpack to {size} bytes from {found.packed}, as bombs do"
        exam.stop("ZIP-BOMB", text)
    if found.unchecked:
        text = f"{found.unchecked} members were not unpacked, so that their CRC was not compared"
        exam.note("ZIP-CRC-NOT-CHECKED", text)
    if found.encrypted:
        text = f"{found.encrypted} members are encrypted; their content cannot be looked at"
        exam.stop("ZIP-ENCRYPTED", text)
    if found.unknown:
        text = f"{found.unknown} members are compressed in a way that is not unpacked here"
        exam.stop("ZIP-METHOD", text)
