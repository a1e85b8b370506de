"""FFV1: every bit of every slice counts, and the configuration is read as it was written."""

import struct
import time

import pytest
from av_files import PICTURE, element, examined, flipped, ids, made, uint

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


def test_frames_of_nothing_but_slices_end_soon(film):
    config = read_config(_record(film))
    frame = (b"x" + b"\0\0\1" + bytes(5)) * 1000
    start = time.process_time()
    found = list(check_frame(frame, config))
    assert {id for id, _, _ in found} >= {"FFV1-SLICE-COUNT"}
    assert time.process_time() - start < 0.5


def test_a_frame_of_nothing_but_zeros_is_no_frame(film):
    config, frame = read_config(_record(film)), _frame(film)
    for size in (8, 16, 32, len(frame), len(frame) // 8 * 8):
        assert list(check_frame(bytes(size), config)), size


def test_a_second_kind_of_check_sum_is_read():
    data = _file("-level", "3", "-slicecrc", "2", "-strict", "-2")
    exam = examined(data, Format.MATROSKA)
    assert exam.status.is_sound
    assert exam.technical.properties["ffv1"][0]["slice_crc"]


def test_frames_behind_a_header_as_in_avi_are_checked_too(film):
    private = struct.pack("<IiiHH4s5I", 82, 64, 48, 1, 24, b"FFV1", 0, 0, 0, 0, 0) + _record(film)
    picture = element(0xE0, uint(0xB0, 64) + uint(0xBA, 48))
    track = uint(0xD7, 1) + uint(0x73C5, 7) + uint(0x83, 1) + element(0x86, b"V_MS/VFW/FOURCC")
    tracks = element(0x1654AE6B, element(0xAE, track + element(0x63A2, private) + picture))
    info = element(0x1549A966, element(0x4D80, b"hand") + element(0x5741, b"hand"))
    head = element(0x1A45DFA3, element(0x4282, b"matroska") + uint(0x4287, 4) + uint(0x4285, 2))
    for damage, expected in ((0, set()), (1, {"FFV1-SLICE-CRC"})):
        frame = flipped(_frame(film), 30, damage)
        blocks = uint(0xE7, 0) + element(0xA3, b"\x81\0\0\x80" + frame)
        exam = examined(
            head + element(0x18538067, info + tracks + element(0x1F43B675, blocks)), Format.MATROSKA
        )
        assert ids(exam) == expected
        (video,) = exam.technical.video
        assert (video.codec, video.codec_id) == ("FFV1", "V_MS/VFW/FOURCC / FFV1")
        assert video.profile == "version 3.4"


@pytest.mark.parametrize("record", [b"", b"\0", b"\xff" * 40, bytes(40), b"\x80" * 3000])
def test_senseless_records_are_refused(record):
    with pytest.raises(RangeError):
        read_config(record)
