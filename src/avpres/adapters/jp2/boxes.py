"""Boxes of a JP2 file (ISO/IEC 15444-1, Annex I), as bytes.

Boxes of uuid stand after the codestream: a JPEG in one before it is taken for the codestream by
FFmpeg's probing.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from avpres.adapters.images.raster import Palette

SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
FILE_TYPE = b"\0\0\0\x14ftypjp2 \0\0\0\0jp2 "
EXIF = b"JpgTiffExif->JP2"
XMP = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
IPTC = UUID("33c7a4d2-b81d-4723-a0ba-f1a3e097ad38").bytes
SOURCE = UUID("c77e62c3-c929-5189-a107-6a86f8ef2208").bytes
"""The file as it was before its migration, byte by byte; this id is avpres's own."""

SRGB, GREY, SYCC = 16, 17, 18  # enumerated colour spaces (table I.10)
OPACITY, PREMULTIPLIED, UNSPECIFIED = 1, 2, 0xFFFF  # types of channels (table I.16)
WHOLE, NOTHING = 0, 0xFFFF  # what a channel belongs to (table I.17)
_JPEG_2000 = 7  # compression type, the only one
_SIGNED = 0x80
_UNLIKE = 255  # components have different depths: bpcc tells them
_SMALL = 2**32  # bytes; a box of that size and more has a long length
_MOST = 65535
_EXPONENTS = sorted(range(-128, 128), key=abs)


@dataclass(frozen=True, slots=True)
class Head:
    """What the boxes of the header say."""

    width: int
    height: int
    depths: tuple[tuple[int, bool], ...]  # of components: bits, signed
    space: int | None  # enumerated; None where a profile tells
    profile: bytes | None = None
    palette: Palette | None = None
    mapping: tuple[tuple[int, int, int], ...] = ()  # component, type, column
    channels: tuple[tuple[int, int, int], ...] = ()  # channel, type, what it belongs to
    resolution: tuple[Fraction, Fraction] | None = None  # pixels in a metre, across and down
    known: bool = True  # else which colours are meant is not (I.5.3.1, UnkC)


def box(kind: bytes, *contents: bytes | bytearray | memoryview) -> list[bytes | bytearray]:
    """Give a box in pieces: its head, then its contents as they are."""
    size = 8 + sum(map(len, contents))
    if size < _SMALL:
        return [struct.pack(">I4s", size, kind), *contents]  # type: ignore[list-item]
    return [struct.pack(">I4sQ", 1, kind, size + 8), *contents]  # type: ignore[list-item]


def header(head: Head) -> bytes:
    """Give the box jp2h with all that it holds."""
    parts = [_image_header(head), _colour(head)]
    if len(set(head.depths)) > 1:
        parts.insert(1, _joined(b"bpcc", bytes(map(_depth, head.depths))))
    if head.palette is not None:
        parts += [_palette(head.palette), _mapping(head.mapping)]
    if head.channels:
        numbers = struct.pack(">H", len(head.channels))
        each = b"".join(struct.pack(">3H", *channel) for channel in head.channels)
        parts.append(_joined(b"cdef", numbers + each))
    if head.resolution is not None:
        parts.append(_joined(b"res ", _joined(b"resc", _resolution(head.resolution))))
    return _joined(b"jp2h", *parts)


@lru_cache(maxsize=64)
def rational(value: Fraction) -> tuple[int, int, int]:
    """Give numerator, denominator and exponent of ten: exact where 16 bits allow it, or nearest.

    Raises:
        ValueError: nothing above zero comes near it.
    """
    if value <= 0:
        raise ValueError(f"a resolution of {value} pixels in a metre")
    best = None
    for exponent in _EXPONENTS:
        found = _with(value, exponent)
        if found and (best is None or found < best):
            best = found
        if best and not best[0]:
            break
    if best is None:
        raise ValueError(f"a resolution of {value} pixels in a metre")
    return best[2:]


def _with(value: Fraction, exponent: int) -> tuple[Fraction, int, int, int, int] | None:
    """Write a value with this exponent; how far it is off stands first, small exponents second."""
    part = value / Fraction(10) ** exponent
    most = _MOST if part < 1 else int(_MOST / part)
    near = part.limit_denominator(most) if most else Fraction(0)
    if not 0 < near.numerator <= _MOST:
        return None
    off = abs(near / part - 1)
    return off, abs(exponent), near.numerator, near.denominator, exponent


def told(numerator: int, denominator: int, exponent: int) -> Fraction:
    """Give the resolution that three numbers of a box tell."""
    return Fraction(numerator, denominator) * Fraction(10) ** exponent


def _joined(kind: bytes, *contents: bytes) -> bytes:
    return b"".join(box(kind, *contents))


def _image_header(head: Head) -> bytes:
    depths = set(head.depths)
    bits = _depth(head.depths[0]) if len(depths) == 1 else _UNLIKE
    size = struct.pack(">IIH", head.height, head.width, len(head.depths))
    return _joined(b"ihdr", size, struct.pack(">4B", bits, _JPEG_2000, not head.known, 0))


def _depth(depth: tuple[int, bool]) -> int:
    bits, signed = depth
    return (bits - 1) | (_SIGNED if signed else 0)


def _colour(head: Head) -> bytes:
    if head.profile is not None:
        return _joined(b"colr", b"\2\0\0", head.profile)
    return _joined(b"colr", b"\1\0\0", struct.pack(">I", head.space))


def _palette(palette: Palette) -> bytes:
    rows, columns = palette.entries.shape
    wide = ">u2" if palette.bits > 8 else "u1"  # noqa: PLR2004 - bits of a byte
    told = struct.pack(">HB", rows, columns) + bytes([palette.bits - 1] * columns)
    return _joined(b"pclr", told, palette.entries.astype(wide).tobytes())


def _mapping(mapping: Sequence[tuple[int, int, int]]) -> bytes:
    return _joined(b"cmap", b"".join(struct.pack(">HBB", *each) for each in mapping))


def _resolution(resolution: tuple[Fraction, Fraction]) -> bytes:
    """Give the capture resolution: down before across (I.5.3.7.1)."""
    across, down = map(rational, resolution)
    return struct.pack(">4H2b", down[0], down[1], across[0], across[1], down[2], across[2])
