"""TGA: every kind from every corner; attribute bits are decided by rule or refused."""

import struct

import numpy as np
import pytest
from opened import outcome, pages_of, refusal, traits_of
from simple_makers import tga

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason

RANDOM = np.random.default_rng(9)


def pixels(step, height=6, width=9):
    """Give random bytes in which some pixels repeat."""
    found = RANDOM.integers(0, 256, (height, width, step)).astype(np.uint8)
    found[:, : width // 2] = found[:, :1]
    return found


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("corner", range(4))
def test_every_kind_comes_back_from_every_corner(corner, packed):
    how = {"packed": packed, "corner": corner}
    colours = pixels(3)
    (page,) = pages_of(tga(colours, 2, 24, **how))
    assert np.array_equal(page.raster.samples, colours[:, :, ::-1])
    greys = pixels(1)
    (page,) = pages_of(tga(greys, 3, 8, **how))
    assert np.array_equal(page.raster.samples, greys)
    assert page.raster.colour is Colour.GREY
    words = pixels(2)
    words[:, :, 1] &= 0x7F
    (page,) = pages_of(tga(words, 2, 16, **how))
    values = words[:, :, 0].astype(int) | words[:, :, 1].astype(int) << 8
    wanted = np.stack([values >> 10, values >> 5 & 31, values & 31], axis=2)
    assert np.array_equal(page.raster.samples, wanted)
    assert page.raster.bits == (5, 5, 5)


@pytest.mark.parametrize("entry", [3, 4])
@pytest.mark.parametrize("first", [0, 3])
def test_indices_and_palettes_come_back(entry, first):
    palette = RANDOM.integers(0, 256, (100, entry)).astype(np.uint8)
    indices = pixels(1) % 97 + first
    told = {"palette": palette.tobytes(), "entry": 8 * entry, "colours": 100, "first": first}
    (page,) = pages_of(tga(indices.astype(np.uint8), 1, 8, **told))
    assert np.array_equal(page.raster.samples, indices)
    order = [2, 1, 0, 3][:entry]
    assert np.array_equal(page.raster.palette.entries[first:], palette[:, order])
    assert page.raster.alpha is (Alpha.INDEX if entry == 4 else Alpha.NONE)


@pytest.mark.parametrize(
    ("meaning", "alpha"),
    [(None, Alpha.UNASSOCIATED), (3, Alpha.UNASSOCIATED), (4, Alpha.ASSOCIATED)],
)
def test_attribute_bits_that_are_opacity_are_a_channel(meaning, alpha):
    colours = pixels(4)
    data = tga(colours, 2, 32, attributes=8, alpha_type=meaning)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, colours[:, :, [2, 1, 0, 3]])
    assert page.raster.alpha is alpha is traits_of(data).alpha
    greys = pixels(2)
    (page,) = pages_of(tga(greys, 3, 16, attributes=8, alpha_type=meaning))
    assert np.array_equal(page.raster.samples, greys)


@pytest.mark.parametrize("told", [{}, {"attributes": 8, "alpha_type": 0}])
def test_attribute_bits_without_a_meaning_are_left_out_or_refused(told):
    colours = pixels(4)
    assert refusal(tga(colours, 2, 32, **told)) is Reason.MULTI_ALPHA
    colours[:, :, 3] = 255
    (page,) = pages_of(tga(colours, 2, 32, **told))
    assert page.raster.notes == ("attribute bits of 255 left out",)
    assert page.raster.channels == 3


def test_name_and_extension_are_kept():
    (page,) = pages_of(tga(pixels(3), 2, 24, name=b"harbour", alpha_type=0))
    others = dict(page.embedded.others)
    assert others["tga:name"] == b"harbour"
    assert others["tga:rest"].endswith(b"TRUEVISION-XFILE.\0")


def test_what_is_no_tga_is_unknown_and_claims_are_refused():
    random = np.random.default_rng(1)
    for _ in range(200):
        assert refusal(random.bytes(64)) in {Reason.UNKNOWN_FORMAT, Reason.DAMAGED}
    head = struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, 16000, 16000, 24, 0)
    assert refusal(head + b"\xff\1\2\3" * 2000, Limits()) is Reason.UNKNOWN_FORMAT


def test_any_byte_changed_gives_a_picture_or_a_reason():
    data = tga(pixels(3, 3, 4), 2, 24, packed=True, alpha_type=0)
    for place in range(len(data)):
        for value in (0, 0xFF, data[place] ^ 1):
            outcome(data[:place] + bytes([value]) + data[place + 1 :])
    for end in range(1, len(data) - 521):
        assert refusal(data[:end]) is not None
