"""One page of a TIFF as an array of samples: its channels, its strips or tiles."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from avpres.adapters.scans import tiff_tags as tags
from avpres.adapters.scans.arrays import SEGMENTS, check, joined, row_size
from avpres.adapters.scans.tiff_tags import Directory
from avpres.domain.scan import Packing, SampleArray, UncodableScan

_SIDE = 1 << 24  # pixels
_MOST_CHANNELS = 1024
_DEEPEST = 64  # bits
_WORDS = {8, 16, 24, 32, 64}
_INKS, _LUMA_AND_CHROMA = 5, 6
_COLOURS = {0: "Y", 1: "Y", 2: "RGB", 5: "CMYK", 6: "YUV", 8: "Lab", 9: "Lab", 10: "Lab"}
_COLOURS |= {34892: "RGB"}
_SIGNED, _FLOATING = {2, 5}, {3, 6}
_COMPRESSIONS = {
    2: "CCITT",
    3: "CCITT fax 3",
    4: "CCITT fax 4",
    5: "LZW",
    6: "JPEG",
    7: "JPEG",
    8: "ZIP",
    32773: "PackBits",
    32946: "ZIP",
    34712: "JPEG 2000",
    34892: "lossy JPEG",
    34925: "LZMA",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}


def pixels(page: Directory) -> int:
    """Count a page's pixels."""
    return page.number(tags.WIDTH, 0) * page.number(tags.HEIGHT, 0)


def array_of(page: Directory, size: int, *, big_endian: bool) -> SampleArray:
    """Describe the samples of a page.

    Pixels whose samples differ in depth or in number are taken for bytes.

    Raises:
        UncodableScan: they are compressed, of no known form, or not all there.
    """
    compression = page.number(tags.COMPRESSION, 1)
    if compression != 1:
        name = _COMPRESSIONS.get(compression, f"method {compression}")
        raise UncodableScan("COMPRESSED", f"its samples are compressed ({name})")
    width, height = page.number(tags.WIDTH, 0), page.number(tags.HEIGHT, 0)
    if not 0 < width <= _SIDE or not 0 < height <= _SIDE:
        raise UncodableScan("GEOMETRY", f"the picture is {width} by {height} pixels large")
    count = page.number(tags.SAMPLES, 1)
    if not 0 < count <= _MOST_CHANNELS:
        raise UncodableScan("FLAVOUR", f"a pixel of {count} samples is not known")
    depths = page.numbers(tags.BITS) or (1,)
    if not 0 < min(depths) <= max(depths) <= _DEEPEST:
        raise UncodableScan("FLAVOUR", f"a depth of {max(depths)} bits is not known in TIFF")
    planar = page.number(tags.PLANAR, 1) == 2 and count > 1
    tiled = tags.TILE_OFFSETS in page.values or tags.TILE_WIDTH in page.values
    across, down = _subsampling(page)
    odd = across * down > 1 and not (across == 2 and down == 1 and count == 3 and width % 2 == 0)
    if len(set(depths)) > 1 or odd:
        if planar or tiled:
            raise UncodableScan("FLAVOUR", "planes or tiles of different form are not known")
        return _as_bytes(page, depths, (across, down), size)
    array = _interleaved(page, depths[0], _channels(page, count), across)
    array = replace(array, big_endian=big_endian and array.packing is Packing.WORDS)
    if planar:
        array = replace(array, groups=tuple(array.channels), span=1)
    return _tiled(page, array, size) if tiled else _stripped(page, array, size)


def _interleaved(page: Directory, bits: int, channels: str, across: int) -> SampleArray:
    word = bits in _WORDS
    return SampleArray(
        width=page.number(tags.WIDTH, 0),
        height=page.number(tags.HEIGHT, 0),
        groups=("YYUV",) if across == 2 else (channels,),
        bits=bits,
        word=bits,
        packing=Packing.WORDS if word else _stream(page),
        strides=(),
        segments=(),
        span=across,
        mask=_mask(page, bits),
    )


