"""Matroska and WebM: RFC 8794 (EBML), RFC 9559 (Matroska), RFC 9043 (FFV1).

Every element is walked, every CRC-32 and every FFV1 slice is checked; only what a codec wrote
without a check sum remains unseen.
"""

from avpres.adapters.validators.ebml import CRC_32, UNKNOWN, VOID
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.matroska_blocks import Blocks
from avpres.adapters.validators.matroska_codecs import WEBM
from avpres.adapters.validators.matroska_elements import CLUSTER, EBML, LEVEL_1, SEGMENT, TOP
from avpres.adapters.validators.matroska_index import check_cues, check_seek_head
from avpres.adapters.validators.matroska_record import describe
from avpres.adapters.validators.matroska_tracks import AUDIO, VIDEO, track_of
from avpres.adapters.validators.matroska_tree import Node, Tree
from avpres.adapters.validators.piece import Piece
from avpres.adapters.validators.source import Source
from avpres.domain.technical import MediaKind

_KNOWN_VERSION = 5
_LATE_S = 1.0  # seconds between the duration that the file says and what was found


def validate(source: Source, exam: Examination) -> None:
    """Walk a Matroska or WebM file from its EBML header to its end."""
    _Walk(Piece(source), exam).file()


class _Walk:
    """One file, or one segment after the other where several were joined."""

    def __init__(self, piece: Piece, exam: Examination) -> None:
        self._piece, self._exam = piece, exam
        self._tree = Tree(piece, exam)
        self._start_segment(0)

    def file(self) -> None:
        """Walk EBML header, segment, and whatever follows."""
        after = self._head(0)
        segments = 0
        try:
            while after < self._piece.size:
                if segments and not self._is_top(after):
                    size = self._piece.size - after
                    text = f"{size} bytes follow after the end of the segment"
                    self._exam.invalid("MKV-TRAILING", text, after)
                    break
                segments, after = self._top(after, segments)
        finally:
            describe(self._exam.technical, self._nodes, self._blocks.tracks)
            kind = "audio" if self._exam.technical.kind == MediaKind.AUDIO else "video"
            self._exam.mime = f"{kind}/{'webm' if self._doc_type == 'webm' else 'matroska'}"
        if not segments:
            self._exam.broken("MKV-CUT", "the file ends after the EBML header", after)

    def _is_top(self, offset: int) -> bool:
        start = self._piece.peek(offset, 4)
        return start[:1] == bytes([VOID]) or int.from_bytes(start, "big") in TOP

    def _top(self, offset: int, segments: int) -> tuple[int, int]:
        if segments and self._piece.peek(offset, 4) == EBML.id.to_bytes(4, "big"):
            offset = self._head(offset)
        id, start, end = self._tree.header(offset, 1 << 63, "the file")
        if id == SEGMENT.id:
            if segments:
                self._exam.note("MKV-SEGMENTS", "there is more than one segment", offset)
            return segments + 1, self._segment(offset, start, end)
        if id != VOID or end == UNKNOWN or end > self._piece.size:
            self._exam.halt("MKV-SEGMENT-MISSING", "no segment follows the EBML header", offset)
        return segments, end

    def _head(self, offset: int) -> int:
        if self._piece.peek(offset, 4) != EBML.id.to_bytes(4, "big"):
            self._exam.halt("MKV-EBML-MISSING", "the file begins with no EBML header", offset)
        _, start, end = self._tree.header(offset, self._piece.size, "the file")
        if end == UNKNOWN or end - start > 1 << 16:
            self._exam.halt("MKV-EBML-SIZE", "the size of the EBML header makes no sense", offset)
        head = self._tree.read(EBML, offset, start, end)
        self._judge_head(head)
        return end

    def _judge_head(self, head: Node) -> None:
        kind = self._doc_type = head.text("DocType")
        version, least = head.number("DocTypeVersion", 1), head.number("DocTypeReadVersion", 1)
        self._version = version
        self._exam.version = str(version)
        self._exam.profile = "WebM" if kind == "webm" else "Matroska"
        self._exam.technical.properties["doc_type"] = kind
        if kind not in {"matroska", "webm"}:
            text = f"the document type is {kind!r}, neither Matroska nor WebM"
            self._exam.invalid("MKV-DOCTYPE", text, head.offset)
        if least > version:
            text = f"a reader of version {least} is asked for, the file is of version {version}"
            self._exam.invalid("MKV-VERSION", text, head.offset)
        elif version > _KNOWN_VERSION:
            text = f"version {version} of Matroska is not known"
            self._exam.invalid("MKV-VERSION", text, head.offset)

    def _start_segment(self, base: int) -> None:
        self._base = base
        self._places: dict[int, int] = {}
        self._nodes: dict[str, list[Node]] = {}
        self._blocks = Blocks(self._piece, self._exam, self._tree)

    def _segment(self, offset: int, start: int, end: int) -> int:
        self._start_segment(start)
        if end > self._piece.size:
            less = end - self._piece.size
            text = f"the file is cut: the segment goes on for {less} bytes after its end"
            self._exam.broken("MKV-CUT", text, self._piece.size)
        limit = self._piece.size if end == UNKNOWN else min(end, self._piece.size)
        at = self._tree.check_crc(SEGMENT, offset, start, limit)
        while at < limit:
            if end == UNKNOWN and self._piece.peek(at, 4) == EBML.id.to_bytes(4, "big"):
                break
            at = self._level_1(at, limit)
        self._judge_segment(offset)
        return at

    def _level_1(self, at: int, limit: int) -> int:
        id, start, end = self._tree.header(at, limit, "Segment")
        if id == CLUSTER.id:
            if not self._blocks.tracks and not self._blocks.clusters.times:
                text = "no Tracks stand before the first Cluster: its blocks were not looked at"
                self._exam.invalid("MKV-TRACKS-LATE", text, at)
            return self._blocks.cluster(at, start, end)
        if end == UNKNOWN:
            self._exam.halt("MKV-SIZE-UNKNOWN", f"element {id:X} does not say its size", at)
        self._places[at] = id
        kind = LEVEL_1.get(id)
        if kind is not None:
            self._piece.hold(at, end)
            node = self._tree.read(kind, at, start, end)
            self._nodes.setdefault(kind.name, []).append(node)
            if kind.name == "Tracks":
                self._tracks(node)
        elif id not in {VOID, CRC_32}:
            self._tree.say_unknown(id, at, SEGMENT)
        return end

    def _tracks(self, node: Node) -> None:
        uids = set()
        for entry in node.all("TrackEntry"):
            track = track_of(entry, self._exam)
            if track.number in self._blocks.tracks or entry.number("TrackUID") in uids:
                text = "two tracks have the same number or the same UID"
                self._exam.invalid("MKV-TRACK-TWICE", text, entry.offset)
            uids.add(entry.number("TrackUID"))
            self._blocks.tracks[track.number] = track
            self._judge_track(entry, track.type)

    def _judge_track(self, entry: Node, kind: int) -> None:
        needed = {VIDEO: "Video", AUDIO: "Audio"}.get(kind)
        if needed and entry.child(needed) is None:
            text = f"a track of type {kind} has no {needed} settings"
            self._exam.invalid("MKV-MISSING", text, entry.offset)
        codec = entry.text("CodecID")
        if self._doc_type == "webm" and kind in {VIDEO, AUDIO} and codec not in WEBM:
            text = f"WebM does not allow the codec {codec}"
            self._exam.invalid("WEBM-CODEC", text, entry.offset)

    def _judge_segment(self, offset: int) -> None:
        clusters = self._blocks.clusters
        self._judge_counts(offset)
        for head in self._nodes.get("SeekHead", []):
            check_seek_head(head, self._base, self._places, clusters, self._exam)
        for cues in self._nodes.get("Cues", []):
            look = (self._piece, self._exam)
            check_cues(cues, self._base, clusters, self._blocks.tracks, look)
        self._judge_duration()

    def _judge_counts(self, offset: int) -> None:
        for kind in LEVEL_1.values():
            count = len(self._nodes.get(kind.name, []))
            if kind.required and not count:
                text = f"the segment has no {kind.name}, which is mandatory"
                self._exam.invalid("MKV-MISSING", text, offset)
            elif count > 1 and not kind.repeats:
                text = f"the segment has {count} {kind.name}, one is allowed"
                self._exam.invalid("MKV-REPEATED", text, offset)
        if self._blocks.tracks and not self._blocks.clusters.blocks:
            text = "tracks are described, but no block of them is there"
            self._exam.invalid("MKV-EMPTY", text, offset)

    def _judge_duration(self) -> None:
        for info in self._nodes.get("Info", []):
            scale, duration = info.number("TimestampScale", 1_000_000), info.get("Duration")
            ends = [track.last + track.last_duration for track in self._blocks.tracks.values()]
            if not isinstance(duration, float) or not ends:
                continue
            missing = (duration - max(ends)) * scale / 1e9
            if missing > _LATE_S + duration * scale / 1e11:
                text = f"the file says that it is {missing:.1f} s longer than what it holds"
                self._exam.invalid("MKV-DURATION", text, info.offset)
