"""Round trips of samples through JP2: every depth, every number of channels, every odd size."""

import itertools

import numpy as np
import pytest

from avpres.adapters.images.raster import Page, Raster
from avpres.adapters.jp2 import make
from avpres.domain.imaging import Alpha, Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

SIZES = ((1, 1), (1, 13), (17, 1), (33, 65))
CHANNELS = {
    1: (Colour.GREY, Alpha.NONE),
    2: (Colour.GREY, Alpha.UNASSOCIATED),
    3: (Colour.RGB, Alpha.NONE),
    4: (Colour.RGB, Alpha.UNASSOCIATED),
}


def noise(height: int, width: int, bits: tuple[int, ...], seed: int = 1) -> np.ndarray:
    kind = np.uint8 if max(bits) <= 8 else np.uint16 if max(bits) <= 16 else np.uint32
    made = np.random.default_rng(seed)
    return np.stack([made.integers(0, 2**each, (height, width)) for each in bits], -1).astype(kind)


def picture(height: int, width: int, bits: tuple[int, ...]) -> Raster:
    colour, alpha = CHANNELS[len(bits)]
    return Raster(noise(height, width, bits), bits, colour, alpha)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", CHANNELS)
@pytest.mark.parametrize("bits", range(1, 17))
def test_every_depth_comes_back_from_two_decoders(bits, count, size):
    raster = picture(*size, (bits,) * count)

    made, proof = make.proved(Page(raster), Codestream(tile=64))

    assert proof.digest == raster.digest()
    assert [name.split()[0] for name in proof.decoders] == ["OpenJPEG", "FFmpeg"]
    assert made.data[:12] == b"\0\0\0\x0cjP  \r\n\x87\n"


@pytest.mark.parametrize("side", [1023, 1024, 1025])
def test_tiles_that_end_beside_the_edge_of_the_picture(side):
    raster = picture(side, 1024, (8,))

    _, proof = make.proved(Page(raster), Codestream(), second=False)

    assert proof.digest == raster.digest()


@pytest.mark.parametrize("bits", [(5, 6, 5), (8, 8, 8, 1), (8, 16), (1, 8, 16)])
def test_channels_of_different_depths(bits):
    raster = picture(19, 23, bits)

    _, proof = make.proved(Page(raster), Codestream())

    assert len(proof.decoders) == 2


FORMS = list(itertools.product(["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"], [None, 64], [0, 3]))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_codestream(form):
    order, tile, levels = form
    raster = picture(70, 90, (8, 8, 8))

    _, proof = make.proved(Page(raster), Codestream(order, tile, levels, (0.0,), False, 32))

    assert proof.digest == raster.digest()


def test_a_changed_sample_is_told():
    raster = picture(40, 40, (8, 8, 8))
    made = make.jp2(Page(raster), Codestream())
    raster.samples[39, 39, 2] ^= 1

    with pytest.raises(Unmigratable) as caught:
        make.prove(made.data, raster, second=False)

    assert caught.value.reason is Reason.QA_DIFFERENCE
    assert "1 samples otherwise in tile 0, channel 3" in caught.value.detail
