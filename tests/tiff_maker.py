"""TIFFs of every layout, written by hand from arrays of samples, for tests of all layers.

`tiff(samples, bits=…, compression=…, predictor=…, planar=…, tile=…)` makes a file of one page;
`book([page(…), page(…)])` makes one of many, with directories below directories and any tags.
Samples are placed one by one; nothing of the layout is shared with the program.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import imagecodecs
import numpy as np

NONE, RLE, G3, G4, LZW, JPEG, DEFLATE, PACKBITS, OLD_DEFLATE = 1, 2, 3, 4, 5, 7, 8, 32773, 32946
LZMA, ZSTD, WEBP = 34925, 50000, 50001
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, IFD = 1, 2, 3, 4, 5, 7, 13
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}


@dataclass
class Page:
    """One directory to be written: tags with ready bytes, pieces, directories below it."""

    tags: dict[int, tuple[int, bytes]]
    pieces: list[bytes] = field(default_factory=list)
    tiled: bool = False
    below: list["Page"] = field(default_factory=list)  # SubIFDs
    inner: dict[int, "Page"] = field(default_factory=dict)  # by the tag that points there


def grain(
    height: int, width: int, channels: int = 1, bits: int = 8, *, seed: int = 1, kind: str = "u"
) -> np.ndarray:
    """Give samples that use the whole range: a slope with noise, and both extremes."""
    chance = np.random.default_rng(seed)
    if kind in "fc":
        found = chance.normal(0, 1000, (height, width, channels))
        found.flat[0] = np.nan
        whole = found + 1j * found[::-1] if kind == "c" else found
        return whole.astype(f"{kind}{bits // 8}")
    size = next(each for each in (8, 16, 32, 64) if bits <= each)
    top = (1 << bits) - 1
    values = chance.integers(0, top, (height, width, channels), np.uint64, endpoint=True)
    slope = np.arange(width, dtype=np.uint64)[None, :, None] * np.uint64(max(1, top // width // 2))
    mixed = np.where(values % np.uint64(3) == 0, values, slope & np.uint64(top))
    mixed.flat[0], mixed.flat[-1] = 0, top
    found = mixed.astype(f"u{size // 8}")
    if kind == "i":
        shift = found.dtype.type(size - bits)
        return (found << shift).view(f"i{size // 8}") >> shift.view(f"i{size // 8}")
    return found


def tiff(samples: np.ndarray, *, order: str = "<", big: bool = False, **form: object) -> bytes:
    """Make a file of one page; see `page` for its form."""
    return book([page(samples, order=order, **form)], order=order, big=big)


def page(
    samples: np.ndarray,
    *,
    order: str = "<",
    bits: int | Sequence[int] = 0,
    photometric: int | None = None,
    compression: int = NONE,
    predictor: int = 1,
    planar: bool = False,
    tile: tuple[int, int] | None = None,
    rows: int | None = None,
    extra: Sequence[int] = (),
    sample_format: int | None = None,
    fill: int = 1,
    tags: dict[int, tuple[int, bytes]] | None = None,
    leave_out: Sequence[int] = (),
    below: Sequence[Page] = (),
    inner: dict[int, Page] | None = None,
    coded: Sequence[bytes] | None = None,
) -> Page:
    """Prepare one page from samples (rows, columns, channels); `coded` are pieces ready made."""
    height, width, channels = samples.shape
    depths = [bits] * channels if isinstance(bits, int) else list(bits)
    depths = [depth or samples.dtype.itemsize * 8 for depth in depths]
    made = coded
    if made is None:
        planes = [samples[:, :, c : c + 1] for c in range(channels)] if planar else [samples]
        made = [
            _coded(piece, depths[at : at + 1] if planar else depths, order, compression, predictor)
            for at, plane in enumerate(planes)
            for piece in _cut(plane, tile, rows or height)
        ]
    if fill == 2:
        made = [bytes(int(f"{byte:08b}"[::-1], 2) for byte in piece) for piece in made]
    kinds = {"u": 1, "i": 2, "f": 3, "c": 6}
    form = {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, depths),
        259: (SHORT, [compression]),
        262: (SHORT, [photometric if photometric is not None else (2 if channels > 2 else 1)]),
        266: (SHORT, [fill]),
        277: (SHORT, [channels]),
        284: (SHORT, [2 if planar else 1]),
        317: (SHORT, [predictor]),
        338: (SHORT, list(extra)),
        339: (SHORT, [sample_format or kinds[samples.dtype.kind]] * channels),
    }
    form |= (
        {322: (LONG, [tile[0]]), 323: (LONG, [tile[1]])}
        if tile
        else {278: (LONG, [rows or height])}
    )
    ready = {
        tag: (kind, values(kind, order, *found)) for tag, (kind, found) in form.items() if found
    }
    ready |= tags or {}
    kept = {tag: value for tag, value in ready.items() if tag not in leave_out}
    return Page(kept, list(made), tile is not None, list(below), dict(inner or {}))


def values(kind: int, order: str, *found: float) -> bytes:
    """Give the bytes of a tag's values; rationals are pairs of numbers."""
    code = {RATIONAL: "I", 10: "i"}.get(kind) or _CODES[kind]
    return struct.pack(f"{order}{len(found)}{code}", *found)


