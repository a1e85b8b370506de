"""What JP2 holds and what it refuses, class by class; each target is judged by others too."""

from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.jp2 import make
from avpres.adapters.jp2.codestream import encode
from avpres.adapters.jp2.proving import compare
from avpres.adapters.jp2.reading import picture
from avpres.domain.imaging import Alpha, Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

FORM = Codestream(levels=2)
SEED = np.random.default_rng(7)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def samples(*shape: int, most: int = 256, kind: type = np.uint8) -> np.ndarray:
    return SEED.integers(0, most, shape).astype(kind)


def indexed(entries: int, bits: int, columns: int, depth: int) -> Raster:
    kind = np.uint16 if bits > 8 else np.uint8
    colours = samples(entries, columns, most=2**bits, kind=kind)
    index = np.uint16 if depth > 8 else np.uint8
    alpha = Alpha.INDEX if columns == 4 else Alpha.NONE
    rows = samples(21, 34, 1, most=entries, kind=index)
    return Raster(rows, (depth,), Colour.PALETTE, alpha, Palette(colours, bits))


@pytest.mark.parametrize(
    ("entries", "bits", "columns", "depth"),
    [(256, 8, 3, 8), (256, 8, 4, 8), (2, 8, 3, 1), (16, 16, 3, 4), (1024, 8, 3, 10), (5, 8, 4, 8)],
)
def test_palettes_keep_every_entry(entries, bits, columns, depth):
    raster = indexed(entries, bits, columns, depth)

    made, proof = make.proved(Page(raster), FORM)

    again = picture(memoryview(made.data), most_pixels=10**6)
    assert np.array_equal(again.samples, raster.samples)
    assert np.array_equal(again.palette.entries[:entries], raster.palette.entries)
    assert not again.palette.entries[entries:].any()
    assert again.palette.bits == bits
    assert len(again.palette.entries) == max(entries, 8)
    assert again.digest() == made.raster.digest() == proof.digest
    assert again.alpha is raster.alpha
    assert len(proof.decoders) == 2


@pytest.mark.parametrize(("entries", "depth"), [(2, 1), (4, 2), (20, 5), (128, 7)])
def test_short_indices_show_right_colours_in_programs_that_scale_them(entries, depth):
    raster = indexed(entries, 8, 3, depth)

    made, _ = make.proved(Page(raster), FORM)

    seen = np.asarray(Image.open(BytesIO(made.data)).convert("RGB"))
    assert np.array_equal(seen, raster.palette.entries[raster.samples[..., 0]])
    assert f"indices of {depth} bits were given 8" in made.notes


@pytest.mark.parametrize("columns", [3, 4])
def test_palettes_are_expanded_where_the_policy_says_so(columns):
    raster = indexed(256, 8, columns, 8)

    made, _ = make.proved(Page(raster), FORM, palette="expand")

    wanted = raster.palette.entries[raster.samples[..., 0]]
    assert np.array_equal(made.raster.samples, wanted)
    assert np.array_equal(np.asarray(Image.open(BytesIO(made.data))), wanted)
    assert "palette expanded" in made.notes


def test_an_opaque_channel_beside_indices_is_mapped_as_it_is():
    rows = np.dstack([samples(9, 9, most=4), samples(9, 9)])
    palette = Palette(samples(4, 3), 8)
    raster = Raster(rows, (8, 8), Colour.PALETTE, Alpha.UNASSOCIATED, palette)

    made, _ = make.proved(Page(raster), FORM)

    assert made.head.mapping == ((0, 1, 0), (0, 1, 1), (0, 1, 2), (1, 0, 0))
    assert made.head.channels[-1] == (3, 1, 0)


@pytest.mark.parametrize(
    ("alpha", "channel"),
    [
        (Alpha.UNASSOCIATED, (3, 1, 0)),
        (Alpha.ASSOCIATED, (3, 2, 0)),
        (Alpha.UNSPECIFIED, (3, 0xFFFF, 0xFFFF)),
    ],
)
def test_channels_of_opacity_are_defined(alpha, channel):
    raster = Raster(samples(12, 10, 4), (8,) * 4, Colour.RGB, alpha)

    made, _ = make.proved(Page(raster), FORM)

    assert made.head.channels == ((0, 0, 1), (1, 0, 2), (2, 0, 3), channel)
    assert picture(memoryview(made.data), most_pixels=1000).alpha is alpha


def test_a_restricted_profile_is_copied():
    raster = Raster(samples(12, 10, 3), (8,) * 3, Colour.RGB)

    made, _ = make.proved(Page(raster, Embedded(icc=SRGB)), FORM)

    assert (made.head.space, made.head.profile) == (None, SRGB)
    assert b"colr\2\0\0" + SRGB in made.data


def test_bytes_behind_a_profile_are_left_away_and_told():
    raster = Raster(samples(12, 10, 3), (8,) * 3, Colour.RGB)

    made, _ = make.proved(Page(raster, Embedded(icc=SRGB + b"\0\0more")), FORM)

    assert made.head.profile == SRGB
    assert made.left_over == (("icc-padding", b"\0\0more"),)
    assert "6 bytes behind the ICC profile" in made.notes[0]


