"""Clusters of Matroska: every block, its track, time and lacing, and every frame of FFV1."""

from dataclasses import dataclass, field
from functools import partial

from avpres.adapters.validators import ffv1
from avpres.adapters.validators.coded_frames import MOST_FAULTS, Check
from avpres.adapters.validators.ebml import CRC_32, LENGTH, UNKNOWN, VOID, vint
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.adapters.validators.matroska_elements import CLUSTER, LEVEL_1, TOP
from avpres.adapters.validators.matroska_tree import Tree
from avpres.adapters.validators.piece import Piece

_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK, _DURATION, _TIMESTAMP = 0xA3, 0xA0, 0xA1, 0x9B, 0xE7
_REFERENCE = 0xFB
_HEAD = 12  # bytes of a block that are read to know its track, time and flags
_TRIES = 20  # frames that may pass before the first key frame of FFV1 without a record
_LACED = 16 * 1024 * 1024  # bytes; a longer laced block makes no sense
_UNUSUAL = 0x76  # lacing or a reserved flag
_TEST_LACING, _XIPH, _FIXED, _EBML = 0x06, 1, 2, 3


@dataclass(slots=True)
class Track:
    """What is known of a track, and what its blocks add to it; times are in ticks."""

    number: int
    type: int
    codec: str
    laced: bool = True  # it says that blocks may be laced
    config: ffv1.Ffv1Config | None = None
    check: Check | None = None  # of a frame
    context: int | None = None  # model of FFV1
    prefix: bytes = b""  # stripped from the start of every frame
    opaque: bool = False  # frames are compressed or encrypted again
    frames: int = 0
    key_frames: int = 0
    size: int = 0
    first: int | None = None
    last: int = 0
    last_duration: int = 0


@dataclass(slots=True)
class Clusters:
    """What was found in all clusters: where they begin and when."""

    times: dict[int, tuple[int, int]] = field(default_factory=dict)  # offset: start, time
    blocks: int = 0


