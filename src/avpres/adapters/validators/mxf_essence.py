"""Essence of MXF: elements by track number, frames of FFV1 and others looked into."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from avpres.adapters.validators import ffv1
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.mxf_klv import Triplet
from avpres.adapters.validators.source import Source

PICTURES, SOUNDS = {0x05, 0x15}, {0x06, 0x16}
_KEPT = 4_000_000  # places of elements that are remembered for the index
_CLIPPED = 64 * 1024 * 1024  # bytes; a longer element holds more than a frame
_ENDS = {  # how a frame begins and ends
    "JPEG 2000": (b"\xff\x4f\xff\x51", b"\xff\xd9"),
    "MPEG-2 Video": (b"\x00\x00\x01", b""),
    "ProRes": (b"", b""),
    "DV": (b"", b""),
}
_JP2 = bytes.fromhex("0000000c6a502020")
_DIF = 80  # bytes of a block of DV


@dataclass(slots=True)
class Stream:
    """The elements of one track number."""

    number: int
    elements: int = 0
    size: int = 0
    first: int = 0  # offset of the first element


@dataclass(slots=True)
class Body:
    """The essence of one body stream, over all its partitions."""

    size: int = 0
    places: "array[int]" = field(default_factory=lambda: array("Q"))


class Essence:
    """Counts essence elements and looks into their frames."""

    def __init__(self, source: Source, exam: Examination) -> None:
        self._source, self._exam = source, exam
        self.streams: dict[int, Stream] = {}
        self.bodies: dict[int, Body] = {}
        self.codecs: Mapping[int, str] = {}  # by track number
        self.configs: Mapping[int, ffv1.Ffv1Config] = {}

    def add(self, triplet: Triplet, sid: int, *, is_essence: bool) -> None:
        """Count one triplet of a body partition."""
        body = self.bodies.setdefault(sid, Body())
        if len(body.places) < _KEPT:
            body.places.append(body.size)
        body.size += triplet.end - triplet.offset
        if not is_essence:
            return
        number = int.from_bytes(triplet.key[12:16], "big")
        stream = self.streams.setdefault(number, Stream(number, first=triplet.start))
        stream.elements += 1
        stream.size += triplet.size
        if triplet.end <= self._source.size:
            self._look_into(triplet, number)

    def _look_into(self, triplet: Triplet, number: int) -> None:
        config, codec = self.configs.get(number), self.codecs.get(number, "")
        if config is not None:
            if triplet.size <= ffv1.LONGEST_FRAME:
                frame = self._source.peek(triplet.start, triplet.size)
                for id, text, place in ffv1.check_frame(frame, config):
                    self._exam.broken(id, text, triplet.start + place)
        elif codec in _ENDS and 0 < triplet.size <= _CLIPPED:
            self._check_ends(triplet, codec)

    def _check_ends(self, triplet: Triplet, codec: str) -> None:
        begin, finish = _ENDS[codec]
        head = self._source.peek(triplet.start, 8)
        if codec == "ProRes":
            is_right = head[4:] == b"icpf" and int.from_bytes(head[:4], "big") == triplet.size
        elif codec == "DV":
            is_right = head[0] >> 5 == 0 and triplet.size % _DIF == 0
        else:
            if head == _JP2 and codec == "JPEG 2000":
                text = "frames of JPEG 2000 are whole JP2 files, not code streams (ST 422)"
                self._exam.warn("MXF-JP2", text, triplet.start)
                begin = _JP2
            tail = self._source.peek(triplet.end - 2, 2) if finish else b""
            is_right = head.startswith(begin) and tail.rstrip(b"\0") == finish
        if not is_right:
            text = f"a frame of {codec} does not begin or end as its frames do"
            self._exam.broken("MXF-FRAME", text, triplet.start)
