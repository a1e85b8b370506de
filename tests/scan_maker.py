"""Scanned frames of every flavour, written by hand, for tests of all layers.

`dpx(...)`, `tiff(...)`, `cineon(...)` and `exr(...)` make one file each, and give its bytes:
geometry, depth, packing, order of bytes, elements, header fields that differ from frame to frame
(`number=`, `seed=`), padding that is not zero (`padding=-1`), bytes behind (`trailer=`). Samples
come from `noise`, which gives smooth pictures with grain that compress as scans do.
Nothing here is shared with the program: samples are placed one by one.

A reel: `[make.dpx(64, 48, number=n, seed=n) for n in range(1, 25)]`.
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
    alone = all(COUNTS[code] == 1 for code in codes)
    bodies = []
    for index, code in enumerate(codes):
        count = COUNTS[code]
        rows = noise(width, height, count, bits, seed + index)
        if continuous:
            rows = [[sample for row in rows for sample in row]]
        packed = (pack_dpx(row, bits, packing, order, alone=alone, padding=padding) for row in rows)
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


def bits_of(row: list[int], bits: int, order: str, word: int = 0, *, turned: bool = False) -> bytes:
    """Place the samples of a row of a TIFF: in words, or as a stream with the highest bit first."""
    if word or bits in {8, 16, 24, 32, 64}:
        size = (word or bits) // 8
        return b"".join(v.to_bytes(size, "little" if order == "<" else "big") for v in row)
    stream = 0
    for value in row:
        stream = stream << bits | value
    free = -len(row) * bits % 8
    made = (stream << free).to_bytes((len(row) * bits + free) // 8, "big")
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in made) if turned else made


def tiff(
    width: int = 16,
    height: int = 9,
    *,
    order: str = "<",
    big: bool = False,
    bits: int = 16,
    depths: tuple[int, ...] = (),
    channels: int = 3,
    photometric: int | None = None,
    planar: bool = False,
    rows: int | None = None,
    tile: tuple[int, int] | None = None,
    extra: tuple[int, ...] = (),
    sample_format: int | None = None,
    turned: bool = False,
    word: int = 0,
    compression: int = 1,
    seed: int = 1,
    gap: bytes = b"",
    before: bytes = b"",
    trailer: bytes = b"",
    tags: dict[int, tuple[int, bytes]] | None = None,
    leave_out: tuple[int, ...] = (),
    pages: int = 1,
    body: bytes | None = None,
) -> bytes:
    """Make a TIFF: header, pictures (strips of `rows`, or tiles), directories behind.

    `gap` stands between strips, `before` before the first. `tags` are further ones, as type and
    bytes; those of the first page only. All pages are of one form.
    """
    out = bytearray(16 if big else 8)
    out += before
    directories = []
    for page in range(pages):
        picture = noise(width, height, channels, bits, seed + page)
        parts = (
            [body]
            if body is not None
            else _pieces(picture, (width, height, channels), planar=planar, rows=rows, tile=tile)
        )
        offsets, counts = [], []
        for part in parts:
            made = (
                part
                if isinstance(part, bytes)
                else b"".join(bits_of(row, bits, order, word, turned=turned) for row in part)
            )
            out += gap if offsets else b""
            offsets.append(len(out))
            counts.append(len(made))
            out += made
        form = {
            256: (3, [width]),
            257: (3, [height]),
            258: (3, list(depths or (bits,) * channels)),
            259: (3, [compression]),
            262: (3, [photometric if photometric is not None else (2 if channels > 2 else 1)]),
            277: (3, [channels]),
            284: (3, [2 if planar else 1]),
        }
        if tile:
            form |= {322: (3, [tile[0]]), 323: (3, [tile[1]]), 324: (4, offsets), 325: (4, counts)}
        else:
            form |= {273: (4, offsets), 278: (3, [rows or height]), 279: (4, counts)}
        if extra:
            form[338] = (3, list(extra))
        if sample_format:
            form[339] = (3, [sample_format] * channels)
        if turned:
            form[266] = (3, [2])
        values = {
            tag: (kind, b"".join(v.to_bytes({3: 2, 4: 4}[kind], _order(order)) for v in found))
            for tag, (kind, found) in form.items()
        }
        values |= (tags or {}) if page == 0 else {}
        directories.append({tag: values[tag] for tag in sorted(values) if tag not in leave_out})
    _write_directories(out, directories, order, big=big)
    return bytes(out) + trailer


def _order(order: str) -> str:
    return "little" if order == "<" else "big"


def _pieces(
    picture: list[list[int]],
    form: tuple[int, int, int],
    *,
    planar: bool,
    rows: int | None,
    tile: tuple[int, int] | None,
) -> list[list[list[int]]]:
    """Cut a picture into strips or tiles, one channel after another if planar."""
    width, height, channels = form
    planes = (
        [[row[c::channels] for row in picture] for c in range(channels)] if planar else [picture]
    )
    count = 1 if planar else channels
    found = []
    for plane in planes:
        if tile is None:
            step = rows or height
            found += [plane[at : at + step] for at in range(0, height, step)]
            continue
        wide, high = tile
        for top in range(0, height, high):
            for left in range(0, width, wide):
                part = [
                    row[left * count : (left + wide) * count] for row in plane[top : top + high]
                ]
                part = [row + row[-count:] * (wide - len(row) // count) for row in part]
                found.append(part + [part[-1]] * (high - len(part)))
    return found


_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 8: 2, 9: 4, 10: 8, 12: 8, 16: 8}


def _write_directories(
    out: bytearray, directories: list[dict[int, tuple[int, bytes]]], order: str, *, big: bool
) -> None:
    wide = "Q" if big else "I"
    at = 8 if big else 4
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    out[0 : len(head)] = head
    if big:
        struct.pack_into(order + "HH", out, 4, 8, 0)
    for directory in directories:
        places = {}
        for tag, (_, value) in directory.items():
            if len(value) > struct.calcsize(wide):
                out += b"\0" * (len(out) % 2)
                places[tag] = len(out)
                out += value
        out += b"\0" * (len(out) % 2)
        struct.pack_into(order + wide, out, at, len(out))
        out += struct.pack(order + ("Q" if big else "H"), len(directory))
        for tag, (kind, value) in directory.items():
            place = struct.pack(order + wide, places[tag]) if tag in places else value
            out += struct.pack(order + "HH" + wide, tag, kind, len(value) // _SIZES[kind])
            out += place.ljust(struct.calcsize(wide), b"\0")
        at = len(out)
        out += bytes(struct.calcsize(wide))


def cineon(
    width: int = 16,
    height: int = 9,
    *,
    order: str = ">",
    bits: int = 10,
    channels: int = 3,
    packing: int = 5,
    interleave: int = 0,
    seed: int = 1,
    number: int = 1,
    rate: float = 24.0,
    line_padding: int = 0,
    channel_padding: int = 0,
    trailer: bytes = b"",
) -> bytes:
    """Make a Cineon file: 10 bits in words of 32, or samples in words of their own."""
    picture = noise(width, height, channels, bits, seed)
    if interleave == 1:
        picture = [[v for c in range(channels) for v in row[c::channels]] for row in picture]
    planes = [picture]
    if interleave == 2:
        planes = [[row[c::channels] for row in picture] for c in range(channels)]
    body = b""
    for plane in planes:
        for row in plane:
            made = _cineon_row(row, bits, packing, order)
            body += made + bytes(-len(made) % 4 + line_padding)
        body += bytes(channel_padding)
    raw = bytearray(b"\xff" * 2048)
    total = 2048 + len(body) + len(trailer)
    struct.pack_into(order + "IIIIII8s", raw, 0, 0x802A5FD7, 2048, 1024, 1024, 0, total, b"V4.5")
    raw[32:132] = (b"reel_%07d.cin" % number).ljust(100, b"\0")
    raw[192:194] = bytes([0, channels])
    for at in range(channels):
        designator = at + 1 if channels > 1 else 0
        struct.pack_into(order + "BBBxII", raw, 196 + 28 * at, 0, designator, bits, width, height)
    struct.pack_into(
        order + "BBBBII", raw, 680, interleave, packing, 0, 0, line_padding, channel_padding
    )
    struct.pack_into(order + "If", raw, 1068, number, rate)
    return bytes(raw) + body + trailer


def _cineon_row(row: list[int], bits: int, packing: int, order: str) -> bytes:
    if bits == 10 and packing in {5, 6}:
        return _filled(row, FILLED_A if packing == 5 else FILLED_B, order, alone=False, padding=0)
    size = {0: bits, 1: 8, 2: 8, 3: 16, 4: 16, 5: 32, 6: 32}[packing] // 8
    up = 8 * size - bits if packing in {1, 3, 5} else 0
    return b"".join((v << up).to_bytes(size, _order(order)) for v in row)


def exr(
    width: int = 16,
    height: int = 9,
    *,
    channels: tuple[tuple[str, int], ...] = (("B", 1), ("G", 1), ("R", 1)),
    line_order: int = 0,
    shuffled: bool = False,
    compression: int = 0,
    origin: tuple[int, int] = (0, 0),
    seed: int = 1,
    rate: tuple[int, int] | None = (24, 1),
    attributes: dict[str, tuple[str, bytes]] | None = None,
    version: int = 2,
    table: bool = True,
    trailer: bytes = b"",
) -> bytes:
    """Make an OpenEXR file of scan lines: channels are names with 0 unsigned, 1 half, 2 float.

    Lines stand upwards, downwards (`line_order=1`) or anyhow (`shuffled`).
    """
    left, top = origin
    window = struct.pack("<4i", left, top, left + width - 1, top + height - 1)
    listed = b"".join(
        name.encode() + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name, kind in channels
    )
    found = {
        "channels": ("chlist", listed + b"\0"),
        "compression": ("compression", bytes([compression])),
        "dataWindow": ("box2i", window),
        "displayWindow": ("box2i", window),
        "lineOrder": ("lineOrder", bytes([line_order])),
        "pixelAspectRatio": ("float", struct.pack("<f", 1)),
        "screenWindowCenter": ("v2f", bytes(8)),
        "screenWindowWidth": ("float", struct.pack("<f", 1)),
    }
    if rate:
        found["framesPerSecond"] = ("rational", struct.pack("<iI", *rate))
    head = struct.pack("<II", 20000630, version)
    for name, (kind, value) in (found | (attributes or {})).items():
        head += (
            name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value
        )
    head += b"\0"
    planes = [
        noise(width, height, 1, 16 if kind == 1 else 32, seed + at)
        for at, (_, kind) in enumerate(channels)
    ]
    lines = []
    for y in range(height):
        body = b"".join(
            struct.pack(f"<{width}{'H' if kind == 1 else 'I'}", *plane[y])
            for plane, (_, kind) in zip(planes, channels, strict=True)
        )
        lines.append(struct.pack("<iI", top + y, len(body)) + body)
    places = list(range(height))
    if line_order == 1:
        places.reverse()
    if shuffled:
        random.Random(7).shuffle(places)  # noqa: S311 - any order
    start = len(head) + 8 * height
    size = len(lines[0])
    offsets = [start + places.index(y) * size if table else 0 for y in range(height)]
    body = b"".join(lines[y] for y in places)
    return head + struct.pack(f"<{height}Q", *offsets) + body + trailer
