"""Tracks of MP4 and QuickTime: headers, sample tables, and where their samples lie."""

import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from avpres.adapters.validators import ffv1
from avpres.adapters.validators.coded_frames import (
    MOST_FAULTS,
    Check,
    check_flac,
    check_prores,
    check_vp8,
    check_vp9,
    units_of,
)
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.isobmff_boxes import Box, Boxes, name_of
from avpres.adapters.validators.isobmff_entries import Entry, read_entries
from avpres.adapters.validators.isobmff_samples import Samples, read_samples
from avpres.adapters.validators.piece import Piece

_KINDS = """
vide soun tmcd text sbtl subt subp meta hint pict auxv clcp data MPEG musc strm mdir sdsm odsm camm
alis qd3d sprt twen tx3g gpmd fdsc priv nrtm obje tmet
"""
_SORTED = 1_000_000  # chunks that are held against each other
_FAULTS = 1000  # chunks of a track that may lie outside before the rest are not looked at
_SAMPLE = 16  # bytes that a sample costs beside its own
_LEAST_BUDGET = 8_000_000  # bytes of samples that are looked into in any file
_LONGEST = 64 * 1024 * 1024  # bytes of a sample that is looked into


@dataclass(slots=True)
class Track:
    """One track, as its headers say and as its samples are."""

    offset: int
    id: int = 0
    kind: str = ""  # of handler: vide, soun, tmcd …
    scale: int = 0  # ticks in a second
    duration: int = 0  # in them
    language: str = ""
    shown: tuple[float, float] = (0, 0)
    rotated: bool = False
    edits: list[tuple[int, int]] = field(default_factory=list)  # duration, media time
    entries: list[Entry] = field(default_factory=list)
    samples: Samples = field(default_factory=Samples)
    frames: int = 0
    size: int = 0
    fragment_ticks: int = 0
    here: bool = True  # its samples are in this file