RGB = Raster(samples(8, 8, 3), (8,) * 3, Colour.RGB)
REFUSED = {
    Reason.CMYK: Raster(samples(8, 8, 4), (8,) * 4, Colour.CMYK),
    Reason.YCCK: Raster(samples(8, 8, 4), (8,) * 4, Colour.YCCK),
    Reason.LAB: Raster(samples(8, 8, 3), (8,) * 3, Colour.LAB),
    Reason.FLOAT: Raster(np.ones((8, 8, 1), np.float32), (32,), Colour.GREY),
    Reason.COMPLEX: Raster(np.ones((8, 8, 1), np.complex64), (64,), Colour.GREY),
    Reason.SIGNED: Raster(samples(8, 8, 1, kind=np.int16), (16,), Colour.GREY),
    Reason.BITS: Raster(samples(8, 8, 1, kind=np.uint32), (17,), Colour.GREY),
    Reason.MULTI_ALPHA: Raster(samples(8, 8, 5), (8,) * 5, Colour.RGB, Alpha.UNASSOCIATED),
    Reason.UNDEFINED_COLOUR: Raster(samples(8, 8, 2), (8,) * 2, Colour.GREY),
    Reason.PALETTE: indexed(1025, 8, 3, 11),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_jp2_has_no_words_for_is_refused_with_its_reason(reason):
    with pytest.raises(Unmigratable) as caught:
        make.jp2(Page(REFUSED[reason]), FORM)

    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("profile", "raster", "reason"),
    [
        (SRGB, Raster(samples(8, 8, 1), (8,), Colour.GREY), Reason.ICC_SPACE_MISMATCH),
        (SRGB[:-9], RGB, Reason.ICC_DAMAGED),
        (SRGB[:12] + b"link" + SRGB[16:], RGB, Reason.ICC_NOT_RESTRICTED),
    ],
)
def test_profiles_that_jp2_does_not_take_are_refused(profile, raster, reason):
    with pytest.raises(Unmigratable) as caught:
        make.jp2(Page(raster, Embedded(icc=profile)), FORM)

    assert caught.value.reason is reason


def test_an_index_without_an_entry_is_refused():
    raster = indexed(4, 8, 3, 8)
    raster.samples[3, 3] = 4

    with pytest.raises(Unmigratable, match="index 4, where the palette has 4 entries"):
        make.jp2(Page(raster), FORM)


@pytest.mark.parametrize("bits", range(17, 25))
def test_deeper_samples_are_exact_for_who_asks_for_them(bits):
    raster = Raster(samples(40, 50, 1, most=2**bits, kind=np.uint32), (bits,), Colour.GREY)

    _, proof = make.proved(Page(raster), FORM, most_bits=24)

    assert proof.untold == "FFmpeg decodes 16 bits at most"
    assert len(proof.decoders) == 1


def test_no_more_than_24_bits_are_taken_whatever_is_asked():
    raster = Raster(samples(9, 9, 1, most=2**25, kind=np.uint32), (25,), Colour.GREY)

    with pytest.raises(Unmigratable, match="25 bits, where 24 are taken"):
        make.proved(Page(raster), FORM, most_bits=32)


@pytest.mark.parametrize("dots", [Fraction(300), Fraction(72), Fraction(1, 10), Fraction(96, 7)])
def test_resolutions_in_inches_are_written_exactly(dots):
    metre = dots * Fraction(10000, 254)
    page = Page(RGB, Embedded(resolution=(metre, metre)))

    made, _ = make.proved(page, FORM, second=False)

    assert made.head.resolution == (metre, metre)
    assert made.left_over == ()


def test_a_resolution_that_16_bits_do_not_hold_goes_beside_as_well():
    odd = Fraction(1234567, 890123)

    made, _ = make.proved(Page(RGB, Embedded(resolution=(odd, odd))), FORM, second=False)

    assert abs(made.head.resolution[0] - odd) < odd / 10**6
    assert made.left_over == (
        ("resolution", b"1234567/890123 x 1234567/890123 pixels in a metre\n"),
    )


@pytest.mark.parametrize("seed", [0, 2, 3, 6])
def test_hard_edges_between_full_colours_are_exact_with_room_for_coefficients(seed):
    """Without that room OpenJPEG loses bits here, silently; its own program does so too."""
    blocks = np.random.default_rng(seed).integers(0, 2, (12, 12, 3)).astype(np.uint8) * 255
    raster = Raster(blocks.repeat(3, 0).repeat(3, 1), (8,) * 3, Colour.RGB)
    form = Codestream(levels=1)

    bare = encode(raster, form, headroom=0)
    _, proof = make.proved(Page(raster), form)

    assert len(proof.decoders) == 2
    with pytest.raises(Unmigratable) as caught:
        compare(memoryview(bare), raster, second=False)
    assert caught.value.reason is Reason.QA_DIFFERENCE
