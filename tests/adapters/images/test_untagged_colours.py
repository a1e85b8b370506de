"""A picture without a profile is declared as what the rest of the file says of its colours."""

import io
import struct
from fractions import Fraction

import numpy as np
import pytest
import tiff_maker
from hypothesis import given, settings
from hypothesis import strategies as st
from jpeg_maker import jpeg, photo
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from avpres.adapters.images import icc
from avpres.adapters.images.exif_colours import Colours, colours
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.matrix_profile import ADOBE_RGB, profile
from avpres.adapters.images.opening import pages
from avpres.adapters.images.probing import probe
from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.untagged import untagged
from avpres.adapters.jp2 import make
from avpres.adapters.jp2.parsing import parse
from avpres.domain.imaging import Codestream, Colour, Icc
from avpres.domain.migration import Reason, Unmigratable

FORM = Codestream(tile=64, levels=2)
ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
PUBLISHED = {  # Adobe RGB (1998) Color Image Encoding, 4.3.5.3
    "red_colorant": (0.60974, 0.31111, 0.01947),
    "green_colorant": (0.20528, 0.62567, 0.06087),
    "blue_colorant": (0.14919, 0.06322, 0.74457),
    "media_white_point": (0.9505, 1.0, 1.0891),
}


def exif(space=None, index=None, primaries=None, transfer=False):
    """Give the Exif of a camera, as Pillow writes it."""
    made = Image.Exif()
    made[0x010F] = "Maker"
    if primaries:
        made[0x013F] = tuple(IFDRational(round(each * 100), 100) for each in primaries)
    if transfer:
        made[0x012D] = tuple(range(768))
    deeper = made.get_ifd(0x8769)
    deeper[0x9000] = b"0230"
    if space is not None:
        deeper[0xA001] = space
    if index is not None:
        deeper[0xA005] = {1: index, 2: b"0100"}
    return made.tobytes()


def judged(colour=Colour.RGB, **told):
    return untagged(Embedded(exif=exif(**told)[6:]), colour)


def test_the_profile_holds_the_published_figures():
    made = profile(ADOBE_RGB)

    found = ImageCms.ImageCmsProfile(io.BytesIO(made)).profile

    for name, numbers in PUBLISHED.items():
        assert getattr(found, name)[0] == pytest.approx(numbers, abs=5e-5)
    at = made.index(b"curv")
    assert struct.unpack_from(">4xIH", made, at + 4) == (1, 563)  # of 256
    assert made[8:16] == b"\2\x20\0\0scnr"
    assert icc.judge(made, Colour.RGB) is Icc.RESTRICTED
    assert int.from_bytes(made[:4], "big") == len(made)


def test_littlecms_shows_its_colours_as_they_are_meant():
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile(ADOBE_RGB)))
    turn = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    patches = Image.fromarray(np.uint8([[(255, 255, 255), (200, 100, 50), (0, 255, 0)]]))

    shown = np.asarray(ImageCms.applyTransform(patches, turn)).tolist()

    assert shown[0] == [[255, 255, 255], [227, 100, 42], [0, 255, 0]]


@pytest.mark.parametrize("space", [65535, None, 2])
def test_dcf_of_adobe_rgb_gets_the_profile_of_it(space):
    found = judged(space=space, index="R03", primaries=ADOBE)

    assert found.profile == profile(ADOBE_RGB)
    assert found.is_known
    assert "R03" in found.why


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"space": 1},
        {"space": 1, "index": "R98"},
        {"index": "R98", "primaries": SRGB},
        {"index": "THM"},
    ],
)
def test_what_says_srgb_or_nothing_is_srgb(told):
    assert judged(**told) == untagged(Embedded(), Colour.RGB)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"space": 65535}, "ColorSpace 65535"),
        ({"space": 65535, "index": "R98"}, "ColorSpace 65535"),
        ({"space": 2}, "ColorSpace 2"),
        ({"primaries": ADOBE}, "primaries"),
        ({"transfer": True}, "TransferFunction"),
    ],
    ids=str,
)
def test_colours_that_nobody_knows_are_said_to_be_so(told, word):
    found = judged(**told)

    assert (found.profile, found.is_known) == (None, False)
    assert word in found.why


@pytest.mark.parametrize(
    "told",
    [{"space": 1, "index": "R03"}, {"space": 65535, "index": "R03", "primaries": SRGB}],
    ids=str,
)
def test_what_contradicts_itself_is_refused(told):
    with pytest.raises(Unmigratable) as caught:
        judged(**told)
    assert caught.value.reason is Reason.UNDEFINED_COLOUR


def test_a_grey_picture_has_no_primaries():
    assert judged(Colour.GREY, primaries=ADOBE).is_known
    assert not judged(Colour.GREY, index="R03").is_known


def test_what_a_png_says_itself_stands_above_its_exif():
    block = exif(space=65535, index="R03")[6:]
    assert untagged(Embedded(exif=block, others=(("png:sRGB", b"\0"),)), Colour.RGB).is_known


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize(("index", "known"), [("R03", True), ("R98", False)])
def test_a_jp2_declares_them_and_is_valid(kind, index, known):
    page = opened(picture(kind, index))

    made, _ = make.proved(page, FORM, second=False)

    head = parse(memoryview(made.data)).head
    assert head.profile == (profile(ADOBE_RGB) if known else None)
    assert (head.space, head.known) == ((None, True) if known else (16, False))
    assert made.colour in made.notes
    assert np.array_equal(made.raster.samples, page.raster.samples)


def test_a_profile_of_its_own_decides():
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = jpeg(photo(16, 16), exif=exif(space=65535, index="R03"), icc_profile=own)

    made = make.jp2(opened(data), FORM)

    assert (made.head.profile, made.colour) == (own, "")


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.data())
def test_no_exif_is_too_odd(data):
    block = bytearray(exif(space=65535, index="R03", primaries=ADOBE)[6:])
    for _ in range(data.draw(st.integers(0, 4))):
        block[data.draw(st.integers(8, len(block) - 1))] = data.draw(st.integers(0, 255))
    found = colours(bytes(block[: data.draw(st.integers(0, len(block)))]))
    assert isinstance(found, Colours)
    assert all(isinstance(each, Fraction) for each in found.primaries)


def picture(kind, index):
    if kind == "JPEG":
        return jpeg(photo(40, 30), exif=exif(space=65535, index=index))
    interop = tiff_maker.Page({1: (tiff_maker.ASCII, index.encode() + b"\0")})
    space = (tiff_maker.SHORT, struct.pack("<H", 65535))
    inner = {0x8769: tiff_maker.Page({0xA001: space}, inner={0xA005: interop})}
    return tiff_maker.tiff(photo(40, 30), inner=inner)


def opened(data):
    traits = probe(io.BytesIO(data), len(data))
    return next(pages(memoryview(data), traits, Limits()))
