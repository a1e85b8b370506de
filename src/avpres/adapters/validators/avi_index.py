"""The indexes of AVI, held against the chunks that they point to."""

import struct
from collections.abc import Iterable, Iterator

from avpres.adapters.validators.avi_model import HAS_INDEX, Avi, Stream

ENTRY = 16  # bytes of an entry of idx1
PART = ENTRY * 65536  # bytes of idx1 that are read at a time
HEADER = 24  # bytes before the entries of an index chunk
STEP = 16384  # entries from one that is followed to the next, in files too large to walk
SIZE = 0x7FFFFFFF  # the highest bit of an entry's size says that the frame is no key frame

Entry = tuple[int, bytes, int]  # offset of the chunk's header, id (or empty), size


def check_indexes(avi: Avi) -> None:
    """Say which entries of idx1 and of OpenDML's indexes lead nowhere."""
    has_open_dml = any(stream.indexes for stream in avi.streams)
    if avi.index is not None:
        count = _compare(avi, _entries_of_idx1(avi), "idx1", avi.index.offset)
        _say_missing(avi, count)
    elif avi.flags & HAS_INDEX and not has_open_dml:
        avi.exam.invalid("AVI-NO-INDEX", "the header promises an index, there is none")
    elif not has_open_dml:
        avi.exam.warn("AVI-NO-INDEX", "the file has no index")
    for number, stream in enumerate(avi.streams):
        _check_super_index(avi, number, stream)


def _say_missing(avi: Avi, count: int) -> None:
    first = sum(
        1
        for offset, (name, _) in avi.found.items()
        if offset < avi.lists[0].end and not name.startswith(b"ix")
    )
    if avi.walked and avi.entries >= 0 and count < first:
        avi.exam.warn("AVI-INDEX-SHORT", f"idx1 has {count} entries for {first} chunks")


def _entries_of_idx1(avi: Avi) -> Iterator[Entry]:
    index = avi.index
    if index is None or not avi.lists:
        return
    movi = avi.lists[0].start - 4
    first = avi.source.peek(index.start, ENTRY)
    if len(first) < ENTRY:
        return
    place = int.from_bytes(first[8:12], "little")
    is_absolute = avi.source.peek(place, 4) == first[:4] != avi.source.peek(movi + place, 4)
    base = 0 if is_absolute else movi
    for start in range(index.start, index.stop, PART):
        part = avi.source.peek(start, min(PART, index.stop - start))
        whole = part[: len(part) // ENTRY * ENTRY]
        for name, _, offset, size in struct.iter_unpack("<4sIII", whole):
            if name != b"rec ":
                yield base + offset, name, size


def _check_super_index(avi: Avi, number: int, stream: Stream) -> None:
    duration, has_all = 0, True
    for offset, size, length in stream.indexes:
        if not offset:
            continue
        duration += length
        head = avi.source.peek(offset, 8 + HEADER)
        if len(head) < 8 + HEADER or head[:2] != b"ix" or offset + size > avi.source.size:
            has_all = False
            avi.exam.broken(
                "AVI-INDX-PLACE",
                f"the index of stream {number} leads to byte {offset}, there is no index",
                offset,
            )
            continue
        _compare(avi, _entries_of_ix(avi, offset, head), head[:4].decode("latin-1"), offset)
    if has_all and stream.indexes and stream.kind == b"vids" and duration < stream.length:
        avi.exam.invalid(
            "AVI-INDX-LENGTH",
            f"the index of stream {number} has {duration} of {stream.length} frames",
        )


def _entries_of_ix(avi: Avi, offset: int, head: bytes) -> Iterator[Entry]:
    claimed, longs, count, name, base = struct.unpack_from("<4xIH2xI4sQ", head)
    room = min(claimed + 8, avi.source.size - offset) - 8 - HEADER
    if longs not in {2, 3} or count * longs * 4 > room:
        avi.exam.invalid("AVI-IX", f"an index has no room for {count} entries", offset)
        return
    step = longs * 4
    start = offset + 8 + HEADER
    for at in range(start, start + count * step, step * 4096):
        part = avi.source.peek(at, min(step * 4096, start + count * step - at))
        for place in range(0, len(part) - step + 1, step):
            where, size = struct.unpack_from("<II", part, place)
            yield base + where - 8, name, size & SIZE


def _compare(avi: Avi, entries: Iterable[Entry], index: str, place: int) -> int:
    count = wrong = 0
    for count, entry in enumerate(entries, 1):
        avi.entries -= 1
        if avi.entries < 0:
            break
        wrong += not _is_right(avi, entry, count)
    if wrong:
        avi.exam.invalid(
            "AVI-INDEX", f"{wrong} of {count} entries of {index} lead to no such chunk", place
        )
    return count


def _is_right(avi: Avi, entry: Entry, number: int) -> bool:
    offset, name, size = entry
    if avi.walked:
        return avi.found.get(offset) == (name, size)
    if offset + 8 + size > avi.source.size:
        return False
    if avi.samples <= 0 or number % STEP > 1:
        return True
    avi.samples -= 1
    return avi.source.peek(offset, 8) == name + struct.pack("<I", size)
