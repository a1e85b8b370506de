"""Finding the parts of a Matroska file before its frames are asked for."""

from typing import NamedTuple

from avpres.adapters.matroska import ids, parsing
from avpres.adapters.matroska.ebml import (
    LONGEST_HEADER,
    LONGEST_ID,
    LONGEST_NUMBER,
    UNKNOWN,
    Header,
    MatroskaError,
    header,
    id_field,
)
from avpres.adapters.matroska.resync import next_element
from avpres.adapters.matroska.source import Source

_LONGEST_EBML = 64 * 1024  # bytes of an EBML header, and of what may stand before a segment
_DOC_TYPES = frozenset(("matroska", "webm"))


class Segment(NamedTuple):
    """Where the data of the segment begin and end.

    `claimed` is the end that it says it has, or `UNKNOWN`; `end` is never behind the file's.
    `damage` says what was not as it should be before the data; as a rule it is empty.
    """

    at: int
    data: int
    end: int
    claimed: int
    longest_id: int
    doc_type: str
    damage: str


def find_segment(source: Source) -> Segment:
    """Read the EBML header and find the segment, also where these are damaged.

    Raises:
        MatroskaError: there is no Matroska here.
    """
    damage = ""
    try:
        at, longest_id, doc_type = _ebml(source)
    except MatroskaError:
        at = source.read(0, _LONGEST_EBML).find(id_field(ids.SEGMENT))
        if at < 0 or next_element(source, at + 1, source.size) == source.size:
            raise
        longest_id, doc_type, damage = LONGEST_ID, "", "the EBML header is damaged"
    head = header(source.read(at, LONGEST_HEADER))
    while head is not None and head.id == ids.VOID and head.size >= 0:
        at += head.length + head.size
        head = header(source.read(at, LONGEST_HEADER))
    if head is None or head.id != ids.SEGMENT:
        head, damage = _lost_head(source, at), "the head of the segment is damaged"
    data = at + head.length
    claimed = UNKNOWN if head.size == UNKNOWN else data + head.size
    end = min(claimed, source.size)
    if claimed == UNKNOWN or _goes_on(source, claimed):
        end = source.size
        damage = damage or ("" if claimed == UNKNOWN else "the segment goes on behind its end")
    return Segment(at, data, end, claimed, longest_id, doc_type, damage)


def _lost_head(source: Source, at: int) -> Header:
    """Take what stands before the first element for the head of the segment."""
    first = next_element(source, at + 1, source.size)
    if first == source.size or first - at > _LONGEST_EBML:
        raise MatroskaError("no segment begins behind the EBML header")
    return Header(ids.SEGMENT, UNKNOWN, first - at)


def _goes_on(source: Source, claimed: int) -> bool:
    """Tell whether elements of the segment follow behind the end that it claims."""
    behind = header(source.read(claimed, LONGEST_HEADER))
    if claimed >= source.size or (behind is not None and behind.id == ids.EBML):
        return False
    return next_element(source, claimed, source.size) < source.size


def _ebml(source: Source) -> tuple[int, int, str]:
    head = header(source.read(0, LONGEST_HEADER))
    if head is None or head.id != ids.EBML:
        raise MatroskaError("no EBML header begins here")
    if not 0 <= head.size <= _LONGEST_EBML:
        raise MatroskaError("an EBML header that has no sane size")
    said = parsing.Master.of(source.read(head.length, head.size))
    doc_type = said.text(ids.DOC_TYPE)
    if doc_type not in _DOC_TYPES:
        raise MatroskaError(f"EBML of the type {doc_type[:40]!r}, which is no Matroska")
    longest = said.uint(ids.EBML_MAX_ID_LENGTH, LONGEST_ID)
    return head.length + head.size, min(max(longest, LONGEST_ID), LONGEST_NUMBER), doc_type
