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
