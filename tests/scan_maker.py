"""Scanned frames of every flavour, written by hand, for tests of all layers.

`dpx(...)` makes one file: geometry, depth, packing, order of bytes, elements, per-frame header
fields, padding that is not zero, bytes before and behind the image. Samples come from `noise`,
which gives smooth pictures with grain that compress as scans do.
Nothing here is shared with the program: samples are placed one by one.
"""

import random
import struct

UNDEFINED = 0xFFFFFFFF
RGB, RGBA, ABGR, LUMA, CBYCRY, CBYCR, CBYCRA = 50, 51, 52, 6, 100, 102, 103
COUNTS = {RGB: 3, RGBA: 4, ABGR: 4, LUMA: 1, CBYCRY: 2, CBYCR: 3, CBYCRA: 4, 101: 3}
COUNTS |= dict.fromkeys((0, 1, 2, 3, 4, 7, 8, 9), 1)
COUNTS |= {150 + more: 2 + more for more in range(7)}
PACKED, FILLED_A, FILLED_B = 0, 1, 2


def noise(width: int, height: int, channels: int, bits: int, seed: int = 1) -> list[list[int]]:
    """Give rows of interleaved samples: a slope with grain, over the whole range of values."""
    chance = random.Random(seed)  # noqa: S311 - grain, no secret
    top = (1 << bits) - 1
    return [
        [
            max(
                0,
                min(
                    top,
                    (x * top // max(1, width) + y + c * top // 7 + chance.randint(0, top // 8))
                    % (top + 1),
                ),
            )
            for x in range(width)
            for c in range(channels)
        ]
        for y in range(height)
    ]


def dpx(
    width: int = 16,
    height: int = 9,
    *,
    order: str = ">",
    bits: int = 10,
    packing: int = FILLED_A,
    descriptor: int = RGB,
    descriptors: tuple[int, ...] = (),
    seed: int = 1,
    padding: int = 0,
    row_end: int = 4,
    line_padding: int = 0,
    continuous: bool = False,
    start: int = 2048,
    trailer: bytes = b"",
    number: int = 1,
    film_rate: float | None = 24.0,
    television_rate: float | None = None,
    version: bytes = b"V1.0",
    orientation: int = 0,
    transfer: int = 3,
    colorimetric: int = 1,
    encoding: int = 0,
    sign: int = 0,
    creator: bytes = b"by hand",
    device: bytes = b"scanner",
    size: int | None = None,
    name: bytes = b"",
    data: int | None = None,
    user: bytes = b"",
    key: int = UNDEFINED,
) -> bytes:
    """Make a DPX file.

    `descriptors` gives an element each. `padding` fills the free bits of words and rows (all of
    them are set for -1). Rows end at a multiple of `row_end` bytes, and `line_padding` more.
    """
    codes = descriptors or (descriptor,)
    bodies = []
    for index, code in enumerate(codes):
        count = COUNTS[code]
        rows = noise(width, height, count, bits, seed + index)
        if continuous:
            rows = [[sample for row in rows for sample in row]]
        packed = (
            pack_dpx(row, bits, packing, order, alone=count == 1, padding=padding) for row in rows
        )
        fill = b"\xff" if padding else b"\0"
        bodies.append(b"".join(row + fill * (-len(row) % row_end + line_padding) for row in packed))
    start = max(start, 2048 + len(user)) if user else start
    raw = bytearray(b"\xff" * max(start, 2048))
    places = [start + sum(map(len, bodies[:index])) for index in range(len(bodies))]
    total = start + sum(map(len, bodies)) + len(trailer)
    raw[0:4] = b"SDPX" if order == ">" else b"XPDS"
    struct.pack_into(
        order + "I8sIIIII",
        raw,
        4,
        start,
        version.ljust(8, b"\0"),
        total if size is None else size,
        1,
        1664,
        384,
        len(user),
    )
    raw[36:136] = (name or b"reel_%07d.dpx" % number).ljust(100, b"\0")
    raw[136:160] = b"2024:02:03:04:05:%02d:UTC\0" % (number % 60)
    raw[160:260] = creator.ljust(100, b"\0")
    struct.pack_into(order + "I", raw, 660, key)
    struct.pack_into(order + "HHII", raw, 768, orientation, len(codes), width, height)
    for index, code in enumerate(codes):
        place = data if data is not None else places[index]
        struct.pack_into(order + "I", raw, 780 + 72 * index, sign)
        struct.pack_into(
            order + "BBBBHHIII",
            raw,
            800 + 72 * index,
            code,
            transfer,
            colorimetric,
            bits,
            packing,
            encoding,
            place,
            line_padding,
            0,
        )
    raw[1556:1588] = device.ljust(32, b"\0")
    struct.pack_into(order + "I", raw, 1712, number)
    for at, rate in ((1724, film_rate), (1940, television_rate)):
        if rate is not None:
            struct.pack_into(order + "f", raw, at, rate)
    struct.pack_into(
        order + "I", raw, 1920, int(f"0101{number // 24 % 60:02d}{number % 24:02d}", 16)
    )
    if user:
        raw[2048 : 2048 + len(user)] = user
    return bytes(raw[:start]) + b"".join(bodies) + trailer


def pack_dpx(
    row: list[int], bits: int, packing: int, order: str, *, alone: bool, padding: int = 0
) -> bytes:
    """Place the samples of a row in words, as SMPTE ST 268 and FFmpeg do."""
    if bits == 8:
        return bytes(row)
    if bits in {16, 32}:
        return struct.pack(f"{order}{len(row)}{'H' if bits == 16 else 'I'}", *row)
    if bits == 12 and packing != PACKED:
        free = 0xF if padding else 0
        words = [(v << 4 | free) if packing == FILLED_A else (v | free << 12) for v in row]
        return struct.pack(f"{order}{len(row)}H", *words)
    if bits == 10 and packing != PACKED:
        return _filled(row, packing, order, alone=alone, padding=padding)
    stream = sum(value << bits * at for at, value in enumerate(row))
    used = len(row) * bits
    count = -(-used // 32)
    if padding:
        stream |= ((1 << count * 32) - 1) >> used << used
    words = [stream >> 32 * at & 0xFFFFFFFF for at in range(count)]
    return struct.pack(f"{order}{count}I", *words)


def _filled(row: list[int], packing: int, order: str, *, alone: bool, padding: int) -> bytes:
    words = []
    low = 2 if packing == FILLED_A else 0
    for at in range(0, len(row), 3):
        three = row[at : at + 3]
        fill = 1023 if padding else 0
        three += [fill] * (3 - len(three))
        shifts = (0, 10, 20) if alone else (20, 10, 0)
        word = sum(value << shift for value, shift in zip(three, shifts, strict=True)) << low
        if padding:
            word |= 3 if packing == FILLED_A else 3 << 30
        words.append(word)
    return struct.pack(f"{order}{len(words)}I", *words)
