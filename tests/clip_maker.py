"""AVI files of plain samples, written by hand: lists, indexes, oddities as real ones have them.

Nothing here is shared with the program. `avi(...)` gives the bytes of one file.
"""

import random
import struct

FORMS = {  # fourcc, bits of a pixel, bytes of a row
    "v210": (b"v210", 20, lambda width: -(-width // 48) * 128),
    "uyvy": (b"UYVY", 16, lambda width: width * 2),
    "yuy2": (b"YUY2", 16, lambda width: width * 2),
    "rgb24": (b"\0\0\0\0", 24, lambda width: -(-width * 3 // 4) * 4),
    "rgb32": (b"\0\0\0\0", 32, lambda width: width * 4),
    "y800": (b"Y800", 8, lambda width: width),
    "r210": (b"r210", 30, lambda width: -(-width // 64) * 256),
    "r10k": (b"R10k", 30, lambda width: -(-width // 64) * 256),
    "v308": (b"v308", 24, lambda width: width * 3),
    "v410": (b"v410", 32, lambda width: width * 4),
}
SAMPLES = 480  # of a chunk of sound


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    head = name + struct.pack("<I", len(content) if size is None else size)
    return head + content + bytes(len(content) % 2)


def listed(name: bytes, kind: bytes, content: bytes, size: int | None = None) -> bytes:
    return chunk(name, kind + content, size)


def frame_size(form: str, width: int, height: int) -> int:
    return FORMS[form][2](width) * height


def noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - grain, no secret


def slope(size: int, seed: int) -> bytes:
    return bytes((at // 3 + seed * 5) % 64 for at in range(size))


def avi(
    form: str = "v210",
    width: int = 48,
    height: int = 16,
    count: int = 6,
    *,
    samples=slope,
    sounds: tuple[tuple[int, int, int], ...] = ((1, 2, 16),),  # tag, channels, bits
    down: bool = False,
    segments: int = 1,
    records: bool = False,
    dropped: tuple[int, ...] = (),
    odd: tuple[int, ...] = (),
    ahead: bool = False,
    index: bool = True,
    junk: int = 1016,
    sizes: bool = True,
    tail: bytes = b"",
    vprp: bytes = b"",
) -> bytes:
    fourcc, bits, _ = FORMS[form]
    size = frame_size(form, width, height)
    head = _head((fourcc, bits, -height if down else height, width), sounds, vprp, count, size)
    places = [[] for _ in range(segments)]
    for place in range(count):
        body = places[place * segments // count]
        picture = b"" if place in dropped else samples(size // 3 if place in odd else size, place)
        parts = [chunk(b"00db", picture)]
        for number, (tag, channels, word) in enumerate(sounds, 1):
            data = noise(SAMPLES * channels * word // 8 + (tag != 1), 100 * number + place)
            parts.append(chunk(b"%02dwb" % number, data))
        parts = parts[::-1] if ahead else parts
        body.append(listed(b"LIST", b"rec ", b"".join(parts)) if records else b"".join(parts))
    found = b""
    for number, body in enumerate(places):
        movi = listed(b"LIST", b"movi", b"".join(body), None if sizes else 0)
        first = (
            listed(b"LIST", b"hdrl", head) + chunk(b"JUNK", noise(junk, 9)) if not number else b""
        )
        last = chunk(b"idx1", noise(16 * len(body), number)) if index else b""
        kind = b"AVIX" if number else b"AVI "
        found += listed(b"RIFF", kind, first + movi + last, None if sizes else 0xFFFFFFFF)
    return found + tail


def _head(form: tuple, sounds: tuple, vprp: bytes, count: int, size: int) -> bytes:
    fourcc, bits, height, width = form
    avih = struct.pack(
        "<14I", 40_000, 0, 0, 0x10, count, 0, 1 + len(sounds), size, width, 16, *[0] * 4
    )
    strh = (
        b"vids"
        + fourcc
        + struct.pack("<IHHIIIIIIIIhhhh", 0, 0, 0, 0, 1, 25, 0, count, size, 0, 0, *[0] * 4)
    )
    strf = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, bits, fourcc, size, 0, 0, 0, 0)
    found = chunk(b"avih", avih)
    extra = chunk(b"vprp", vprp) if vprp else b""
    found += listed(b"LIST", b"strl", chunk(b"strh", strh) + chunk(b"strf", strf) + extra)
    for tag, channels, word in sounds:
        block = channels * word // 8
        strh = (
            b"auds" + bytes(16) + struct.pack("<IIIIIII", 1, 48_000, 0, 0, 0, 0, block) + bytes(8)
        )
        strf = struct.pack("<HHIIHH", tag, channels, 48_000, 48_000 * block, block, word)
        found += listed(b"LIST", b"strl", chunk(b"strh", strh) + chunk(b"strf", strf))
    return found
