"""JPEG: every form that encoders make is read by two decoders, and damage is told, not painted."""

import io
import struct

import imagecodecs
import numpy as np
import pytest
from jpeg_maker import cjpeg, djpeg, jpeg, photo, segment, with_segments
from opened import outcome, pages_of, refusal, traits_of
from PIL import Image

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason

SIZES = [(1, 1), (2, 3), (5, 3), (17, 9), (67, 45)]
PHOTO = photo(61, 43)
DAMAGE = {Reason.DAMAGED, Reason.DECODERS_DISAGREE, Reason.DECODER_ERROR}


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", SIZES)
def test_what_pillow_writes_is_read_by_two_families(size, mode, subsampling, options):
    for quality in (1, 50, 100):
        made = {"quality": quality, "subsampling": subsampling, **options}
        data = jpeg(photo(*size), mode, **made)
        (page,) = pages_of(data)
        assert np.array_equal(page.raster.samples.squeeze(), _shown(data).squeeze())
        assert [name.split()[0] for name in page.decoders] == ["Pillow", "FFmpeg"]


@pytest.mark.parametrize("grey", range(0, 256, 15))
def test_flat_pictures_are_no_disagreement(grey):
    for quality in (5, 40, 75, 92):
        flat = np.full((40, 40, 3), (grey, 255 - grey, grey * 7 % 256), np.uint8)
        assert len(pages_of(jpeg(flat, quality=quality))) == 1


@pytest.mark.programs("cjpeg", "djpeg")
@pytest.mark.parametrize(
    "factors",
    [
        "1x1",
        "2x1",
        "2x2",
        "4x1",
        "1x4",
        "4x2",
        "2x4",
        "3x1",
        "3x2",
        "2x2,2x1",
        "2x1,1x2",
        "1x1,2x2",
    ],
)
def test_every_sampling_is_read_as_djpeg_reads_it(factors):
    data = cjpeg(PHOTO, "-sample", factors)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, djpeg(data))
    assert ("single-decoder" in page.raster.notes) == (len(page.decoders) == 1)


@pytest.mark.programs("cjpeg", "djpeg")
@pytest.mark.parametrize(
    "options",
    [["-rgb"], ["-progressive"], ["-grayscale"], ["-restart", "1"], ["-restart", "2B"]],
    ids=" ".join,
)
def test_every_coding_is_read_as_djpeg_reads_it(options):
    data = cjpeg(PHOTO, *options)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, djpeg(data))
    assert len(page.decoders) == 2


@pytest.mark.programs("cjpeg")
def test_rgb_and_scans_of_one_colour_each_are_told_and_read(tmp_path):
    assert traits_of(cjpeg(PHOTO, "-rgb")).colour is Colour.RGB
    scans = tmp_path / "scans"
    scans.write_text("0;\n1;\n2;\n")
    data = cjpeg(PHOTO, "-scans", str(scans))
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, _shown(data))


@pytest.mark.programs("cjpeg")
def test_arithmetic_coding_is_refused_by_its_own_reason():
    data = cjpeg(PHOTO, "-arithmetic")
    assert "arithmetic" in traits_of(data).flags
    assert refusal(data) is Reason.ARITHMETIC


@pytest.mark.parametrize("depth", [5, 8, 12, 16])
@pytest.mark.parametrize("predictor", [1, 4, 7])
@pytest.mark.parametrize("channels", [1, 3])
def test_lossless_coding_comes_back_exactly(depth, predictor, channels):
    pixels = (PHOTO.astype(np.uint16) * 257 >> (16 - depth))[:, :, :channels]
    pixels = np.ascontiguousarray(pixels.astype(np.uint8 if depth <= 8 else np.uint16).squeeze())
    data = imagecodecs.jpeg8_encode(pixels, lossless=True, bitspersample=depth, predictor=predictor)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples.squeeze(), pixels)
    assert page.raster.bits == (depth,) * channels
    assert len(page.decoders) == 2


def test_twelve_bits_have_one_decoder_and_their_damage_is_told():
    data = imagecodecs.jpeg8_encode(
        PHOTO.astype(np.uint16) * 16, 98, bitspersample=12, subsampling="444"
    )
    (page,) = pages_of(data)
    assert page.raster.bits == (12, 12, 12)
    assert np.abs(page.raster.samples.astype(int) - PHOTO.astype(int) * 16).mean() < 80
    assert len(page.decoders) == 1
    assert "single-decoder" in page.raster.notes
    start = data.rindex(b"\xff\xda") + 20
    for end in range(start, len(data) - 4, 40):
        assert refusal(data[:end] + b"\xff\xd9") in DAMAGE


def test_four_colours_are_given_as_they_are():
    data = jpeg(PHOTO, "CMYK")
    assert traits_of(data).colour in {Colour.CMYK, Colour.YCCK}
    (page,) = pages_of(data)
    assert page.raster.colour is Colour.CMYK
    assert np.array_equal(page.raster.samples, np.asarray(Image.open(io.BytesIO(data))))
    assert "inverted as Adobe's CMYK is" in page.raster.notes


