"""Directories of a TIFF or BigTIFF: the tags that coding needs, without trust in any count."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from avpres.adapters.scans.window import Window
from avpres.domain.scan import UncodableScan

NEW_SUBFILE_TYPE, SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION = 254, 255, 256, 257, 258, 259
PHOTOMETRIC, FILL_ORDER, STRIP_OFFSETS, ORIENTATION, SAMPLES = 262, 266, 273, 274, 277
ROWS_PER_STRIP, STRIP_COUNTS, X_RESOLUTION, Y_RESOLUTION, PLANAR = 278, 279, 282, 283, 284
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SUB_IFDS = 322, 323, 324, 325, 330
INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, SUBSAMPLING, FRAME_RATE = 332, 338, 339, 530, 51044
_NEEDED = frozenset(
    {NEW_SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, STRIP_OFFSETS}
    | {ORIENTATION, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS, X_RESOLUTION, Y_RESOLUTION, PLANAR}
    | {TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SUB_IFDS, INK_SET, EXTRA_SAMPLES}
    | {SAMPLE_FORMAT, SUBSAMPLING, FRAME_RATE}
)
_TYPES = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 13: "I"}
_TYPES |= {16: "Q", 17: "q", 18: "Q"}
_SIZES = {code: struct.calcsize("=" + letters) for code, letters in _TYPES.items()}
_ENTRIES, _VALUES = 4096, 1 << 16  # more in one directory, in one tag, are an attack
_PAGES = 64  # that are looked at; what stands behind is no picture of a scan
_GUESS = 40  # entries that most directories do not have


@dataclass(frozen=True, slots=True)
class Directory:
    """The needed tags of one page, and the types of all of them."""

    values: Mapping[int, tuple[int, ...]]
    types: Mapping[int, int]
    next: int
    big_endian: bool

    def number(self, tag: int, default: int) -> int:
        """Give a tag's first value."""
        found = self.values.get(tag)
        return found[0] if found else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Give all values of a tag; none if it is not there."""
        return self.values.get(tag, ())


@dataclass(slots=True)
class Reader:
    """Reads directories of one file."""

    window: Window
    order: str
    big: bool
    seen: set[int] = field(default_factory=set)

    def pages(self, first: int) -> Iterator[Directory]:
        """Give the pages, each followed by those below it; loops end.

        A damaged page behind the first one ends them too: its bytes are kept all the same.

        Raises:
            UncodableScan: the first page is damaged.
        """
        waiting = [first]
        while waiting and len(self.seen) < _PAGES:
            offset = waiting.pop(0)
            if not offset or offset in self.seen:
                continue
            self.seen.add(offset)
            try:
                page = self.directory(offset)
            except UncodableScan:
                if len(self.seen) == 1:
                    raise
                continue
            yield page
            waiting = [*page.numbers(SUB_IFDS)[:_PAGES], *waiting, page.next]

    def directory(self, offset: int) -> Directory:
        """Read a directory.

        Raises:
            UncodableScan: it is not wholly in the file, or larger than any.
        """
        head, entry, foot = (8, 20, 8) if self.big else (2, 12, 4)
        raw = self.window.read(offset, head + _GUESS * entry + foot)
        if len(raw) < head:
            raise UncodableScan("TRUNCATED", f"the directory at byte {offset} is not in the file")
        (count,) = struct.unpack_from(self.order + ("Q" if self.big else "H"), raw)
        if not 0 < count <= _ENTRIES:
            raise UncodableScan("HEADER", f"the directory at byte {offset} has {count} entries")
        end = head + count * entry
        if len(raw) < end + foot:
            raw = self.window.read(offset, end + foot)
        if len(raw) < end:
            raise UncodableScan("TRUNCATED", f"the directory at byte {offset} ends with the file")
        form = self.order + ("HHQ8s" if self.big else "HHI4s")
        entries = list(struct.iter_unpack(form, raw[head:end]))
        values = {
            tag: self._values(tag, kind, number, place)
            for tag, kind, number, place in entries
            if tag in _NEEDED
        }
        behind = int.from_bytes(raw[end : end + foot], "big" if self.order == ">" else "little")
        types = {tag: kind for tag, kind, _, _ in entries}
        return Directory(values, types, behind, self.order == ">")

    def _values(self, tag: int, kind: int, count: int, place: bytes) -> tuple[int, ...]:
        letters = _TYPES.get(kind)
        if letters is None or not 0 < count <= _VALUES:
            raise UncodableScan("HEADER", f"the tag {tag} has {count} values of the type {kind}")
        size = _SIZES[kind] * count
        raw = place
        if size > len(place):
            code = "Q" if self.big else "I"
            (offset,) = struct.unpack(self.order + code, place)
            raw = self.window.read(offset, size)
        if len(raw) < size:
            raise UncodableScan("TRUNCATED", f"the values of the tag {tag} are not in the file")
        whole = f"{count * len(letters)}{letters[0]}"
        return struct.unpack_from(self.order + whole, raw)
