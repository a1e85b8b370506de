"""Partition packs of MXF (SMPTE ST 377-1, 7), how they are chained, and the random index pack."""

import struct
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.mxf_klv import Triplet

_PACK = struct.Struct(">HHIQQQQQIQI16sII")
_HEADER, _BODY, _FOOTER = 2, 3, 4
_STATUS = {1: "open and incomplete", 2: "closed and incomplete", 3: "open and complete"}
_CLOSED_AND_COMPLETE = 4
_NAMES = {_HEADER: "header", _BODY: "body", _FOOTER: "footer"}
_MAJOR = 1


@dataclass(slots=True)
class Partition:
    """One partition pack; offsets count from the first byte after the run-in."""

    offset: int
    end: int  # of the pack
    kind: int
    status: int
    version: str
    kag: int
    this: int
    previous: int
    footer: int
    header_size: int
    index_size: int
    index_sid: int
    body_offset: int
    body_sid: int
    pattern: bytes
    containers: tuple[bytes, ...]

    @property
    def name(self) -> str:
        """What kind of partition it is."""
        return _NAMES[self.kind]


def read_partition(
    triplet: Triplet, data: bytes, run_in: int, exam: Examination
) -> Partition | None:
    """Read a partition pack; None, and a message, where it cannot be one."""
    if len(data) < _PACK.size:
        exam.broken("MXF-PARTITION", "a partition pack is too short", triplet.offset)
        return None
    fields = _PACK.unpack_from(data)
    major, minor, kag, this, previous, footer, header, index = fields[:8]
    index_sid, body_offset, body_sid, pattern, count, width = fields[8:]
    if len(data) != _PACK.size + count * width or (count and width != 16):
        text = "the list of essence containers does not fill the partition pack"
        exam.broken("MXF-PARTITION", text, triplet.offset)
        return None
    if major != _MAJOR:
        text = f"the partition is of version {major}.{minor} of MXF, which is not known"
        exam.invalid("MXF-VERSION", text, triplet.offset)
    labels = tuple(data[at : at + 16] for at in range(_PACK.size, len(data), 16))
    return Partition(
        triplet.offset - run_in, triplet.end - run_in, triplet.key[13], triplet.key[14],
        f"{major}.{minor}", kag, this, previous, footer, header, index, index_sid, body_offset,
        body_sid, pattern, labels,
    )  # fmt: skip


def check_chain(partitions: list[Partition], run_in: int, exam: Examination) -> None:
    """Say where partitions do not know where they, their neighbours or the footer stand."""
    before: Partition | None = None
    last = partitions[-1]
    footer = last.offset if last.kind == _FOOTER else None
    for part in partitions:
        at = part.offset + run_in
        if part.this != part.offset:
            text = f"a {part.name} partition says that it stands at byte {part.this}"
            exam.invalid("MXF-THIS-PARTITION", text, at)
        if part.previous != (before.offset if before is not None else 0):
            text = f"a {part.name} partition says that the one before stands at {part.previous}"
            exam.invalid("MXF-PREVIOUS-PARTITION", text, at)
        if part.footer not in {0, footer}:
            text = f"a {part.name} partition says that the footer stands at byte {part.footer}"
            exam.invalid("MXF-FOOTER-PARTITION", text, at)
        if part.pattern != partitions[0].pattern:
            exam.invalid("MXF-PATTERN", "partitions differ in operational pattern", at)
        before = part
    _check_ends(partitions, run_in, exam)


def _check_ends(partitions: list[Partition], run_in: int, exam: Examination) -> None:
    first, last = partitions[0], partitions[-1]
    if last.kind != _FOOTER:
        text = "there is no footer partition: the file is cut, or was never finished"
        exam.broken("MXF-FOOTER-MISSING", text, last.offset + run_in)
    for part in partitions:
        if not 1 <= part.status <= _CLOSED_AND_COMPLETE:
            text = f"the status {part.status} of a partition is not known"
            exam.invalid("MXF-STATUS", text, part.offset + run_in)
    if first.status in _STATUS:
        text = f"the header partition is {_STATUS[first.status]}"
        repaired = last.kind == _FOOTER and last.status == _CLOSED_AND_COMPLETE and last.header_size
        say = exam.warn if repaired else exam.invalid
        say("MXF-OPEN", text, first.offset + run_in)


def check_random_index(
    data: bytes, triplet: Triplet, partitions: list[Partition], exam: Examination
) -> None:
    """Hold the random index pack against the partitions that are there."""
    count, rest = divmod(len(data) - 4, 12)
    if rest or len(data) < 4:
        exam.broken("MXF-RIP", "the random index pack has a wrong length", triplet.offset)
        return
    if int.from_bytes(data[-4:], "big") != triplet.end - triplet.offset:
        text = "the random index pack says another length of itself than it has"
        exam.invalid("MXF-RIP", text, triplet.offset)
    said = [struct.unpack_from(">IQ", data, 12 * entry) for entry in range(count)]
    found = [(part.body_sid, part.offset) for part in partitions]
    if said != found:
        text = "the random index pack does not list the partitions that are there"
        exam.invalid("MXF-RIP", text, triplet.offset)


def pattern_name(label: bytes) -> str:
    """Name an operational pattern: OP1a, OP-Atom."""
    if label[:4] != b"\x06\x0e\x2b\x34" or label[8:12] != b"\x0d\x01\x02\x01":
        return ""
    items, packages = label[12], label[13]
    if items == 0x10:
        return "OP-Atom"
    return f"OP{items}{'abc'[packages - 1]}" if items < 4 and 1 <= packages <= 3 else ""
