import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_samples import ids, picture, saved, verdict

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.jpeg2000_view import TooMuchWorkError, View, Work, work_for
from avpres.adapters.validators.jpeg2000_words import message_id
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

OPTIONS = {
    "plain": {},
    "lossy": {"irreversible": True, "quality_mode": "rates", "quality_layers": [20, 5]},
    "tiled": {"tile_size": (32, 32), "progression": "RPCL"},
    "codestream": {"no_jp2": True},
}


def look(tmp_path, data):
    return verdict(tmp_path, data, Format.JPEG2000)


def jp2(**options):
    return saved(picture("RGB"), "JPEG2000", **options)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_openjpegs_images_are_valid(tmp_path, options, capfd):
    exam = look(tmp_path, jp2(**options))
    assert exam.status is Status.VALID, exam.messages
    assert exam.profile == ("J2C" if "no_jp2" in options else "JP2")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("percent", [1, 25, 50, 90, 99])
def test_a_cut_image_is_not_well_formed(tmp_path, options, percent):
    data = jp2(**options)
    exam = look(tmp_path, data[: max(1, len(data) * percent // 100)])
    assert exam.status is Status.NOT_WELL_FORMED


def test_no_cut_of_an_image_is_called_sound(tmp_path):
    data = jp2(tile_size=(32, 32)) + struct.pack(">I4s", 20, b"xml ") + b"<a>b</a>   \n"
    assert look(tmp_path, data).status is Status.VALID
    for size in range(1, len(data), 7):
        if size != len(data) - 20:  # there the image is whole, and what follows is another box
            assert not look(tmp_path, data[:size]).status.is_sound, size


def test_appended_bytes_are_found(tmp_path, capfd):
    assert "JPEG2000-BOX-OUTSIDE" in ids(look(tmp_path, jp2() + b"garbage, no box"))
    assert "JPEG2000-NO-EOC-MARKER" in ids(look(tmp_path, jp2(no_jp2=True) + b"garbage"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "id", "status"),
    [
        (b"ihdr\0\0\0\x2f", b"ihdr\0\0\0\x30", "HEIGHT-DIFFERS-FROM-SIZ", Status.NOT_VALID),
        (b"jP  \r\n", b"jP  \n\n", "SIGNATURE", Status.NOT_WELL_FORMED),
        (b"\0\0\0\x14ftyp", b"\0\0\0\x14free", "NO-FILE-TYPE-BOX", Status.NOT_WELL_FORMED),
        (b"\xff\x52", b"\xff\x44", "NO-COD-MARKER", Status.NOT_WELL_FORMED),
        (b"\xff\xd9", b"\xff\xd8", "NO-EOC-MARKER", Status.NOT_WELL_FORMED),
    ],
)
def test_a_broken_rule_is_named(tmp_path, old, new, id, status):
    data = jp2()
    assert old in data
    exam = look(tmp_path, data.replace(old, new, 1))
    assert f"JPEG2000-{id}" in ids(exam)
    assert exam.status is status


def test_an_image_is_described(tmp_path):
    exam = look(tmp_path, jp2())
    (image,) = exam.technical.images
    assert (image.width, image.height, image.samples_per_pixel) == (61, 47, 3)
    assert image.bits_per_sample == (8, 8, 8)
    assert (image.colour_space, image.compression) == ("sRGB", "JPEG 2000 Lossless")
    assert exam.technical.properties["progression_order"] == "LRCP"
    assert exam.mime == "image/jp2"


def test_alpha_is_an_extra_sample(tmp_path):
    exam = look(tmp_path, saved(picture("RGBA"), "JPEG2000"))
    (image,) = exam.technical.images
    assert image.has_alpha
    assert image.extra_samples == (2,)


def test_other_parts_of_the_standard_are_described_but_not_judged(tmp_path):
    exam = look(tmp_path, jp2().replace(b"ftypjp2 ", b"ftypjpx ", 1))
    assert exam.status is Status.WELL_FORMED
    assert (exam.profile, exam.mime) == ("JPX", "image/jpx")
    assert exam.technical.images[0].width == 61


def codestream_head():
    data = jp2(no_jp2=True)
    return data[: data.index(b"\xff\x90")]


@pytest.mark.parametrize(
    "rest",
    [
        bytes(4_000_000),
        struct.pack(">HHHIBB", 0xFF90, 10, 0, 0, 0, 1) + b"\xff\x58\0\5\0\xff\xff\xff\xff",
        struct.pack(">HHHIBB", 0xFF90, 10, 0, 12, 0, 1) * 40_000,
    ],
    ids=["zeros", "endless packet lengths", "endless tile-parts"],
)
def test_a_hostile_codestream_is_done_with_soon(tmp_path, rest):
    started = time.process_time()
    exam = look(tmp_path, codestream_head() + rest)
    assert time.process_time() - started < 2
    assert exam.status is Status.NOT_WELL_FORMED


def test_a_large_file_is_read_in_pieces(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * 5000)
    with path.open("rb") as file:
        view = View(Source(file, str(path)), 0, 1_280_000, work_for(1_280_000))
        assert len(view[100:1_200_000]) == 1_199_900
        assert view[100:1_200_000][5:8] == bytes([105, 106, 107])
        assert view[1_279_999:1_280_005] == b"\xff"
        assert view[9:3] == b""


def test_slices_are_counted(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    with path.open("rb") as file:
        piece = View(Source(file, str(path)), 0, 100, Work(room=100, left=3))[0:50]
        assert piece[0:2][0:1] == b"\0"
        with pytest.raises(TooMuchWorkError):
            piece[0:1]


def test_copied_bytes_are_counted(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    with path.open("rb") as file:
        piece = View(Source(file, str(path)), 0, 100, Work(room=120))[0:50]
        piece[0:40]
        with pytest.raises(TooMuchWorkError):
            piece[0:40]


@pytest.mark.parametrize(
    ("test", "id"),
    [
        ("foundEOCMarker", "JPEG2000-NO-EOC-MARKER"),
        ("containsJP2HeaderBox", "JPEG2000-NO-JP2-HEADER-BOX"),
        ("noMoreThanOnePaletteBox", "JPEG2000-MORE-THAN-ONE-PALETTE-BOX"),
        ("widthConsistentWithSIZ", "JPEG2000-WIDTH-DIFFERS-FROM-SIZ"),
        ("lcodIsValid", "JPEG2000-BAD-LCOD"),
        ("firstBoxIsSignatureBox", "JPEG2000-NOT-FIRST-BOX-IS-SIGNATURE-BOX"),
    ],
)
def test_tests_have_stable_ids(test, id):
    assert message_id(test) == id


SEEDS = [jp2(**options) for options in OPTIONS.values()]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 3000),
)
def test_no_bytes_upset_the_validator(tmp_path_factory, seed, changes, cut):
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "mutated.jp2"
    path.write_bytes(bytes(data[: cut or None]))
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), Format.JPEG2000, exam)
    assert exam.status in Status
