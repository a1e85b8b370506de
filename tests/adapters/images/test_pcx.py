"""PCX: planes and palettes of every kind; colours that are nowhere told are refused."""

from fractions import Fraction

import numpy as np
import pytest
from opened import outcome, pages_of, refusal, traits_of
from simple_makers import pcx

from avpres.adapters.images import pcx as pcx_reader
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable

RANDOM = np.random.default_rng(13)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (9, 33), (8, 16)])
@pytest.mark.parametrize(("bits", "planes"), [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (4, 1)])
def test_indices_of_few_bits_come_back(bits, planes, shape):
    count = 1 << bits * planes
    values = RANDOM.integers(0, count, shape)
    if planes > 1:
        packed = np.stack([_packed(values >> each & 1, 1) for each in range(planes)], axis=1)
    else:
        packed = _packed(values, bits)[:, np.newaxis]
    packed = np.pad(packed, ((0, 0), (0, 0), (0, packed.shape[2] % 2)))
    palette = RANDOM.integers(1, 256, (count, 3)) if count > 2 else None
    (page,) = pages_of(pcx(packed, bits, width=shape[1], palette=palette))
    assert np.array_equal(page.raster.samples[:, :, 0], values)
    assert page.raster.colour is (Colour.PALETTE if count > 2 else Colour.GREY)
    if palette is not None:
        assert np.array_equal(page.raster.palette.entries, palette)
    assert len(page.decoders) == 2


def test_indices_of_eight_bits_and_colours_come_back():
    values = RANDOM.integers(0, 256, (7, 10))
    palette = RANDOM.integers(0, 256, (256, 3))
    (page,) = pages_of(pcx(values[:, np.newaxis], 8, palette=palette))
    assert np.array_equal(page.raster.samples[:, :, 0], values)
    assert np.array_equal(page.raster.palette.entries, palette)
    colours = RANDOM.integers(0, 256, (7, 10, 3))
    (page,) = pages_of(pcx(colours.transpose(0, 2, 1), 8) + b"behind")
    assert np.array_equal(page.raster.samples, colours)
    assert page.embedded.others == (("trailing", b"behind"),)


def test_colours_that_are_nowhere_told_are_refused():
    values = RANDOM.integers(0, 256, (400, 1, 10))
    assert refusal(pcx(values, 8)) is Reason.UNDEFINED_COLOUR
    assert refusal(pcx(values, 4)) is Reason.UNDEFINED_COLOUR
    assert refusal(pcx(values, 1, palette=np.array([[255] * 3, [0] * 3]))) is (
        Reason.UNDEFINED_COLOUR
    )


def test_resolution_is_told_where_it_is_one():
    values = RANDOM.integers(0, 256, (7, 1, 10))
    assert traits_of(pcx(values, 1, dpi=(300, 150))).resolution == (
        Fraction(3000000, 254),
        Fraction(1500000, 254),
    )
    assert traits_of(pcx(values, 1, dpi=(640, 480))).resolution is None
    assert traits_of(pcx(values, 1, dpi=(80, 7))).resolution is None


def test_any_byte_changed_gives_a_picture_or_a_reason():
    palette = RANDOM.integers(1, 256, (16, 3))
    data = pcx(RANDOM.integers(0, 256, (3, 1, 4)), 4, palette=palette)
    for place in range(len(data)):
        for value in (0, 0xFF, data[place] ^ 1):
            outcome(data[:place] + bytes([value]) + data[place + 1 :])
    for end in range(1, len(data)):
        assert refusal(data[:end]) is not None


def _packed(values, bits):
    parts = np.unpackbits(values.astype(np.uint8)[:, :, np.newaxis], axis=2)[:, :, 8 - bits :]
    return np.packbits(parts.reshape(len(values), -1), axis=1)


@pytest.mark.parametrize("step", [2, 6, 1 << 20])
def test_run_lengths_are_undone_as_a_plain_walker_does(step, monkeypatch):
    monkeypatch.setattr(pcx_reader, "_STEP", step)
    random = np.random.default_rng(2)
    kinds = np.array([0, 1, 0xBF, 0xC0, 0xC1, 0xC3, 0xFF], np.uint8)
    for _ in range(500):
        data = random.choice(kinds, random.integers(1, 40)).tobytes()
        wanted = int(random.integers(1, 200))
        try:
            found, place = pcx_reader._unpacked(data, wanted)
        except Unmigratable:
            assert _walked(data, wanted) is None
        else:
            assert (found.tobytes(), place) == _walked(data, wanted)


def _walked(data, wanted):
    """Give the bytes and what they took, byte after byte; None where they do not fit."""
    found, place = b"", 0
    while len(found) < wanted and place < len(data):
        count = data[place] - 0xC0 if data[place] >= 0xC0 else 1
        place += data[place] >= 0xC0
        found += data[place : place + 1] * count
        place += 1
    return (found, min(place, len(data))) if len(found) == wanted else None
