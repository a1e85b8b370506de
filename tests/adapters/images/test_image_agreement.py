"""Second decoders say no: one sample changed in what the first read is a disagreement."""

from dataclasses import replace

import numpy as np
import pytest
from bmp_maker import bmp
from gif_maker import GifFrame, gif
from jpeg_maker import jpeg, photo
from opened import pages_of
from png_maker import png
from simple_makers import pcx, tga

from avpres.adapters.images import (
    gif_second,
    jpeg_decoding,
    jpeg_second,
    jpeg_segments,
    png_decoding,
    png_parts,
    pnm,
    pnm_header,
    simple_second,
)
from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

RANDOM = np.random.default_rng(33)
PALETTE = RANDOM.integers(0, 256, (16, 3))
INDICES = RANDOM.integers(0, 16, (6, 8)).astype(np.uint8)


def test_giflib_finds_another_index_and_ffmpeg_another_colour():
    one = gif([GifFrame(INDICES)], palette=PALETTE)
    assert "giflib" in gif_second.agree_on_indices(one, INDICES)
    _disagrees(gif_second.agree_on_indices, one, _other(INDICES))
    two = gif([GifFrame(INDICES), GifFrame(INDICES[:2, :2], delay=3)], palette=PALETTE)
    seen = np.dstack([PALETTE[INDICES], np.full_like(INDICES, 255)]).astype(np.uint8)
    gif_second.Composed(two, None).agree(1, seen)
    _disagrees(gif_second.Composed(two, None).agree, 1, _other(seen))
    hidden = seen.copy()
    hidden[3, 3] = 0
    _disagrees(gif_second.Composed(two, None).agree, 1, hidden)
    more = gif_second.Composed(two, None)
    more.agree(1, seen)
    _disagrees(more.end)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("channel", [0, 1, 2])
def test_ffmpeg_finds_three_levels_in_one_sample_of_a_jpeg(channel, subsampling):
    data = jpeg(photo(40, 30), subsampling=subsampling)
    header = jpeg_segments.read(Window.over(memoryview(data)), whole=True)
    planes = jpeg_second.planes(data, header, is_rgb=False)
    reference = jpeg_decoding._reference(data, header, jpeg_decoding.Colour.YCBCR, None)
    jpeg_second.agree(planes, header, reference)
    for change in (4, -4):
        changed = reference.astype(int)
        changed[16, 16, channel] = np.clip(changed[16, 16, channel] + change, 0, 255)
        _disagrees(jpeg_second.agree, planes, header, changed.astype(np.uint8))
    shifted = np.clip(reference.astype(int) + 2, 0, 255).astype(np.uint8)
    _disagrees(jpeg_second.agree, planes, header, shifted)


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (bmp(INDICES, 4, palette=PALETTE), "bmp"),
        (bmp(INDICES, 4, palette=PALETTE, size=12), "bmp"),
        (bmp(RANDOM.integers(0, 1 << 24, (6, 8)), 24), "bmp"),
        (bmp(RANDOM.integers(0, 1 << 15, (6, 8)), 16), "bmp"),
        (pcx(INDICES[:, np.newaxis], 8, palette=RANDOM.integers(0, 256, (256, 3))), "pcx"),
        (pcx(INDICES[:, np.newaxis], 1), "pcx"),
        (tga(RANDOM.integers(0, 256, (6, 8, 4)).astype(np.uint8), 2, 32, attributes=8), "targa"),
        (tga(RANDOM.integers(0, 256, (6, 8, 2)).astype(np.uint8), 3, 16, attributes=8), "targa"),
    ],
)
def test_another_sample_or_another_colour_of_a_palette_is_found(data, codec):
    (page,) = pages_of(data)
    raster = page.raster
    simple_second.agree(data, raster, codec)
    changed = replace(raster, samples=_other(raster.samples))
    _disagrees(simple_second.agree, data, changed, codec)
    if raster.palette is not None:
        entries = _other(raster.palette.entries, int(raster.samples[0, 0, 0]))
        palette = replace(raster.palette, entries=entries)
        _disagrees(simple_second.agree, data, replace(raster, palette=palette), codec)


@pytest.mark.parametrize("depth", [4, 8, 12, 16])
def test_another_value_of_a_map_is_found(depth):
    samples = RANDOM.integers(0, 1 << depth, (3, 4, 1))
    words = samples.astype(">u2" if depth > 8 else np.uint8).tobytes()
    data = b"P5 4 3 %d\n" % ((1 << depth) - 1) + words
    header = pnm_header.read(Window.over(memoryview(data)))
    pnm._agree(data, header, samples)
    _disagrees(pnm._agree, data, header, _other(samples))


@pytest.mark.parametrize(("kind", "depth", "channels"), [(0, 2, 1), (2, 8, 3), (6, 16, 4)])
def test_the_decoders_of_png_share_nothing_but_the_file(kind, depth, channels):
    samples = RANDOM.integers(0, 1 << depth, (5, 6, channels))
    window = Window.over(memoryview(png(samples, depth, kind, interlaced=True, filter="all")))
    parts = png_parts.read(window)
    bare = png_parts.bare(window, parts)
    first, second = png_decoding.by_ffmpeg(bare, parts), png_decoding.by_another(bare, parts)
    assert np.array_equal(first[0], samples)
    assert np.array_equal(second[0], samples)
    assert first[1].split()[0] != second[1].split()[0]


def _other(samples, row=0):
    """Give the same with one value changed in its lowest bit."""
    changed = samples.copy()
    changed[row, 0] ^= 1
    return changed


def _disagrees(function, *arguments):
    with pytest.raises(Unmigratable) as told:
        function(*arguments)
    assert told.value.reason is Reason.DECODERS_DISAGREE
