import struct

import pytest
from av_files import PICTURE, SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.formats import Format
from avpres.domain.validity import Status

KINDS = {
    "FFV1": ("-c:v", "ffv1", "-level", "3", "-slices", "4", "-slicecrc", "1"),
    "Uncompressed": ("-c:v", "rawvideo", "-pix_fmt", "uyvy422"),
    "Motion JPEG": ("-c:v", "mjpeg"),
    "MPEG-4 Visual": ("-c:v", "mpeg4"),
    "HuffYUV": ("-c:v", "huffyuv"),
}


def avi(content):
    return examined(content, Format.AVI)


def film(codec="FFV1"):
    return made("film.avi", *PICTURE, *SOUND, *KINDS[codec], "-c:a", "pcm_s16le")


def chunks(content, name):
    """Give the places of the chunks of a name inside of movi."""
    places, place = [], content.index(b"movi") + 4
    while (found := content[place : place + 4]) != b"idx1":
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        if found == name:
            places.append(place)
        place += 8 + size + size % 2
    return places


@pytest.mark.parametrize("codec", KINDS)
def test_avis_of_ffmpeg_are_valid_and_described(codec):
    exam = avi(film(codec))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    [video], [audio] = exam.technical.video, exam.technical.audio
    assert (video.codec, video.width, video.height, video.frame_rate) == (codec, 64, 48, 25)
    assert (video.frames, video.duration) == (10, pytest.approx(0.4))
    assert (audio.codec, audio.sample_rate, audio.samples) == ("PCM", 48000, 19200)
    assert exam.technical.container.writing_application.startswith("Lavf")


def test_ffv1_is_described_from_its_configuration():
    exam = avi(film())
    [video] = exam.technical.video
    assert (video.chroma_subsampling, video.bits_per_sample, video.lossless) == ("4:2:0", 8, True)
    assert exam.technical.properties["ffv1"]["slices"] == 4


def test_dv_in_avi_is_described_from_its_frames():
    source = ("-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.12")
    content = made("dv.avi", *source, *SOUND, "-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-shortest")
    exam = avi(content)
    [video] = exam.technical.video
    assert (exam.status, video.profile) == (Status.VALID, "DV25 625/50")
    assert (video.frame_rate, video.field_order) == (25, "bottom first")
    place = chunks(content, b"00dc")[0] + 8
    assert ids(avi(flipped(content, place + 800, 0x40))) == {"AVI-DV-BLOCK"}


@pytest.mark.parametrize("codec", KINDS)
def test_a_cut_avi_is_not_well_formed(codec):
    statuses = {avi(content).status for content in cuts(film(codec))}
    assert statuses == {Status.NOT_WELL_FORMED}


