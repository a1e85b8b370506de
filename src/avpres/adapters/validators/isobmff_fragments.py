"""Fragmented MP4: `moof` with its runs of samples, `sidx`, and the index at the end, `mfra`."""

from collections.abc import Mapping
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.isobmff_boxes import Box, Boxes
from avpres.adapters.validators.isobmff_tracks import Track, Tracks

_BASE, _DESCRIPTION, _TIME, _SIZE, _FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_EMPTY, _BASE_IS_MOOF = 0x10000, 0x20000
_RUN_OFFSET, _RUN_FIRST, _RUN_TIME, _RUN_SIZE, _RUN_FLAGS, _RUN_SHIFT = (
    0x1, 0x4, 0x100, 0x200, 0x400, 0x800,
)  # fmt: skip


@dataclass(slots=True)
class _Defaults:
    """What holds for samples of a track that say nothing else."""

    time: int = 0
    size: int = 0


class Fragments:
    """Follows the samples of fragments; only the last fragment is remembered."""

    def __init__(self, boxes: Boxes, tracks: Tracks, exam: Examination) -> None:
        self._boxes, self._tracks, self._exam = boxes, tracks, exam
        self._defaults: dict[int, _Defaults] = {}
        self._sequence = 0
        self._ranges: list[tuple[int, int]] = []
        self.offsets: set[int] = set()
        self.count = 0

    def extends(self, box: Box) -> None:
        """Read the defaults of a track from `trex`."""
        raw = self._boxes.content(box).ljust(24, b"\0")
        id, _, time, size = (int.from_bytes(raw[at : at + 4], "big") for at in (4, 8, 12, 16))
        self._defaults[id] = _Defaults(time, size)

    def fragment(self, moof: Box, known: Mapping[int, Track]) -> None:
        """Read one `moof`."""
        self.count += 1
        self.offsets.add(moof.offset)
        head = moof.child("mfhd")
        if head is not None:
            number = int.from_bytes(self._boxes.content(head)[4:8], "big")
            if self.count > 1 and number != self._sequence + 1:
                text = f"fragment {number} follows upon fragment {self._sequence}"
                self._exam.warn("ISOM-FRAGMENT-ORDER", text, moof.offset)
            self._sequence = number
        for part in moof.all("traf"):
            self._part(moof, part, known)

    def media(self, box: Box) -> None:
        """Hold the runs since the last media data against the media data that follow."""
        for start, end in self._ranges:
            if not box.start <= start <= end <= box.end:
                text = "samples of a fragment lie outside of the media data after it"
                self._exam.invalid("ISOM-SAMPLES-OUTSIDE", text, start)
        self._ranges.clear()

    def end(self, size: int) -> None:
        """Say if the media data of the last fragment are not there."""
        if any(end > size for _, end in self._ranges) or self._ranges:
            text = "the file ends before the samples of its last fragment"
            self._exam.broken("ISOM-SAMPLES-CUT", text, size)

    def _part(self, moof: Box, part: Box, known: Mapping[int, Track]) -> None:
        head = part.child("tfhd")
        raw = self._boxes.content(head) if head is not None else b""
        if len(raw) < 8:
            return
        flags, id = int.from_bytes(raw[1:4], "big"), int.from_bytes(raw[4:8], "big")
        track = known.get(id)
        if track is None:
            text = f"a fragment is of track {id}, which is not described"
            self._exam.invalid("ISOM-FRAGMENT-TRACK", text, part.offset)
            return
        standard = self._defaults.get(id, _Defaults())
        defaults, base, at = _Defaults(standard.time, standard.size), moof.offset, 8
        for flag, width in ((_BASE, 8), (_DESCRIPTION, 4), (_TIME, 4), (_SIZE, 4), (_FLAGS, 4)):
            if flags & flag:
                value, at = int.from_bytes(raw[at : at + width], "big"), at + width
                base = value if flag == _BASE else base
                defaults.time = value if flag == _TIME else defaults.time
                defaults.size = value if flag == _SIZE else defaults.size
        for run in part.all("trun"):
            base = self._run(run, (moof.offset, base), defaults, track)

    def _run(self, run: Box, bases: tuple[int, int], defaults: _Defaults, track: Track) -> int:
        raw = self._boxes.content(run)
        flags, count, at = int.from_bytes(raw[1:4], "big"), int.from_bytes(raw[4:8], "big"), 8
        start = bases[1]
        if flags & _RUN_OFFSET:
            start, at = bases[0] + int.from_bytes(raw[at : at + 4], "big", signed=True), at + 4
        at += 4 if flags & _RUN_FIRST else 0
        fields = [flag for flag in (_RUN_TIME, _RUN_SIZE, _RUN_FLAGS, _RUN_SHIFT) if flags & flag]
        width = 4 * len(fields)
        if len(raw) != at + width * count:
            text = "the length of a run of samples is not what its entries need"
            self._exam.broken("ISOM-TABLE", text, run.offset)
            return start
        track.frames += count
        columns = {field: _column(raw[at:], width, 4 * nth) for nth, field in enumerate(fields)}
        track.fragment_ticks += columns.get(_RUN_TIME, defaults.time * count)
        size = columns.get(_RUN_SIZE, defaults.size * count)
        track.size += size
        self._ranges.append((start, start + size))
        return start + size

    def segment_index(self, box: Box, size: int) -> None:
        """Check that what `sidx` points to is in the file."""
        raw = self._boxes.content(box)
        wide = raw[:1] != b"\0"
        at = 28 if wide else 20
        first = int.from_bytes(raw[at - 8 : at] if wide else raw[16:20], "big")
        count, place = int.from_bytes(raw[at + 2 : at + 4], "big"), box.end + first
        if len(raw) != at + 4 + 12 * count:
            text = "the length of sidx is not what its entries need"
            self._exam.broken("ISOM-TABLE", text, box.offset)
            return
        for entry in range(count):
            start = at + 4 + 12 * entry
            place += int.from_bytes(raw[start : start + 4], "big") & 0x7FFFFFFF
        if place > size:
            text = f"the index of segments goes on for {place - size} bytes after the file's end"
            self._exam.broken("ISOM-CUT", text, size)

    def random_access(self, mfra: Box) -> None:
        """Check that `mfra` points to fragments, and knows its own length."""
        for index in mfra.all("tfra"):
            raw = self._boxes.content(index)
            sizes = int.from_bytes(raw[8:12], "big")
            count = int.from_bytes(raw[12:16], "big")
            wide = 8 if raw[:1] != b"\0" else 4
            step = 2 * wide + sum((sizes >> shift & 3) + 1 for shift in (4, 2, 0))
            if len(raw) != 16 + count * step:
                text = "the length of tfra is not what its entries need"
                self._exam.broken("ISOM-TABLE", text, index.offset)
                continue
            places = {
                int.from_bytes(raw[at + wide : at + 2 * wide], "big")
                for at in range(16, len(raw), step)
            }
            if places - self.offsets:
                text = "the index at the end points to where no fragment begins"
                self._exam.invalid("ISOM-INDEX", text, index.offset)
        last = mfra.child("mfro")
        if last is not None:
            said = int.from_bytes(self._boxes.content(last)[4:8], "big")
            if said != mfra.end - mfra.offset:
                text = "the last box says another length of the index than it has"
                self._exam.invalid("ISOM-INDEX", text, last.offset)


def _column(raw: bytes, width: int, skip: int) -> int:
    """Sum one column of a run of samples."""
    places = range(skip, len(raw), width)
    return sum(int.from_bytes(raw[place : place + 4], "big") for place in places)
