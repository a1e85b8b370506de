"""Index tables of MXF (SMPTE ST 377-1, 11): do they point to where edit units begin."""

import struct
from bisect import bisect_left

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.mxf_essence import Body
from avpres.adapters.validators.mxf_klv import Triplet
from avpres.adapters.validators.mxf_sets import MetadataSet

_FAULTS = 1000  # entries that may be wrong before the rest are not looked at
_FIRST = 11  # bytes of an entry up to the end of its stream offset
_RATE, _START, _DURATION, _UNIT_SIZE = 0x3F0B, 0x3F0C, 0x3F0D, 0x3F05
_BODY, _ENTRIES, _DELTAS = 0x3F07, 0x3F0A, 0x3F09


def read_index(triplet: Triplet, data: bytes, exam: Examination) -> MetadataSet | None:
    """Read an index table segment; its length and those of its tables must agree."""
    found, at = MetadataSet("IndexTableSegment", 0x10, triplet.offset), 0
    while at + 4 <= len(data):
        tag, size = struct.unpack_from(">HH", data, at)
        if tag == _ENTRIES and at + 12 <= len(data):
            count, width = struct.unpack_from(">II", data, at + 4)
            size = max(size, 8 + count * width)  # longer tables overflow the length of the tag
        if at + 4 + size > len(data):
            break
        found.values[tag] = data[at + 4 : at + 4 + size]
        at += 4 + size
    if at != len(data):
        exam.broken("MXF-INDEX", "the tables of an index segment do not fill it", triplet.offset)
        return None
    if found.ratio(_RATE)[0] <= 0:
        exam.invalid("MXF-INDEX", "an index segment has no edit rate above 0", triplet.offset)
    return found


def check_index(segment: MetadataSet, body: Body | None, exam: Examination) -> None:
    """Hold the entries of an index segment against the essence that was found."""
    if body is None:
        text = "an index segment is for a body that is not there"
        exam.invalid("MXF-INDEX-BODY", text, segment.offset)
        return
    unit, duration = segment.number(_UNIT_SIZE), segment.number(_DURATION)
    if unit:
        _check_constant(segment, body, unit * (segment.number(_START) + duration), exam)
        return
    raw = segment.values.get(_ENTRIES, b"")
    count, width = struct.unpack(">II", raw[:8]) if len(raw) >= 8 else (0, 0)
    if (count and width < _FIRST) or len(raw) < 8 + count * width or abs(count - duration) > 1:
        text = f"an index segment of {duration} edit units has {count} entries"
        exam.invalid("MXF-INDEX", text, segment.offset)
        return
    places, faults = body.places, 0
    for at in range(8, 8 + count * width, width):
        place = int.from_bytes(raw[at + 3 : at + _FIRST], "big")
        slot = bisect_left(places, place)
        if slot < len(places) and places[slot] == place:
            continue
        if place == body.size or (place > places[-1] and place < body.size):
            continue
        text = f"an index entry points to byte {place} of the essence, where no edit unit begins"
        exam.invalid("MXF-INDEX-ENTRY", text, segment.offset)
        faults += 1
        if faults > _FAULTS:
            return


def _check_constant(segment: MetadataSet, body: Body, said: int, exam: Examination) -> None:
    if said > body.size:
        text = f"the index tells of {said} bytes of essence, {body.size} are there"
        exam.invalid("MXF-INDEX-SIZE", text, segment.offset)
