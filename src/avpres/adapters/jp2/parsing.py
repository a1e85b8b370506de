"""Read the boxes of a JP2 back, bounded and strictly: nothing of the writer is used."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from avpres.adapters.images.raster import Palette
from avpres.adapters.jp2.boxes import Head

_MOST_BOXES = 64
_SHORT, _LONG = 8, 16  # bytes of a head, and of one with a long length
_SIGNED = 0x80
_UNLIKE = 255
_BYTE = 8  # bits
_NAME = 16  # bytes of a uuid
_MARK = b"\r\n\x87\n"
_BRAND = b"jp2 \0\0\0\0jp2 "
_KNOWN = {b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res "}


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """One box: its type, its contents, and where the contents begin."""

    kind: bytes
    content: memoryview
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """All that a JP2 holds."""

    kinds: tuple[bytes, ...]  # of boxes, in their order
    inner: tuple[bytes, ...]  # of boxes within the header
    head: Head
    codestream: memoryview
    uuids: tuple[tuple[bytes, memoryview], ...]


class BoxError(Exception):
    """A box is not where or what it says."""


def boxes_of(data: memoryview, base: int = 0) -> Iterator[Box]:
    """Yield the boxes that fill some bytes exactly.

    Raises:
        BoxError: a length leads outside, something is left, or there are too many.
    """
    at = 0
    for _ in range(_MOST_BOXES):
        if at == len(data):
            return
        if len(data) - at < _SHORT:
            raise BoxError(f"{len(data) - at} bytes are left after the last box")
        size, kind = struct.unpack_from(">I4s", data, at)
        begin = at + _SHORT
        if size == 1 and len(data) - at >= _LONG:
            (size,) = struct.unpack_from(">Q", data, begin)
            begin = at + _LONG
        if size < begin - at or size > len(data) - at:
            raise BoxError(f"the box at byte {base + at} is {size} bytes long")
        yield Box(kind, data[begin : at + size], base + begin)
        at += size
    raise BoxError(f"there are more than {_MOST_BOXES} boxes")


def codestream_of(data: memoryview) -> memoryview | None:
    """Find the codestream of a JP2."""
    try:
        return next((each.content for each in boxes_of(data) if each.kind == b"jp2c"), None)
    except BoxError:
        return None


def parse(data: memoryview) -> Parsed:
    """Read a JP2 of the kind that is written here.

    Raises:
        BoxError: something in it is not of that kind.
    """
    found = list(boxes_of(data))
    kinds = tuple(each.kind for each in found)
    if kinds[:4] != (b"jP  ", b"ftyp", b"jp2h", b"jp2c") or set(kinds[4:]) > {b"uuid"}:
        raise BoxError(f"its boxes are {b' '.join(kinds)!r}")
    if (bytes(found[0].content), bytes(found[1].content)) != (_MARK, _BRAND):
        raise BoxError("it does not begin as JP2 does")
    inner = list(boxes_of(found[2].content, found[2].offset))
    names = tuple(each.kind for each in inner)
    if len(set(names)) != len(names) or names[:1] != (b"ihdr",):
        raise BoxError(f"the boxes of its header are {b' '.join(names)!r}")
    contents = {each.kind: each.content for each in inner}
    try:
        head = _head(contents)
    except (struct.error, ValueError, KeyError, IndexError, ZeroDivisionError) as error:
        raise BoxError(f"its header cannot be read ({error})") from error
    uuids = [(bytes(each.content[:_NAME]), each.content[_NAME:]) for each in found[4:]]
    return Parsed(kinds, names, head, found[3].content, tuple(uuids))


def _head(contents: Mapping[bytes, memoryview]) -> Head:
    if unknown := set(contents) - _KNOWN:
        raise BoxError(f"its header holds {b' '.join(sorted(unknown))!r}")
    height, width, count, bits, *rest = struct.unpack(">IIH4B", contents[b"ihdr"])
    if rest not in ([7, 0, 0], [7, 1, 0]):
        raise BoxError(f"its image header ends with {rest}")
    depths = bytes([bits] * count)
    if bits == _UNLIKE:
        depths = bytes(contents[b"bpcc"])
    if len(depths) != count or (bits != _UNLIKE) != (b"bpcc" not in contents):
        raise BoxError("its depths are not told once for each component")
    space, profile = _colour(contents[b"colr"])
    return Head(
        width,
        height,
        tuple(((depth & ~_SIGNED) + 1, bool(depth & _SIGNED)) for depth in depths),
        space,
        profile,
        palette=_palette(contents[b"pclr"]) if b"pclr" in contents else None,
        mapping=_mapping(contents[b"cmap"]) if b"cmap" in contents else (),
        channels=_channels(contents[b"cdef"]) if b"cdef" in contents else (),
        resolution=_resolution(contents[b"res "]) if b"res " in contents else None,
        known=not rest[1],
    )


def _colour(content: memoryview) -> tuple[int | None, bytes | None]:
    method = bytes(content[:3])
    if method == b"\1\0\0":
        return struct.unpack(">I", content[3:])[0], None
    if method == b"\2\0\0":
        return None, bytes(content[3:])
    raise BoxError(f"its colours are told by {method!r}")


def _palette(content: memoryview) -> Palette:
    rows, columns = struct.unpack_from(">HB", content)
    depths = set(content[3 : 3 + columns])
    (depth,) = depths
    bits = depth + 1
    kind = np.dtype(">u2" if bits > _BYTE else "u1")
    flat = np.frombuffer(content[3 + columns :], kind)
    return Palette(flat.reshape(rows, columns).astype(kind.newbyteorder("=")), bits)


def _mapping(content: memoryview) -> tuple[tuple[int, int, int], ...]:
    return tuple(struct.iter_unpack(">HBB", content))


def _channels(content: memoryview) -> tuple[tuple[int, int, int], ...]:
    (count,) = struct.unpack_from(">H", content)
    found = tuple(struct.iter_unpack(">3H", content[2:]))
    if len(found) != count:
        raise BoxError(f"{count} channels are told, and {len(found)} are there")
    return found


def _resolution(content: memoryview) -> tuple[Fraction, Fraction]:
    """Read the capture resolution: down before across (I.5.3.7.1)."""
    (box,) = boxes_of(content)
    if box.kind != b"resc":
        raise BoxError(f"its resolution is told by {box.kind!r}")
    down, under, across, below, *powers = struct.unpack(">4H2b", box.content)
    ten = Fraction(10)
    return Fraction(across, below) * ten ** powers[1], Fraction(down, under) * ten ** powers[0]