def test_marks_of_jfif_and_adobe_that_contradict_each_other_are_refused():
    data = jpeg(PHOTO)
    adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"
    assert refusal(data[:20] + adobe + b"\1" + data[20:]) is None
    assert refusal(data[:20] + adobe + b"\0" + data[20:]) is Reason.UNDEFINED_COLOUR


def test_all_images_of_an_mpo_are_given():
    pictures = [Image.fromarray(photo(60 + 8 * number, 40)) for number in range(3)]
    file = io.BytesIO()
    pictures[0].save(file, "MPO", save_all=True, append_images=pictures[1:])
    data = file.getvalue()
    assert (traits_of(data).frames, "mpo" in traits_of(data).flags) == (3, True)
    with Image.open(file) as image:
        for number, page in enumerate(pages_of(data)):
            image.seek(number)
            assert np.array_equal(page.raster.samples, np.asarray(image))
            assert page.number == number + 1
    assert refusal(data[: len(data) // 2]) in DAMAGE
    without_index = data.replace(b"\2\xb0\7\0", b"\x08\xb0\7\0", 1)
    assert without_index != data
    assert refusal(without_index) is Reason.DAMAGED


def test_segments_that_some_decoders_obey_change_nothing():
    data = jpeg(PHOTO)
    odd = [segment(0xE0, b"AVI1\1\0\0\0\0\0"), segment(0xE1, b"mjpg" + bytes(40))]
    odd += [segment(0xE2, b"MPF\0II*\0\x08\0\0\0\0\0"), segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08")]
    (plain,), (page,) = pages_of(data), pages_of(with_segments(data, *odd))
    assert page.raster.digest() == plain.raster.digest()
    assert len(page.decoders) == 2
    assert len(page.embedded.others) == len(odd)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}])
def test_a_file_cut_anywhere_is_refused(options):
    data = jpeg(photo(35, 21), quality=60, **options)
    for end in range(1, len(data)):
        assert refusal(data[:end]) is not None
    start = data.rindex(b"\xff\xda") + 14
    for end in range(start, len(data) - 4, 3):
        assert refusal(data[:end] + b"\xff\xd9") in DAMAGE, end


@pytest.mark.parametrize("count", [1, 2, 3, 8, 40])
def test_bytes_too_many_in_the_coded_data_are_told(count):
    for options in ({}, {"progressive": True}):
        data = jpeg(PHOTO, **options)
        more = bytes(range(0x21, 0x21 + count))
        assert refusal(data[:-2] + more + data[-2:]) is Reason.DAMAGED


def test_a_byte_that_only_fills_up_is_no_damage():
    data = jpeg(PHOTO)
    for filling in (b"\x7f", b"\xff", b"\0"):
        assert refusal(data[:-2] + filling + data[-2:]) is None


def test_restart_markers_must_follow_each_other():
    data = jpeg(PHOTO, restart_marker_blocks=2)
    first, second = data.index(b"\xff\xd0"), data.index(b"\xff\xd1")
    swapped = bytearray(data)
    swapped[first + 1], swapped[second + 1] = 0xD1, 0xD0
    assert refusal(bytes(swapped)) is Reason.DAMAGED
    assert refusal(data[:first] + data[first + 2 :]) is Reason.DAMAGED
    assert refusal(data[:first] + data[second:]) is Reason.DAMAGED


@pytest.mark.programs("djpeg")
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_flip_is_told_or_djpeg_finds_the_same_lawful_picture(mode):
    data = jpeg(photo(64, 48), mode, quality=80)
    start = data.rindex(b"\xff\xda") + 14
    random = np.random.default_rng(3)
    told = 0
    for place in random.integers(start, len(data) - 2, 80):
        flipped = bytearray(data)
        flipped[place] ^= 1 << random.integers(8)
        if refusal(bytes(flipped)) is not None:
            told += 1
            continue
        (page,) = pages_of(bytes(flipped))
        assert np.array_equal(page.raster.samples, djpeg(bytes(flipped)))
    assert told > 5


@pytest.mark.parametrize("marker", [0xC0, 0xC2])
def test_claimed_sizes_are_refused_before_memory_is_taken(marker):
    data = jpeg(photo(35, 21), progressive=marker == 0xC2)
    place = data.index(bytes((0xFF, marker))) + 5
    for side, reason in ((65500, Reason.TOO_LARGE), (16000, Reason.DAMAGED)):
        claim = data[:place] + struct.pack(">HH", side, side) + data[place + 4 :]
        assert refusal(claim, Limits()) is reason


def test_any_byte_changed_gives_pictures_or_a_reason():
    data = jpeg(photo(9, 7), quality=30, progressive=True)
    for place in range(len(data)):
        for value in (0, 0xFF, data[place] ^ 1):
            outcome(data[:place] + bytes([value]) + data[place + 1 :])


def _shown(data):
    return np.asarray(Image.open(io.BytesIO(data)))