def _as_bytes(
    page: Directory, depths: tuple[int, ...], form: tuple[int, int], size: int
) -> SampleArray:
    across, down = form
    width, height = page.number(tags.WIDTH, 0), page.number(tags.HEIGHT, 0)
    samples = across * down + 2 if across * down > 1 else 1
    bits = depths[0] * samples if across * down > 1 else sum(depths)
    stride = -(-(-(-width // across) * bits) // 8)
    array = SampleArray(
        width=stride,
        height=-(-height // down),
        groups=("X",),
        bits=8,
        word=8,
        packing=Packing.WORDS,
        strides=(),
        segments=(),
    )
    return _stripped(page, array, size, down)


def _channels(page: Directory, count: int) -> str:
    """Give a letter for each sample of a pixel."""
    meaning = page.number(tags.PHOTOMETRIC, 1)
    found = _COLOURS.get(meaning, "")
    if meaning == _INKS and page.number(tags.INK_SET, 1) != 1:
        found = ""
    if len(found) > count:
        return "X" * count
    if found and len(found) < count and page.number(tags.EXTRA_SAMPLES, 0) in {1, 2}:
        found += "A"
    return found + "X" * (count - len(found))


def _subsampling(page: Directory) -> tuple[int, int]:
    """Give how many pixels share a colour; one by one for all that is not YCbCr."""
    if page.number(tags.PHOTOMETRIC, 1) != _LUMA_AND_CHROMA:
        return 1, 1
    found = page.numbers(tags.SUBSAMPLING)
    if len(found) < 2:
        plain = page.number(tags.WIDTH, 0) * page.number(tags.HEIGHT, 0) * 3
        return (1, 1) if sum(page.numbers(tags.STRIP_COUNTS)) == plain else (2, 2)
    if not 1 <= min(found[:2]) <= max(found[:2]) <= 4:
        raise UncodableScan("FLAVOUR", f"the subsampling {found[0]}x{found[1]} is not known")
    return found[0], found[1]


def _stream(page: Directory) -> Packing:
    reversed_bits = page.number(tags.FILL_ORDER, 1) == 2
    return Packing.BITS_REVERSED if reversed_bits else Packing.BITS


def _mask(page: Directory, bits: int) -> int:
    """Turn negatives, and make signed samples go on through zero."""
    form = page.number(tags.SAMPLE_FORMAT, 1)
    if form in _SIGNED:
        return 1 << bits - 1
    if form in _FLOATING:
        return 0
    return (1 << bits) - 1 if page.number(tags.PHOTOMETRIC, 1) == 0 else 0


def _stripped(page: Directory, array: SampleArray, size: int, down: int = 1) -> SampleArray:
    """Place strips, whose rows are of `down` lines of the picture each."""
    rows = page.number(tags.ROWS_PER_STRIP, 0) // down
    each = min(rows, array.height) if rows > 0 else array.height
    strips = -(-array.height // each)
    offsets, counts = page.numbers(tags.STRIP_OFFSETS), page.numbers(tags.STRIP_COUNTS)
    _count(offsets, strips * len(array.groups), "strips")
    array = _in_words(array, counts, each)
    strides: list[int] = []
    segments: list[tuple[int, int]] = []
    for index, group in enumerate(array.groups):
        least = row_size(array.packing, array.bits, array.word, _samples(array, group))
        stride = _padded(least, counts[index * strips :][:1], each)
        strides.append(stride)
        sizes = [each * stride] * (strips - 1)
        sizes.append((array.height - (strips - 1) * each) * stride)
        segments += _pieces(offsets[index * strips :][:strips], sizes)
    return _with(array, strides, segments, size)


def _tiled(page: Directory, array: SampleArray, size: int) -> SampleArray:
    wide, high = page.number(tags.TILE_WIDTH, 0), page.number(tags.TILE_HEIGHT, 0)
    if not 0 < wide <= _SIDE or not 0 < high <= _SIDE or array.span > 1:
        raise UncodableScan("GEOMETRY", f"the tiles are {wide} by {high} pixels large")
    tiles = -(-array.width // wide) * -(-array.height // high)
    offsets = page.numbers(tags.TILE_OFFSETS) or page.numbers(tags.STRIP_OFFSETS)
    _count(offsets, tiles * len(array.groups), "tiles")
    strides = [
        row_size(array.packing, array.bits, array.word, wide * len(group)) for group in array.groups
    ]
    segments: list[tuple[int, int]] = []
    for index, stride in enumerate(strides):
        some = offsets[index * tiles : (index + 1) * tiles]
        segments += _pieces(some, [stride * high] * tiles)
    return _with(replace(array, tile=(wide, high)), strides, segments, size)


def _samples(array: SampleArray, group: str) -> int:
    return array.width // array.span * len(group)


def _in_words(array: SampleArray, counts: Sequence[int], each: int) -> SampleArray:
    """Believe the bytes of a strip when they show that samples stand in words of 16 bits."""
    if not 8 < array.bits < 16 or not counts:
        return array
    if counts[0] != each * _samples(array, array.groups[0]) * 2:
        return array
    return replace(array, packing=Packing.WORDS, word=16)


def _padded(least: int, counts: Sequence[int], each: int) -> int:
    """Give the bytes of a row, with the few that a strip's size shows to be padding."""
    stride, rest = divmod(counts[0], each) if counts else (0, 0)
    return stride if not rest and least < stride < least + 8 else least


def _pieces(offsets: Sequence[int], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Pair places and sizes; one pair if all of them touch."""
    follow = tuple(accumulate(sizes, initial=offsets[0]))
    if tuple(offsets) == follow[:-1]:
        return [(offsets[0], follow[-1] - offsets[0])]
    return list(zip(offsets, sizes, strict=True))


def _with(
    array: SampleArray, strides: list[int], segments: list[tuple[int, int]], size: int
) -> SampleArray:
    found = replace(array, strides=tuple(strides), segments=joined(segments))
    return check(found, size)


def _count(offsets: tuple[int, ...], wanted: int, what: str) -> None:
    if len(offsets) < wanted or wanted > SEGMENTS:
        raise UncodableScan(
            "HEADER", f"the picture has {wanted} {what}, the header says where {len(offsets)} are"
        )
