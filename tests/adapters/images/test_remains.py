"""Pictures whose headers tell of fewer rows than the file holds are damaged, not cut."""

import io

import numpy as np
import pytest
from PIL import Image

from avpres.adapters.images.limits import Limits
from avpres.adapters.images.opening import pages
from avpres.adapters.images.probing import probe
from avpres.domain.migration import Reason, Unmigratable

SAMPLES = np.random.default_rng(5).integers(0, 256, (64, 96, 3), np.uint8)
HEIGHTS = {"BMP": 22, "TGA": 14, "PCX": 10}  # offsets


def saved(form: str, **how: object) -> bytes:
    held = io.BytesIO()
    Image.fromarray(SAMPLES).save(held, form, **how)
    return held.getvalue()


def read(data: bytes) -> tuple[np.ndarray, tuple[tuple[str, bytes], ...]]:
    traits = probe(io.BytesIO(data), len(data))
    (page,) = pages(memoryview(data), traits, Limits())
    return page.raster.samples, page.embedded.others


def halved(form: str, data: bytes) -> bytes:
    if form == "PPM":
        return data.replace(b"96 64", b"96 32", 1)
    changed = bytearray(data)
    changed[HEIGHTS[form] : HEIGHTS[form] + 2] = (31 if form == "PCX" else 32).to_bytes(2, "little")
    return bytes(changed)


FORMS = [("BMP", {}), ("TGA", {}), ("TGA", {"compression": "tga_rle"}), ("PCX", {}), ("PPM", {})]


@pytest.mark.parametrize(("form", "how"), FORMS)
def test_half_of_the_rows_is_not_taken_for_the_picture(form, how):
    whole = saved(form, **how)

    assert np.array_equal(read(whole)[0], SAMPLES)
    with pytest.raises(Unmigratable, match="follow its pixels") as refused:
        read(halved(form, whole))
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(("form", "how"), [each for each in FORMS if each[0] != "TGA"])
def test_a_few_bytes_behind_the_pixels_are_kept(form, how):
    samples, others = read(saved(form, **how) + b"by hand\r\n")

    assert np.array_equal(samples, SAMPLES)
    assert others == (("trailing", b"by hand\r\n"),)


@pytest.mark.parametrize(("form", "how"), [each for each in FORMS if each[0] != "TGA"])
def test_padding_is_left_out(form, how):
    samples, others = read(saved(form, **how) + bytes(5000))

    assert np.array_equal(samples, SAMPLES)
    assert others == ()


def test_rows_of_pcx_with_more_pixels_than_told_are_damage():
    changed = bytearray(saved("PCX"))
    changed[8:10] = (47).to_bytes(2, "little")  # the column at the right end

    with pytest.raises(Unmigratable, match="rows of 96 bytes for 48 pixels") as refused:
        read(bytes(changed))
    assert refused.value.reason is Reason.DAMAGED
