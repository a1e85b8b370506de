"""Directories of a TIFF or BigTIFF, read without trust in any count, offset or chain."""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from avpres.domain.migration import Reason, Unmigratable

Window = Callable[[int, int], bytes]
"""Gives bytes from an offset on, fewer where the file ends."""

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
SUB_IFDS, EXIF_IFD, GPS_IFD, INTEROP_IFD = 330, 34665, 34853, 40965

_CODES = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 10: "ii"}
_CODES |= {11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
SIZES = {kind: struct.calcsize("=" + code) for kind, code in _CODES.items()}
_FRACTIONS, _WHOLE = {5, 10}, {1, 3, 4, 6, 8, 9, 13, 16, 17, 18}
_ENTRIES = 4096  # of one directory; more are an attack
_DIRECTORIES = 1 << 14  # of one file


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: where its value stands, and how long it is. Nothing of it is read yet."""

    tag: int
    kind: int
    count: int
    place: int
    size: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of one directory, whose values are read when they are asked for."""

    window: Window
    order: str  # "<" or ">"
    big: bool
    offset: int
    next: int
    entries: Mapping[int, Entry]
    reader: "Reader | None" = None

    def raw(self, tag: int) -> bytes:
        """Give the bytes of a value as they stand; none if the tag is not there."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        found = self.window(entry.place, entry.size)
        if len(found) != entry.size:
            raise _damaged(f"the value of tag {tag} is not wholly in the file")
        return found

    def numbers(self, tag: int, most: int = 1 << 16) -> tuple[int, ...]:
        """Give the whole numbers of a tag; none if it is not there.

        Raises:
            Unmigratable: they are of another type, or more than `most`.
        """
        entry = self.entries.get(tag)
        if entry is None:
            return ()
        if entry.kind not in _WHOLE or not 0 < entry.count <= most:
            raise _damaged(f"tag {tag} has {entry.count} values of type {entry.kind}")
        return struct.unpack(f"{self.order}{entry.count}{_CODES[entry.kind]}", self.raw(tag))

    def number(self, tag: int, default: int) -> int:
        """Give the first value of a tag, or the default where there is none."""
        found = self.numbers(tag)
        return found[0] if found else default

    def fraction(self, tag: int) -> Fraction | None:
        """Give a rational value exactly; none if it is not there or says nothing."""
        entry = self.entries.get(tag)
        if entry is None or not entry.count:
            return None
        if entry.kind in _FRACTIONS:
            code = self.order + _CODES[entry.kind]
            above, below = struct.unpack_from(code, self.raw(tag))
            return Fraction(above, below) if below else None
        if entry.kind in {11, 12}:
            (value,) = struct.unpack_from(self.order + _CODES[entry.kind], self.raw(tag))
            return Fraction(value) if abs(value) < 1e12 else None
        return Fraction(self.number(tag, 0))

    def fractions(self, tag: int, most: int) -> tuple[Fraction, ...]:
        """Give up to so many rational or whole values; none where one of them says nothing."""
        entry = self.entries.get(tag)
        if entry is None or not 0 < entry.count <= most:
            return ()
        if entry.kind in _WHOLE:
            return tuple(map(Fraction, self.numbers(tag, most)))
        if entry.kind not in _FRACTIONS:
            return ()
        pairs = list(struct.iter_unpack(self.order + _CODES[entry.kind], self.raw(tag)))
        if not all(below for _, below in pairs):
            return ()
        return tuple(Fraction(above, below) for above, below in pairs)


@dataclass(slots=True)
class Reader:
    """Reads the directories of one file, each of them once."""

    window: Window
    size: int
    order: str = "<"
    big: bool = False
    first: int = 0
    seen: set[int] = field(default_factory=set)

    @classmethod
    def opened(cls, window: Window, size: int) -> "Reader":
        """Read the header.

        Raises:
            Unmigratable: it is empty, no TIFF, or its header is damaged.
        """
        head = window(0, 16)
        if not head:
            raise Unmigratable(Reason.EMPTY)
        if head[:4] not in SIGNATURES:
            raise Unmigratable(Reason.UNKNOWN_FORMAT, "it does not begin as a TIFF does")
        order = "<" if head[:2] == b"II" else ">"
        big = b"+" in head[2:4]
        if len(head) < (16 if big else 8):
            raise _damaged("its header is cut short")
        if big and struct.unpack_from(order + "HH", head, 4) != (8, 0):
            raise _damaged("its header as BigTIFF is not formed as it should be")
        (first,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
        if head[8:10] == b"CR" and not big:
            raise Unmigratable(Reason.RAW_CAMERA, "Canon CR2")
        return cls(window, size, order, big, first)

    def apart(self) -> "Reader":
        """Give a reader of the same file that has read nothing yet, for directories of EXIF."""
        return Reader(self.window, self.size, self.order, self.big)

    def chain(self, offset: int) -> Iterator[Directory]:
        """Give the directories that follow one another.

        Raises:
            Unmigratable: one of them is damaged, or they form a loop.
        """
        while offset:
            found = self.directory(offset)
            yield found
            offset = found.next

    def directory(self, offset: int) -> Directory:
        """Read one directory.

        Raises:
            Unmigratable: it is not wholly in the file, was read before, or is larger than any.
        """
        if offset in self.seen or len(self.seen) >= _DIRECTORIES:
            raise _damaged(f"its directories form a loop at byte {offset}")
        self.seen.add(offset)
        head, entry, foot = (8, 20, 8) if self.big else (2, 12, 4)
        raw = self.window(offset, head)
        if len(raw) < head:
            raise _damaged(f"the directory at byte {offset} is not in the file")
        (count,) = struct.unpack(self.order + ("Q" if self.big else "H"), raw)
        if not 0 < count <= _ENTRIES:
            raise _damaged(f"the directory at byte {offset} has {count} entries")
        raw = self.window(offset + head, count * entry + foot)
        if len(raw) < count * entry + foot:
            raise _damaged(f"the directory at byte {offset} is cut short")
        entries: dict[int, Entry] = {}
        for at in range(count):
            found = self._entry(raw, at * entry, offset + head + at * entry)
            if entries.setdefault(found.tag, found) is not found and not self._same(entries, found):
                raise _damaged(f"tag {found.tag} stands twice in one directory")
        if sum(each.size for each in entries.values()) > self.size:
            raise _damaged(f"the values of the directory at byte {offset} lie upon one another")
        (following,) = struct.unpack_from(
            self.order + ("Q" if self.big else "I"), raw, len(raw) - foot
        )
        return Directory(self.window, self.order, self.big, offset, following, entries, self)

    def _same(self, entries: Mapping[int, Entry], found: Entry) -> bool:
        """Say whether a tag that stands twice says the same twice."""
        first = entries[found.tag]
        same_form = (first.kind, first.size) == (found.kind, found.size)
        first_value, value = (self.window(each.place, each.size) for each in (first, found))
        return same_form and first_value == value

    def _entry(self, raw: bytes, at: int, place: int) -> Entry:
        form, inside, value = ("HHQ", 8, 12) if self.big else ("HHI", 4, 8)
        tag, kind, count = struct.unpack_from(self.order + form, raw, at)
        size = SIZES.get(kind, 0) * count
        place += value
        if size > inside:
            code = self.order + ("Q" if self.big else "I")
            (place,) = struct.unpack_from(code, raw, at + value)
        if place + size > self.size:
            raise _damaged(f"the value of tag {tag} is not in the file")
        return Entry(tag, kind, count, place, size)


def _damaged(detail: str) -> Unmigratable:
    return Unmigratable(Reason.DAMAGED, detail)