class Tracks:
    """Reads `trak` boxes and follows their samples into the media data."""

    def __init__(self, piece: Piece, boxes: Boxes, exam: Examination) -> None:
        self._piece, self._boxes, self._exam = piece, boxes, exam
        self._budget = _LEAST_BUDGET + 2 * piece.size
        self._faults = 0

    def read(self, box: Box) -> Track:
        """Read one `trak`."""
        track = Track(box.offset)
        head, media = box.child("tkhd"), box.child("mdia")
        if head is not None:
            self._track_header(head, track)
        edits = box.child("edts", "elst")
        if edits is not None:
            track.edits = self._edits(edits)
        if media is not None:
            self._media(media, track)
        return track

    def follow(self, tracks: Sequence[Track], data: Sequence[tuple[int, int]]) -> None:
        """Hold every chunk of every track against the stretches of media data of the file."""
        ranges: list[tuple[int, int]] = []
        starts = [start for start, _ in data]
        for track in tracks:
            if not track.here:
                continue
            faults = 0
            if not self._is_sane(track):
                continue
            for start, end, _, _ in track.samples.chunk_ranges():
                slot = bisect_right(starts, start) - 1
                if slot < 0 or end > data[slot][1]:
                    self._say_outside(track, start, end)
                    faults += 1
                if faults > _FAULTS:
                    break
                if len(ranges) < _SORTED and end > start:
                    ranges.append((start, end))
        ranges.sort()
        for before, after in pairwise(ranges):
            if before[0] < after[0] < before[1]:
                text = "two chunks of samples overlap: an offset or a size is wrong"
                self._exam.invalid("ISOM-OVERLAP", text, after[0])

    def _is_sane(self, track: Track) -> bool:
        """Refuse tables of more chunks than media data of this size can have."""
        most = max(_SORTED // 2, self._piece.size // _SAMPLE)
        if len(track.samples.chunks) <= most:
            return True
        text = f"track {track.id} has more chunks than make sense: they were not followed"
        self._exam.stop("ISOM-CHUNKS-MANY", text, track.offset)
        return False

    def look_into(self, track: Track) -> None:
        """Look into every sample that has check sums or lengths in itself."""
        entry = track.entries[0] if len(track.entries) == 1 and track.here else None
        check = _check_of(entry) if entry is not None else None
        if check is None:
            return
        for offset, size in track.samples.places():
            self._budget -= size + _SAMPLE
            if self._budget < 0 or self._faults > MOST_FAULTS:
                text = "there are more samples, or damaged ones, than make sense: not all were seen"
                self._exam.stop("ISOM-SAMPLES-MANY", text, offset)
                return
            if size > _LONGEST or offset + size > self._piece.size:
                continue
            for id, text, place in check(self._piece.peek(offset, size)):
                self._exam.broken(id, text, offset + place)
                self._faults += 1

    def _track_header(self, box: Box, track: Track) -> None:
        raw = self._boxes.content(box)
        at = 12 if raw[:1] == b"\0" else 20
        if len(raw) < at + 72 - 12 + 8:
            return
        track.id = int.from_bytes(raw[at : at + 4], "big")
        width, height = struct.unpack(">II", raw[-8:])
        track.shown = (width / 65536, height / 65536)
        matrix = struct.unpack(">9i", raw[-44:-8])
        track.rotated = matrix[0] == 0 == matrix[4] and matrix[1] != 0
        if not track.id:
            self._exam.invalid("ISOM-TRACK-ID", "a track has the number 0", box.offset)

    def _edits(self, box: Box) -> list[tuple[int, int]]:
        raw = self._boxes.content(box)
        layout = struct.Struct(">Iii" if raw[:1] == b"\0" else ">Qqi")
        body = raw[8 : 8 + (len(raw) - 8) // layout.size * layout.size]
        return [(length, time) for length, time, _ in layout.iter_unpack(body)][:10_000]

    def _media(self, media: Box, track: Track) -> None:
        head, handler = media.child("mdhd"), media.child("hdlr")
        if head is not None:
            self._media_header(head, track)
        if handler is not None:
            track.kind = self._boxes.content(handler)[8:12].decode("latin-1")
            if track.kind not in _HANDLERS:
                text = f"the media handler {name_of(track.kind)!r} is not known"
                self._exam.warn("ISOM-HANDLER", text, handler.offset)
        self._check_media_head(media, track)
        table = media.child("minf", "stbl")
        if table is None:
            return
        described = table.child("stsd")
        if described is not None:
            data = self._boxes.content(described)
            track.entries = read_entries(data, described.start, track.kind, self._exam)
        track.samples = read_samples(table, self._boxes, self._exam, len(track.entries))
        self._sound_units(track)
        track.here = self._is_here(media, track)
        self._judge_duration(track)
        track.frames, track.size = track.samples.count, track.samples.total

    def _check_media_head(self, media: Box, track: Track) -> None:
        needed = {"vide": "vmhd", "soun": "smhd"}.get(track.kind)
        info = media.child("minf")
        if needed and info is not None and info.child(needed) is None:
            text = f"a track of {track.kind} has no {needed}, which is mandatory"
            self._exam.invalid("ISOM-MISSING", text, info.offset)

    def _media_header(self, box: Box, track: Track) -> None:
        raw = self._boxes.content(box)
        if raw[:1] == b"\0" and len(raw) >= 24:
            track.scale, track.duration, code = struct.unpack_from(">IIH", raw, 12)
        elif len(raw) >= 36:
            track.scale, track.duration, code = struct.unpack_from(">IQH", raw, 20)
        else:
            return
        if 0x400 <= code != 0x7FFF:
            track.language = "".join(chr(0x60 + (code >> shift & 31)) for shift in (10, 5, 0))
        if not track.scale:
            self._exam.invalid("ISOM-SCALE", "a track has a time scale of 0", box.offset)

    def _sound_units(self, track: Track) -> None:
        """Set how long samples of sound are where the table only says 1 (QuickTime)."""
        entry = track.entries[0] if track.entries else None
        if track.kind == "soun" and entry is not None and track.samples.size == 1:
            samples, size = entry.unit
            if size > 1:
                track.samples.samples_per_unit, track.samples.unit = samples, size

    def _is_here(self, media: Box, track: Track) -> bool:
        references = media.child("minf", "dinf", "dref")
        if references is None:
            return True
        raw, at, flags = self._boxes.content(references, 65536), 8, []
        while at + 12 <= len(raw):
            flags.append(int.from_bytes(raw[at + 8 : at + 12], "big") & 1)
            at += max(int.from_bytes(raw[at : at + 4], "big"), 12)
        used = {entry.reference for entry in track.entries}
        if any(not 0 < index <= len(flags) for index in used):
            text = "a sample description names a data reference that is not there"
            self._exam.invalid("ISOM-REFERENCE", text, references.offset)
            return True
        if all(flags[index - 1] for index in used):
            return True
        text = "samples of a track are in another file, which is not looked at"
        self._exam.warn("ISOM-ELSEWHERE", text, references.offset)
        return False

    def _judge_duration(self, track: Track) -> None:
        found = track.samples.duration
        if found and track.scale and abs(found - track.duration) > track.scale + found // 100:
            text = (
                f"the samples of a track last {found / track.scale:.1f} s, its header says "
                f"{track.duration / track.scale:.1f} s"
            )
            self._exam.invalid("ISOM-DURATION", text, track.offset)

    def _say_outside(self, track: Track, start: int, end: int) -> None:
        if end > self._piece.size:
            text = f"samples of track {track.id} lie beyond the end of the file"
            self._exam.broken("ISOM-SAMPLES-CUT", text, start)
        else:
            text = f"samples of track {track.id} lie outside of all media data"
            self._exam.invalid("ISOM-SAMPLES-OUTSIDE", text, start)


_HANDLERS = frozenset(_KINDS.split()) | {"url "}


def _check_of(entry: Entry) -> Check | None:
    """Choose how samples are looked into."""
    if entry.config is not None:
        return partial(ffv1.check_frame, config=entry.config)
    if entry.nal_length:
        return units_of(entry.nal_length)
    if entry.format == "fLaC":
        return check_flac
    codec = entry.video.codec if entry.video is not None else ""
    return {"ProRes": check_prores, "VP8": check_vp8, "VP9": check_vp9}.get(codec)
