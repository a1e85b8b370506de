"""Pictures of image files: what is put in comes out, and damage is told."""

import io

import numpy as np
import pytest
from gif_maker import GifFrame, gif
from PIL import Image

from avpres.adapters.images import opening, probing
from avpres.adapters.images.limits import Limits
from avpres.domain.migration import Reason, Unmigratable


def test_one_frame_of_a_gif_keeps_its_indices_and_its_palette():
    indices = np.arange(48, dtype=np.uint8).reshape(6, 8) % 16
    palette = np.arange(48, dtype=np.uint8).reshape(16, 3)
    (page,) = _pages(gif([GifFrame(indices)], palette=palette))
    assert np.array_equal(page.raster.samples[:, :, 0], indices)
    assert np.array_equal(page.raster.palette.entries, palette)


def test_a_jpeg_is_read_by_two_families_of_decoders():
    file = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((50, 30)).save(file, "JPEG")
    (page,) = _pages(file.getvalue())
    assert np.array_equal(page.raster.samples, np.asarray(Image.open(file)))
    assert [name.split()[0] for name in page.decoders] == ["Pillow", "FFmpeg"]


def test_an_empty_file_is_no_image():
    with pytest.raises(Unmigratable) as told:
        probing.probe(io.BytesIO(b""), 0)
    assert told.value.reason is Reason.EMPTY


def _pages(data):
    traits = probing.probe(io.BytesIO(data), len(data))
    return list(opening.pages(memoryview(data), traits, Limits()))
