"""Numbers of TIFF that layouts are written in, and what tables call them."""

from avpres.domain.imaging import Colour

NEW_SUBFILE_TYPE, SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION = 254, 255, 256, 257, 258, 259
PHOTOMETRIC, FILL_ORDER, DESCRIPTION, STRIP_OFFSETS, ORIENTATION = 262, 266, 270, 273, 274
SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS, X_RESOLUTION, Y_RESOLUTION = 277, 278, 279, 282, 283
PLANAR, T4_OPTIONS, T6_OPTIONS, RESOLUTION_UNIT, PREDICTOR = 284, 292, 293, 296, 317
COLOUR_MAP, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 320, 322, 323, 324, 325
INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, JPEG_TABLES, SUBSAMPLING = 332, 338, 339, 347, 530
DEPTH, TILE_DEPTH, XMP, IPTC, PHOTOSHOP, ICC = 32997, 32998, 700, 33723, 34377, 34675
CFA_PATTERN, DNG_VERSION, JPEG_PLACE = 33422, 50706, 513

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, SEPARATED, YCBCR = range(7)
CAMERAS = {32803, 34892}
CAMERA_COMPRESSIONS = {262, 32767, 32769, 32770, 32867, 34713, 34892, 65000, 65535}
COLOURS = {0: Colour.GREY, 1: Colour.GREY, 2: Colour.RGB, 3: Colour.PALETTE, 4: Colour.GREY}
COLOURS |= {5: Colour.CMYK, 6: Colour.YCBCR, 8: Colour.LAB, 9: Colour.LAB, 10: Colour.LAB}
COLOURS |= {32844: Colour.LOGLUV, 32845: Colour.LOGLUV}
COLOUR_CHANNELS = {Colour.GREY: 1, Colour.PALETTE: 1, Colour.CMYK: 4}  # else 3

NONE, RLE, G3, G4, LZW, OLD_JPEG, JPEG, DEFLATE, PACKBITS = 1, 2, 3, 4, 5, 6, 7, 8, 32773
OLD_DEFLATE, RLE_WORDS, PIXAR_LOG, JPEG_2000, LZMA, ZSTD, WEBP = (
    32946,
    32771,
    32909,
    34712,
    34925,
    50000,
    50001,
)
NEXT, THUNDER = 32766, 32809
JBIG, LERC = 34661, 34887
FAXES = {RLE, G3, G4}
_NAMES = {
    NONE: "none",
    RLE: "CCITT RLE",
    G3: "CCITT G3",
    G4: "CCITT G4",
    LZW: "LZW",
    OLD_JPEG: "old-style JPEG",
    JPEG: "JPEG",
    DEFLATE: "Deflate",
    9: "JBIG T.85",
    10: "JBIG T.43",
    262: "Kodak 262",
    NEXT: "NeXT",
    RLE_WORDS: "CCITT RLEW",
    PACKBITS: "PackBits",
    THUNDER: "ThunderScan",
    32895: "IT8 CTPAD",
    32896: "IT8 LW",
    32897: "IT8 MP",
    32898: "IT8 BL",
    32908: "PixarFilm",
    PIXAR_LOG: "PixarLog",
    OLD_DEFLATE: "Deflate",
    32947: "DCS",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG",
    JBIG: "JBIG",
    34676: "SGILog",
    34677: "SGILog24",
    JPEG_2000: "JPEG 2000",
    34713: "Nikon NEF",
    34715: "JBIG2",
    LERC: "LERC",
    34892: "lossy JPEG",
    LZMA: "LZMA",
    34926: "Zstandard",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    ZSTD: "Zstandard",
    WEBP: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}


def compression_name(code: int, t4_options: int = 0) -> str:
    """Say how tables call a compression; unknown ones by their number."""
    if code == G3:
        return "CCITT G3 2D" if t4_options & 1 else "CCITT G3 1D"
    return _NAMES.get(code, f"compression {code}")
