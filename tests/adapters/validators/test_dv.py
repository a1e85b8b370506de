import pytest
from av_files import SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.formats import Format
from avpres.domain.validity import Status

STEREO = (*SOUND, "-ac", "2")


def picture(size, rate, *, seconds=0.25):
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def pal(*more):
    return made("pal.dv", *picture("720x576", 25), *STEREO, "-target", "pal-dv", *more)


SYSTEMS = {
    "DV25 625/50": ("720x576", 25, ("-pix_fmt", "yuv420p"), 144000, "4:2:0", "bottom first"),
    "DVCPRO 625/50": ("720x576", 25, ("-pix_fmt", "yuv411p"), 144000, "4:1:1", "bottom first"),
    "DV25 525/60": ("720x480", "30000/1001", ("-pix_fmt", "yuv411p"), 120000, "4:1:1", None),
    "DVCPRO50 625/50": ("720x576", 25, ("-pix_fmt", "yuv422p"), 288000, "4:2:2", None),
    "DVCPRO50 525/60": ("720x480", "30000/1001", ("-pix_fmt", "yuv422p"), 240000, "4:2:2", None),
    "DV100 1080i50": ("1440x1080", 25, ("-pix_fmt", "yuv422p"), 576000, "4:2:2", "top first"),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_told_and_described(name):
    size, rate, options, frame, subsampling, order = SYSTEMS[name]
    content = made(
        "some.dv", *picture(size, rate, seconds=0.1), *STEREO, "-c:v", "dvvideo", *options
    )
    exam = examined(content, Format.DV)
    assert (exam.status, exam.messages) == (Status.VALID, [])
    [video] = exam.technical.video
    assert (video.profile, video.chroma_subsampling) == (name, subsampling)
    assert (f"{video.width}x{video.height}", video.frames) == (size, len(content) // frame)
    assert video.field_order == (order or "bottom first")
    assert (exam.technical.audio[0].sample_rate, exam.technical.audio[0].channels) == (48000, 2)


def test_timecode_date_and_shape_are_read():
    content = pal(
        *("-aspect", "16:9", "-timecode", "01:02:03:04"),
        *("-metadata", "creation_time=2003-04-05T06:07:08"),
    )
    exam = examined(content, Format.DV)
    [video] = exam.technical.video
    assert (video.timecode, video.display_aspect) == ("01:02:03:04", "16:9")
    assert video.pixel_aspect == pytest.approx(64 / 45, abs=0.001)
    assert exam.technical.properties["recorded"] == "2003-04-05T06:07:08"


def test_a_cut_dv_is_not_well_formed():
    content = pal()
    places = [cut for cut in cuts(content) if len(cut) % 144000]
    assert len(places) >= 3
    assert {examined(cut, Format.DV).status for cut in places} == {Status.NOT_WELL_FORMED}


@pytest.mark.parametrize("place", [0, 2, 80, 82, 144000, 144000 + 81, 150 * 80 + 1, 287920])
def test_a_damaged_block_id_is_seen(place):
    exam = examined(flipped(pal(), place, 0x40), Format.DV)
    assert exam.status is Status.NOT_WELL_FORMED
    assert ids(exam) <= {"DV-BLOCK", "DV-HEADER"}
    assert exam.messages[0].offset in {place - place % 80, 0}


def test_blocks_that_the_deck_concealed_are_counted():
    exam = examined(flipped(flipped(pal(), 563, 0x20), 643, 0xF0), Format.DV)
    assert exam.status is Status.VALID
    assert ids(exam) == {"DV-CONCEALED"}
    assert exam.technical.properties["concealed_blocks"] == 2
    assert exam.technical.properties["concealed_frames"] == 1


def test_a_frame_of_another_system_is_not_valid():
    assert ids(examined(flipped(pal(), 144003, 0x80), Format.DV)) == {"DV-SYSTEM"}


def test_what_is_no_dv_is_not_well_formed():
    exam = examined(b"something else entirely" * 1000, Format.DV)
    assert ids(exam) == {"DV-HEADER"}


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.data())
def test_no_damage_brings_the_walk_down(draw):
    content = bytearray(pal()[:144000])
    for _ in range(draw.draw(st.integers(1, 8))):
        content[draw.draw(st.integers(0, 1000))] = draw.draw(st.integers(0, 255))
    examined(bytes(content), Format.DV)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.binary(max_size=300))
def test_no_bytes_bring_the_walk_down(rest):
    examined(rest, Format.DV)
    examined(b"\x1f\x07\0\xbf" + rest * 300, Format.DV)


def test_a_large_file_of_nothing_comes_to_an_end(tmp_path):
    path = tmp_path / "zeros.dv"
    with path.open("wb") as file:
        file.write(pal()[:144000])
        file.truncate(40 << 30)
    assert "DV-LOST" in ids(examined_file(path, Format.DV))
