"""BMP: every header, depth and compression; what cannot be decided is refused."""

import struct
from fractions import Fraction

import imagecodecs
import numpy as np
import pytest
from bmp_maker import bmp
from opened import outcome, pages_of, refusal, traits_of

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha, Colour, Icc
from avpres.domain.migration import Reason

RANDOM = np.random.default_rng(5)
SIZES = (12, 40, 52, 56, 64, 108, 124)
FIELDS = [
    (16, (0x7C00, 0x3E0, 0x1F, 0)),
    (16, (0xF800, 0x7E0, 0x1F, 0)),
    (16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
    (32, (0xFF0000, 0xFF00, 0xFF, 0)),
    (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
    (32, (0xFF000000, 0xFF0000, 0xFF00, 0)),
]


@pytest.mark.parametrize(
    ("size", "top_down"),
    [*((size, False) for size in SIZES), *((size, True) for size in SIZES[1:])],
)
@pytest.mark.parametrize("depth", [1, 4, 8])
def test_indices_and_palettes_come_back(depth, size, top_down):
    for count in (1 << depth, (1 << depth) - (depth > 1)):
        for shape in ((1, 1), (5, 7), (16, 33)):
            pixels = RANDOM.integers(0, count, shape)
            palette = RANDOM.integers(0, 256, (count, 3))
            data = bmp(pixels, depth, size=size, palette=palette, top_down=top_down)
            (page,) = pages_of(data)
            assert np.array_equal(page.raster.samples[:, :, 0], pixels)
            assert np.array_equal(page.raster.palette.entries, palette)
            assert page.raster.bits == (depth,)
            assert len(page.decoders) == 2


@pytest.mark.parametrize("depth", [4, 8])
def test_run_lengths_come_back(depth):
    for shape in ((1, 1), (5, 7), (16, 33), (3, 300)):
        pixels = RANDOM.integers(0, 1 << depth, shape)
        pixels = np.where(RANDOM.random(shape) < 0.5, pixels, pixels[:1, :1])
        palette = RANDOM.integers(0, 256, (1 << depth, 3))
        data = bmp(pixels, depth, palette=palette, rle=depth)
        (page,) = pages_of(data)
        assert np.array_equal(page.raster.samples[:, :, 0], pixels)
        assert traits_of(data).compression == f"RLE{depth}"


@pytest.mark.parametrize("size", [40, 52, 56, 108, 124])
@pytest.mark.parametrize(("depth", "masks"), FIELDS, ids=str)
def test_fields_come_back_at_their_own_depth(depth, masks, size):
    has_opacity = bool(masks[3]) and size >= 56
    used = masks if has_opacity else masks[:3]
    parts = [RANDOM.integers(0, 1 << mask.bit_count(), (9, 7)) for mask in used]
    pairs = zip(used, parts, strict=True)
    pixels = sum(part << ((mask & -mask).bit_length() - 1) for mask, part in pairs)
    data = bmp(pixels, depth, size=size, masks=masks)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, np.stack(parts, axis=2))
    assert page.raster.bits == tuple(mask.bit_count() for mask in used) == traits_of(data).bits
    assert (page.raster.alpha is Alpha.UNASSOCIATED) == has_opacity


@pytest.mark.parametrize("depth", [16, 24, 32])
def test_colours_without_fields_come_back(depth):
    bits = 5 if depth == 16 else 8
    parts = [RANDOM.integers(0, 1 << bits, (6, 5)) for _ in range(3)]
    pixels = parts[0] << 2 * bits | parts[1] << bits | parts[2]
    for size in SIZES:
        (page,) = pages_of(bmp(pixels, depth, size=size))
        assert np.array_equal(page.raster.samples, np.stack(parts, axis=2))
        assert page.raster.colour is Colour.RGB


def test_a_fourth_byte_is_left_out_where_it_says_nothing_else_refused():
    pixels = RANDOM.integers(0, 1 << 24, (6, 5))
    for value in (0, 255):
        (page,) = pages_of(bmp(pixels | value << 24, 32))
        assert page.raster.notes == (f"a fourth byte of {value} left out",)
        assert page.raster.channels == 3
    assert refusal(bmp(RANDOM.integers(0, 1 << 32, (6, 5)), 32)) is Reason.MULTI_ALPHA
    assert refusal(bmp(pixels | 7 << 24, 32)) is Reason.MULTI_ALPHA


def test_profile_resolution_and_what_follows_are_kept():
    profile = imagecodecs.cms_profile("srgb")
    pixels = RANDOM.integers(0, 1 << 24, (6, 5))
    data = bmp(pixels, 24, size=124, profile=profile, resolution=(11811, 5905))
    (page,) = pages_of(data + b"behind")
    assert page.embedded.icc == profile
    assert page.embedded.resolution == (Fraction(11811), Fraction(5905))
    assert dict(page.embedded.others) == {"trailing": b"behind"}
    assert traits_of(data).icc is Icc.RESTRICTED


def test_what_stands_before_the_pixels_is_kept():
    data = bmp(RANDOM.integers(0, 1 << 24, (6, 5)), 24)
    moved = data[:10] + struct.pack("<I", 54 + 6) + data[14:54] + b"hidden" + data[54:]
    (page,) = pages_of(moved)
    assert dict(page.embedded.others) == {"bmp:before-pixels": b"hidden"}


def test_pixels_that_runs_skip_are_told_and_a_picture_of_them_is_refused():
    data = bmp(np.ones((4, 4), int), 8, palette=np.arange(768).reshape(256, 3) % 256, rle=8)
    start = struct.unpack_from("<I", data, 10)[0]
    runs = b"\2\1\0\0\0\2\1\1\1\3\0\1"
    skipped = data[:start] + runs
    skipped = skipped[:34] + struct.pack("<I", len(runs)) + skipped[38:]
    (page,) = pages_of(skipped)
    assert page.raster.notes == ("pixels that its run lengths skip are index 0",)
    large = skipped[:18] + struct.pack("<ii", 16000, 16000) + skipped[26:]
    assert refusal(large, Limits()) is Reason.DAMAGED


@pytest.mark.parametrize(
    ("masks", "depth"),
    [((0xFF0000, 0xFF00, 0, 0), 32), ((0xF0, 0xFF, 1, 0), 16), ((0x1F0000, 0x7E0, 0x1F, 0), 16)],
    ids=["a colour without a field", "fields over each other", "outside of the pixel"],
)
def test_impossible_fields_are_refused(masks, depth):
    assert refusal(bmp(np.zeros((2, 2), int), depth, masks=masks)) is Reason.DAMAGED


def test_any_byte_changed_gives_a_picture_or_a_reason():
    palette = RANDOM.integers(0, 256, (16, 3))
    data = bmp(RANDOM.integers(0, 16, (3, 5)), 4, palette=palette, rle=4)
    for place in range(len(data)):
        for value in (0, 0xFF, data[place] ^ 1, data[place] ^ 0x80):
            outcome(data[:place] + bytes([value]) + data[place + 1 :])
    for end in range(1, len(data)):
        assert refusal(data[:end]) is not None
