"""Every layout of TIFF gives the samples that were put in, by two decoders."""

import io
import itertools

import numpy as np
import pytest
import tiff_maker as make

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits


def read(data: bytes):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, list(tiff_pages.pages(memoryview(data), traits, Limits()))


def same(samples: np.ndarray, found: np.ndarray) -> bool:
    return samples.dtype == found.dtype and samples.tobytes() == found.tobytes()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [*range(1, 33), 40, 48, 56, 63, 64])
def test_every_depth_gives_its_samples(bits, order):
    for channels, planar, tile, rows in itertools.product(
        (1, 2, 3, 4, 6), (False, True), (None, (16, 16)), (None, 3)
    ):
        samples = make.grain(11, 21, channels, bits, seed=bits)
        extra = (0,) * {1: 0, 2: 1, 3: 0, 4: 1, 6: 3}[channels]
        data = make.tiff(
            samples, order=order, bits=bits, planar=planar, tile=tile, rows=rows, extra=extra
        )
        traits, (found,) = read(data)
        assert traits.bits == (bits,) * channels
        assert same(samples, found.raster.samples), (channels, planar, tile, rows)
        assert len(found.decoders) == 2
