"""Fax, JPEG and newer codings in TIFF give what their own programs wrote."""

import io
import itertools

import imagecodecs
import numpy as np
import pytest
import tiff_maker as make
import tifffile
from PIL import Image

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable


def read(data: bytes):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, list(tiff_pages.pages(memoryview(data), traits, Limits()))


def refused(data: bytes) -> Reason:
    with pytest.raises(Unmigratable) as found:
        read(data)
    return found.value.reason


def saved(picture: Image.Image, **how: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, "TIFF", **how)
    return held.getvalue()


@pytest.fixture(scope="module")
def text() -> np.ndarray:
    """Give something like print: runs of black and white, with specks."""
    chance = np.random.default_rng(3)
    found = np.kron(chance.integers(0, 2, (20, 9)), np.ones((3, 7)))[:57, :61].astype(np.uint8)
    found[chance.random(found.shape) < 0.03] ^= 1
    return found


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    chance = np.random.default_rng(3)
    smooth = np.kron(chance.integers(0, 255, (5, 6, 3)), np.ones((8, 8, 1)))
    return np.clip(smooth + chance.integers(-20, 20, smooth.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("compression", "options", "name"),
    [
        ("tiff_ccitt", {}, "CCITT RLE"),
        ("group3", {}, "CCITT G3 1D"),
        ("group3", {292: 1}, "CCITT G3 2D"),
        ("group3", {292: 4}, "CCITT G3 1D"),
        ("group3", {292: 5}, "CCITT G3 2D"),
        ("group4", {}, "CCITT G4"),
    ],
)
def test_fax_gives_its_pixels(text, compression, options, name):
    for more in ({}, {278: 8}, {262: 0}, {266: 2}):
        data = saved(
            Image.fromarray(text * 255).convert("1"),
            compression=compression,
            tiffinfo=options | more,
        )
        traits, (page,) = read(data)
        assert traits.compression == name
        assert traits.bits == (1,)
        assert np.array_equal(page.raster.samples[:, :, 0], text), more
        assert len(page.decoders) == 2


@pytest.mark.parametrize("tile", [None, (32, 32), (64, 32)])
@pytest.mark.parametrize("subsampling", [(1, 1), (2, 1), (2, 2), (4, 1)])
def test_jpeg_of_luma_and_chroma_becomes_rgb_as_libjpeg_turns_it(photo, subsampling, tile):
    held = io.BytesIO()
    form = {"tile": tile, "rowsperstrip": None if tile else 16}
    tifffile.imwrite(
        held, photo, photometric="ycbcr", compression="jpeg", subsampling=subsampling, **form
    )
    traits, (page,) = read(held.getvalue())
    assert (traits.colour, traits.compression) == (Colour.RGB, "JPEG")
    assert "ycbcr" in traits.flags
    assert page.raster.colour is Colour.RGB
    assert np.array_equal(page.raster.samples, tifffile.imread(io.BytesIO(held.getvalue())))
    assert len(page.decoders) == 2


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_jpeg_of_every_mode_gives_what_pillow_shows(photo, mode):
    data = saved(Image.fromarray(photo).convert(mode), compression="jpeg", quality=85)
    _, (page,) = read(data)
    shown = Image.open(io.BytesIO(data))
    shown = shown.convert("RGB") if mode == "YCbCr" else shown
    wanted = np.asarray(shown).reshape(page.raster.samples.shape)
    assert np.array_equal(page.raster.samples, wanted)
    assert len(page.decoders) == 2


def test_jpeg_in_planes_gives_each_of_them(photo):
    held = io.BytesIO()
    planes = photo.transpose(2, 0, 1)
    tifffile.imwrite(held, planes, photometric="rgb", compression="jpeg", planarconfig="separate")
    _, (page,) = read(held.getvalue())
    wanted = tifffile.imread(io.BytesIO(held.getvalue())).transpose(1, 2, 0)
    assert np.array_equal(page.raster.samples, wanted)


def test_a_jpeg_whose_markers_contradict_its_tags_is_refused(photo):
    held = io.BytesIO()
    Image.fromarray(photo).save(held, "JPEG", quality=90, subsampling=0)  # JFIF, so YCbCr
    for photometric, wanted in ((2, Reason.DECODERS_DISAGREE), (6, None)):
        data = make.tiff(photo, compression=7, photometric=photometric, coded=[held.getvalue()])
        if wanted is None:
            assert np.array_equal(read(data)[1][0].raster.samples, np.asarray(Image.open(held)))
        else:
            assert refused(data) is wanted


def test_a_jpeg_of_another_size_or_kind_than_its_strip_is_refused(photo):
    held = io.BytesIO()
    Image.fromarray(photo[:, :40]).save(held, "JPEG")
    form = {"compression": 7, "photometric": 6}
    assert refused(make.tiff(photo, coded=[held.getvalue()], **form)) is Reason.DAMAGED
    assert refused(make.tiff(photo, coded=[b"\xff\xd8\xff\xd9"], **form)) is Reason.DAMAGED
    assert refused(make.tiff(photo, coded=[b"no jpeg"], **form)) is Reason.DAMAGED
    grey = make.tiff(photo[:, :, :1], coded=[held.getvalue()], compression=7)
    assert refused(grey) in {Reason.DAMAGED, Reason.SECOND_DECODER_ERROR}


def test_damaged_tables_of_jpeg_are_damage(photo):
    data = bytearray(saved(Image.fromarray(photo), compression="jpeg"))
    start = data.index(b"\xff\xd8\xff\xdb") + 2
    for at, value in itertools.product(range(start, start + 4), (0, 1, 0xFF)):
        hurt = bytearray(data)
        if hurt[at] == value:
            continue
        hurt[at] = value
        assert refused(bytes(hurt)) in {Reason.DAMAGED, Reason.SECOND_DECODER_ERROR}, at


@pytest.mark.parametrize("channels", [3, 4])
def test_webp_gives_its_pixels(photo, channels):
    samples = np.dstack([photo, photo[:, :, :1] | 1])[:, :, :channels].copy()
    coded = [imagecodecs.webp_encode(samples, lossless=True)]
    extra = (2,) * (channels - 3)
    traits, (page,) = read(make.tiff(samples, compression=50001, extra=extra, coded=coded))
    assert traits.compression == "WebP"
    assert np.array_equal(page.raster.samples, samples)
    assert 1 <= len(page.decoders) <= 2


@pytest.mark.parametrize("bits", [8, 16])
def test_jpeg_2000_gives_its_pixels_by_one_decoder(bits):
    samples = make.grain(40, 50, 3, bits)
    coded = [imagecodecs.jpeg2k_encode(samples, level=0, codecformat="J2K")]
    _, (page,) = read(make.tiff(samples, compression=34712, coded=coded))
    assert np.array_equal(page.raster.samples, samples)
    assert len(page.decoders) == 1
    smaller = samples[:30].copy()
    assert refused(make.tiff(smaller, compression=34712, coded=coded)) is Reason.DAMAGED


def test_lzw_of_the_old_style_gives_its_pixels():
    samples = make.grain(40, 50)
    data = make.tiff(samples, compression=5, coded=[old_lzw(samples.tobytes())])
    _, (page,) = read(data)
    assert np.array_equal(page.raster.samples, samples)
    assert len(page.decoders) == 2


def test_fax_in_words_is_read_by_libtiff_alone(text):
    """Rows of one run each: white 61 is 00110010 after make-up 0 (ITU-T T.4)."""
    blank = np.zeros_like(text)[:, :, None]
    row = int("00110010".ljust(16, "0"), 2).to_bytes(2, "big")
    data = make.tiff(blank, bits=1, compression=32771, coded=[row * len(blank)])
    _, (page,) = read(data)
    assert np.array_equal(page.raster.samples, blank)
    assert len(page.decoders) == 1


def test_rare_codings_are_read_by_libtiff_alone():
    """NeXT's rows as they are (a zero before each), ThunderScan's raw pixels (192 and more)."""
    two, four = make.grain(9, 12, 1, 2), make.grain(9, 12, 1, 4)
    rows = b"".join(b"\0" + make.placed(row[None], (2,), "<") for row in two)
    _, (page,) = read(make.tiff(two, bits=2, compression=32766, coded=[rows]))
    assert np.array_equal(page.raster.samples, two)
    pixels = bytes(0xC0 | int(value) for value in four.flat)
    _, (page,) = read(make.tiff(four, bits=4, compression=32809, coded=[pixels]))
    assert np.array_equal(page.raster.samples, four)
    assert len(page.decoders) == 1


def old_lzw(raw: bytes) -> bytes:
    """Write LZW as TIFF writers did before TIFF 5.0: the lowest bit first, codes change late."""
    table = {bytes([n]): n for n in range(256)}
    following, size, held, count, out = 258, 9, 256, 9, bytearray()
    word = b""
    for byte in raw:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        held, count = held | table[word] << count, count + size
        table[longer], following, word = following, following + 1, bytes([byte])
        if following > 1 << size:
            size += 1
        if following >= 4094:
            held, count = held | 256 << count, count + size
            table, following, size = {bytes([n]): n for n in range(256)}, 258, 9
        while count >= 8:
            out.append(held & 0xFF)
            held, count = held >> 8, count - 8
    held, count = held | table[word] << count, count + size
    held, count = held | 257 << count, count + size
    return bytes(out) + held.to_bytes(-(-count // 8), "little")


def test_fax_that_the_first_decoder_reads_otherwise_is_read_by_ffmpeg(caplog, capfd):
    """A run of no length, which some encoders write."""
    wanted = np.zeros((2, 11, 1), np.uint8)
    wanted[1, 10] = 1
    coded = bytes.fromhex("4b80080080")
    _, (page,) = read(make.tiff(wanted, bits=1, compression=4, coded=[coded]))
    assert np.array_equal(page.raster.samples, wanted)
    assert [name.split()[0] for name in page.decoders] == ["FFmpeg", "libtiff"]
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
