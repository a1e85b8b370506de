"""Master elements of Matroska as a tree: read, and held against what RFC 9559 asks of them."""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from avpres.adapters.validators.ebml import CRC_32, HEADER, UNKNOWN, VOID, element
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.matroska_elements import Element
from avpres.adapters.validators.piece import Piece

Value = int | float | str | bytes | None
_KEPT = 4 * 1024 * 1024  # bytes; a longer value (an attachment) is not kept
_DEPTH = 24  # tags in tags in tags
_LEAST_BUDGET = 600_000  # units of work that may be spent on any file …
_MEAN = 8  # … or one for so many bytes of it
_COST = 4  # units of an element that is read here
_COMPLAINT = 12  # units of something wrong
_SIZES = {"u": range(1, 9), "i": range(1, 9), "d": {8}, "f": {4, 8}}  # bytes


@dataclass(slots=True)
class Node:
    """One element; offsets are in bytes from the start of the file."""

    element: Element
    offset: int
    start: int  # of what it holds
    end: int
    value: Value = None
    children: list["Node"] = field(default_factory=list)

    def get(self, name: str) -> Value:
        """Give the value of the first child of that name."""
        found = self.child(name)
        return None if found is None else found.value

    def number(self, name: str, default: int = 0) -> int:
        """Give the value of an integer child, or what stands for it where it is left out."""
        found = self.get(name)
        return found if isinstance(found, int) else default

    def text(self, name: str) -> str:
        """Give the value of a text child, or nothing."""
        found = self.get(name)
        return found if isinstance(found, str) else ""

    def child(self, name: str) -> "Node | None":
        """Give the first child of that name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator["Node"]:
        """Give every child of that name."""
        return (child for child in self.children if child.element.name == name)


class Tree:
    """Reads master elements; what is wrong with them is said to the examination."""

    def __init__(self, piece: Piece, exam: Examination) -> None:
        self._piece = piece
        self._exam = exam
        self._budget = max(_LEAST_BUDGET, piece.size // _MEAN)

    def read(self, kind: Element, offset: int, start: int, end: int) -> Node:
        """Read a master element and everything in it."""
        return self._master(Node(kind, offset, start, end), 0)

    def header(self, offset: int, end: int, parent: str) -> tuple[int, int, int]:
        """Read id, start and end of the element at a place, inside of a parent that ends at `end`.

        The end is `UNKNOWN` if the element does not say its size.
        """
        self.spend()
        found = element(self._piece.peek(offset, min(HEADER, end - offset)))
        if found is None:
            self._halt_at_garbage(offset, end, parent)
        id, size, length = found
        if size == UNKNOWN:
            return id, offset + length, UNKNOWN
        after = offset + length + size
        if after > end:
            self._say_overrun(id, offset, after, end, parent)
        return id, offset + length, after

    def spend(self, units: int = _COST) -> None:
        """Count work; a file of nothing but tiny elements is not followed for ever."""
        self._budget -= units
        if self._budget < 0:
            self._exam.flood("MKV-ELEMENTS-MANY", "there are more elements than make sense")

    def check_crc(self, kind: Element, offset: int, start: int, end: int) -> int:
        """Check the CRC-32 that a master element may begin with; give where the rest begins."""
        head = self._piece.peek(start, 6)
        if len(head) < 6 or head[0] != CRC_32 or end - start < 6:
            return start
        if head[1] != 0x84:
            self._exam.broken("MKV-CRC-SIZE", f"the CRC-32 of {kind.name} is not 4 bytes", start)
            return start
        if int.from_bytes(head[2:6], "little") != self._piece.crc(start + 6, end):
            text = f"the content of {kind.name} does not match its CRC-32: it was changed"
            self._exam.broken("MKV-CRC", text, offset)
        return start + 6

    def check_children(self, node: Node) -> None:
        """Say which required children are missing and which stand there too often."""
        counts: dict[int, int] = {}
        for child in node.children:
            counts[child.element.id] = counts.get(child.element.id, 0) + 1
        for kind in node.element.children.values():
            count = counts.get(kind.id, 0)
            if kind.required and not count and kind is not node.element:
                self.spend(_COMPLAINT)
                text = f"{node.element.name} has no {kind.name}, which is mandatory"
                self._exam.invalid("MKV-MISSING", text, node.offset)
            elif count > 1 and not kind.repeats:
                text = f"{node.element.name} has {count} {kind.name}, one is allowed"
                self._exam.invalid("MKV-REPEATED", text, node.offset)

    def say_unknown(self, id: int, offset: int, parent: Element) -> None:
        """Judge an element that Matroska does not know in its place.

        One bit from what may stand there means damage rather than something new.
        """
        self.spend(_COMPLAINT)
        near = [kind for kind in parent.children.values() if (kind.id ^ id).bit_count() == 1]
        if near and id > 0xFF:
            text = (
                f"an unknown element stands in {parent.name}, one bit from {near[0].name}: damage"
            )
            self._exam.broken("MKV-ELEMENT-DAMAGED", text, offset)
        else:
            text = f"{parent.name} holds an element that Matroska does not define there: {id:X}"
            self._exam.warn("MKV-ELEMENT-UNKNOWN", text, offset)

    def _master(self, node: Node, depth: int) -> Node:
        if depth > _DEPTH:
            self._exam.halt("MKV-DEPTH", "elements are nested too deeply", node.offset)
        at = self.check_crc(node.element, node.offset, node.start, node.end)
        while at < node.end:
            id, start, end = self.header(at, node.end, node.element.name)
            if end == UNKNOWN:
                text = f"an element in {node.element.name} does not say its size"
                self._exam.halt("MKV-SIZE-UNKNOWN", text, at)
            self._child(node, id, (at, start, end), depth)
            at = end
        self.check_children(node)
        return node

    def _child(self, parent: Node, id: int, place: tuple[int, int, int], depth: int) -> None:
        offset, start, end = place
        kind = parent.element.children.get(id)
        if kind is None:
            if id == CRC_32:
                text = f"the CRC-32 of {parent.element.name} is not its first element"
                self._exam.invalid("MKV-CRC-PLACE", text, offset)
            elif id != VOID:
                self.say_unknown(id, offset, parent.element)
            return
        child = Node(kind, offset, start, end)
        parent.children.append(child)
        if kind.type == "m":
            self._master(child, depth + 1)
        elif end - start <= _KEPT:
            raw = self._piece.read(start, end - start)
            child.value = self._value(child, raw)

    def _value(self, node: Node, raw: bytes) -> Value:
        kind = node.element
        if kind.type == "b":
            return self._binary(node, raw)
        if kind.type in "s8":
            return self._text(node, raw)
        if not raw:
            return None  # it stands for its default (RFC 8794, 6.1)
        if len(raw) not in _SIZES[kind.type]:
            self._say_size(node)
            return None
        if kind.type == "f":
            return self._float(node, raw)
        return self._ranged(node, int.from_bytes(raw, "big", signed=kind.type != "u"))

    def _binary(self, node: Node, raw: bytes) -> bytes:
        kind, size = node.element, len(raw)
        if size != (kind.length or size) or size > (kind.up_to or size):
            self._say_size(node)
        return raw

    def _ranged(self, node: Node, value: int) -> int:
        kind = node.element
        too_low = kind.least is not None and value < kind.least
        if too_low or (kind.most is not None and value > kind.most):
            text = f"{kind.name} is {value}, outside of its range"
            self._exam.invalid("MKV-RANGE", text, node.offset)
        return value

    def _float(self, node: Node, raw: bytes) -> float:
        value: float = struct.unpack(">f" if len(raw) < 8 else ">d", raw)[0]
        if not math.isfinite(value) or (node.element.above and value <= 0):
            text = f"{node.element.name} is {value}, outside of its range"
            self._exam.invalid("MKV-RANGE", text, node.offset)
            return 0.0
        return value

    def _text(self, node: Node, raw: bytes) -> str:
        raw = raw.split(b"\0", 1)[0]
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self._exam.invalid("MKV-TEXT", f"{node.element.name} is not UTF-8", node.offset)
            return raw.decode(errors="replace")
        if node.element.type == "s" and not (text.isascii() and (text.isprintable() or not text)):
            message = f"{node.element.name} has characters other than printable ASCII"
            self._exam.invalid("MKV-TEXT", message, node.offset)
        return text

    def _say_size(self, node: Node) -> None:
        text = f"{node.element.name} is {node.end - node.start} bytes, which it may not be"
        self._exam.invalid("MKV-SIZE", text, node.offset)

    def _say_overrun(self, id: int, offset: int, after: int, end: int, parent: str) -> NoReturn:
        if after > self._piece.size:
            text = f"the file ends inside of element {id:X}: {after - self._piece.size} bytes less"
            self._exam.halt("MKV-CUT", text, offset)
        text = f"element {id:X} is {after - end} bytes longer than {parent} that it is in"
        self._exam.halt("MKV-OVERRUN", text, offset)

    def _halt_at_garbage(self, offset: int, end: int, parent: str) -> NoReturn:
        if end >= self._piece.size and end - offset < HEADER:
            self._exam.halt("MKV-CUT", "the file ends inside of the head of an element", offset)
        self._exam.halt("MKV-GARBAGE", f"in {parent} no element begins where one must", offset)
