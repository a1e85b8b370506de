"""Entries of a TIFF directory, as they are written: values in either byte order (TIFF 6.0, 2)."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from avpres.domain.migration import Reason, Unmigratable

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 2, 3, 4, 5, 7, 16
CODES = {SHORT: "H", LONG: "I", LONG8: "Q"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
MOST_CLASSIC = (1 << 32) - 1  # the last byte that a TIFF can point at
MOST_LONG = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag with the bytes of its values."""

    tag: int
    kind: int
    value: bytes

    @property
    def count(self) -> int:
        """Count the values."""
        return len(self.value) // SIZES[self.kind]


@dataclass(slots=True)
class Output:
    """A TIFF that is being written, all of it in one byte order."""

    handle: BinaryIO
    order: str  # "<" or ">"
    big: bool

    def begin(self) -> int:
        """Write the header; give the place of the pointer to the first directory."""
        mark = b"II" if self.order == "<" else b"MM"
        if self.big:
            self.handle.write(mark + struct.pack(self.order + "HHHQ", 43, 8, 0, 0))
            return 8
        self.handle.write(mark + struct.pack(self.order + "HI", 42, 0))
        return 4

    def place(self) -> int:
        """Give the next even place.

        Raises:
            Unmigratable: a TIFF that is no BigTIFF cannot point at it.
        """
        at = self.handle.tell()
        if at % 2:
            self.handle.write(b"\0")
            at += 1
        if at > MOST_CLASSIC and not self.big:
            raise Unmigratable(Reason.TOO_LARGE, "more than 4 GiB, which BigTIFF alone holds")
        return at

    def write(self, data: bytes) -> int:
        """Write some bytes at an even place, and give it."""
        at = self.place()
        self.handle.write(data)
        return at

    def pointed(self, at: int, place: int) -> None:
        """Write the pointer that stands at `at`, and go on at the end."""
        end = self.handle.tell()
        self.handle.seek(at)
        self.handle.write(struct.pack(self.order + ("Q" if self.big else "I"), place))
        self.handle.seek(end)

    def directory(self, entries: Iterable[Entry]) -> tuple[int, int]:
        """Write a directory; give its place, and that of its pointer to the next."""
        room, form = (8, "Q") if self.big else (4, "I")
        lines = []
        for entry in sorted(entries, key=lambda each: each.tag):
            value = entry.value
            if len(value) > room:
                value = struct.pack(self.order + form, self.write(value))
            head = struct.pack(f"{self.order}HH{form}", entry.tag, entry.kind, entry.count)
            lines.append(head + value.ljust(room, b"\0"))
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(lines))
        at = self.write(count + b"".join(lines) + bytes(room))
        return at, at + len(count) + sum(map(len, lines))

    def numbers(self, tag: int, kind: int, *values: int) -> Entry:
        """Make an entry of whole numbers."""
        return Entry(tag, kind, struct.pack(f"{self.order}{len(values)}{CODES[kind]}", *values))

    def places(self, tag: int, values: Sequence[int]) -> Entry:
        """Make an entry of places or sizes in the file."""
        return self.numbers(tag, LONG8 if self.big else LONG, *values)

    def fraction(self, tag: int, value: Fraction) -> Entry:
        """Make an entry of one fraction.

        Raises:
            ValueError: its numbers are too large.
        """
        if max(value.numerator, value.denominator) > MOST_LONG:
            raise ValueError("a fraction of larger numbers than TIFF holds")
        packed = struct.pack(self.order + "II", value.numerator, value.denominator)
        return Entry(tag, RATIONAL, packed)
