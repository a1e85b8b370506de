"""Pictures of every kind in codestreams of every form, found by hypothesis."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.images.raster import Page, Raster
from avpres.adapters.jp2 import make, second
from avpres.adapters.jp2.codestream import encode
from avpres.adapters.jp2.proving import first_layer
from avpres.adapters.jp2.reading import picture
from avpres.domain.imaging import Alpha, Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

KINDS = {
    1: (Colour.GREY, Alpha.NONE),
    2: (Colour.GREY, Alpha.ASSOCIATED),
    3: (Colour.RGB, Alpha.NONE),
    4: (Colour.RGB, Alpha.UNSPECIFIED),
}


@st.composite
def rasters(draw: st.DrawFn) -> Raster:
    """Draw noise, blocks of full colours, slopes and flat pictures."""
    count = draw(st.integers(1, 4))
    bits = draw(st.one_of(st.integers(1, 16).map(lambda b: (b,) * count), depths(count)))
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    rough = np.random.default_rng(draw(st.integers(0, 10_000)))
    look = draw(st.sampled_from(["noise", "blocks", "slope", "flat"]))
    side = draw(st.integers(1, 9))
    planes = [_plane(rough, look, (height, width, side), 2**each - 1) for each in bits]
    kind = np.uint8 if max(bits) <= 8 else np.uint16
    return Raster(np.stack(planes, -1).astype(kind), bits, *KINDS[count])


def depths(count: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(1, 16)] * count)


def _plane(
    rough: np.random.Generator, look: str, size: tuple[int, int, int], most: int
) -> np.ndarray:
    height, width, side = size
    if look == "noise":
        return rough.integers(0, most + 1, (height, width))
    if look == "blocks":
        small = rough.integers(0, 2, (-(-height // side), -(-width // side))) * most
        return small.repeat(side, 0).repeat(side, 1)[:height, :width]
    if look == "slope":
        return (np.add.outer(np.arange(height), np.arange(width)) * most) // (height + width)
    return np.full((height, width), most)


@st.composite
def forms(draw: st.DrawFn) -> Codestream:
    tile = draw(st.sampled_from([None, 32, 64, 100, 1024]))
    most = 5 if tile is None else int(math.log2(tile))
    layers = draw(st.sampled_from([(0.0,), (35.0, 0.0), (30.0, 40.0, 0.0)]))
    return Codestream(
        draw(st.sampled_from(["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"])),
        tile,
        draw(st.integers(0, most)),
        layers,
        draw(st.booleans()),
        draw(st.sampled_from([16, 32, 64])),
        draw(st.sampled_from([(), (), (20.0, 5.0, 0.0)])),
        draw(st.sampled_from([(), (), (256,), (256, 128)])),
        sop=draw(st.booleans()),
        eph=draw(st.booleans()),
        segmentation=draw(st.booleans()),
    )


@settings(derandomize=True, deadline=None, max_examples=250)
@given(rasters(), forms())
def test_every_picture_in_every_form_comes_back_from_both_decoders(raster, form):
    made, proof = make.proved(Page(raster), form)

    again = picture(memoryview(made.data), most_pixels=10_000)
    assert proof.digest == raster.digest() == again.digest()
    assert again.alpha is raster.alpha
    assert len(proof.decoders) == 2


@pytest.mark.parametrize("size", [(1, 70_000), (70_000, 1), (2, 33_000)])
def test_pictures_that_are_very_long(size):
    raster = Raster(
        np.random.default_rng(1).integers(0, 256, (*size, 1), np.uint8), (8,), Colour.GREY
    )

    _, proof = make.proved(Page(raster), Codestream(levels=6))

    assert len(proof.decoders) == 2


def photo() -> Raster:
    rows, columns = np.mgrid[0:200, 0:300]
    smooth = 120 + 60 * np.sin(rows / 17) + 50 * np.cos(columns / 23)
    rough = np.random.default_rng(1).normal(0, 6, (200, 300, 3))
    return Raster((smooth[..., None] + rough).clip(0, 255).astype(np.uint8), (8,) * 3, Colour.RGB)


@pytest.mark.parametrize("decibels", [30.0, 35.0, 40.0])
def test_the_first_layer_is_near_what_was_asked_for(decibels):
    form = Codestream(levels=2, layers_psnr=(decibels, 0.0))

    _, proof = make.proved(Page(photo()), form, first_layer=True, second=False)

    assert proof.psnr == pytest.approx(decibels, abs=2)


def test_room_for_coefficients_leaves_the_layers_as_they_were():
    raster, form = photo(), Codestream(levels=2)
    bare, roomy = (encode(raster, form, headroom=bits) for bits in (0, 2))

    assert first_layer(memoryview(bare), raster) == first_layer(memoryview(roomy), raster)
    assert 0 <= len(roomy) - len(bare) < 40


def test_a_lossless_first_layer_is_told_as_infinite():
    raster = photo()

    coded = encode(raster, Codestream(levels=2, layers_psnr=(0.0,)))

    assert first_layer(memoryview(coded), raster) == math.inf


@pytest.mark.parametrize(
    ("form", "detail"),
    [
        (Codestream(layers_psnr=(35.0,)), "the last layer must be 0"),
        (Codestream(tile=16, levels=5), "Number of resolutions is too high"),
        (Codestream(block=3), "OpenJPEG"),
    ],
)
def test_forms_that_cannot_be_are_refused_with_the_librarys_own_words(form, detail):
    with pytest.raises(Unmigratable, match=detail) as caught:
        make.jp2(Page(photo()), form)

    assert caught.value.reason is Reason.ENCODER_ERROR


def test_more_tiles_than_a_codestream_holds_are_refused():
    raster = Raster(np.zeros((300, 300, 1), np.uint8), (8,), Colour.GREY)

    with pytest.raises(Unmigratable, match="90000 tiles") as caught:
        make.jp2(Page(raster), Codestream(tile=1, levels=0))
    assert caught.value.reason is Reason.TOO_LARGE


def test_where_the_second_decoder_cannot_be_asked_is_said():
    large = np.broadcast_to(np.uint8(0), (20_000, 20_000, 1))

    assert "million pixels" in second.untold(Raster(large, (8,), Colour.GREY))
    assert second.untold(photo()) == ""


def test_the_second_decoder_alone_tells_a_difference():
    raster = photo()
    coded = encode(raster, Codestream(levels=2))
    raster.samples[7, 7, 1] ^= 1

    with pytest.raises(Unmigratable, match="FFmpeg decodes channel 2 otherwise"):
        second.check(memoryview(coded), raster)


def test_the_second_decoder_says_why_it_fails():
    coded = encode(photo(), Codestream(levels=2))

    with pytest.raises(Unmigratable) as caught:
        second.check(memoryview(coded[:100]), photo())
    assert caught.value.reason is Reason.SECOND_DECODER_ERROR
