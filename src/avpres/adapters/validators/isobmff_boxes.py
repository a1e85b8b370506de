"""Boxes of MP4 and atoms of QuickTime as a tree, held against what ISO/IEC 14496-12 asks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.isobmff_layout import ANYWHERE, HOLDERS, KNOWN, SIZES, TABLES
from avpres.adapters.validators.piece import Piece

_HEAD = 16  # bytes of the longest head of a box
_DEPTH = 12
_LEAST_BUDGET = 100_000  # boxes that are looked at in any file …
_MEAN = 24  # … or one for so many bytes of it
_COMPLAINT = 10  # boxes that something wrong counts for
_ZEROS = 4  # bytes that QuickTime may put at the end of a list


@dataclass(slots=True)
class Box:
    """One box; offsets are in bytes from the start of the file."""

    type: str
    offset: int
    start: int  # of what it holds
    end: int
    children: list["Box"] = field(default_factory=list)

    def child(self, *path: str) -> "Box | None":
        """Follow a path of types to the first box that fits."""
        found: Box | None = self
        for name in path:
            if found is None:
                return None
            found = next((box for box in found.children if box.type == name), None)
        return found

    def all(self, name: str) -> Iterator["Box"]:
        """Give every child of a type."""
        return (box for box in self.children if box.type == name)


class Boxes:
    """Reads boxes; what is wrong with them is said to the examination."""

    def __init__(self, piece: Piece, exam: Examination) -> None:
        self._piece, self._exam = piece, exam
        self._budget = max(_LEAST_BUDGET, piece.size // _MEAN)

    def head(self, offset: int, end: int, parent: str) -> Box:
        """Read the head of the box at a place inside of a parent that ends at `end`."""
        self._spend(1, offset)
        raw = self._piece.peek(offset, min(_HEAD, end - offset))
        if len(raw) < 8:
            self._halt_short(offset, end, parent)
        size, start = int.from_bytes(raw[:4], "big"), offset + 8
        type_ = raw[4:8].decode("latin-1")
        if size == 1 and len(raw) == _HEAD:
            size, start = int.from_bytes(raw[8:], "big"), offset + _HEAD
        elif size == 0:
            size = end - offset
            if parent != "file":
                text = f"a box in {parent} says that it reaches to the end of the file"
                self._exam.invalid("ISOM-SIZE", text, offset)
        if size < start - offset:
            text = f"box {name_of(type_)} says that it is {size} bytes, less than its own head"
            self._exam.halt("ISOM-SIZE", text, offset)
        if offset + size > end:
            self._say_overrun(type_, offset, offset + size - end, parent)
        return Box(type_, offset, start, offset + size)

    def read(self, box: Box, depth: int = 0) -> Box:
        """Read what stands in a box that holds boxes."""
        holder = HOLDERS.get(box.type)
        if holder is None:
            self._leaf(box)
            return box
        if depth > _DEPTH:
            self._exam.halt("ISOM-DEPTH", "boxes are nested too deeply", box.offset)
        at = box.start
        while at < box.end:
            if box.end - at <= _ZEROS and not any(self._piece.read(at, box.end - at)):
                break
            child = self.head(at, box.end, box.type)
            self.judge_place(child, box.type)
            if child.type in holder.children:
                box.children.append(self.read(child, depth + 1))
            at = child.end
        self._count(box)
        return box

    def full(self, box: Box) -> int:
        """Give the version of a box that has one."""
        return self._piece.read(box.start, 1)[0]

    def content(self, box: Box, length: int | None = None) -> bytes:
        """Give what stands in a box, or its first bytes."""
        size = box.end - box.start
        return self._piece.read(box.start, size if length is None else min(size, length))

    def judge_place(self, box: Box, parent: str) -> None:
        """Say if a box does not belong where it stands; one bit from one that does is damage."""
        holder = HOLDERS[parent]
        if box.type in holder.children or box.type in ANYWHERE:
            return
        self._spend(_COMPLAINT, box.offset)
        code = box.type.encode("latin-1")
        near = [name for name in sorted(holder.children | ANYWHERE) if _bits_apart(code, name) == 1]
        if near and box.type not in KNOWN:
            text = f"box {name_of(box.type)} in {parent} is one bit from {near[0]}: damage"
            self._exam.broken("ISOM-BOX-DAMAGED", text, box.offset)
        elif not all(byte in _PRINTABLE for byte in code):
            text = f"in {parent} no box begins where one must"
            self._exam.halt("ISOM-GARBAGE", text, box.offset)
        else:
            text = f"box {name_of(box.type)} is not known in {parent}"
            self._exam.warn("ISOM-BOX-UNKNOWN", text, box.offset)

    def _spend(self, units: int, offset: int) -> None:
        self._budget -= units
        if self._budget < 0:
            self._exam.flood("ISOM-BOXES-MANY", "there are more boxes than make sense", offset)

    def _count(self, box: Box) -> None:
        holder = HOLDERS[box.type]
        types = [child.type for child in box.children]
        for name in holder.required:
            if name not in types:
                self._spend(_COMPLAINT, box.offset)
                text = f"box {box.type} has no {name}, which is mandatory"
                self._exam.invalid("ISOM-MISSING", text, box.offset)
        for name in {name for name in types if types.count(name) > 1} - holder.repeats:
            text = f"box {box.type} has more than one {name}"
            self._exam.invalid("ISOM-REPEATED", text, box.offset)

    def _leaf(self, box: Box) -> None:
        sizes = SIZES.get(box.type) or TABLES.get(box.type)
        if sizes is None:
            return
        head = self.content(box, 8)
        size = box.end - box.offset
        version = head[0] if head else 0
        if version >= len(sizes):
            text = f"box {box.type} has the version {version}, which is not known"
            self._exam.invalid("ISOM-VERSION", text, box.offset)
            return
        wanted = sizes[version]
        if box.type in TABLES:
            count = int.from_bytes(head[4:8], "big")
            wanted = box.start - box.offset + 8 + count * sizes[version]
        if size < wanted:
            text = f"box {box.type} is {size} bytes, its content needs {wanted}"
            self._exam.broken("ISOM-BOX-SHORT", text, box.offset)
        elif size > wanted:
            text = f"box {box.type} is {size} bytes, its content fills {wanted}"
            self._exam.invalid("ISOM-BOX-LONG", text, box.offset)

    def _say_overrun(self, type_: str, offset: int, beyond: int, parent: str) -> None:
        name = name_of(type_)
        if parent != "file":
            text = f"box {name} is {beyond} bytes longer than {parent} that it is in"
            self._exam.halt("ISOM-OVERRUN", text, offset)
        if type_ not in KNOWN:
            text = f"no box begins where one must; what is there ({name}) is no box"
            self._exam.halt("ISOM-GARBAGE", text, offset)
        text = f"the file is cut: box {name} goes on for {beyond} bytes after its end"
        self._exam.broken("ISOM-CUT", text, self._piece.size)

    def _halt_short(self, offset: int, end: int, parent: str) -> None:
        if parent == "file":
            text = f"{end - offset} bytes stand at the end, too few for a box"
            self._exam.halt("ISOM-CUT", text, offset)
        text = f"{end - offset} bytes stand at the end of {parent}, too few for a box"
        self._exam.halt("ISOM-OVERRUN", text, offset)


_PRINTABLE = frozenset([*range(0x20, 0x7F), 0xA9])


def name_of(type_: str) -> str:
    """Write a type so that it can be read."""
    return type_ if type_.isprintable() else type_.encode("latin-1").hex()


def _bits_apart(code: bytes, name: str) -> int:
    return (int.from_bytes(code, "big") ^ int.from_bytes(name.encode("latin-1"), "big")).bit_count()
