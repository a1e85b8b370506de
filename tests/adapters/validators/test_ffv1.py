"""FFV1: every bit of every slice counts, and the configuration is read as it was written."""

import pytest
from av_files import PICTURE, examined, flipped, ids, made

from avpres.adapters.validators.ffv1 import check_frame, is_record_sound, read_config
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.domain.formats import Format

_V3 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4")


def _file(*settings: str) -> bytes:
    return made("film.mkv", *PICTURE, "-c:v", "ffv1", *settings)


def _record(data: bytes) -> bytes:
    place = data.index(b"\x63\xa2") + 2
    return data[place + 1 : place + 1 + (data[place] & 0x7F)]


def _frame(data: bytes) -> bytes:
    """Give the first SimpleBlock's frame; its size takes two bytes."""
    place = data.index(b"\xe7\x81\x00\xa3") + 4
    size = int.from_bytes(data[place : place + 2], "big") & 0x3FFF
    return data[place + 6 : place + 2 + size]


@pytest.fixture(scope="module")
def film():
    return made("film.mkv", *PICTURE, *_V3, "-slicecrc", "1")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("-coder", "range_def", "-context", "1"), ("range coder", 1)),
        (("-coder", "rice", "-context", "0"), ("Golomb Rice", 0)),
        (("-coder", "range_tab", "-context", "1"), ("range coder with its own table", 1)),
    ],
    ids=["range", "golomb", "custom"],
)
def test_the_configuration_is_told(settings, expected):
    data = _file("-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1", *settings)
    exam = examined(data, Format.MATROSKA)
    (config,) = exam.technical.properties["ffv1"]
    assert exam.status.is_sound
    assert (config["coder"], config["context"]) == expected
    assert (config["version"], config["slices"], config["intra"]) == ("3.4", 4, True)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        ("yuv420p", ("YUV", "4:2:0", 8)),
        ("yuv422p10le", ("YUV", "4:2:2", 10)),
        ("yuv444p16le", ("YUV", "4:4:4", 16)),
        ("gray12le", ("Y", "", 12)),
        ("gbrp10le", ("RGB", "4:4:4", 10)),
        ("bgra", ("RGB", "4:4:4", 8)),
    ],
)
def test_colour_and_depth_are_told(pixels, expected):
    data = _file("-level", "3", "-coder", "1", "-pix_fmt", pixels)
    (video,) = examined(data, Format.MATROSKA).technical.video
    assert (video.colour_space, video.chroma_subsampling, video.bits_per_sample) == expected
    assert video.lossless
    assert video.codec == "FFV1"


@pytest.mark.parametrize("level", ["0", "1"])
def test_old_versions_have_their_configuration_in_the_frame(level):
    exam = examined(_file("-level", level), Format.MATROSKA)
    assert exam.status.is_sound
    (config,) = exam.technical.properties["ffv1"]
    assert (config["version"], config["slices"], config["slice_crc"]) == (level, 1, False)


def test_every_flipped_bit_of_a_slice_is_seen(film):
    config, frame = read_config(_record(film)), _frame(film)
    assert not list(check_frame(frame, config))
    for place in range(len(frame)):
        damaged = flipped(frame, place, 1 << place % 8)
        assert list(check_frame(damaged, config)), place


def test_every_flipped_bit_of_the_configuration_is_seen(film):
    record = _record(film)
    assert is_record_sound(record, read_config(record))
    for place in range(len(record)):
        damaged = flipped(record, place, 1 << place % 8)
        try:
            assert not is_record_sound(damaged, read_config(damaged)), place
        except RangeError:
            continue


def test_a_damaged_slice_is_found_at_its_place_in_a_file_without_other_check_sums():
    film = made("bare.mkv", *PICTURE, *_V3, "-slicecrc", "1", "-write_crc32", "0")
    assert examined(film, Format.MATROSKA).status.is_sound
    place = film.index(_frame(film)) + 20
    exam = examined(flipped(film, place), Format.MATROSKA)
    assert ids(exam) == {"FFV1-SLICE-CRC"}
    assert abs(exam.messages[0].offset - place) <= 20


def test_slices_without_check_sum_are_warned_of():
    exam = examined(made("film.mkv", *PICTURE, *_V3, "-slicecrc", "0"), Format.MATROSKA)
    assert exam.status.is_sound
    assert ids(exam) == {"FFV1-CRC-OFF"}


def test_slice_sizes_that_do_not_fill_the_frame_are_seen_without_check_sums():
    film = made("film.mkv", *PICTURE, *_V3, "-slicecrc", "0")
    config, frame = read_config(_record(film)), _frame(film)
    found = [id for id, _, _ in check_frame(frame[:-1] + b"\x07", config)]
    assert found == ["FFV1-SLICE-SIZE"]


def test_a_second_kind_of_check_sum_is_read():
    data = _file("-level", "3", "-slicecrc", "2", "-strict", "-2")
    exam = examined(data, Format.MATROSKA)
    assert exam.status.is_sound
    assert exam.technical.properties["ffv1"][0]["slice_crc"]


def test_the_frames_in_an_avi_style_header_are_checked_too():
    data = made("film.mkv", *PICTURE, *_V3, "-slicecrc", "1", "-vtag", "FFV1", "-f", "matroska")
    assert examined(data, Format.MATROSKA).technical.video[0].profile == "version 3.4"


@pytest.mark.parametrize("record", [b"", b"\0", b"\xff" * 40, bytes(40), b"\x80" * 3000])
def test_senseless_records_are_refused(record):
    with pytest.raises(RangeError):
        read_config(record)
