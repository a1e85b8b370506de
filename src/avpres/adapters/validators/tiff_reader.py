"""TIFF directories: their entries, where the values are, and what is wrong with either."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.tiff_tags import (
    BIG_SIZES,
    CODES,
    RATIONAL,
    SIZES,
    SRATIONAL,
    Rule,
)
from avpres.adapters.validators.tiff_values import EXIF_RANGES, JHOVE_RANGES, LENIENT, RANGES

MOST_ENTRIES = 400_000  # in all directories of a file; 20,000 pages have fewer
MOST_NUMBERS = 4_000_000  # that are read in all: offsets and sizes of tiles, mostly
_MOST_RANGED = 4  # numbers of one tag that are held against what they may be
LONGEST_TEXT = 4096  # bytes of a text that are kept
_NAMELESS = Rule("private", frozenset(), 0, 4, "")


class Entry(NamedTuple):
    """One tag: its values begin at the absolute offset `where`."""

    kind: int
    number: int
    where: int
    size: int


@dataclass(slots=True)
class Directory:
    """One image file directory, as it was read."""

    offset: int
    end: int
    next: int
    entries: dict[int, Entry]
    reader: "Reader"
    version: int = 4

    def numbers(self, tag: int, most: int | None = None) -> tuple[int | float, ...]:
        """Give the numbers of a tag, the first `most` of them; none if it is absent or no number.

        Rationals are divided; one with the denominator 0 gives 0.
        """
        entry = self.entries.get(tag)
        if entry is None:
            return ()
        count = entry.number if most is None else min(entry.number, most)
        return self.reader.numbers(entry, count)

    def whole(self, tag: int, default: int | None = None) -> int | None:
        """Give the first number of a tag, if it is a whole one."""
        found = self.numbers(tag, 1)
        return found[0] if found and isinstance(found[0], int) else default

    def raw(self, tag: int, most: int = LONGEST_TEXT) -> bytes:
        """Give the first bytes of a tag's value."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        return self.reader.source.peek(entry.where, min(entry.size, most))

    def text(self, tag: int) -> str:
        """Give a text up to its first NUL; UTF-8 where it is that, else Latin-1."""
        raw = self.raw(tag).split(b"\0")[0]
        try:
            return raw.decode().strip()
        except UnicodeDecodeError:
            return raw.decode("latin-1").strip()

    def place(self, tag: int) -> int:
        """Give the offset of a tag's value, or of the directory if there is no such tag."""
        entry = self.entries.get(tag)
        return self.offset if entry is None else entry.where


