"""Finding the next element of level 1 behind damage."""

import re

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import LONGEST_ID, UNKNOWN, header, id_field
from avpres.adapters.matroska.source import CHUNK, Source

LOOK = 32  # bytes from which an element can be told: its head, and that of its first child
_NARROW = 4096  # bytes of the first look; as a rule the next element is far away
_ID = re.compile(b"|".join(re.escape(id_field(id_)) for id_ in sorted(ids.LEVEL_1)))
_ID_LENGTH = 4
_FIRST = {
    ids.SEEK_HEAD: (ids.SEEK,),
    ids.INFO: (
        ids.TIMESTAMP_SCALE,
        ids.MUXING_APP,
        ids.SEGMENT_UUID,
        ids.DURATION,
        ids.TITLE,
        ids.WRITING_APP,
        ids.DATE_UTC,
    ),
    ids.TRACKS: (ids.TRACK_ENTRY,),
    ids.CHAPTERS: (ids.EDITION_ENTRY,),
    ids.CLUSTER: (ids.TIMESTAMP, ids.POSITION, ids.PREV_SIZE, ids.SILENT_TRACKS),
    ids.CUES: (ids.CUE_POINT,),
    ids.ATTACHMENTS: (ids.ATTACHED_FILE,),
    ids.TAGS: (ids.TAG,),
}


def next_element(source: Source, at: int, end: int) -> int:
    """Say where the next element of level 1 begins that looks like one; the end if none does."""
    width = _NARROW
    while at < end:
        data = source.read(at, min(width, end - at))
        for match in _ID.finditer(data):
            if looks_right(source, at + match.start(), end):
                return at + match.start()
        if len(data) < width:
            return end
        at += len(data) - (_ID_LENGTH - 1)
        width = min(2 * width, CHUNK)
    return end


def looks_right(source: Source, at: int, end: int) -> bool:
    """Tell whether an element of level 1 begins at a place, by its first child too."""
    data = source.read(at, LOOK)
    head = header(data, 0, LONGEST_ID)
    if head is None or head.id not in _FIRST:
        return False
    is_cluster = head.id == ids.CLUSTER  # the last one may be cut
    if not is_cluster and (head.size == UNKNOWN or at + head.length + head.size > end):
        return False
    child = header(data, head.length, LONGEST_ID)
    if child is None:
        return False
    if child.id == ids.CRC_32:
        return child.size == _ID_LENGTH
    return child.id == ids.VOID or child.id in _FIRST[head.id]
