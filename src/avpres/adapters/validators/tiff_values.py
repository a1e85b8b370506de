"""Which values TIFF and Exif tags may have, and the words that MIX 2.0 has for them."""

COMPRESSIONS = {
    1: "Uncompressed",
    2: "CCITT 1D",
    3: "CCITT Group 3",
    4: "CCITT Group 4",
    5: "LZW",
    6: "JPEG",
    7: "ISO JPEG",
    8: "Deflate",
    9: "JBIG",
    10: "JBIG colour",
    32766: "NeXT 2-bit encoding",
    32771: "RLE with word alignment",
    32773: "PackBits",
    32809: "ThunderScan 4-bit encoding",
    32895: "TIFF/IT CT padding",
    32896: "TIFF/IT LW",
    32897: "TIFF/IT MP",
    32898: "TIFF/IT BL",
    32908: "Pixar companded 10-bit LZW",
    32909: "Pixar companded 11-bit ZIP",
    32946: "Deflate",
    32947: "DCS encoding",
    33003: "JPEG 2000 YCbCr",
    33004: "JPEG 2000",
    33005: "JPEG 2000 RGB",
    34661: "JBIG",
    34676: "SGI Log luminance RLE",
    34677: "SGI Log 24-bit packed",
    34712: "JPEG 2000",
    34713: "Nikon NEF",
    34887: "LERC",
    34892: "Lossy JPEG",
    34925: "LZMA2",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
PHOTOMETRICS = {
    0: "WhiteIsZero",
    1: "BlackIsZero",
    2: "RGB",
    3: "PaletteColor",
    4: "TransparencyMask",
    5: "CMYK",
    6: "YCbCr",
    8: "CIELab",
    9: "ICCLab",
    10: "ITULab",
    32803: "CFA",
    32844: "LogL",
    32845: "LogLuv",
    34892: "LinearRaw",
    51177: "Depth",
    52527: "SemanticMask",
}
UNITS = {1: "no absolute unit of measurement", 2: "in.", 3: "cm"}

_SWITCH = frozenset({0, 1})
_FLASH = frozenset({0, 1, 5, 7, 9, 13, 15, 16, 24, 25, 29, 31, 32, 65, 69, 71, 73, 77, 79, 89})
_LIGHT = frozenset({*range(5), *range(9, 16), *range(17, 25), 255})
LENIENT = {317: frozenset({3, 34892, 34893, 34894, 34895})}
"""Values that came after TIFF 6.0: floating-point prediction, and those of DNG 1.4."""

RANGES = {
    255: frozenset(range(4)),
    263: frozenset({1, 2, 3}),
    266: frozenset({0, 1, 2}),
    274: frozenset(range(9)),  # 0 is no orientation, but many write it, and JHOVE says nothing
    284: frozenset({1, 2}),
    290: frozenset({1, 2, 3, 4, 5}),
    296: frozenset({1, 2, 3}),
    317: frozenset({0, 1, 2}),  # 0 for none, as with 274
    332: frozenset({0, 1, 2}),
    346: _SWITCH,
    351: _SWITCH,
    512: frozenset({1, 14}),
    517: frozenset(range(8)),
    531: frozenset({1, 2}),
    34019: frozenset({0, 1, 2, 3, 4, 9, 10}),
    34023: frozenset({0, 1, 2}),
    34024: frozenset({0, 1, 2}),
    34028: _SWITCH,
    34850: frozenset(range(9)),
    37385: _FLASH,
    37392: frozenset(range(6)),
    50711: frozenset(range(1, 10)),
    50741: _SWITCH,
}
EXIF_RANGES = {
    34850: frozenset(range(9)),
    37383: frozenset({0, 1, 2, 3, 4, 5, 6, 255}),
    37384: _LIGHT,
    37385: _FLASH | {93, 95},
    40961: frozenset({1, 65535}),
    41488: frozenset(range(6)),
    41495: frozenset(range(9)),
    41728: frozenset({0, 1, 2, 3}),
    41729: _SWITCH,
    41985: _SWITCH,
    41986: frozenset({0, 1, 2}),
    41987: _SWITCH,
    41990: frozenset({0, 1, 2, 3}),
    41991: frozenset({0, 1, 2, 3, 4}),
    41992: frozenset({0, 1, 2}),
    41993: frozenset({0, 1, 2}),
    41994: frozenset({0, 1, 2}),
    41996: frozenset({0, 1, 2, 3}),
}
_OWN = {263, 274, 284, 290, 296, 346, 351, 531}  # rules of TIFF 6.0 that JHOVE does not look at
JHOVE_RANGES = (RANGES.keys() | EXIF_RANGES.keys()) - _OWN
