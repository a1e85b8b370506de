import struct

import pytest
from frame_samples import by_ffmpeg, dpx
from hypothesis import given, settings
from hypothesis import strategies as st
from image_samples import ids, verdict

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

NV, NWF, VALID = Status.NOT_VALID, Status.NOT_WELL_FORMED, Status.VALID


def look(tmp_path, data):
    return verdict(tmp_path, data, Format.DPX)


def changed(place, value, code=">I", **options):
    data = bytearray(dpx(**options))
    struct.pack_into(code, data, place, value)
    return bytes(data)


@pytest.mark.parametrize("pixels", ["rgb24", "gray", "gbrp10be", "gbrp12le", "rgb48le", "rgba"])
def test_ffmpegs_frames_are_valid(tmp_path, pixels):
    data = by_ffmpeg(tmp_path / "frame.dpx", "-pix_fmt", pixels)
    exam = look(tmp_path, data)
    assert exam.status is VALID, exam.messages
    assert "film" not in exam.technical.properties or not exam.technical.properties["film"]
    for percent in (1, 25, 50, 90, 99):
        assert look(tmp_path, data[: len(data) * percent // 100]).status is NWF


@pytest.mark.parametrize("order", [">", "<"], ids=["big endian", "little endian"])
def test_a_frame_is_described(tmp_path, order):
    exam = look(tmp_path, dpx(order=order))
    assert exam.status is VALID, exam.messages
    (image,) = exam.technical.images
    assert (image.width, image.height, image.bits_per_sample) == (16, 9, (10, 10, 10))
    assert (image.colour_space, image.compression) == ("RGB", "Uncompressed")
    assert image.byte_order == ("big endian" if order == ">" else "little endian")
    assert (image.created, image.software, image.model) == (
        "2024-02-03T04:05:06",
        "by hand",
        "scanner",
    )
    film, video = exam.technical.properties["film"], exam.technical.properties["television"]
    assert film["keycode"] == "02 31 123456 7890 04"
    assert film["frame_rate"] == 24.0
    assert video["timecode"] == "01:02:03:04"
    assert exam.version == "2.0"


def test_no_cut_of_a_frame_is_called_sound(tmp_path):
    data = dpx()
    for size in range(1, len(data), 61):
        assert look(tmp_path, data[:size]).status is NWF, size
    assert look(tmp_path, data[:-1]).status is NWF


@pytest.mark.parametrize(
    ("data", "id", "status"),
    [
        (b"DPXS" + dpx()[4:], "DPX-MAGIC", NWF),
        (dpx(pixels=575), "DPX-DATA-SHORT", NWF),
        (dpx() + b"behind", "DPX-FILE-SIZE", NV),
        (dpx(size=9999), "DPX-FILE-SIZE", NV),
        (dpx(size=9999, creator=b"DVS Clipster"), "DPX-FILE-SIZE", VALID),
        (dpx(size=0xFFFFFFFF) + b"behind", "DPX-TRAILING", VALID),
        (dpx(descriptor=77), "DPX-DESCRIPTOR", NV),
        (dpx(bits=11, pixels=4000), "DPX-BIT-DEPTH", NV),
        (dpx(packing=9), "DPX-PACKING", NV),
        (dpx(encoding=1, pixels=40), "DPX-RUN-LENGTH", Status.WELL_FORMED),
        (changed(4, 99999), "DPX-IMAGE-OFFSET", NWF),
        (changed(8, b"V9.9", "4s"), "DPX-VERSION", NV),
        (changed(24, 1665), "DPX-HEADER-SIZE", NV),
        (changed(32, 4000), "DPX-USER-DATA", NV),
        (changed(136, b"yesterday", "24s"), "DPX-DATE", VALID),
        (changed(770, 9, ">H"), "DPX-ELEMENTS", NWF),
        (changed(772, 0xFFFFFFFF), "DPX-DIMENSIONS", NWF),
        (changed(808, 77777), "DPX-DATA-OFFSET", NWF),
    ],
)
def test_a_broken_rule_is_named(tmp_path, data, id, status):
    exam = look(tmp_path, data)
    assert id in ids(exam), exam.messages
    assert exam.status is status


def test_lines_that_do_not_begin_at_words_are_tolerated(tmp_path):
    exam = look(tmp_path, dpx(5, 3, bits=8, packing=0, pixels=5 * 3 * 3))
    assert exam.status is VALID
    assert look(tmp_path, dpx(5, 3, bits=8, packing=0, pixels=5 * 3 * 3 - 1)).status is NWF


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 2047), st.integers(0, 255)), max_size=10),
    cut=st.integers(0, 3000),
)
def test_no_bytes_upset_the_validator(tmp_path_factory, changes, cut):
    data = bytearray(dpx())
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "mutated.dpx"
    path.write_bytes(bytes(data[: cut or None]))
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), Format.DPX, exam)
    assert exam.status in Status
