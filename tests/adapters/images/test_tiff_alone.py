"""What libtiff alone reads in TIFF: LERC, and JBIG where the copy of the system knows it."""

import io
import struct
import subprocess

import imagecodecs
import numpy as np
import pytest
import tiff_maker as make_tiff
import tifffile

from avpres.adapters.images import tiff_library, tiff_pages, tiff_probe
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.limits import Limits
from avpres.domain.migration import Reason, Unmigratable

SAMPLES = np.kron(
    np.random.default_rng(2).integers(0, 256, (6, 8, 3)), np.ones((4, 4, 1), np.int64)
)
LERC = pytest.mark.skipif(
    tiff_library.find(words.LERC) is None, reason="no libtiff with LERC is here"
)
JBIG = pytest.mark.skipif(
    tiff_library.find(words.JBIG) is None, reason="no libtiff with JBIG is here"
)


def opened(data):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return next(tiff_pages.pages(memoryview(data), traits, Limits()))


def lerc(samples, **options):
    into = io.BytesIO()
    tifffile.imwrite(into, samples, compression="lerc", **options)
    return into.getvalue()


@LERC
@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "f4"])
@pytest.mark.parametrize(
    "options",
    [{}, {"compressionargs": {"compression": "zstd"}}, {"tile": (16, 16)}],
    ids=["plain", "zstd", "tiles"],
)
def test_lerc_gives_every_sample(kind, options):
    samples = (SAMPLES[..., 0] / 7 if kind == "f4" else SAMPLES[..., 0]).astype(kind)

    page = opened(lerc(samples, **options))

    assert np.array_equal(page.raster.samples[..., 0], samples)
    assert len(page.decoders) == 1
    assert page.raster.notes == ("single-decoder",)


@LERC
def test_lerc_of_colours_gives_every_sample():
    samples = SAMPLES.astype(np.uint8)
    assert np.array_equal(opened(lerc(samples, photometric="rgb")).raster.samples, samples)


@LERC
def test_a_flipped_byte_of_lerc_is_damage():
    data = bytearray(lerc(SAMPLES[..., 0].astype(np.uint8)))
    data[data.index(b"Lerc2") + 120] ^= 4

    with pytest.raises(Unmigratable) as caught:
        opened(bytes(data))

    assert caught.value.reason in {Reason.DAMAGED, Reason.DECODER_ERROR}


@JBIG
@pytest.mark.programs("tiffcp")
def test_jbig_gives_every_sample_and_is_not_read_when_cut(tmp_path):
    samples = SAMPLES[..., 0] > 128
    tifffile.imwrite(tmp_path / "plain.tif", samples, photometric="minisblack")
    asked = ["tiffcp", "-c", "jbig", "plain.tif", "jbig.tif"]
    subprocess.run(asked, cwd=tmp_path, check=True)
    data = (tmp_path / "jbig.tif").read_bytes()

    assert np.array_equal(opened(data).raster.samples[..., 0], samples)

    counts = tifffile.TiffFile(io.BytesIO(data)).pages[0].tags["StripByteCounts"]
    half = (counts.value[0] // 2).to_bytes(4, "little")[: 2 if counts.dtype == 3 else 4]
    cut = data[: counts.valueoffset] + half + data[counts.valueoffset + len(half) :]
    with pytest.raises(Unmigratable):
        opened(cut)


@pytest.mark.parametrize(
    ("planes", "size", "bits"),
    [
        (1, (1 << 30, 1 << 30), 1),  # the library would end the process
        (1, (64, 12), 1),  # as many bytes as the strip has
        (2, (32, 24), 1),
        (1, (32, 24), 8),
    ],
    ids=["too large", "other size", "planes", "bits"],
)
@pytest.mark.parametrize("fill", [1, 2])
def test_jbig_of_another_size_than_its_strip_is_damage(planes, size, bits, fill):
    head = struct.pack(">4B3I4B", 0, 0, planes, 0, *size, 64, 8, 0, 3, 0x1C)
    head = head if fill == 2 else imagecodecs.bitorder_encode(head)
    kept = (imagecodecs.bitorder_encode(head + bytes(40)) if fill == 2 else head + bytes(40),)
    wide = 32 if bits == 1 else 4
    data = make_tiff.tiff(
        np.zeros((24, wide, 1), np.uint8), bits=bits, compression=words.JBIG, fill=fill, coded=kept
    )

    with pytest.raises(Unmigratable) as caught:
        opened(data)

    assert caught.value.reason is Reason.DAMAGED
    assert f"{size[0]} x {size[1]}" in caught.value.detail


@JBIG
@pytest.mark.programs("tiffcp")
@pytest.mark.parametrize("order", ["msb2lsb", "lsb2msb"])
def test_jbig_is_read_in_both_orders_of_bits(tmp_path, order):
    samples = SAMPLES[..., 0] > 128
    tifffile.imwrite(tmp_path / "plain.tif", samples, photometric="minisblack")
    asked = ["tiffcp", "-c", "jbig", "-f", order, "plain.tif", "jbig.tif"]
    subprocess.run(asked, cwd=tmp_path, check=True)

    page = opened((tmp_path / "jbig.tif").read_bytes())

    assert np.array_equal(page.raster.samples[..., 0], samples)


@pytest.mark.parametrize("compression", [words.LERC, words.JBIG], ids=["LERC", "JBIG"])
def test_a_predictor_beside_them_is_refused(compression):
    bits = 8 if compression == words.LERC else 1
    head = struct.pack(">4B3I4B", 0, 0, 1, 0, 32, 24, 24, 8, 0, 3, 0x1C) + bytes(20)
    coded = [imagecodecs.bitorder_encode(head)]
    samples = np.zeros((24, 32, 1), np.uint8)
    form = {"bits": bits, "compression": compression, "predictor": 2, "coded": coded}

    with pytest.raises(Unmigratable) as caught:
        opened(make_tiff.tiff(samples, **form))

    assert caught.value.reason is Reason.DECODERS_DISAGREE
