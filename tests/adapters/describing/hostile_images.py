"""Images made to harm: sizes that nobody has, tables and directories in loops."""

import struct
import zlib

from hostile_archives import HUGE, MANY, MIB, Makers, zeros


def files() -> Makers:
    """Give the maker of each file by its name."""
    return {
        "pixels.gif": lambda: (
            b"GIF89a\xff\xff\xff\xff\x80\0\0"
            + bytes(6)
            + b","
            + bytes(4)
            + b"\xff\xff\xff\xff\0\x08\x04"
            + b"\0\x01\x04\x02"
            + b"\0;"
        ),
        "extensions.gif": lambda: b"GIF89a\x01\0\x01\0\0\0\0" + b"!\xfe\0" * (MANY * 10) + b";",
        "blocks.gif": lambda: (
            b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02"
            + b"\x01\0"[:2] * 1
            + b"\x01x" * (MIB * 4)
            + b"\0;"
        ),
        "images.gif": lambda: (
            b"GIF89a\x01\0\x01\0\x80\0\0"
            + bytes(6)
            + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0" * (MANY * 5)
            + b";"
        ),
        "lzw.gif": lambda: (
            b"GIF89a\xff\xff\xff\xff\x80\0\0"
            + bytes(6)
            + (b",\0\0\0\0\xff\xff\xff\xff\0\x02" + b"\xffD" + bytes(254)) * 4000
            + b"\0;"
        ),
        "pixels.png": lambda: _png(
            (b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(1000))),
            (b"IEND", b""),
        ),
        "bomb.png": lambda: _png(
            (b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)),
            (b"IDAT", b"\x78\x9c" + zeros(8000)),
            (b"IEND", b""),
        ),
        "texts.png": lambda: _png(
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            *[(b"zTXt", b"k\0\0\x78\x9c" + zeros(512))] * 30,
            (b"IDAT", zlib.compress(b"\0\0")),
            (b"IEND", b""),
        ),
        "profile.png": lambda: _png(
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            (b"iCCP", b"k\0\0\x78\x9c" + zeros(9000)),
            (b"IDAT", zlib.compress(b"\0\0")),
            (b"IEND", b""),
        ),
        "chunks.png": lambda: _png(
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            *[(b"teXt", b"")] * MANY * 3,
            (b"IEND", b""),
        ),
        "pixels.jpg": lambda: (
            b"\xff\xd8\xff\xc2\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0"
            + b"\xff\xda\0\x08\x01\x01\0\0\0\0" * 2000
            + b"\xff\xd9"
        ),
        "segments.jpg": lambda: b"\xff\xd8" + b"\xff\xfe\0\x02" * MIB + b"\xff\xd9",
        "fill.jpg": lambda: b"\xff\xd8" + b"\xff" * (8 * MIB) + b"\xd9",
        "restarts.jpg": lambda: (
            b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0"
            + b"\xff\xd0" * (4 * MIB)
            + b"\xff\xd9"
        ),
        "pixels.jp2": lambda: _jp2(HUGE, HUGE, HUGE, HUGE, 3),
        "tiles.jp2": lambda: _jp2(HUGE, HUGE, 1, 1, 3),
        "components.j2k": lambda: _j2k(HUGE, HUGE, 1, 1, 16384),
        "boxes.jp2": lambda: _jp2(1, 1, 1, 1, 1) + b"\0\0\0\x08free" * MANY,
        "nested.jp2": lambda: (
            b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
            + b"".join(struct.pack(">I", 8 * (MANY - n)) + b"jp2h" for n in range(MANY))
        ),
        "claims.tif": lambda: _tiff(
            [
                (256, 4, 1, HUGE),
                (257, 4, 1, HUGE),
                (258, 3, 1, 8),
                (259, 3, 1, 1),
                (262, 3, 1, 1),
                (273, 4, 1, 8),
                (277, 3, 1, 1),
                (278, 4, 1, 1),
                (279, 4, 1, HUGE),
            ]
        ),
        "counts.tif": lambda: _tiff(
            [(256, 4, 1, 1000), (257, 4, 1, 1000), (273, 4, 2**30, 8), (279, 4, 2**30, 8)]
        ),
        "rows.tif": lambda: _tiff(
            [
                (256, 4, 1, 2**31),
                (257, 4, 1, 2**31),
                (258, 3, 1, 8),
                (262, 3, 1, 1),
                (273, 4, 1, 8),
                (278, 4, 1, 1),
                (279, 4, 1, 4),
            ]
        ),
        "eighty_eight.tif": lambda: (
            b"II*\0\x08\0\0\0\x05\0"
            + b"".join(
                struct.pack("<HHII", *e)
                for e in (
                    (256, 4, 1, 60000),
                    (257, 4, 1, 60000),
                    (258, 3, 60000, 0),
                    (277, 3, 1, 65535),
                    (339, 3, 0x3FFFFFFF, 0),
                )
            )
            + bytes(18)
        ),
        "loop.tif": lambda: _tiff([(256, 3, 1, 1), (257, 3, 1, 1)], following=8),
        "sub_loop.tif": lambda: _tiff([(256, 3, 1, 1), (330, 13, 1, 8), (34665, 4, 1, 8)]),
        "chain.tif": _chain,
        "entries.tif": lambda: (
            b"II*\0\x08\0\0\0\xff\xff"
            + b"".join(struct.pack("<HHII", n, 2, HUGE, 8) for n in range(65535))
            + bytes(4)
        ),
        "strips.tif": lambda: (
            _tiff(
                [
                    (256, 4, 1, 1),
                    (257, 4, 1, 2_000_000),
                    (258, 3, 1, 1),
                    (262, 3, 1, 1),
                    (273, 4, 2_000_000, 140),
                    (278, 4, 1, 1),
                    (279, 4, 2_000_000, 140),
                ]
            )
            + bytes(8_100_000)
        ),
        "big.tif": lambda: b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**62) + bytes(100),
        "zip.tif": lambda: (
            _tiff(
                [
                    (256, 4, 1, 100_000),
                    (257, 4, 1, 100_000),
                    (258, 3, 1, 8),
                    (259, 3, 1, 8),
                    (262, 3, 1, 1),
                    (273, 4, 1, 200),
                    (277, 3, 1, 1),
                    (278, 4, 1, 100_000),
                    (279, 4, 1, 9_000_000),
                ]
            ).ljust(200, b"\0")
            + b"\x78\x9c"
            + zeros(9000)
        ),
        "geometry.dpx": lambda: _dpx(HUGE - 1, HUGE - 1),
        "offset.dpx": lambda: _dpx(4096, 4096, offset=HUGE - 1),
        "channels.exr": lambda: _exr(_channels(MANY)),
        "window.exr": lambda: _exr(_channels(1), window=(-(2**31), -(2**31), 2**31 - 1, 2**31 - 1)),
        "attributes.exr": lambda: b"v/1\x01\x02\0\0\0" + b"a\0int\0\4\0\0\0\0\0\0\0" * MANY + b"\0",
        "parts.exr": lambda: (
            b"v/1\x01\x02\x10\0\0" + (b"name\0string\0\x01\0\0\0a" + b"\0") * MANY + b"\0"
        ),
        "tiles.exr": lambda: _exr(
            _channels(1) + b"tiles\0tiledesc\0\x09\0\0\0" + struct.pack("<IIB", 1, 1, 2),
            window=(0, 0, 2**30, 2**30),
            version=0x202,
        ),
    }


