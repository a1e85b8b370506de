import struct

import pytest
from av_files import SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.flac_crc import leaves_no_remainder
from avpres.domain.formats import Format
from avpres.domain.validity import Status

NOISE = ("-f", "lavfi", "-i", "anoisesrc=r=48000:d=0.6:a=0.3:seed=7")


def flac(content):
    return examined(content, Format.FLAC)


def tone():
    return made("tone.flac", *SOUND, "-metadata", "title=Café")


def noise():
    return made("noise.flac", *NOISE)


def start_of_audio(content):
    return flac(content).technical.audio[0].first_sample


def block(kind, content, *, last=False):
    return bytes([kind | last << 7]) + len(content).to_bytes(3, "big") + content


def with_blocks(*blocks):
    """Put other metadata between STREAMINFO and the audio."""
    content = tone()
    info = bytes([0]) + content[5:42]
    return content[:4] + info + b"".join(blocks) + content[start_of_audio(content) :]


def crc16(content):
    value = 0
    for byte in content:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x8005) & 0xFFFF if value & 0x8000 else value << 1
    return value


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.binary(max_size=300), st.integers(1, 90))
def test_the_fast_checksum_is_that_of_flac(content, step):
    summed = content + crc16(content).to_bytes(2, "big")
    parts = [summed[place : place + step] for place in range(0, len(summed), step)]
    assert leaves_no_remainder(parts)
    if content:
        assert not leaves_no_remainder([flipped(summed, len(content) // 2, 0x10)])


def test_the_fast_checksum_holds_over_many_periods():
    content = (noise() * 5)[:150_001]
    summed = content + crc16(content).to_bytes(2, "big")
    parts = [summed[place : place + 40_000] for place in range(0, len(summed), 40_000)]
    assert leaves_no_remainder(parts)
    assert not leaves_no_remainder([flipped(summed, 140_000)])


def test_a_flac_is_valid_and_described():
    exam = flac(tone())
    assert (exam.status, exam.messages) == (Status.VALID, [])
    [audio] = exam.technical.audio
    assert (audio.codec, audio.channels, audio.sample_rate) == ("FLAC", 1, 48000)
    assert (audio.bits_per_sample, audio.samples, audio.channel_layout) == (16, 19200, "M")
    assert exam.technical.properties["comments"]["TITLE"] == "Café"


@pytest.mark.parametrize("content", [tone, noise], ids=["tone", "noise"])
def test_a_cut_flac_is_not_well_formed(content):
    statuses = {flac(cut).status for cut in cuts(content())}
    assert statuses == {Status.NOT_WELL_FORMED}


def test_a_flac_cut_between_frames_is_not_well_formed():
    content = noise()
    begin = start_of_audio(content)
    place = next(
        place
        for place in range(len(content) - 2, begin, -1)
        if content[place : place + 2] == b"\xff\xf8" and leaves_no_remainder([content[begin:place]])
    )
    exam = flac(content[:place])
    assert ids(exam) == {"FLAC-CUT"}
    assert "samples" in exam.messages[0].text


def test_every_flipped_bit_in_a_frame_is_seen():
    content = noise()
    for place in range(start_of_audio(content), len(content), len(content) // 60):
        exam = flac(flipped(content, place, 1 << place % 8))
        assert exam.status is Status.NOT_WELL_FORMED, place


def test_the_damaged_frame_is_named():
    content = noise()
    place = len(content) // 2
    [message] = flac(flipped(content, place)).messages
    assert message.id == "FLAC-FRAME-CRC"
    assert message.offset < place < int(message.text.split()[6])


def test_damage_in_a_large_file_is_found(tmp_path):
    path = tmp_path / "large.flac"
    content = with_blocks(*[block(1, bytes(9_000_000))] * 2, block(1, b"", last=True))
    path.write_bytes(content)
    assert examined_file(path, Format.FLAC).status is Status.VALID
    path.write_bytes(flipped(content, len(content) - 2000))
    assert ids(examined_file(path, Format.FLAC)) == {"FLAC-FRAME-CRC"}


def test_id3_tags_around_are_said():
    tag = b"ID3\3\0\0\0\0\0\x14" + bytes(20)
    exam = flac(tag + tone() + b"TAG" + bytes(125))
    assert exam.counts == {"FLAC-ID3": 2}
    assert exam.status is Status.VALID


def test_what_follows_after_the_end_is_seen():
    assert ids(flac(tone() + bytes(20))) == {"FLAC-TRAILING"}
    assert flac(tone() + b"garbage").status is Status.NOT_WELL_FORMED


@pytest.mark.parametrize(
    ("blocks", "id", "status"),
    [
        ([block(4, struct.pack("<II", 0, 9))], "FLAC-BLOCK-SHORT", Status.NOT_VALID),
        ([block(4, struct.pack("<III", 0, 1, 3) + b"abc")], "FLAC-COMMENT", Status.NOT_VALID),
        ([block(4, struct.pack("<III", 0, 1, 3) + b"A=\xff")], "FLAC-COMMENT-UTF8", None),
        ([block(3, bytes(17))], "FLAC-SEEKTABLE", Status.NOT_VALID),
        ([block(3, struct.pack(">QQHQQH", 9, 0, 1, 3, 0, 1))], "FLAC-SEEKTABLE", None),
        ([block(3, struct.pack(">QQH", 0, 99, 1))], "FLAC-SEEK", Status.VALID),
        ([block(6, struct.pack(">IIII", 3, 0, 0, 0) + bytes(16) + b"x")], "FLAC-PICTURE", None),
        ([block(5, bytes(396))], "FLAC-CUESHEET", Status.NOT_VALID),
        ([block(1, b"padding?")], "FLAC-PADDING", Status.NOT_VALID),
        ([block(0, bytes(34))], "FLAC-BLOCK-TWICE", Status.NOT_VALID),
        ([block(99, b"")], "FLAC-BLOCK-UNKNOWN", Status.VALID),
        ([block(127, b"")], "FLAC-BLOCK", Status.NOT_WELL_FORMED),
    ],
)
def test_metadata_is_checked(blocks, id, status):
    exam = flac(with_blocks(*blocks, block(1, bytes(8), last=True)))
    assert id in ids(exam)
    assert exam.status is (status or Status.NOT_VALID)


def test_a_picture_is_described():
    picture = (
        struct.pack(">II", 3, 9) + b"image/png" + bytes(4) + struct.pack(">5I", 8, 9, 24, 0, 1)
    )
    exam = flac(with_blocks(block(6, picture + b"x", last=True)))
    assert exam.status is Status.VALID
    assert exam.technical.properties["pictures"][0]["mime"] == "image/png"


def test_more_samples_than_promised_are_not_valid():
    content = flipped(tone(), 25, 0x40)
    assert ids(flac(content)) <= {"FLAC-SAMPLES", "FLAC-CUT"}
    assert not flac(content).status.is_sound


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.data())
def test_no_damage_brings_the_walk_down(draw):
    content = bytearray(with_blocks(block(3, bytes(36)), block(4, bytes(8)), block(6, bytes(40))))
    for _ in range(draw.draw(st.integers(1, 6))):
        content[draw.draw(st.integers(4, 200))] = draw.draw(st.integers(0, 255))
    flac(bytes(content))


@pytest.mark.parametrize("filler", [b"\xff\xf8\xc9\x08\0", b"\xff\xf8", b"\0", b"\xff"])
def test_hostile_frames_come_to_an_end(filler):
    content = tone()
    begin = start_of_audio(content)
    assert flac(content[: begin + 3000] + filler * 3_000_000).status is not Status.UNKNOWN


def test_a_large_file_that_ends_in_zeros_comes_to_an_end(tmp_path):
    path = tmp_path / "zeros.flac"
    with path.open("wb") as file:
        file.write(tone())
        file.truncate(40 << 30)
    assert ids(examined_file(path, Format.FLAC)) == {"FLAC-CUT"}
