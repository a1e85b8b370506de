"""ICC profiles: whole or damaged, for these samples or not, and of the restricted kind or not.

JP2's colour method 2 holds monochrome input and three-component matrix-based input profiles alone
(ISO/IEC 15444-1, I.3.2; ICC.1:1998-09, 6.3.1). The amendment of 2013 adds display profiles of the
same two forms, sRGB's own among them. jpylyzer asks for the same classes and for no AToB0; JHOVE
asks for all tags that the profile's own norm asks for, and calls a JP2 without one not valid.
"""

import struct
from collections.abc import Mapping

from avpres.domain.imaging import Colour, Icc

_HEADER = 128  # bytes
_MOST_TAGS = 1024  # real profiles have under 40; more is no profile
_CLASSES = {b"scnr", b"mntr"}
_ALWAYS = {b"desc", b"wtpt", b"cprt"}
_MATRIX = {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}
_TABLES = {*(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2"), *(b"D2B0", b"B2D0")}
_CURVES = {b"curv", b"para"}
_SPACES = {
    b"GRAY": {Colour.GREY},
    b"RGB ": {Colour.RGB, Colour.PALETTE, Colour.YCBCR},
    b"CMYK": {Colour.CMYK, Colour.YCCK},
    b"Lab ": {Colour.LAB},
    b"YCbr": {Colour.YCBCR},
}

Tags = Mapping[bytes, bytes]


def judge(profile: bytes, colour: Colour) -> Icc:
    """Say what a profile is worth for samples of this colour.

    A palette's colours are RGB, and so are those of a JPEG's YCbCr once it is decoded.
    """
    profile = trimmed(profile)
    tags = _tags(profile)
    if tags is None:
        return Icc.DAMAGED
    if colour not in _SPACES.get(profile[16:20], set()):
        return Icc.MISMATCH
    return Icc.RESTRICTED if _is_restricted(profile, tags) else Icc.FULL


def trimmed(profile: bytes) -> bytes:
    """Give the profile without what stands behind the size that it tells."""
    size = int.from_bytes(profile[:4], "big")
    return profile[:size] if _HEADER < size <= len(profile) else profile


def _tags(profile: bytes) -> dict[bytes, bytes] | None:
    """Give what each tag holds; None if the profile is not whole."""
    if len(profile) < _HEADER + 4 or profile[36:40] != b"acsp":
        return None
    size, count = int.from_bytes(profile[:4], "big"), int.from_bytes(profile[128:132], "big")
    behind = _HEADER + 4 + 12 * count
    if size != len(profile) or not 0 < count <= _MOST_TAGS or behind > size:
        return None
    tags: dict[bytes, bytes] = {}
    for name, offset, length in struct.iter_unpack(">4sII", profile[_HEADER + 4 : behind]):
        if name in tags or offset < behind or length < 8 or offset + length > size:
            return None
        tags[name] = profile[offset : offset + length]
    return tags


def _is_restricted(profile: bytes, tags: Tags) -> bool:
    if profile[12:16] not in _CLASSES or profile[20:24] != b"XYZ " or _TABLES & tags.keys():
        return False
    if not tags.keys() >= _ALWAYS:
        return False
    if profile[16:20] == b"GRAY":
        return tags.get(b"kTRC", b"")[:4] in _CURVES
    if profile[16:20] != b"RGB " or not tags.keys() >= _MATRIX:
        return False
    columns = all(tags[name][:4] == b"XYZ " for name in (b"rXYZ", b"gXYZ", b"bXYZ"))
    return columns and all(tags[name][:4] in _CURVES for name in (b"rTRC", b"gTRC", b"bTRC"))
