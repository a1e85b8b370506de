"""What JHOVE's JPEG2000-hul reads, in its order and with its limits, holds of every kind of JP2.

The rules are those of its public source. It follows boxes and markers and looks at
little else, but what it does not expect is "not well-formed", "not valid", or ends it:

- a header that does not begin with ihdr, or comes behind the codestream; depths that no box tells;
- a profile without the tags of a monochrome or a three-component matrix-based input profile;
- a marker COC (its issue 1058), and before 1.34 a tile-part whose length is not told (its pull
  request 997); both are good JPEG 2000;
- boxes of uuid and tile-parts of 2 GiB and more, whose lengths become negative numbers in Java.
"""

import struct
from collections.abc import Iterator
from fractions import Fraction

import imagecodecs
import numpy as np
import pytest
from PIL import ImageCms

from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.jp2 import make
from avpres.domain.imaging import Alpha, Codestream, Colour

RGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GREY = imagecodecs.cms_profile("gray", gamma=2.2, whitepoint=[0.3127, 0.329, 1.0])
ALWAYS = {b"desc", b"wtpt", b"cprt"}
MATRIX = {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}
JAVA = 2**31  # bytes; a length from there on is negative
SOC, SIZ, COC, SOT, SOD, EOC = 0xFF4F, 0xFF51, 0xFF53, 0xFF90, 0xFF93, 0xFFD9
KNOWN = {b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res "}
FORM = Codestream(tile=64, levels=3)


def boxes(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield the kind, the length of the contents as it is told, and what is there of them."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 16 if size == 1 else 8
        size = struct.unpack_from(">Q", data, at + 8)[0] if size == 1 else size
        yield kind, size - head, data[at + head : at + size]
        at += max(size, head)


def complaints(data: bytes) -> list[str]:
    """Say what JHOVE would complain of; nothing is "Well-Formed and valid"."""
    return list(_complaints(data))


def _complaints(data: bytes) -> Iterator[str]:
    found = list(boxes(data))
    kinds = [kind for kind, _, _ in found]
    if data[:12] != b"\0\0\0\x0cjP  \r\n\x87\n" or kinds[1:2] != [b"ftyp"]:
        yield "the beginning"
    if any(not 0 < byte < 0x7F for byte in found[1][2][8:]) or found[1][1] < 12:
        yield "what it is compatible with"
    if kinds[2:4] != [b"jp2h", b"jp2c"] or set(kinds[4:]) - {b"uuid"}:
        yield "the order of boxes"
    for kind, size, contents in found:
        if kind == b"jp2h":
            yield from _header(contents)
        elif kind == b"jp2c":
            yield from _codestream(contents)
        elif kind == b"uuid" and not 16 <= size < JAVA:
            yield "the size of a uuid box"


def _header(data: bytes) -> Iterator[str]:
    found = list(boxes(data))
    kinds = [kind for kind, _, _ in found]
    told = {kind: contents for kind, _, contents in found}
    image = told.get(b"ihdr", bytes(14))
    if kinds[0] != b"ihdr" or len(image) != 14 or set(kinds[1:]) - KNOWN:
        yield "the image header"
    if image[10] == 255 and b"bpcc" not in told:
        yield "depths that no box tells"
    if b"pclr" in told and not 1 <= struct.unpack_from(">H", told[b"pclr"])[0] <= 1024:
        yield "the entries of the palette"
    if (b"pclr" in told) != (b"cmap" in told) or (
        b"res " in told and told[b"res "][4:8] != b"resc"
    ):
        yield "a palette without its mapping, or a resolution of another kind"
    yield from _colour(told.get(b"colr", b"\0\0\0"))


def _colour(data: bytes) -> Iterator[str]:
    if data[0] not in {1, 2} or data[2]:
        yield "the method of colour"
    if data[0] == 2:
        (count,) = struct.unpack_from(">I", data, 131)
        tags = {data[at : at + 4] for at in range(135, 135 + 12 * count, 12)}
        if not (tags >= ALWAYS | {b"kTRC"} or tags >= ALWAYS | MATRIX):
            yield "the tags of the profile"


def _codestream(data: bytes) -> Iterator[str]:
    at, is_ended, seen = 0, False, []
    while at < len(data) and not is_ended:
        (marker,) = struct.unpack_from(">H", data, at)
        seen.append(marker)
        if marker in {SOC, EOC}:
            at, is_ended = at + 2, marker == EOC
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker < 0xFF00 or marker == COC or length < 2:
            yield f"the marker {marker:04X} at byte {at}"
            return
        if marker == SOT:
            (part,) = struct.unpack_from(">I", data, at + 6)
            if not 14 <= part < JAVA or data[at + 12 : at + 14] != b"\xff\x93":
                yield f"the tile-part at byte {at}"
                return
            length = part - 2
        at += 2 + length
    if seen[:2] != [SOC, SIZ] or not is_ended or at != len(data):
        yield "the beginning or the end of the codestream"


def raster(*bits: int, alpha: Alpha = Alpha.NONE, palette: Palette | None = None) -> Raster:
    made = np.random.default_rng(len(bits))
    planes = [made.integers(0, 2**each, (70, 90)) for each in bits]
    samples = np.stack(planes, -1).astype("u2" if max(bits) > 8 else "u1")
    colour = Colour.RGB if len(bits) > 2 else Colour.GREY
    return Raster(samples, bits, Colour.PALETTE if palette else colour, alpha, palette)


def map_of(bits: int, columns: int = 3, of: int = 8) -> Palette:
    entries = np.random.default_rng(bits).integers(0, 2**of, (2**bits, columns))
    return Palette(entries.astype("u2" if of > 8 else "u1"), of)


METRE = (Fraction(1500000, 127), Fraction(360000, 127))
ALL = Embedded(RGB, b"II*\0\x08\0\0\0\0\0\0\0\0\0", b"<x/>", b"\x1c\x02\x19\0\x01a", METRE)
KINDS = {
    **{f"grey of {bits} bits": Page(raster(bits)) for bits in (1, 2, 8, 12, 16)},
    **{f"colours of {bits} bits": Page(raster(bits, bits, bits)) for bits in (1, 8, 16)},
    "depths that differ": Page(raster(5, 6, 5)),
    "opacity": Page(raster(8, 8, 8, 8, alpha=Alpha.UNASSOCIATED)),
    "grey and opacity": Page(raster(16, 16, alpha=Alpha.ASSOCIATED)),
    "a channel of no meaning": Page(raster(8, 1, alpha=Alpha.UNSPECIFIED)),
    **{f"a palette of {n} bits": Page(raster(n, palette=map_of(n))) for n in range(1, 9)},
    "a palette of words": Page(raster(8, palette=map_of(8, of=16)), ALL),
    "a palette with opacity": Page(raster(4, alpha=Alpha.INDEX, palette=map_of(4, 4))),
    "a grey profile": Page(raster(8), Embedded(icc=GREY)),
    "all metadata": Page(raster(8, 8, 8), ALL),
}
FORMS = {
    "one tile": Codestream(tile=None, levels=5),
    "layers": Codestream("RLCP", 64, 3, (30.0, 35.0, 0.0)),
    "packets with marks": Codestream("RPCL", 64, 2, (0.0,), precincts=(64, 32), sop=True, eph=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wrong_with_a_picture_of(kind: str):
    assert complaints(make.jp2(KINDS[kind], FORM).data) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["depths that differ", "all metadata"])
def test_nothing_is_wrong_with_a_codestream_of(form: str, kind: str):
    assert complaints(make.jp2(KINDS[kind], FORMS[form], embed=b"a source").data) == []


DATA = make.jp2(KINDS["all metadata"], FORM).data
PART = DATA.index(b"\xff\x90\0\x0a") + 6
DAMAGE = {
    "the beginning": DATA.replace(b"ftyp", b"ftyq", 1),
    "what it is compatible with": DATA.replace(b"\0\0\0\0jp2 ", b"\0\0\0\0\0\0\0\1", 1),
    "the order of boxes": DATA.replace(b"jp2h", b"free", 1),
    "the image header": DATA.replace(b"ihdr", b"free", 1),
    "depths that no box tells": DATA.replace(b"\0\3\7\7\0\0", b"\0\3\xff\7\0\0", 1),
    "the tags of the profile": DATA.replace(b"cprt", b"cprs", 1),
    f"the tile-part at byte {PART - 6 - DATA.index(b'jp2c') - 4}": DATA[:PART]
    + bytes(4)
    + DATA[PART + 4 :],
    "the marker FF53": DATA.replace(b"\xff\x64\0", b"\xff\x53\0", 1),
    "the size of a uuid box": DATA.replace(b"\0\0\0\x1cuuid", b"\x80\0\0\x1cuuid", 1),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_the_rules_could_have_said_no(said: str):
    if DAMAGE[said] == DATA:
        pytest.fail("the damage has no place in this file")
    assert any(each.startswith(said) for each in complaints(DAMAGE[said]))