def _png(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _j2k(width: int, height: int, across: int, down: int, components: int) -> bytes:
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, across, down, 0, 0, components)
    size += b"\x07\x01\x01" * components
    code = b"\xff\x52\0\x0c\0\0\0\x01\0\x05\x04\x04\0\x01\xff\x5c\0\x13\x40" + b"\x48" * 16
    head = b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size + code
    return head + b"\xff\x90\0\x0a\0\0\0\0\0\x0e\0\x01\xff\x93\xff\xd9"


def _jp2(width: int, height: int, across: int, down: int, components: int) -> bytes:
    head = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
    image = b"\0\0\0\x16ihdr" + struct.pack(">IIHBBBB", height, width, components, 7, 7, 0, 0)
    colour = b"\0\0\0\x0fcolr\x01\0\0\0\0\0\x10"
    head += struct.pack(">I", 8 + len(image + colour)) + b"jp2h" + image + colour
    stream = _j2k(width, height, across, down, components)
    return head + struct.pack(">I", 8 + len(stream)) + b"jp2c" + stream


def _tiff(tags: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    table = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return (
        b"II*\0\x08\0\0\0"
        + struct.pack("<H", len(tags))
        + table
        + struct.pack("<I", following)
        + bytes(16)
    )


def _chain() -> bytes:
    """Link a hundred thousand directories of one entry each."""
    out = bytearray(b"II*\0\x08\0\0\0")
    for _ in range(MANY):
        out += struct.pack("<HHHII", 1, 256, 3, 1, 1)
        out += struct.pack("<I", len(out) + 4)
    return bytes(out)


def _dpx(width: int, height: int, offset: int = 2048) -> bytes:
    head = bytearray(2048)
    head[0:4] = b"SDPX"
    struct.pack_into(">I", head, 4, offset)
    head[8:12] = b"V2.0"
    struct.pack_into(">III", head, 16, HUGE - 1, 1, 1664)
    struct.pack_into(">HHII", head, 768, 0, 65535, width, height)
    head[800:804] = b"\x32\x02\x02\x0a"
    struct.pack_into(">I", head, 808, offset)
    return bytes(head) + bytes(100)


def _channels(count: int) -> bytes:
    table = (
        b"".join(b"c%05d\0" % n + struct.pack("<iIii", 1, 0, 1, 1) for n in range(count)) + b"\0"
    )
    return b"channels\0chlist\0" + struct.pack("<I", len(table)) + table


def _exr(extra: bytes, window: tuple[int, int, int, int] = (0, 0, 9, 9), version: int = 2) -> bytes:
    box = b"box2i\0\x10\0\0\0" + struct.pack("<4i", *window)
    rest = b"compression\0compression\0\x01\0\0\0\0dataWindow\0" + box + b"displayWindow\0" + box
    rest += b"lineOrder\0lineOrder\0\x01\0\0\0\0pixelAspectRatio\0float\0\x04\0\0\0\0\0\x80\x3f"
    rest += b"screenWindowCenter\0v2f\0\x08\0\0\0" + bytes(8)
    rest += b"screenWindowWidth\0float\0\x04\0\0\0\0\0\x80\x3f\0"
    return b"v/1\x01" + struct.pack("<I", version) + extra + rest + bytes(800)
