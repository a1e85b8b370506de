"""The attributes of OpenEXR parts: what each is, and which must be there."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000
_SIZES = {"box2i": 16, "box2f": 16, "chromaticities": 32, "compression": 1, "double": 8}
_SIZES |= {"envmap": 1, "float": 4, "int": 4, "keycode": 28, "lineOrder": 1, "m33f": 36}
_SIZES |= {"m44f": 64, "m33d": 72, "m44d": 128, "rational": 8, "tiledesc": 9, "timecode": 8}
_SIZES |= {"v2i": 8, "v2f": 8, "v2d": 16, "v3i": 12, "v3f": 12, "v3d": 24}
_REQUIRED = {
    "channels": "chlist",
    "compression": "compression",
    "dataWindow": "box2i",
    "displayWindow": "box2i",
    "lineOrder": "lineOrder",
    "pixelAspectRatio": "float",
    "screenWindowCenter": "v2f",
    "screenWindowWidth": "float",
}
_OF_PARTS = {"name": "string", "type": "string", "chunkCount": "int"}
_NUMBERS = {"int": "<i", "float": "<f", "double": "<d", "v2i": "<2i", "v2f": "<2f", "v3f": "<3f"}
_NUMBERS |= {"box2i": "<4i", "box2f": "<4f", "chromaticities": "<8f", "keycode": "<7i"}
_NUMBERS |= {"rational": "<iI", "timecode": "<2I", "compression": "<B", "lineOrder": "<B"}
_LONGEST_NAME = 256  # bytes, with its end
_MOST_ATTRIBUTES = 5_000
_MOST_PARTS = 1_000
_KEPT = 64 * 1024  # bytes of a value that are read

Attribute = tuple[str, bytes, int]
"""Type, value, offset of the value."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of pixels."""

    name: str
    kind: int  # 0 is a 32-bit integer, 1 is a half, 2 is a float
    across: int  # one sample in so many pixels
    down: int

    @property
    def size(self) -> int:
        """Give the bytes of a sample."""
        return 2 if self.kind == 1 else 4


@dataclass(slots=True)
class Part:
    """One header."""

    offset: int
    attributes: dict[str, Attribute] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Give the numbers of an attribute; none if it is absent or of another make."""
        kind, value, _ = self.attributes.get(name, ("", b"", 0))
        code = _NUMBERS.get(kind)
        if code is None or struct.calcsize(code) != len(value):
            return ()
        return struct.unpack(code, value)

    def number(self, name: str, default: int = 0) -> int:
        """Give the first number of an attribute as a whole one."""
        found = self.numbers(name)
        return int(found[0]) if found and isinstance(found[0], int) else default

    def text(self, name: str) -> str:
        """Give an attribute that is a text."""
        kind, value, _ = self.attributes.get(name, ("", b"", 0))
        return value.decode("utf-8", "replace").strip("\0 ") if kind == "string" else ""


def read_parts(source: Source, exam: Examination, flags: int) -> tuple[list[Part], int]:
    """Read all headers; give them and the offset behind them."""
    parts: list[Part] = []
    offset = 8
    while len(parts) < _MOST_PARTS:
        part = Part(offset)
        offset = _read_part(source, exam, part, long=bool(flags & LONG_NAMES))
        if not part.attributes:
            break  # the empty header that ends a list of parts
        parts.append(part)
        if not flags & MULTI_PART:
            break
    for part in parts:
        _check_required(exam, part, flags)
    return parts, offset


def _read_part(source: Source, exam: Examination, part: Part, *, long: bool) -> int:
    offset = part.offset
    while source.read(offset, 1) != b"\0":
        if len(part.attributes) == _MOST_ATTRIBUTES:
            exam.halt("OPENEXR-ATTRIBUTES", "the header has no end", part.offset)
        name, offset = _name(source, exam, offset, long=long)
        kind, offset = _name(source, exam, offset, long=long)
        (size,) = struct.unpack("<i", source.read(offset, 4))
        offset += 4
        _check_attribute(source, exam, (name, kind), (offset, size))
        value = source.peek(offset, min(size, _KEPT))
        if part.attributes.setdefault(name, (kind, value, offset))[2] != offset:
            exam.halt("OPENEXR-ATTRIBUTE-TWICE", f"{name!r} is there more than once", offset)
        offset += size
    return offset + 1


def _check_attribute(
    source: Source, exam: Examination, names: tuple[str, str], place: tuple[int, int]
) -> None:
    name, kind = names
    offset, size = place
    if size < 0 or offset + size > source.size:
        exam.halt(
            "OPENEXR-ATTRIBUTE-OUTSIDE",
            f"the attribute {name!r} has {size} bytes, which the file has not",
            offset - 4,
        )
    if kind in _SIZES and size != _SIZES[kind]:
        exam.broken(
            "OPENEXR-ATTRIBUTE-SIZE",
            f"the attribute {name!r} has {size} bytes, a {kind} has {_SIZES[kind]}",
            offset - 4,
        )


def _name(source: Source, exam: Examination, offset: int, *, long: bool) -> tuple[str, int]:
    raw = source.peek(offset, _LONGEST_NAME)
    end = raw.find(b"\0")
    if end < 0 and len(raw) < _LONGEST_NAME:
        exam.halt("OPENEXR-CUT", "the file ends inside of its header", source.size)
    name = raw[:end] if end >= 0 else b""
    if not name or not name.isascii() or not name.decode("ascii").isprintable():
        exam.halt("OPENEXR-NAME", "the header is damaged: here should stand a name", offset)
    if end > 31 and not long:
        exam.invalid(
            "OPENEXR-LONG-NAME",
            "a name is longer than 31 bytes, which the file does not admit",
            offset,
        )
    return name.decode("ascii"), offset + end + 1


def _check_required(exam: Examination, part: Part, flags: int) -> None:
    required = _REQUIRED | (_OF_PARTS if flags & (MULTI_PART | DEEP) else {})
    tiled = bool(flags & TILED) or part.text("type") in {"tiledimage", "deeptile"}
    for name, kind in (required | ({"tiles": "tiledesc"} if tiled else {})).items():
        found = part.attributes.get(name)
        if found is None:
            exam.broken("OPENEXR-NO-ATTRIBUTE", f"the attribute {name!r} is missing", part.offset)
        elif found[0] != kind:
            exam.broken(
                "OPENEXR-ATTRIBUTE-TYPE", f"{name!r} is a {found[0]}, not a {kind}", found[2]
            )
    part.channels = list(_channels(exam, part))
    if not part.channels:
        exam.broken("OPENEXR-NO-CHANNELS", "the image has no channels", part.offset)


def _channels(exam: Examination, part: Part) -> Iterator[Channel]:
    kind, raw, offset = part.attributes.get("channels", ("", b"", part.offset))
    place = 0
    while kind == "chlist" and place < len(raw) and raw[place]:
        end = raw.find(b"\0", place)
        if end < 0 or end + 17 > len(raw):
            exam.broken("OPENEXR-CHANNELS", "the list of channels is damaged", offset + place)
            return
        sample, across, down = struct.unpack_from("<i4xii", raw, end + 1)
        if sample not in {0, 1, 2} or across < 1 or down < 1:
            exam.broken("OPENEXR-CHANNELS", "a channel has no such samples", offset + end + 1)
            return
        yield Channel(raw[place:end].decode("utf-8", "replace"), sample, across, down)
        place = end + 17
