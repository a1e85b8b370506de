"""EXIF of a TIFF as a structure of its own: what cameras write into a JPEG, and readers expect.

In a TIFF, the tags of EXIF stand among those of the picture, and their values anywhere in the
file. Here they are put together again, byte for byte, in the order of bytes of their source.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from avpres.adapters.images.tiff_directory import (
    EXIF_IFD,
    GPS_IFD,
    INTEROP_IFD,
    SIZES,
    Directory,
    Entry,
)
from avpres.domain.migration import Reason, Unmigratable

MAKER_NOTE = 37500
_LONG = 4
_SHORTER = {16: (4, "Q", "I"), 17: (9, "q", "i"), 18: (4, "Q", "I")}  # types of BigTIFF alone
_NEAR = 1 << 18  # bytes; up to there a maker's note keeps its place, for its offsets are absolute


@dataclass(slots=True)
class Part:
    """A directory to be written: its values by tag, as type and bytes, and directories below."""

    values: dict[int, tuple[int, bytes]]
    below: dict[int, "Part"] = field(default_factory=dict)  # by the tag that points to them


def part_of(page: Directory, chosen: Mapping[int, Entry]) -> Part:
    """Take the chosen tags of a directory, and all of the EXIF directories below it.

    Raises:
        Unmigratable: a directory below it, or a value, is not in the file.
    """
    return _part(page, chosen, set())


def structure(part: Part, order: str, note_at: int = 0) -> bytes:
    """Write directories as a TIFF structure; a maker's note goes to the place that is given."""
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8))
    note = part.below.get(EXIF_IFD, Part({})).values.get(MAKER_NOTE, (7, b""))[1]
    kept = len(note) > 4 and 8 <= note_at <= _NEAR
    if kept:
        out += bytes(note_at - 8) + note
        out += bytes(len(out) % 2)
        struct.pack_into(order + "I", out, 4, len(out))
    _write(out, part, order, note_at if kept else 0)
    return bytes(out)


def note_place(page: Directory) -> int:
    """Say where the maker's note stands in the source; 0 if there is none."""
    if EXIF_IFD not in page.entries:
        return 0
    entry = _below(page, EXIF_IFD, set()).entries.get(MAKER_NOTE)
    return entry.place if entry is not None else 0


def _part(page: Directory, chosen: Mapping[int, Entry], seen: set[int]) -> Part:
    found = Part({})
    for tag, entry in chosen.items():
        if tag in {EXIF_IFD, GPS_IFD, INTEROP_IFD}:
            below = _below(page, tag, seen)
            found.below[tag] = _part(below, below.entries, seen)
        elif entry.kind in SIZES:
            found.values[tag] = _shortened(entry.kind, page.raw(tag), page.order)
    return found


def _below(page: Directory, tag: int, seen: set[int]) -> Directory:
    (offset,) = page.numbers(tag, 1)
    if offset in seen or page.reader is None:
        raise Unmigratable(Reason.DAMAGED, f"the directories of EXIF form a loop at byte {offset}")
    seen.add(offset)
    return page.reader.apart().directory(offset)


def _shortened(kind: int, raw: bytes, order: str) -> tuple[int, bytes]:
    """Make the types of BigTIFF those of TIFF 6.0, in which EXIF is written."""
    if kind not in _SHORTER:
        return kind, raw
    shorter, long, short = _SHORTER[kind]
    values = struct.unpack(f"{order}{len(raw) // 8}{long}", raw)
    try:
        return shorter, struct.pack(f"{order}{len(values)}{short}", *values)
    except struct.error as error:
        raise Unmigratable(Reason.METADATA_LOST, "a number of 64 bits in EXIF") from error


def _write(out: bytearray, part: Part, order: str, note_at: int) -> None:
    """Write a directory, then its values, then the directories below it."""
    tags = sorted({*part.values, *part.below})
    start = len(out)
    out += struct.pack(order + "H", len(tags)) + bytes(12 * len(tags) + 4)
    for index, tag in enumerate(tags):
        at = start + 2 + 12 * index
        if tag in part.below:
            struct.pack_into(order + "HHII", out, at, tag, _LONG, 1, len(out))
            _write(out, part.below[tag], order, note_at)
            continue
        kind, value = part.values[tag]
        struct.pack_into(order + "HHI", out, at, tag, kind, len(value) // SIZES[kind])
        if len(value) <= 4:
            out[at + 8 : at + 8 + len(value)] = value
        elif tag == MAKER_NOTE and note_at:
            struct.pack_into(order + "I", out, at + 8, note_at)
        else:
            struct.pack_into(order + "I", out, at + 8, len(out))
            out += value + bytes(len(value) % 2)
