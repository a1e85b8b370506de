"""KLV triplets (SMPTE ST 336) and the keys of MXF that are met while walking."""

from typing import NamedTuple

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

START = b"\x06\x0e\x2b\x34"
_HEAD = 25  # bytes of key and longest length
_LEAST_BUDGET = 200_000  # triplets that are looked at in any file …
_MEAN = 128  # … or one for so many bytes of it
_PACK = bytes.fromhex("060e2b34020501010d010201")
_FILL = bytes.fromhex("060e2b3401010101030102100100")
_ESSENCE = bytes.fromhex("060e2b34010201010d010301")
_SYSTEM = bytes.fromhex("0d010301")
_SET = bytes.fromhex("060e2b34025301010d010101")
_INDEX = bytes.fromhex("060e2b34025301010d0102010110")
_STARTS = (("essence", _ESSENCE), ("fill", _FILL), ("index", _INDEX))
_VERSION = 7  # place of the byte of a key that tells the version of its registry


class Triplet(NamedTuple):
    """Key, and where the value begins and ends; offsets are those of the file."""

    key: bytes
    offset: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return self.end - self.start


def kind_of(key: bytes) -> str:
    """Say what a triplet is: partition, rip, primer, set, index, essence, system, fill, other."""
    plain = key[:_VERSION] + b"\1" + key[_VERSION + 1 :]
    if plain.startswith(_PACK):
        return _pack(plain[12:15])
    return next((kind for kind, start in _STARTS if plain.startswith(start)), _by_shape(plain))


def _by_shape(key: bytes) -> str:
    """Recognise what may be of several codings: sets, and system items of a content package."""
    if key[:5] != _SET[:5]:
        return "other"
    if key[8:12] == _SYSTEM:
        return "system"
    return "set" if key[8:10] == _SET[8:10] and key[5] in {0x13, 0x53} else "other"


def _pack(tail: bytes) -> str:
    if tail[0] == 1 and 2 <= tail[1] <= 4:
        return "partition"
    if tail[:2] == b"\1\5":
        return "primer"
    if tail[:2] == b"\1\x11":
        return "rip"
    return "index" if tail[:2] == b"\1\x10" else "other"


class Klv:
    """Reads one triplet after the other."""

    def __init__(self, source: Source, exam: Examination) -> None:
        self._source, self._exam = source, exam
        self._budget = max(_LEAST_BUDGET, source.size // _MEAN)

    def at(self, offset: int) -> Triplet:
        """Read key and length at a place; the value may end after the file does."""
        self._budget -= 1
        if self._budget < 0:
            self._exam.flood("MXF-KLV-MANY", "there are more KLV triplets than make sense", offset)
        head = self._source.peek(offset, _HEAD)
        if head[:4] != START[: len(head)]:
            text = "no KLV triplet begins where one must"
            self._exam.halt("MXF-KEY", text, offset)
        if len(head) < 17:
            self._exam.halt("MXF-CUT", "the file ends inside of a key", offset)
        length, size = head[16], head[16]
        start = offset + 17
        if length & 0x80:
            count = length & 0x7F
            if not 0 < count <= 8:
                text = "the length of a KLV triplet is written in a way that MXF does not allow"
                self._exam.halt("MXF-LENGTH", text, offset)
            size, start = int.from_bytes(head[17 : 17 + count], "big"), start + count
            if start > self._source.size:
                self._exam.halt("MXF-CUT", "the file ends inside of a length", offset)
        return Triplet(head[:16], offset, start, start + size)