def test_every_flipped_bit_in_an_ffv1_slice_is_seen():
    content = film()
    for place in chunks(content, b"00dc"):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        for at in range(place + 8, place + 8 + size, size // 7):
            exam = avi(flipped(content, at, 1 << at % 8))
            assert exam.status is Status.NOT_WELL_FORMED, at


def test_a_chunk_whose_size_is_damaged_is_seen():
    content = film("MPEG-4 Visual")
    place = chunks(content, b"00dc")[3]
    for mask in (2, 64):
        assert not avi(flipped(content, place + 4, mask)).status.is_sound


def test_an_uncompressed_frame_of_another_size_is_not_valid():
    content = film("Uncompressed")
    place = content.index(b"strf") + 8 + 4
    exam = avi(flipped(content, place, 2))
    assert exam.status is Status.NOT_VALID
    assert exam.counts["AVI-FRAME-SIZE"] == 10


def test_an_index_that_leads_astray_is_not_valid():
    content = film()
    place = content.index(b"idx1") + 8 + 16 * 3
    assert ids(avi(flipped(content, place + 8, 4))) == {"AVI-INDEX"}
    assert ids(avi(flipped(content, place + 12, 4))) == {"AVI-INDEX"}


def test_a_missing_index_is_not_valid():
    content = film()
    place = content.index(b"idx1")
    assert "AVI-NO-INDEX" in ids(avi(content[:place] + b"JUNK" + content[place + 4 :]))


def test_missing_frames_are_not_valid():
    content = film()
    place = content.index(b"strh") + 8 + 32
    [message] = avi(content[:place] + struct.pack("<I", 12) + content[place + 4 :]).messages
    assert (message.id, message.text.count("12")) == ("AVI-FRAMES-MISSING", 1)


def test_a_wrong_count_of_streams_is_not_valid():
    content = film()
    place = content.index(b"avih") + 8 + 24
    assert ids(avi(flipped(content, place, 1))) == {"AVI-STREAMS"}


def test_what_is_no_avi_is_not_well_formed():
    assert ids(avi(b"RIFF\4\0\0\0WAVE")) == {"AVI-FORM"}
    assert ids(avi(b"RIFX\4\0\0\0AVI ")) == {"AVI-RIFF"}
    assert ids(avi(b"RIFF\4\0\0\0AVI ")) == {"AVI-NO-HEADER", "AVI-NO-FRAMES"}


def test_what_follows_after_the_end_is_said():
    assert ids(avi(film() + b"xx")) == {"AVI-TRAILING"}
    assert ids(avi(film() + b"x")) == {"AVI-BYTE-TOO-MANY"}


def test_a_large_file_of_several_forms_is_looked_up_by_its_index(tmp_path):
    path, content = tmp_path / "large.avi", film()
    size = 3 * (1 << 30)
    with path.open("wb") as file:
        file.write(content)
        file.write(b"RIFF" + struct.pack("<I", size) + b"AVIXJUNK" + struct.pack("<I", size - 12))
        file.truncate(len(content) + 8 + size)
    exam = examined_file(path, Format.AVI)
    assert (exam.status, ids(exam)) == (Status.VALID, {"AVI-INDEX-ONLY"})
    assert exam.technical.video[0].frames == 10
    with path.open("r+b") as file:
        file.truncate(size)
    assert examined_file(path, Format.AVI).status is Status.NOT_WELL_FORMED


def open_dml(*, lie=0):
    """Give an AVI with the indexes of OpenDML instead of idx1."""
    content = film()
    end = content.index(b"idx1")
    movi = content.index(b"movi")
    places = chunks(content, b"00dc")
    entries = b"".join(
        struct.pack("<I", place + 8 + lie) + content[place + 4 : place + 8] for place in places
    )
    body = struct.pack("<HBBI4sQI", 2, 0, 1, len(places), b"00dc", 0, 0) + entries
    ix = b"ix00" + struct.pack("<I", len(body)) + body
    header = struct.pack("<HBBI4s12x", 4, 0, 0, 1, b"00dc") + struct.pack(
        "<QII", end, len(ix), len(places)
    )
    indx = b"indx" + struct.pack("<I", len(header)) + header
    junk = content.index(b"JUNK", content.index(b"strf"))
    room = int.from_bytes(content[junk + 4 : junk + 8], "little") - len(indx)
    filler = b"JUNK" + struct.pack("<I", room) + bytes(room)
    content = content[:junk] + indx + filler + content[junk + len(indx) + 8 + room :]
    movi_size = struct.pack("<I", end + len(ix) - movi)
    content = content[: movi - 4] + movi_size + content[movi:end] + ix
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


def test_the_indexes_of_open_dml_are_followed():
    assert avi(open_dml()).messages == []
    assert "AVI-INDEX" in ids(avi(open_dml(lie=2)))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.data())
def test_no_damage_brings_the_walk_down(draw):
    content = bytearray(film(draw.draw(st.sampled_from(["FFV1", "MPEG-4 Visual"]))))
    movi, index = content.index(b"movi"), content.index(b"idx1")
    places = st.integers(12, 500) | st.integers(movi, movi + 60) | st.integers(index, index + 60)
    for _ in range(draw.draw(st.integers(1, 6))):
        content[draw.draw(places)] = draw.draw(st.integers(0, 255))
    avi(bytes(content))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_no_bytes_bring_the_walk_down(rest):
    avi(b"RIFF\xff\0\0\0AVI LIST\x40\0\0\0hdrl" + rest)
    avi(b"RIFF\xff\0\0\0AVI LIST\x40\0\0\0movi" + rest)


def test_millions_of_empty_frames_come_to_an_end():
    frames = b"movi" + b"00dc\0\0\0\0" * 1_900_000
    body = b"AVI LIST" + struct.pack("<I", len(frames)) + frames
    exam = avi(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert {"AVI-INDEX-ONLY", "AVI-NO-HEADER"} <= ids(exam)
