"""The codes of sequential JPEG: each stretch must hold what its blocks need."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from raster_files import flipped, picture, saved

from avpres.adapters.validators.jpeg_huffman import fault

KINDS = {
    "baseline": {"quality": 85},
    "not subsampled": {"quality": 95, "subsampling": 0},
    "optimised": {"quality": 60, "optimize": True},
    "restarts": {"quality": 80, "restart_marker_rows": 1},
    "progressive": {"quality": 80, "progressive": True},
}
MODES = ("L", "RGB", "CMYK")


def jpeg(mode="RGB", size=(160, 120), **options):
    return saved(picture("RGB", size).convert(mode), "JPEG", **options)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_held_against_sound_images(kind, mode):
    assert fault(jpeg(mode, **KINDS[kind])) is None


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (17, 9), (9, 300)])
def test_odd_sizes_are_walked_to_their_end(size):
    assert fault(jpeg(size=size, quality=90)) is None


def test_white_and_black_are_no_fault():
    page = Image.new("RGB", (64, 64), "white")
    page.paste("black", (8, 8, 40, 40))

    assert fault(saved(page, "JPEG", quality=100)) is None


def test_data_that_end_too_early_are_found():
    data = jpeg(quality=85)

    text, place = fault(data[: len(data) * 3 // 4] + b"\xff\xd9")

    assert "too early" in text
    assert data[place - 2 : place] == b"\x3f\x00"


def test_data_that_are_too_many_are_found():
    data = jpeg(quality=85)

    assert "bytes more" in fault(data[:-2] + b"\x12\x34\x56\xff\xd9")[0]


def test_padding_at_the_end_is_let_pass():
    data = jpeg(quality=85)

    assert fault(data[:-2] + b"\0\0\0\0\xff\xd9") is None


def test_a_restart_interval_with_too_little_is_found():
    data = jpeg(quality=80, restart_marker_rows=1)
    second = data.find(b"\xff\xd1")

    assert fault(data[: second - 30] + data[second:]) is not None


def test_part_of_the_changed_bits_are_found():
    data = jpeg(quality=95, subsampling=0)
    start = data.find(b"\xff\xda") + 14
    places = range(start, len(data) - 2, 97)

    found = [fault(flipped(data, place, place % 8)) for place in places]

    assert sum(each is not None for each in found) > len(found) / 5


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_no_damage_to_the_headers_brings_the_walk_down(draw):
    data = bytearray(jpeg(size=(24, 16), quality=85))
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(2, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(data)))

    found = fault(bytes(data[:cut]))

    assert found is None or found[0]
