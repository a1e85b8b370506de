"""YCbCr that TIFF stores without JPEG becomes sYCC in JP2, sample by sample, or is refused."""

import io
import shutil
import struct
import subprocess

import imagecodecs
import numpy as np
import pytest
import tiff_maker as make_tiff
from PIL import ImageCms

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.adapters.jp2 import make, reading
from avpres.adapters.jp2.parsing import parse
from avpres.config.migration_fitness import unfit
from avpres.config.migration_policy import Jp2
from avpres.config.migration_policy import Limits as Most
from avpres.domain.imaging import Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

FORM = Codestream(tile=64, levels=2)
YCBCR = 6
FULL = (0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1)
STUDIO = (16, 1, 235, 1, 128, 1, 240, 1, 128, 1, 240, 1)


def shorts(*numbers):
    return make_tiff.SHORT, struct.pack(f"<{len(numbers)}H", *numbers)


def ratios(*numbers):
    return make_tiff.RATIONAL, struct.pack(f"<{len(numbers)}I", *numbers)


def picture(tags=None, **form):
    tags = {530: shorts(1, 1), **(tags or {})}
    return make_tiff.tiff(
        make_tiff.grain(40, 50, 3), photometric=YCBCR, tags=tags, **{"rows": 16, **form}
    )


def opened(data):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, next(tiff_pages.pages(memoryview(data), traits, Limits()))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"planar": True},
        {"tile": (32, 16), "rows": None},
        {"compression": 5},
        {"tags": {529: ratios(299, 1000, 587, 1000, 114, 1000), 532: ratios(*FULL)}},
    ],
    ids=str,
)
def test_every_sample_goes_over_as_it_is(form):
    traits, page = opened(picture(**form))

    made, proof = make.proved(page, FORM, second=True)

    assert "sycc" in traits.flags
    assert unfit(Jp2(kind="jp2"), traits, Most()) is None
    assert len(proof.decoders) == 2
    assert np.array_equal(made.raster.samples, make_tiff.grain(40, 50, 3))
    assert parse(memoryview(made.data)).head.space == 18
    again = reading.picture(memoryview(made.data), most_pixels=10_000)
    assert again.colour is Colour.YCBCR
    assert np.array_equal(again.samples, page.raster.samples)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"tags": {530: shorts(2, 2)}}, "sampled 2 x 2"),
        ({"tags": {529: ratios(2126, 10000, 7152, 10000, 722, 10000)}}, "BT.601"),
        ({"tags": {532: ratios(*STUDIO)}}, "full one"),
        ({"tags": {532: ratios(*FULL[:-1], 0)}}, "full one"),
    ],
    ids=str,
)
def test_other_forms_are_refused_by_name(form, words):
    data = picture(**form)
    traits = tiff_probe.probe(io.BytesIO(data), len(data))

    assert unfit(Jp2(kind="jp2"), traits, Most()).reason is Reason.YCBCR
    with pytest.raises(Unmigratable) as caught:
        opened(data)

    assert caught.value.reason is Reason.YCBCR
    assert words in caught.value.detail


@pytest.mark.parametrize(
    ("compression", "code"),
    [
        (50001, lambda samples: imagecodecs.webp_encode(samples, lossless=True)),
        (34712, lambda samples: imagecodecs.jpeg2k_encode(samples, codecformat="j2k")),
    ],
    ids=["WebP", "JPEG 2000"],
)
def test_what_a_codec_gives_as_rgb_is_not_called_sycc(compression, code):
    blob = code(make_tiff.grain(40, 50, 3))
    data = picture(compression=compression, coded=[blob], rows=None)
    traits = tiff_probe.probe(io.BytesIO(data), len(data))

    assert "sycc" not in traits.flags
    assert unfit(Jp2(kind="jp2"), traits, Most()).reason is Reason.YCBCR
    with pytest.raises(Unmigratable) as caught:
        opened(data)

    assert caught.value.reason is Reason.YCBCR


def test_a_profile_has_no_place_beside_them():
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    traits, page = opened(picture(tags={34675: (make_tiff.UNDEFINED, own)}))

    assert unfit(Jp2(kind="jp2"), traits, Most()).reason is Reason.YCBCR
    with pytest.raises(Unmigratable) as caught:
        make.jp2(page, FORM)

    assert caught.value.reason is Reason.YCBCR


@pytest.mark.programs("opj_decompress")
def test_opj_decompress_knows_the_colours(tmp_path):
    _, page = opened(picture())
    (tmp_path / "a.jp2").write_bytes(make.jp2(page, FORM).data)

    asked = [shutil.which("opj_decompress"), "-i", "a.jp2", "-o", "a.ppm"]
    subprocess.run(asked, cwd=tmp_path, capture_output=True, check=True)

    samples = (tmp_path / "a.ppm").read_bytes()[-40 * 50 * 3 :]
    luma, blue, red = (page.raster.samples[..., each].astype(float) for each in range(3))
    wanted = np.clip(luma + 1.402 * (red - 128), 0, 255)
    found = np.frombuffer(samples, np.uint8).reshape(40, 50, 3)[..., 0]
    assert np.abs(found - wanted).max() <= 1.5
    assert blue.shape == wanted.shape
