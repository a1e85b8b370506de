"""TIFFs that other programs write give the samples that those programs were given."""

import io
import itertools
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tiff_maker as make
import tifffile

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits

needs_tiffcp = pytest.mark.skipif(not shutil.which("tiffcp"), reason="tiffcp is not installed")
needs_convert = pytest.mark.skipif(not shutil.which("convert"), reason="no ImageMagick 6")


def read(data: bytes):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, list(tiff_pages.pages(memoryview(data), traits, Limits()))


def samples_of(path: Path) -> np.ndarray:
    _, (page,) = read(path.read_bytes())
    assert len(page.decoders) == 2
    return page.raster.samples


def copied(data: bytes, folder: Path, *how: str) -> Path:
    source, target = folder / "source.tif", folder / "target.tif"
    source.write_bytes(data)
    subprocess.run(["tiffcp", *how, str(source), str(target)], check=True, capture_output=True)
    return target


@needs_tiffcp
@pytest.mark.parametrize("compression", ["none", "lzw", "lzw:2", "zip:2", "packbits", "lzma:2"])
def test_tiffcp_gives_the_same_in_every_layout(compression, tmp_path):
    forms = [[], ["-s", "-r", "3"], ["-t", "-w", "32", "-l", "16"], ["-8"]]
    forms += [["-B"], ["-L"], ["-f", "lsb2msb"]]
    for bits, form in itertools.product((8, 16), forms):
        samples = make.grain(23, 37, 3, bits)
        path = copied(make.tiff(samples), tmp_path, "-c", compression, *form)
        assert np.array_equal(samples_of(path), samples), (bits, form)


@needs_tiffcp
@pytest.mark.parametrize("compression", ["g3:1d", "g3:2d", "g3:2d:fill", "g4", "packbits", "lzw"])
def test_tiffcp_gives_the_same_of_two_levels(compression, tmp_path):
    samples = make.grain(23, 37, 1, 1)
    for form in ([], ["-r", "4"], ["-f", "lsb2msb"], ["-B"], ["-8"]):
        data = make.tiff(samples, bits=1, photometric=0)
        path = copied(data, tmp_path, "-c", compression, *form)
        assert np.array_equal(samples_of(path), 1 - samples), form


@needs_convert
@pytest.mark.parametrize("compression", ["None", "LZW", "Zip", "RLE"])
def test_what_convert_writes_is_what_it_was_given(compression, tmp_path):
    kinds = (("TrueColor", 3, 8), ("Grayscale", 1, 16))
    forms = [["-endian", "MSB"], ["-define", "tiff:tile-geometry=32x32"], ["-interlace", "plane"]]
    for (kind, channels, bits), form in itertools.product(kinds, forms):
        samples = make.grain(23, 37, channels, bits)
        source, target = tmp_path / "source.tif", tmp_path / "target.tif"
        source.write_bytes(make.tiff(samples))
        how = ["-compress", compression, "-type", kind, "-depth", str(bits), *form]
        subprocess.run(["convert", str(source), *how, str(target)], check=True, capture_output=True)
        assert np.array_equal(samples_of(target), samples), (channels, bits, form)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "i1", "i2", "f2", "f4", "f8", "c8"])
def test_what_tifffile_writes_is_what_it_was_given(kind, order):
    chance = np.random.default_rng(1)
    forms = [{}, {"tile": (16, 32)}, {"rowsperstrip": 5}, {"bigtiff": True}]
    codings = [(None, False), ("lzw", True), ("zlib", True), ("zstd", True), ("packbits", False)]
    for shape, form, (coding, predicted) in itertools.product(
        ((23, 37), (23, 37, 3), (23, 37, 4)), forms, codings
    ):
        samples = (chance.random(shape) * 100).astype(kind)
        held = io.BytesIO()
        tifffile.imwrite(
            held,
            samples,
            byteorder=order,
            photometric="rgb" if len(shape) > 2 else "minisblack",
            compression=coding,
            predictor=predicted and kind not in {"c8", "f2"},
            **form,
        )
        _, (page,) = read(held.getvalue())
        assert np.array_equal(page.raster.samples.reshape(shape), samples)
        assert page.raster.samples.dtype == samples.dtype
        assert len(page.decoders) == 2
