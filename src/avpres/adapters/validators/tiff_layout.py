"""The image data of a TIFF directory: is every strip and tile there, and long enough.

JHOVE checks that there are as many sizes as offsets and that strips end before the file does; here
sizes are also held against dimensions, bits and compression, because a TIFF whose rows are missing
is as broken as one that is cut.
"""

from dataclasses import dataclass
from operator import add

from avpres.adapters.validators.tiff_reader import Directory

UNCOMPRESSED, LZW, OLD_JPEG, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 6, 7, 8, 32946, 32773
MOST_PIECES = 1_000_000  # strips or tiles of one image
_RATIOS = {LZW: 2048, DEFLATE: 1040, OLD_DEFLATE: 1040, PACKBITS: 64}
"""How often the stored size the image data can be at most."""
_PADDING = 3  # bytes behind a strip that are no fault: some writers fill up to words
DEPTHS = frozenset({32997, 32998})  # of images and tiles with slices, in an extension by SGI
_STRIPS, _TILES = (273, 279), (324, 325)


@dataclass(slots=True)
class Geometry:
    """What the directory says of the pixels."""

    width: int
    height: int
    bits: tuple[int, ...]  # one number a sample
    samples: int
    photometric: int
    compression: int
    planar: bool  # samples in planes of their own
    subsampling: tuple[int, int] = (1, 1)

    def size(self, across: int, down: int, plane: int) -> int:
        """Give the bytes of an uncompressed strip or tile."""
        if self.photometric == 6 and not self.planar and self.samples == 3:
            wide, high = self.subsampling
            units = -(-across // wide) * -(-down // high)
            return -(-units * (wide * high + 2) * self.bits[0] // 8)
        if self.planar:
            bits = self.bits[plane] if plane < len(self.bits) else self.bits[0]
        else:
            bits = sum(self.bits)
        return -(-across * bits // 8) * down


@dataclass(slots=True)
class Pieces:
    """Strips or tiles: where they are, how long they are, how long they are unpacked."""

    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    across: int  # pixels
    down: int
    expected: int  # how many there must be
    planes: int
    rows_last: int  # of the last strip; that of a tile is `down`
    tiled: bool
    at: int = 0  # offset of the table of offsets


def pieces_of(found: Directory, geometry: Geometry) -> Pieces | None:
    """Read the tables of strips or tiles and judge them; None where there is nothing to follow."""
    strips = any(tag in found.entries for tag in _STRIPS)
    tiles = any(tag in found.entries for tag in (322, 323, *_TILES))
    exam = found.reader.exam
    if strips and tiles:
        exam.invalid(
            "TIFF-STRIPS-AND-TILES",
            "the image has strips and tiles at once",
            found.offset,
            jhove="TIFF-HUL-24",
        )
        return None
    if not strips and not tiles:
        exam.invalid(
            "TIFF-NO-DATA",
            "the image has no strips and no tiles",
            found.offset,
            jhove="TIFF-HUL-25",
        )
        return None
    return _tiled(found, geometry) if tiles else _stripped(found, geometry)


def check_pieces(found: Directory, geometry: Geometry, pieces: Pieces) -> bool:
    """Say which strips or tiles are missing, outside of the file or of a wrong length.

    Returns:
        Whether all of them can be read.
    """
    exam, size = found.reader.exam, found.reader.source.size
    word = "tile" if pieces.tiled else "strip"
    ends = list(map(add, pieces.offsets, pieces.counts))
    outside = sum(end > size for end in ends)
    if outside:
        worst = max(ends)
        exam.broken(
            "TIFF-DATA-OUTSIDE",
            f"{outside} of {len(ends)} {word}s end after the end of the file, the last of them "
            f"at byte {worst}: {worst - size} bytes are missing",
            size,
            jhove="TIFF-HUL-29",
        )
    if found.entries.keys() & DEPTHS:
        return not outside
    if geometry.compression == UNCOMPRESSED:
        _check_sizes(found, geometry, pieces, word)
    else:
        _check_ratio(found, geometry, pieces)
    return not outside


def expected_size(geometry: Geometry, pieces: Pieces, index: int) -> int:
    """Give the bytes of one strip or tile when it is unpacked."""
    each = max(1, pieces.expected // pieces.planes)
    plane = index // each if pieces.planes > 1 else 0
    last = not pieces.tiled and index % each == each - 1
    return geometry.size(pieces.across, pieces.rows_last if last else pieces.down, plane)


def _stripped(found: Directory, geometry: Geometry) -> Pieces | None:
    offsets, counts = _tables(found, _STRIPS, "TIFF-HUL-26", "TIFF-HUL-27")
    if not offsets or not counts:
        return None
    rows = found.whole(278, geometry.height) or geometry.height
    rows = min(rows, geometry.height)
    each = -(-geometry.height // rows)
    planes = geometry.samples if geometry.planar else 1
    last = geometry.height - (each - 1) * rows
    at = found.place(273)
    pieces = Pieces(
        offsets, counts, geometry.width, rows, each * planes, planes, last, tiled=False, at=at
    )
    if len(offsets) != len(counts):
        found.reader.exam.invalid(
            "TIFF-TABLES-DIFFER",
            f"there are {len(offsets)} offsets of strips but {len(counts)} sizes",
            at,
            jhove="TIFF-HUL-28",
        )
    elif len(offsets) != pieces.expected:
        exam = found.reader.exam
        say = exam.invalid if len(offsets) < pieces.expected else exam.warn
        say(
            "TIFF-STRIP-NUMBER",
            f"the image has {len(offsets)} strips, its dimensions need {pieces.expected}",
            at,
        )
    return pieces


def _tiled(found: Directory, geometry: Geometry) -> Pieces | None:
    wide, high = (_tile_side(found, tag) for tag in (322, 323))
    offsets, counts = _tables(found, _TILES, "TIFF-HUL-32", "TIFF-HUL-33")
    if not (wide and high and offsets and counts):
        return None
    planes = geometry.samples if geometry.planar else 1
    expected = -(-geometry.width // wide) * -(-geometry.height // high) * planes
    at = found.place(324)
    pieces = Pieces(offsets, counts, wide, high, expected, planes, high, tiled=True, at=at)
    ids = ("TIFF-HUL-36", "TIFF-HUL-37") if planes > 1 else ("TIFF-HUL-38", "TIFF-HUL-39")
    for table, jhove, what in zip((offsets, counts), ids, ("offsets", "sizes"), strict=True):
        few = len(table) < expected
        if len(table) != expected:
            say = found.reader.exam.invalid if few else found.reader.exam.warn
            say(
                "TIFF-TILE-NUMBER",
                f"there are {len(table)} {what} of tiles, the dimensions need {expected}",
                at,
                jhove=jhove if few else None,
            )
    return pieces


def _tile_side(found: Directory, tag: int) -> int:
    side = found.whole(tag)
    exam = found.reader.exam
    word, missing, odd = {
        322: ("width", "TIFF-HUL-30", "TIFF-HUL-34"),
        323: ("length", "TIFF-HUL-31", "TIFF-HUL-35"),
    }[tag]
    if not side:
        exam.invalid("TIFF-TILE-SIZE", f"the tiles have no {word}", found.offset, jhove=missing)
        return 0
    if side % 16:
        exam.invalid(
            "TIFF-TILE-SIZE",
            f"the {word} of the tiles is {side}, it must be a multiple of 16",
            found.place(tag),
            jhove=odd,
        )
    return side


def _tables(
    found: Directory, tags: tuple[int, int], no_offsets: str, no_counts: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    tables = []
    for tag, word, jhove in zip(tags, ("offsets", "sizes"), (no_offsets, no_counts), strict=True):
        if tag not in found.entries:
            found.reader.exam.invalid(
                "TIFF-NO-TABLE",
                f"the {word} of the strips or tiles are missing (tag {tag})",
                found.offset,
                jhove=jhove,
            )
        tables.append(tuple(int(number) for number in found.numbers(tag, MOST_PIECES)))
    return tables[0], tables[1]


def _check_sizes(found: Directory, geometry: Geometry, pieces: Pieces, word: str) -> None:
    exam = found.reader.exam
    short = over = sparse = 0
    full = geometry.size(pieces.across, pieces.down, 0)
    even = pieces.tiled and pieces.planes == 1  # all pieces have the same size
    for index, stored in enumerate(pieces.counts[: pieces.expected]):
        if even and stored == full:
            continue
        if not stored and pieces.offsets[index : index + 1] == (0,):
            sparse += 1  # GDAL leaves out what is empty
            continue
        wanted = expected_size(geometry, pieces, index)
        short += stored < wanted
        padded = 4 * -(-wanted // (4 * pieces.down)) * pieces.down  # rows filled up to words
        over += stored > max(wanted + _PADDING, full) and stored != padded
    if sparse:
        exam.warn("TIFF-SPARSE", f"{sparse} {word}s are left out as empty", pieces.at)
    if short:
        exam.broken(
            "TIFF-DATA-SHORT",
            f"{short} of {len(pieces.counts)} {word}s hold fewer bytes than their pixels need",
            pieces.at,
        )
    if over:
        exam.invalid(
            "TIFF-DATA-LONG",
            f"{over} of {len(pieces.counts)} {word}s hold more bytes than their pixels need",
            pieces.at,
        )


def _check_ratio(found: Directory, geometry: Geometry, pieces: Pieces) -> None:
    ratio = _RATIOS.get(geometry.compression)
    if ratio is None:
        return
    wanted = geometry.size(geometry.width, geometry.height, 0) * pieces.planes
    if wanted > ratio * sum(pieces.counts) + 4096:
        found.reader.exam.broken(
            "TIFF-DATA-SHORT",
            f"the image has {wanted} bytes by its dimensions, but only {sum(pieces.counts)} "
            "compressed bytes are there for it",
            pieces.at,
        )
