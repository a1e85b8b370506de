import io

import numpy as np
import pytest
from PIL import Image

from avpres.adapters.images.differing import DETAIL, difference, overview_of_map, telling_window
from avpres.adapters.images.raster import Palette, Raster
from avpres.adapters.images.showing import NEUTRAL, OVERVIEW, jpeg, overview, png, shown
from avpres.domain.imaging import Alpha, Colour

KINDS = [
    (1, Colour.GREY, Alpha.NONE),
    (3, Colour.RGB, Alpha.NONE),
    (4, Colour.RGB, Alpha.UNASSOCIATED),
    (2, Colour.GREY, Alpha.ASSOCIATED),
    (4, Colour.CMYK, Alpha.NONE),
    (3, Colour.LAB, Alpha.NONE),
]
SIZES = [(1, 1), (1, 700), (700, 1), (257, 255), (900, 1300)]


def picture(height, width, bits, kind):
    channels, colour, alpha = kind
    word = np.uint8 if bits <= 8 else np.uint16
    made = np.random.default_rng(1).integers(0, 2**bits, (height, width, channels)).astype(word)
    return Raster(made, (bits,) * channels, colour, alpha)


def with_one_step(raster):
    samples = raster.samples.copy()
    samples[raster.height // 2, raster.width // 2, 0] ^= 1
    return Raster(samples, raster.bits, raster.colour, raster.alpha)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[1]}{kind[0]}")
@pytest.mark.parametrize("bits", [1, 8, 10, 16])
def test_any_raster_is_shown_as_eight_bit_rgb(kind, bits):
    raster = picture(5, 7, bits, kind)
    assert shown(raster).shape == (5, 7, 3)
    assert shown(raster).dtype == np.uint8


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_one_sample_one_step_apart_is_seen_everywhere(size):
    raster = picture(*size, 16, KINDS[1])
    gap = difference(raster, with_one_step(raster))
    window = telling_window(shown(raster), gap)
    assert gap.maximum == 1
    assert gap.map.max() == overview_of_map(gap.map).max() == window.of(gap.map).max() == 255
    assert max(overview_of_map(gap.map).shape) <= OVERVIEW
    assert max(window.width, window.height) <= DETAIL


def test_a_picture_and_itself_are_identical():
    raster = picture(300, 300, 8, KINDS[1])
    gap = difference(raster, raster)
    assert (gap.maximum, gap.sigma, gap.psnr, gap.gain) == (0, 0, None, 0)
    assert not gap.map.any()


def test_figures_are_those_of_the_definition():
    one = Raster(np.zeros((2, 2, 1), np.uint8), (8,), Colour.GREY)
    other = Raster(np.array([[[3], [0]], [[0], [1]]], np.uint8), (8,), Colour.GREY)
    gap = difference(one, other)
    assert gap.maximum == 3
    assert gap.sigma == pytest.approx((10 / 4) ** 0.5)
    assert gap.psnr == pytest.approx(10 * np.log10(255**2 / 2.5))
    assert gap.gain == 85


def test_a_palette_is_shown_by_its_colours_and_compared_with_the_expanded_picture():
    entries = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)
    indices = np.array([[[0], [1]]], np.uint8)
    indexed = Raster(indices, (1,), Colour.PALETTE, palette=Palette(entries))
    expanded = Raster(entries[indices[:, :, 0]], (8, 8, 8), Colour.RGB)
    assert shown(indexed).tolist() == [[[255, 0, 0], [0, 0, 255]]]
    assert difference(indexed, expanded).maximum == 0


def test_what_is_transparent_shows_the_neutral_grey():
    samples = np.array([[[200, 10, 10, 0]]], np.uint8)
    raster = Raster(samples, (8,) * 4, Colour.RGB, Alpha.UNASSOCIATED)
    assert shown(raster).tolist() == [[[NEUTRAL] * 3]]


def test_ycbcr_is_shown_in_the_colours_that_pillow_gives_it():
    samples = np.random.default_rng(5).integers(0, 256, (300, 7, 3), np.uint8)

    found = shown(Raster(samples, (8, 8, 8), Colour.YCBCR))

    wanted = np.asarray(Image.frombytes("YCbCr", (7, 300), samples.tobytes()).convert("RGB"))
    assert np.abs(found.astype(int) - wanted).max() <= 1


def test_numbers_that_are_none_are_no_difference_on_both_sides_and_one_on_one():
    one = Raster(np.array([[[np.nan], [1.0]]], np.float32), (32,), Colour.GREY)
    other = Raster(np.array([[[0.0], [1.0]]], np.float32), (32,), Colour.GREY)
    assert difference(one, one).maximum == 0
    assert difference(one, other).maximum > 0


def test_pictures_of_two_sizes_are_not_compared():
    with pytest.raises(ValueError, match="3x2 against 2x3"):
        difference(picture(2, 3, 8, KINDS[0]), picture(3, 2, 8, KINDS[0]))


def test_what_is_judged_one_to_one_is_written_without_loss():
    pixels = shown(picture(20, 30, 8, KINDS[1]))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(pixels)))), pixels)
    assert Image.open(io.BytesIO(jpeg(overview(pixels)))).size == (30, 20)
