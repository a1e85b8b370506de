"""How the samples of one directory lie in the file: what its tags say, put together and checked."""

from dataclasses import dataclass

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.tiff_directory import Directory
from avpres.domain.imaging import Alpha, Colour, SampleKind
from avpres.domain.migration import Reason, Unmigratable

_SIDE = 1 << 31
_CHANNELS, _DEEPEST = 256, 128
_TABLES = 1 << 16  # bytes
_KINDS = {1: SampleKind.UNSIGNED, 2: SampleKind.SIGNED, 3: SampleKind.FLOAT}
_KINDS |= {4: SampleKind.UNSIGNED, 5: SampleKind.COMPLEX, 6: SampleKind.COMPLEX}
_ALPHAS = {0: Alpha.UNSPECIFIED, 1: Alpha.ASSOCIATED, 2: Alpha.UNASSOCIATED}
_OPAQUE = (Alpha.ASSOCIATED, Alpha.UNASSOCIATED)


@dataclass(frozen=True, slots=True)
class Layout:
    """One picture of a TIFF, without its samples and without where they stand."""

    width: int
    height: int
    bits: tuple[int, ...]  # of each channel
    kind: SampleKind
    photometric: int
    colour: Colour
    extra: tuple[int, ...]  # ExtraSamples, one for each channel beyond the colours
    compression: int
    predictor: int
    fill_order: int
    planar: bool
    tile: tuple[int, int] | None  # width and height
    rows: int  # of a strip, at most the height
    order: str
    fax_options: int = 0
    subsampling: tuple[int, int] = (1, 1)
    complex_whole: bool = False
    jpeg_tables: bytes = b""

    @property
    def channels(self) -> int:
        """Count the samples of a pixel."""
        return len(self.bits)

    @property
    def size(self) -> int:
        """Count the bytes of all samples, each row by itself."""
        return -(-self.width * sum(self.bits) // 8) * self.height

    @property
    def alpha(self) -> Alpha:
        """Say what the last channel is, beyond the colours."""
        return _ALPHAS.get(self.extra[-1], Alpha.UNSPECIFIED) if self.extra else Alpha.NONE

    @property
    def planes(self) -> int:
        """Count the planes that are stored apart."""
        return self.channels if self.planar else 1

    @property
    def piece(self) -> tuple[int, int]:
        """Give the width and height of a strip or tile; the last strip may be shorter."""
        return self.tile or (self.width, self.rows)

    @property
    def grid(self) -> tuple[int, int]:
        """Count the pieces across and down one plane."""
        wide, high = self.piece
        return -(-self.width // wide), -(-self.height // high)

    @property
    def is_jpeg_of_colours(self) -> bool:
        """Say whether it is YCbCr by JPEG, which decoders give as RGB."""
        is_jpeg = self.compression == words.JPEG and not self.planar
        return is_jpeg and self.colour is Colour.YCBCR

    def plane_bits(self, plane: int) -> tuple[int, ...]:
        """Give the bits of the channels that stand together in one plane."""
        return (self.bits[plane],) if self.planar else self.bits


def layout_of(page: Directory) -> Layout:
    """Put together what the tags of a directory say.

    Raises:
        Unmigratable: they contradict one another, or lack what a picture must have.
    """
    width, height = page.number(words.WIDTH, 0), page.number(words.HEIGHT, 0)
    if not 0 < width < _SIDE or not 0 < height < _SIDE:
        raise _damaged(f"the picture is {width} by {height} pixels large")
    if page.number(words.DEPTH, 1) != 1:
        raise Unmigratable(Reason.DECODER_ERROR, "it is a picture of three dimensions")
    compression = page.number(words.COMPRESSION, 1)
    photometric = page.number(words.PHOTOMETRIC, -1)
    bits = _bits(page)
    colour = _colour(page, photometric)
    return Layout(
        width=width,
        height=height,
        bits=bits,
        kind=_kind(page, len(bits)),
        photometric=photometric,
        colour=colour,
        extra=_extra(page, colour, len(bits)),
        compression=compression,
        predictor=_one_of(page, words.PREDICTOR, (1, 2, 3)),
        fill_order=_one_of(page, words.FILL_ORDER, (1, 2)),
        planar=_one_of(page, words.PLANAR, (1, 2)) == 2 and len(bits) > 1,
        tile=_tile(page),
        rows=_rows(page, height),
        order=page.order,
        fax_options=page.number(words.T4_OPTIONS, 0) if compression == words.G3 else 0,
        subsampling=_subsampling(page, photometric),
        complex_whole=page.number(words.SAMPLE_FORMAT, 1) == 5,
        jpeg_tables=_tables(page) if compression == words.JPEG else b"",
    )


def is_reduced(page: Directory) -> bool:
    """Say whether a directory holds a smaller copy of another picture."""
    return bool(page.number(words.NEW_SUBFILE_TYPE, 0) & 1) or _old_kind(page) == 2


def is_mask(page: Directory) -> bool:
    """Say whether a directory holds a mask of transparency for another picture."""
    told = page.number(words.NEW_SUBFILE_TYPE, 0) & 4
    return bool(told) or page.number(words.PHOTOMETRIC, -1) == words.MASK


def _old_kind(page: Directory) -> int:
    if words.NEW_SUBFILE_TYPE in page.entries:
        return 0
    return page.number(words.SUBFILE_TYPE, 0)


def _bits(page: Directory) -> tuple[int, ...]:
    count = page.number(words.SAMPLES, 1)
    if not 0 < count <= _CHANNELS:
        raise _damaged(f"a pixel has {count} samples")
    found = page.numbers(words.BITS, _CHANNELS) or (1,)
    if len(set(found)) == 1:  # some tell one depth for all
        found = found[:1] * count
    found = found[:count]  # and some one too many
    if len(found) != count:
        raise _damaged(f"{len(found)} depths stand for {count} samples")
    if not 0 < min(found) <= max(found) <= _DEEPEST:
        raise _damaged(f"samples are {min(found)} to {max(found)} bits deep")
    return found


def _kind(page: Directory, count: int) -> SampleKind:
    found = page.numbers(words.SAMPLE_FORMAT, _CHANNELS) or (1,)
    if len(set(found[:count])) > 1 or found[0] not in _KINDS:
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"its SampleFormat is {found[:8]}")
    return _KINDS[found[0]]


def _colour(page: Directory, photometric: int) -> Colour:
    colour = words.COLOURS.get(photometric, Colour.OTHER)
    if colour is Colour.CMYK and page.number(words.INK_SET, 1) != 1:
        return Colour.OTHER
    return colour


def _extra(page: Directory, colour: Colour, count: int) -> tuple[int, ...]:
    if colour in {Colour.OTHER, Colour.LOGLUV}:
        return ()
    beyond = count - words.COLOUR_CHANNELS.get(colour, 3)
    if beyond < 0:
        raise _damaged(f"{count} samples are too few for {colour}")
    told = page.numbers(words.EXTRA_SAMPLES, _CHANNELS)
    return (*told, *(0,) * beyond)[:beyond]


def _one_of(page: Directory, tag: int, known: tuple[int, ...]) -> int:
    found = page.number(tag, known[0])
    if found not in known:
        raise _damaged(f"tag {tag} has the value {found}")
    return found


def _rows(page: Directory, height: int) -> int:
    found = page.number(words.ROWS_PER_STRIP, height)
    return min(found, height) if found > 0 else height


def _tile(page: Directory) -> tuple[int, int] | None:
    if words.TILE_WIDTH not in page.entries and words.TILE_OFFSETS not in page.entries:
        return None
    wide, high = page.number(words.TILE_WIDTH, 0), page.number(words.TILE_HEIGHT, 0)
    if not 0 < wide < _SIDE or not 0 < high < _SIDE:
        raise _damaged(f"its tiles are {wide} by {high} pixels large")
    return wide, high


def _tables(page: Directory) -> bytes:
    entry = page.entries.get(words.JPEG_TABLES)
    if entry is not None and entry.size > _TABLES:
        raise _damaged(f"its JPEG tables are {entry.size} bytes large")
    return page.raw(words.JPEG_TABLES)


def _subsampling(page: Directory, photometric: int) -> tuple[int, int]:
    if photometric != words.YCBCR:
        return 1, 1
    found = page.numbers(words.SUBSAMPLING, 2) or (2, 2)
    if len(found) != 2 or not set(found) <= {1, 2, 4}:
        raise _damaged(f"its subsampling is {found}")
    return found[0], found[1]


def _damaged(detail: str) -> Unmigratable:
    return Unmigratable(Reason.DAMAGED, detail)