@dataclass(slots=True)
class Reader:
    """Reads the directories of one file; `big` is BigTIFF, `order` is `<` or `>`."""

    source: Source
    exam: Examination
    order: str
    big: bool
    seen: set[int] = field(default_factory=set)  # offsets of directories
    extents: list[tuple[int, int]] = field(default_factory=list)  # of directories and values
    unknown: set[int] = field(default_factory=set)  # tags
    entries: int = 0
    numbers_read: int = 0

    def directory(self, offset: int, table: Mapping[int, Rule], what: str) -> Directory | None:
        """Read a directory, judge its entries by a table; None where none can be read."""
        counts = struct.Struct(self.order + ("Q" if self.big else "H"))
        width = 20 if self.big else 12
        start = offset + counts.size
        if offset < 8 or start > self.source.size:
            self.outside(what, offset)
            return None
        (count,) = counts.unpack(self.source.read(offset, counts.size))
        end = start + count * width
        if end + (8 if self.big else 4) > self.source.size:
            self.outside(what, offset)
            return None
        self.entries += count
        if self.entries > MOST_ENTRIES:
            self.exam.flood(
                "TIFF-TOO-MANY-TAGS",
                "the directories claim more tags than any real file has",
                offset,
            )
        return self._filled(Directory(offset, end, self._next(end), {}, self), start, table)

    def outside(self, what: str, offset: int) -> None:
        """Say that a directory does not lie in the file."""
        self.exam.broken(
            "TIFF-DIRECTORY-OUTSIDE",
            f"the {what} at byte {offset} does not lie inside the file, which is probably cut",
            min(offset, self.source.size),
            jhove="TIFF-HUL-1",
        )

    def numbers(self, entry: Entry, count: int) -> tuple[int | float, ...]:
        """Give the first `count` numbers of an entry."""
        self.numbers_read += count
        if self.numbers_read > MOST_NUMBERS:
            self.exam.flood(
                "TIFF-TOO-MANY-VALUES", "the tags hold more values than any real file has"
            )
        fraction = {RATIONAL: "I", SRATIONAL: "i"}.get(entry.kind)
        if fraction is not None:
            raw = self.source.read(entry.where, 8 * count)
            pairs = struct.iter_unpack(self.order + 2 * fraction, raw)
            return tuple(above / below if below else 0 for above, below in pairs)
        code = CODES.get(entry.kind)
        if code is None:
            return ()
        raw = self.source.read(entry.where, count * BIG_SIZES[entry.kind])
        return struct.unpack(f"{self.order}{count}{code}", raw)

    def _next(self, end: int) -> int:
        code, size = ("Q", 8) if self.big else ("I", 4)
        found: int = struct.unpack(self.order + code, self.source.read(end, size))[0]
        return found

    def _filled(self, found: Directory, start: int, table: Mapping[int, Rule]) -> Directory:
        raw = self.source.read(start, found.end - start)
        wide, width, room = ("HHQQ", 20, 8) if self.big else ("HHII", 12, 4)
        sizes = BIG_SIZES if self.big else SIZES
        place, before = start, -1
        for tag, kind, count, value in struct.iter_unpack(self.order + wide, raw):
            if tag <= before:
                self._unordered(tag, before, place)
            before = tag
            size = sizes.get(kind, 0) * count
            if kind not in sizes:
                self._unknown_type(tag, kind, place)
            else:
                entry = Entry(kind, count, value if size > room else place + width - room, size)
                self._entry(found, tag, entry, table, place)
            place += width
        after = found.end + room
        self.extents.append((found.offset, after))
        return found

    def _entry(
        self,
        found: Directory,
        tag: int,
        entry: Entry,
        table: Mapping[int, Rule],
        place: int,
    ) -> None:
        rule = table.get(tag)
        if rule is None:
            if table:
                self.unknown.add(tag)
            rule = _NAMELESS
        if not self._inside(tag, entry, rule, place):
            return
        found.version = max(found.version, rule.version, 6 if entry.kind >= 6 else 4)
        if rule.kinds and entry.kind not in rule.kinds:
            self.exam.broken(
                "TIFF-TYPE",
                f"the tag {tag} ({rule.name}) has the type {entry.kind}, which it must not have",
                place,
                jhove=rule.jhove,
            )
        elif entry.number < rule.least:
            self.exam.broken(
                "TIFF-COUNT",
                f"the tag {tag} ({rule.name}) has {entry.number} values, it needs {rule.least}",
                place,
                jhove="TIFF-HUL-6",
            )
        else:
            found.entries.setdefault(tag, entry)

    def _inside(self, tag: int, entry: Entry, rule: Rule, place: int) -> bool:
        if entry.size <= (8 if self.big else 4):
            return True
        end = entry.where + entry.size
        if end > self.source.size or entry.where < 8:
            self.exam.broken(
                "TIFF-VALUE-OUTSIDE",
                f"the value of the tag {tag} ({rule.name}) does not lie inside the file: "
                f"{entry.size} bytes at {entry.where}",
                place,
                jhove="TIFF-HUL-13",
            )
            return False
        self.extents.append((entry.where, end))
        if entry.where & 1:
            self.unaligned(
                "TIFF-VALUE-UNALIGNED",
                f"the value of the tag {tag} ({rule.name}) begins at the odd byte {entry.where}",
                place,
                "TIFF-HUL-4",
            )
        return True

    def unaligned(self, id: str, text: str, offset: int, jhove: str) -> None:
        """Say that something begins at an odd byte, which TIFF 6.0 forbids."""
        self.exam.invalid(id, text, offset, jhove=jhove)

    def _unordered(self, tag: int, before: int, place: int) -> None:
        if tag == before:
            self.exam.warn("TIFF-TAG-TWICE", f"the tag {tag} is there more than once", place)
            return
        self.exam.broken(
            "TIFF-TAG-ORDER",
            f"the tag {tag} comes after the tag {before}: tags must be in ascending order",
            place,
            jhove="TIFF-HUL-2",
        )

    def _unknown_type(self, tag: int, kind: int, place: int) -> None:
        self.exam.invalid(
            "TIFF-TYPE-UNKNOWN",
            f"the tag {tag} has the type {kind}, which does not exist",
            place,
            jhove="TIFF-HUL-3",
        )


def check_ranges(found: Directory, table: Mapping[int, Rule], *, exif: bool = False) -> None:
    """Say which tags have a value that has no meaning."""
    exam = found.reader.exam
    for tag, allowed in (EXIF_RANGES if exif else RANGES).items():
        if tag not in found.entries:
            continue
        value = next((v for v in found.numbers(tag, _MOST_RANGED) if v not in allowed), None)
        if value is None or not isinstance(value, int):
            continue
        newer = value in LENIENT.get(tag, ()) and not exam.rules.strict
        say = exam.warn if newer else exam.invalid
        say(
            "TIFF-VALUE-RANGE",
            f"the tag {tag} ({table[tag].name}) has the value {value}, which has no meaning"
            + (" in TIFF 6.0" if newer else ""),
            found.place(tag),
            jhove="TIFF-HUL-66" if tag in JHOVE_RANGES else None,
        )
