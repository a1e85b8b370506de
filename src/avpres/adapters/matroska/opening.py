"""Finding the parts of a Matroska file before its frames are asked for."""

from typing import NamedTuple

from avpres.adapters.matroska import ids, parsing
from avpres.adapters.matroska.ebml import (
    LONGEST_HEADER,
    LONGEST_ID,
    LONGEST_NUMBER,
    UNKNOWN,
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
    """

    at: int
    data: int
    end: int
    claimed: int
    longest_id: int
    doc_type: str


def find_segment(source: Source) -> Segment:
    """Read the EBML header and find the segment, also where the header is damaged.

    Raises:
        MatroskaError: there is no Matroska here.
    """
    try:
        at, longest_id, doc_type = _ebml(source)
    except MatroskaError:
        found = source.read(0, _LONGEST_EBML).find(id_field(ids.SEGMENT))
        if found < 0 or not _has_elements(source, found):
            raise
        at, longest_id, doc_type = found, LONGEST_ID, ""
    head = header(source.read(at, LONGEST_HEADER))
    while head is not None and head.id == ids.VOID and head.size >= 0:
        at += head.length + head.size
        head = header(source.read(at, LONGEST_HEADER))
    if head is None or head.id != ids.SEGMENT:
        raise MatroskaError("no segment begins behind the EBML header")
    data = at + head.length
    claimed = UNKNOWN if head.size == UNKNOWN else data + head.size
    end = source.size if claimed == UNKNOWN else min(claimed, source.size)
    return Segment(at, data, end, claimed, longest_id, doc_type)


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


def _has_elements(source: Source, at: int) -> bool:
    head = header(source.read(at, LONGEST_HEADER))
    if head is None:
        return False
    data = at + head.length
    return next_element(source, data, source.size) < source.size