class Blocks:
    """Walks clusters."""

    def __init__(self, piece: Piece, exam: Examination, tree: Tree) -> None:
        self._piece, self._exam, self._tree = piece, exam, tree
        self.tracks: dict[int, Track] = {}
        self.clusters = Clusters()
        self._time = self._faults = 0

    def cluster(self, offset: int, start: int, end: int) -> int:
        """Walk one cluster; give where the next element of level 1 begins."""
        limit = self._piece.size if end == UNKNOWN else end
        self._piece.hold(start, limit)
        at = start
        if end != UNKNOWN:
            at = self._tree.check_crc(CLUSTER, offset, start, end)
        self._time, timed = 0, False
        while at < limit:
            at = self._run(at, limit)
            if at >= limit:
                break
            id, inner, after = self._tree.header(at, limit, "Cluster")
            if end == UNKNOWN and _ends_cluster(id):
                break
            if after == UNKNOWN:
                self._exam.halt("MKV-SIZE-UNKNOWN", "an element in Cluster has no size", at)
            if id == _TIMESTAMP:
                timed = self._timestamp(inner, after)
            else:
                self._child(id, at, inner, after)
            at = after
        if not timed:
            self._exam.invalid("MKV-MISSING", "Cluster has no Timestamp, it is mandatory", offset)
        self.clusters.times[offset] = (start, self._time)
        return at

    def _child(self, id: int, at: int, start: int, end: int) -> None:
        if id == _SIMPLE_BLOCK:
            self._block(start, end, simple=True)
        elif id == _BLOCK_GROUP:
            self._group(at, start, end)
        elif id == CRC_32:
            text = "the CRC-32 of Cluster is not its first element"
            self._exam.invalid("MKV-CRC-PLACE", text, at)
        elif id not in CLUSTER.children and id != VOID:
            self._tree.say_unknown(id, at, CLUSTER)

    def _run(self, at: int, limit: int) -> int:
        """Walk simple blocks of the usual make, as nearly all are, without ceremony.

        Gives where the first element stands that is anything else.
        """
        data, base = self._piece.held
        place, end, count = at - base, min(limit - base, len(data)), self.clusters.blocks
        while 0 <= place < end - 6 and data[place] == _SIMPLE_BLOCK:
            length = LENGTH[data[place + 1]]
            start = place + 1 + length
            size = int.from_bytes(data[place + 1 : start], "big") & ((1 << 7 * length) - 1)
            if not length or size < 4 or start + size > end or data[start + 3] & _UNUSUAL:
                break
            track = self.tracks.get(data[start] & 0x7F) if data[start] & 0x80 else None
            if track is None:
                break
            time = data[start + 1] << 8 | data[start + 2]
            self._count(track, time - 0x10000 if time & 0x8000 else time)
            track.key_frames += data[start + 3] >> 7
            self._frame(track, base + start + 4, size - 4)
            place = start + size
        self._tree.spend(self.clusters.blocks - count)
        return base + place

    def _timestamp(self, start: int, end: int) -> bool:
        raw = self._piece.read(start, min(end - start, 9))
        if len(raw) > 8:
            self._exam.invalid("MKV-SIZE", "the Timestamp of a Cluster is too long", start)
        self._time = int.from_bytes(raw[:8], "big")
        return True

    def _group(self, offset: int, start: int, end: int) -> None:
        group, at = (
            CLUSTER.children[_BLOCK_GROUP],
            self._tree.check_crc(CLUSTER, offset, start, end),
        )
        track, duration, blocks, referring = None, None, 0, False
        while at < end:
            id, inner, after = self._tree.header(at, end, "BlockGroup")
            if after == UNKNOWN:
                self._exam.halt("MKV-SIZE-UNKNOWN", "an element in BlockGroup has no size", at)
            if id == _BLOCK:
                track, blocks = self._block(inner, after, simple=False), blocks + 1
            elif id == _DURATION and after - inner <= 8:
                duration = int.from_bytes(self._piece.read(inner, after - inner), "big")
            elif id == _REFERENCE:
                referring = True
            elif id not in group.children and id not in {VOID, CRC_32}:
                self._tree.say_unknown(id, at, group)
            at = after
        if blocks != 1:
            text = f"a BlockGroup holds {blocks} blocks instead of one"
            self._exam.invalid("MKV-MISSING", text, offset)
        if track is not None:
            track.last_duration = duration or 0
            track.key_frames += not referring

    def _block(self, start: int, end: int, *, simple: bool) -> Track | None:
        head = self._piece.read(start, min(_HEAD, end - start))
        number = vint(head)
        if number is None or len(head) < number[1] + 3:
            self._exam.broken("MKV-BLOCK", "a block is too short for its head", start)
            return None
        flags = head[number[1] + 2]
        track = self.tracks.get(number[0])
        if track is None and not self.tracks:
            return None
        if track is None:
            text = f"a block belongs to track {number[0]}, which is not described"
            self._exam.invalid("MKV-BLOCK-TRACK", text, start)
            return None
        if flags & (0x70 if simple else 0xF0):
            self._exam.invalid("MKV-BLOCK-FLAGS", "reserved flags of a block are set", start)
        track.key_frames += simple and bool(flags & 0x80)
        self._count(track, int.from_bytes(head[number[1] : number[1] + 2], "big", signed=True))
        inner = start + number[1] + 3
        if flags & _TEST_LACING:
            self._laced(track, inner, end, (flags & _TEST_LACING) >> 1)
        else:
            self._frame(track, inner, end - inner)
        return track

    def _count(self, track: Track, relative: int) -> None:
        self.clusters.blocks += 1
        time = self._time + relative
        track.first = time if track.first is None else min(track.first, time)
        if time >= track.last:
            track.last, track.last_duration = time, 0

    def _laced(self, track: Track, start: int, end: int, lacing: int) -> None:
        if not track.laced:
            text = f"track {track.number} has a laced block, though it says that it has none"
            self._exam.invalid("MKV-LACING", text, start)
        data = self._piece.peek(start, min(end - start, _LACED))
        sizes = lace_sizes(data, lacing, end - start)
        if sizes is None:
            self._exam.broken("MKV-LACING", "the sizes of the frames in a block are wrong", start)
            return
        at = end - sum(sizes)
        for size in sizes:
            self._frame(track, at, size)
            at += size

    def _frame(self, track: Track, start: int, size: int) -> None:
        track.frames += 1
        track.size += size
        if track.opaque or not (track.check or track.codec in _FFV1):
            return
        if size > ffv1.LONGEST_FRAME:
            self._exam.note("MKV-FRAME-LONG", "a frame is too long to be looked into", start)
            return
        frame = track.prefix + self._piece.read(start, size)
        if track.codec in _FFV1:
            self._start_ffv1(track, frame, start)
        for id, text, place in track.check(frame) if track.check else ():
            self._exam.broken(id, text, max(start, start + place - len(track.prefix)))
            self._faults += 1
        if self._faults > MOST_FAULTS:
            track.opaque = True
            text = "so many frames are damaged that the rest were not looked into"
            self._exam.note("MKV-FRAMES-MANY", text, start)

    def _start_ffv1(self, track: Track, frame: bytes, start: int) -> None:
        """Learn from the first frame what only frames can tell."""
        if track.config is None and track.frames <= _TRIES:
            track.config = self._first_frame(frame, start)
        if track.config is None or track.check is not None:
            return
        track.context = ffv1.context_model(frame, track.config)
        track.check = partial(ffv1.check_frame, config=track.config)

    def _first_frame(self, frame: bytes, start: int) -> ffv1.Ffv1Config | None:
        try:
            return ffv1.read_frame_header(frame)
        except RangeError as error:
            self._exam.broken("FFV1-FRAME-HEADER", f"the head of a frame is wrong: {error}", start)
            return None


_FFV1 = {"V_FFV1", "V_MS/VFW/FOURCC/FFV1"}


def lace_sizes(data: bytes, lacing: int, length: int) -> list[int] | None:
    """Give the sizes of the frames of a laced block of `length` bytes; None if they do not fit."""
    if not data:
        return None
    count = data[0] + 1
    if lacing == _FIXED:
        each, rest = divmod(length - 1, count)
        return None if rest else [each] * count
    read = _xiph_sizes if lacing == _XIPH else _ebml_sizes
    found = read(data, count - 1)
    if found is None:
        return None
    sizes, place = found
    last = length - place - sum(sizes)
    return [*sizes, last] if last >= 0 and min(sizes, default=0) >= 0 else None


def _xiph_sizes(data: bytes, count: int) -> tuple[list[int], int] | None:
    sizes, at = [], 1
    for _ in range(count):
        size = 0
        while at < len(data) and data[at] == 0xFF:
            size, at = size + 0xFF, at + 1
        if at >= len(data):
            return None
        sizes.append(size + data[at])
        at += 1
    return sizes, at


def _ebml_sizes(data: bytes, count: int) -> tuple[list[int], int] | None:
    sizes: list[int] = []
    at = 1
    for _ in range(count):
        found = vint(data, at)
        if found is None or found[0] == UNKNOWN:
            return None
        value, length = found
        bias = (1 << (7 * length - 1)) - 1
        sizes.append(sizes[-1] + value - bias if sizes else value)
        at += length
    return sizes, at


def _ends_cluster(id: int) -> bool:
    return id in LEVEL_1 or id in TOP