def book(pages: Sequence[Page], *, order: str = "<", big: bool = False, after: int = 0) -> bytes:
    """Write pages one after another; `after` is what the last one gives as the next directory."""
    out = bytearray(16 if big else 8)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    out[: len(head)] = head
    if big:
        struct.pack_into(order + "HH", out, 4, 8, 0)
    pointer = 8 if big else 4
    for each in pages:
        start, behind = _directory(out, each, order, big)
        struct.pack_into(order + ("Q" if big else "I"), out, pointer, start)
        pointer = behind
    struct.pack_into(order + ("Q" if big else "I"), out, pointer, after)
    return bytes(out)


def _directory(out: bytearray, each: Page, order: str, big: bool) -> tuple[int, int]:
    """Write one directory with all that belongs to it; give its place and that of its pointer."""
    wide, long = ("Q", 16) if big else ("I", LONG)
    tags = dict(each.tags)
    places = []
    for piece in each.pieces:
        places.append(len(out))
        out += piece + b"\0" * (len(piece) % 2)
    if each.pieces:
        where, sizes = (324, 325) if each.tiled else (273, 279)
        tags.setdefault(where, (long, struct.pack(f"{order}{len(places)}{wide}", *places)))
        counts = [len(piece) for piece in each.pieces]
        tags.setdefault(sizes, (long, struct.pack(f"{order}{len(counts)}{wide}", *counts)))
    for tag, inner in each.inner.items():
        start, _ = _directory(out, inner, order, big)
        tags[tag] = (long, struct.pack(order + wide, start))
    if each.below:
        starts = [_directory(out, one, order, big)[0] for one in each.below]
        tags[330] = (18 if big else IFD, struct.pack(f"{order}{len(starts)}{wide}", *starts))
    return _entries(out, tags, order, big)


def _entries(
    out: bytearray, tags: dict[int, tuple[int, bytes]], order: str, big: bool
) -> tuple[int, int]:
    wide = "Q" if big else "I"
    room = struct.calcsize(wide)
    entries = b""
    for tag, (kind, value) in sorted(tags.items()):
        place = value
        if len(value) > room:
            out += b"\0" * (len(out) % 2)
            place = struct.pack(order + wide, len(out))
            out += value
        entries += struct.pack(order + "HH" + wide, tag, kind, len(value) // _SIZES[kind])
        entries += place.ljust(room, b"\0")
    out += b"\0" * (len(out) % 2)
    start = len(out)
    out += struct.pack(order + ("Q" if big else "H"), len(tags)) + entries
    behind = len(out)
    out += bytes(room)
    return start, behind


def _cut(plane: np.ndarray, tile: tuple[int, int] | None, rows: int) -> list[np.ndarray]:
    height, width = plane.shape[:2]
    if tile is None:
        return [plane[top : top + rows] for top in range(0, height, rows)]
    wide, high = tile
    padded = np.pad(plane, ((0, -height % high), (0, -width % wide), (0, 0)), mode="edge")
    return [
        padded[top : top + high, left : left + wide]
        for top in range(0, height, high)
        for left in range(0, width, wide)
    ]


def _coded(
    piece: np.ndarray, bits: Sequence[int], order: str, compression: int, predictor: int
) -> bytes:
    if predictor == 2:
        gap = piece.copy()
        gap[:, 1:] -= piece[:, :-1]
        piece = gap
    raw = _shuffled(piece) if predictor == 3 else placed(piece, bits, order)
    if compression in _ENCODERS:
        return bytes(_ENCODERS[compression](raw))
    return raw


_ENCODERS = {
    LZW: imagecodecs.lzw_encode,
    DEFLATE: zlib.compress,
    OLD_DEFLATE: zlib.compress,
    PACKBITS: imagecodecs.packbits_encode,
    LZMA: imagecodecs.lzma_encode,
    ZSTD: imagecodecs.zstd_encode,
}


def placed(piece: np.ndarray, bits: Sequence[int], order: str) -> bytes:
    """Place samples in words of the file's order, or as a stream of bits row by row."""
    if set(bits) == {piece.dtype.itemsize * 8}:
        return piece.astype(piece.dtype.newbyteorder(order)).tobytes()
    rows = []
    for row in piece:
        if set(bits) == {24}:
            little = "little" if order == "<" else "big"
            rows.append(b"".join((int(v) & 0xFFFFFF).to_bytes(3, little) for v in row.flat))
            continue
        text = "".join(
            f"{int(value) & ((1 << depth) - 1):0{depth}b}"
            for pixel in row
            for value, depth in zip(pixel, bits, strict=True)
        )
        text += "0" * (-len(text) % 8)
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return b"".join(rows)


def _shuffled(piece: np.ndarray) -> bytes:
    """Do what the floating-point predictor does (TIFF technical note 3)."""
    rows, _, channels = piece.shape
    size = piece.dtype.itemsize
    high_first = piece.astype(piece.dtype.newbyteorder(">")).view(np.uint8)
    lines = high_first.reshape(rows, -1, size).transpose(0, 2, 1).reshape(rows, -1)
    gap = lines.copy()
    gap[:, channels:] -= lines[:, :-channels]
    return gap.tobytes()
