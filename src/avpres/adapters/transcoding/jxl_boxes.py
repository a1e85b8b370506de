"""Boxes of a JPEG XL file (ISO/IEC 18181-2), written plainly where an encoder compressed them."""

from collections.abc import Iterator

SHORT, LONG = 8, 16  # bytes of a box's header
MOST_METADATA = 64 * 1024 * 1024  # bytes; segments of a JPEG hold 64 KiB each
BROTLI = b"brob"


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of every box of a file; a size of 0 reaches its end.

    Raises:
        ValueError: a size is impossible.
    """
    at = 0
    while at < len(data):
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], SHORT
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), LONG
        size = size or len(data) - at
        if size < head or at + size > len(data):
            raise ValueError(f"the box {name!r} claims {size} bytes")
        yield name, data[at + head : at + size]
        at += size


def plain_metadata(data: bytes) -> bytes:
    """Unpack Brotli-compressed metadata boxes, so that every reader of metadata finds them.

    Raises:
        ValueError: the boxes make no sense.
    """
    return b"".join(_written(*_plain(name, content)) for name, content in boxes(data))


def size_of(data: bytes | memoryview) -> tuple[int, int]:
    """Give width and height of the picture (ISO/IEC 18181-1, SizeHeader); 0, 0 where none is told.

    Fields are packed from the lowest bit of each byte on.
    """
    head = _codestream_head(bytes(data))
    if head[:2] != b"\xff\x0a":
        return 0, 0
    bits = _Bits(int.from_bytes(head[2:], "little"))
    is_small = bits.take(1)
    height = 8 * (bits.take(5) + 1) if is_small else bits.side()
    ratio = _RATIOS[bits.take(3)]
    if ratio is not None:
        return height * ratio[0] // ratio[1], height
    return (8 * (bits.take(5) + 1) if is_small else bits.side()), height


_RATIOS = (None, (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_WIDTHS = (9, 13, 18, 30)  # bits of a side


class _Bits:
    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        return found

    def side(self) -> int:
        return self.take(_WIDTHS[self.take(2)]) + 1


def _codestream_head(data: bytes) -> bytes:
    """Find the first bytes of the codestream: bare, in one box, or in the first of several."""
    if data[:2] == b"\xff\x0a":
        return data[:16]
    try:
        for name, content in boxes(data):
            if name in {b"jxlc", b"jxlp"}:
                return content[:16] if name == b"jxlc" else content[4:20]
    except ValueError:
        return b""
    return b""


def _plain(name: bytes, content: bytes) -> tuple[bytes, bytes]:
    if name != BROTLI:
        return name, content
    import imagecodecs

    room = min(MOST_METADATA, 1024 * len(content) + 65536)
    return content[:4], bytes(imagecodecs.brotli_decode(content[4:], out=room))


def _written(name: bytes, content: bytes) -> bytes:
    if len(content) + SHORT < 1 << 32:
        return (len(content) + SHORT).to_bytes(4, "big") + name + content
    return b"\0\0\0\1" + name + (len(content) + LONG).to_bytes(8, "big") + content
