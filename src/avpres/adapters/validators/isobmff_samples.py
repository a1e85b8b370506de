"""Sample tables: do they agree with each other, and where in the file does every sample lie."""

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.isobmff_boxes import Box, Boxes

_TABLE_HEAD = 8  # bytes: version, flags, number of entries
_MOST = 64_000_000  # entries of a table that is read


@dataclass(slots=True)
class Samples:
    """The sample table of a track; sizes in bytes, times in ticks of the media."""

    count: int = 0
    size: int = 0  # of every sample, 0 if they differ
    sizes: "array[int]" = field(default_factory=lambda: array("I"))
    chunks: "array[int]" = field(default_factory=lambda: array("Q"))
    runs: list[tuple[int, int]] = field(default_factory=list)  # first chunk (from 0), samples in it
    duration: int = 0
    delta: int = 0  # of every sample, 0 if they differ
    samples_per_unit: int = 1  # of sound that is stored in packets …
    unit: int = 0  # … of so many bytes; 0: as `size` says

    @property
    def total(self) -> int:
        """Bytes of all samples."""
        return sum(self.sizes) if self.sizes else self.bytes_of(self.count)

    def bytes_of(self, count: int) -> int:
        """Give the bytes of samples of constant size."""
        if self.unit:
            return -(-count // self.samples_per_unit) * self.unit
        return count * self.size

    def chunk_ranges(self) -> Iterator[tuple[int, int, int, int]]:
        """Give each chunk: where it begins and ends, its first sample and how many it holds."""
        ends = array("Q", accumulate(self.sizes)) if self.sizes else None
        first = 0
        for start, stop, each in _spans(self.runs, len(self.chunks)):
            for chunk in range(start, stop):
                offset = self.chunks[chunk]
                if ends is None:
                    size = self.bytes_of(each)
                else:
                    last = min(first + each, len(ends))
                    size = (ends[last - 1] if last else 0) - (ends[first - 1] if first else 0)
                yield offset, offset + size, first, each
                first += each
                if ends is not None and first >= len(ends):
                    return

    def places(self) -> Iterator[tuple[int, int]]:
        """Give offset and size of each sample, in order of the track."""
        for offset, _, first, count in self.chunk_ranges():
            at = offset
            for sample in range(first, min(first + count, self.count)):
                size = self.sizes[sample] if self.sizes else self.size
                yield at, size
                at += size


def read_samples(table: Box, boxes: Boxes, exam: Examination, entries: int) -> Samples:
    """Read the sample table of a track and say where its parts contradict each other."""
    samples = Samples()
    _read_sizes(table, samples, boxes, exam)
    _read_times(table, samples, boxes, exam)
    offsets = table.child("co64") or table.child("stco")
    if offsets is None:
        exam.invalid("ISOM-MISSING", "box stbl has neither stco nor co64", table.offset)
    else:
        code = "Q" if offsets.type == "co64" else "I"
        samples.chunks = array("Q", _table(offsets, boxes, code))
    runs = table.child("stsc")
    if runs is not None:
        _read_runs(runs, samples, (boxes, exam), entries)
    return samples


def _read_sizes(table: Box, samples: Samples, boxes: Boxes, exam: Examination) -> None:
    box = table.child("stsz") or table.child("stz2")
    if box is None:
        exam.invalid("ISOM-MISSING", "box stbl has neither stsz nor stz2", table.offset)
        return
    head = boxes.content(box, 12).ljust(12, b"\0")
    samples.count = int.from_bytes(head[8:12], "big")
    size = int.from_bytes(head[4:8], "big")
    bits = 32 if box.type == "stsz" else size & 0xFF
    filled = 0 if box.type == "stsz" and size else -(-samples.count * bits // 8)
    if box.start + 12 + filled != box.end:
        text = f"box {box.type} does not have the length that its {samples.count} entries need"
        short = box.start + 12 + filled > box.end
        (exam.broken if short else exam.invalid)("ISOM-TABLE", text, box.offset)
        if short:
            samples.count = 0
            return
    if box.type == "stsz" and size:
        samples.size = size
    elif samples.count <= _MOST:
        samples.sizes = _sizes(boxes.content(box)[12:], bits, samples.count)


def _sizes(raw: bytes, bits: int, count: int) -> "array[int]":
    if bits == 4:
        return array("I", [nibble for byte in raw for nibble in (byte >> 4, byte & 15)][:count])
    found = array({8: "B", 16: "H", 32: "I"}.get(bits, "B"), raw[: count * max(bits, 8) // 8])
    if sys.byteorder == "little":
        found.byteswap()
    return found if found.typecode == "I" else array("I", found)


def _read_times(table: Box, samples: Samples, boxes: Boxes, exam: Examination) -> None:
    times = table.child("stts")
    if times is not None:
        flat = _table(times, boxes, "I", 2)
        counts, deltas = flat[::2], flat[1::2]
        samples.duration = sum(map(int.__mul__, counts, deltas))
        _compare(sum(counts), samples, times, exam)
        used = {delta for count, delta in zip(counts, deltas, strict=True) if count}
        regular = len(used) == 1 or (len(counts) == 2 and counts[1] == 1)
        samples.delta = deltas[0] if regular else 0
    shifts = table.child("ctts")
    if shifts is not None:
        _compare(sum(_table(shifts, boxes, "I", 2)[::2]), samples, shifts, exam)
    for name in ("stss", "stps"):
        keys = table.child(name)
        _check_keys(_table(keys, boxes, "I"), samples, keys, exam) if keys is not None else None


def _check_keys(keys: "array[int]", samples: Samples, box: Box, exam: Examination) -> None:
    if any(map(int.__ge__, keys, keys[1:])) or (
        keys and not 0 < keys[0] <= keys[-1] <= samples.count
    ):
        text = f"the samples that {box.type} names are not in order, or are not there"
        exam.invalid("ISOM-KEYS", text, box.offset)


def _compare(count: int, samples: Samples, box: Box, exam: Examination) -> None:
    if count != samples.count:
        text = f"box {box.type} tells of {count} samples, the table of sizes of {samples.count}"
        exam.invalid("ISOM-COUNTS", text, box.offset)


def _read_runs(box: Box, samples: Samples, look: tuple[Boxes, Examination], entries: int) -> None:
    boxes, exam = look
    flat = _table(box, boxes, "I", 3)
    firsts, counts, kinds = flat[::3], flat[1::3], flat[2::3]
    samples.runs = [(first - 1, count) for first, count in zip(firsts, counts, strict=True)]
    rising = not any(map(int.__ge__, firsts, firsts[1:]))
    if firsts and (firsts[0] != 1 or not rising or firsts[-1] > len(samples.chunks)):
        text = "the chunks that stsc names are not in order, or are not there"
        exam.invalid("ISOM-CHUNKS", text, box.offset)
        samples.runs = []
        return
    if any(not 0 < kind <= entries for kind in kinds):
        text = "stsc names a sample description that is not there"
        exam.invalid("ISOM-DESCRIPTION", text, box.offset)
    held = sum(
        (stop - start) * each for start, stop, each in _spans(samples.runs, len(samples.chunks))
    )
    if held != samples.count:
        text = f"the chunks hold {held} samples, the table of sizes tells of {samples.count}"
        exam.invalid("ISOM-COUNTS", text, box.offset)


def _spans(runs: list[tuple[int, int]], chunks: int) -> Iterator[tuple[int, int, int]]:
    for index, (start, each) in enumerate(runs):
        stop = runs[index + 1][0] if index + 1 < len(runs) else chunks
        yield start, stop, each


def _table(box: Box, boxes: Boxes, code: str, width: int = 1) -> "array[int]":
    """Read a table of big-endian numbers, as many whole entries as are there."""
    size = array(code).itemsize * width
    count = min(int.from_bytes(boxes.content(box, 8)[4:8], "big"), _MOST)
    raw = boxes.content(box, _TABLE_HEAD + count * size)[_TABLE_HEAD:]
    found = array(code, raw[: len(raw) // size * size])
    if sys.byteorder == "little":
        found.byteswap()
    return found
