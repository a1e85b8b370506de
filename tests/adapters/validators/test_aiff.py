import struct

import pytest
from av_files import SOUND, cuts, examined, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st
from riff_made import chunk, iff

from avpres.domain.formats import Format
from avpres.domain.validity import Status

CODECS = {
    "pcm_s8": ("PCM", "", "big endian"),
    "pcm_s16be": ("PCM", "", "big endian"),
    "pcm_s24be": ("PCM", "", "big endian"),
    "pcm_s16le": ("PCM", "sowt", "little endian"),
    "pcm_f32be": ("IEEE float", "fl32", "big endian"),
    "pcm_f64be": ("IEEE float", "fl64", "big endian"),
    "pcm_alaw": ("A-law", "alaw", "big endian"),
    "adpcm_ima_qt": ("IMA ADPCM", "ima4", "big endian"),
}
RATE_44100 = bytes.fromhex("400EAC44000000000000")


def part(name, content):
    return chunk(name, content, ">")


def comm(frames=100, compression=b"", *, channels=1, bits=16):
    return part(b"COMM", struct.pack(">HIH", channels, frames, bits) + RATE_44100 + compression)


def ssnd(size=200, offset=0):
    return part(
        b"SSND", struct.pack(">II", offset, 0) + bytes(place % 250 for place in range(size))
    )


FVER = part(b"FVER", bytes.fromhex("A2805140"))
OLD = part(b"FVER", bytes(4))
NONE = b"NONE\x0enot compressed\0"
PLAIN = iff(comm(), ssnd())


def aiff(content):
    return examined(content, Format.AIFF)


def sound(codec):
    return made(f"{codec}.aiff", *SOUND, "-c:a", codec)


@pytest.mark.parametrize("codec", CODECS)
def test_aiffs_of_ffmpeg_are_valid_and_described(codec):
    exam = aiff(sound(codec))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    [audio] = exam.technical.audio
    assert (audio.codec, audio.codec_id, audio.byte_order) == CODECS[codec]
    assert (audio.channels, audio.sample_rate, audio.samples) == (1, 48000, 19200)
    assert exam.profile == ("AIFF-C" if audio.codec_id else "AIFF")


def test_every_word_of_an_audio_record_is_filled():
    [audio] = aiff(PLAIN).technical.audio
    assert (audio.sample_rate, audio.bits_per_sample, audio.bit_rate) == (44100, 16, 705600)
    assert (audio.samples, audio.block_size, audio.first_sample) == (100, 2, 54)
    assert audio.duration == pytest.approx(100 / 44100)


@pytest.mark.parametrize(
    ("content", "jhove", "status"),
    [
        (b"FORX" + PLAIN[4:], "AIFF-HUL-1", Status.NOT_WELL_FORMED),
        (b"FORM follows function, says the text", "AIFF-HUL-4", Status.NOT_WELL_FORMED),
        (iff(ssnd()), "AIFF-HUL-2", Status.NOT_WELL_FORMED),
        (iff(comm(compression=NONE), ssnd(), form=b"AIFC"), "AIFF-HUL-3", Status.NOT_WELL_FORMED),
        (iff(comm(), comm(), ssnd()), "AIFF-HUL-5", Status.NOT_VALID),
        (iff(comm(), ssnd(), ssnd()), "AIFF-HUL-5", Status.NOT_VALID),
        (iff(comm(), ssnd(), part(b"AESD", b"short!")), "AIFF-HUL-6", Status.NOT_WELL_FORMED),
        (iff(comm(), ssnd(), part(b"AESD", bytes(26))), "AIFF-HUL-6", Status.NOT_WELL_FORMED),
        (iff(FVER, comm(), ssnd(), form=b"AIFC"), "AIFF-HUL-7", Status.NOT_WELL_FORMED),
        (iff(comm(), ssnd(), part(b"\0abc", b"")), "IFF-HUL-1", Status.NOT_WELL_FORMED),
        (PLAIN[:-1], "AIFF-HUL-8", Status.NOT_WELL_FORMED),
    ],
)
def test_the_rules_of_jhove_are_kept(content, jhove, status):
    exam = aiff(content)
    assert jhove in {message.jhove for message in exam.messages}
    assert exam.status is status


@pytest.mark.parametrize(
    ("content", "id"),
    [
        (iff(comm(102), ssnd()), "AIFF-SOUND-SIZE"),
        (iff(comm(), ssnd(offset=4)), "AIFF-SOUND-SIZE"),
        (iff(comm(), ssnd(offset=1000)), "AIFF-SOUND-OFFSET"),
        (iff(comm()), "AIFF-NO-SOUND"),
        (iff(comm(channels=0), ssnd()), "AIFF-COMM-CHANNELS"),
        (iff(comm(50, bits=40), ssnd(250)), "AIFF-COMM-BITS"),
        (flipped(PLAIN, 28, 0x40), "AIFF-COMM-RATE"),
        (
            iff(part(b"FVER", bytes(4)), comm(compression=NONE), ssnd(), form=b"AIFC"),
            "AIFF-VERSION",
        ),
        (iff(comm(), ssnd(), part(b"MARK", b"\0\x05\0\x01")), "AIFF-CHUNK-COUNT"),
    ],
)
def test_what_contradicts_itself_is_not_valid(content, id):
    exam = aiff(content)
    assert id in ids(exam)
    assert exam.status is Status.NOT_VALID


def test_texts_markers_and_comments_are_kept():
    marks = part(b"MARK", struct.pack(">HHIB", 1, 7, 10, 3) + b"one")
    words = part(b"COMT", struct.pack(">HIHH", 1, 0, 0, 4) + b"word")
    exam = aiff(iff(comm(), ssnd(), part(b"NAME", b"Caf\x8e"), marks, words))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    found = exam.technical.properties
    assert (found["name"], found["markers"], found["comments"]) == ("Café", 1, ["word"])


def test_a_byte_that_was_put_in_among_the_samples_is_noticed():
    for place in (len(PLAIN) // 2, len(PLAIN)):
        exam = aiff(PLAIN[:place] + b"x" + PLAIN[place:])
        assert (exam.status, ids(exam)) == (Status.NOT_VALID, {"AIFF-BYTE-TOO-MANY"})


def test_what_follows_after_the_end_is_said():
    for extra in (b"\0", b"xx", bytes(1000)):
        exam = aiff(PLAIN + extra)
        assert (exam.status, ids(exam)) == (Status.VALID, {"AIFF-TRAILING"})


@pytest.mark.parametrize("promised", [99, 101])
def test_a_sample_more_or_less_than_promised_is_a_warning(promised):
    exam = aiff(iff(comm(promised), ssnd()))
    assert (exam.status, ids(exam)) == (Status.VALID, {"AIFF-SOUND-SIZE"})


@pytest.mark.parametrize("name", [b"COMT", b"MARK"])
def test_room_behind_the_last_comment_or_marker_is_only_a_warning(name):
    entry = struct.pack(">IHH", 0, 0, 4) + b"word" if name == b"COMT" else b"\0\1\0\0\0\0\1a"
    for room, said in ((0, set()), (1, set()), (400, {"AIFF-CHUNK-REST"})):
        exam = aiff(iff(part(name, b"\0\1" + entry + bytes(room)), comm(), ssnd()))
        assert (exam.status, ids(exam)) == (Status.VALID, said)


def test_a_whole_channel_status_is_valid():
    exam = aiff(iff(comm(), ssnd(), part(b"AESD", bytes(24))))
    assert (exam.status, exam.messages) == (Status.VALID, [])


@pytest.mark.parametrize("codec", CODECS)
def test_a_cut_aiff_is_not_well_formed(codec):
    statuses = {aiff(content).status for content in cuts(sound(codec))}
    assert statuses == {Status.NOT_WELL_FORMED}


def test_an_aiff_cut_anywhere_is_not_well_formed():
    statuses = {aiff(PLAIN[:place]).status for place in range(1, len(PLAIN))}
    assert statuses == {Status.NOT_WELL_FORMED}


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_brings_the_walk_down(draw):
    marks = part(b"MARK", struct.pack(">HHIB", 1, 7, 10, 3) + b"one")
    content = bytearray(iff(FVER, comm(compression=NONE), marks, ssnd(), form=b"AIFC"))
    for _ in range(draw.draw(st.integers(1, 6))):
        content[draw.draw(st.integers(12, 120))] = draw.draw(st.integers(0, 255))
    aiff(bytes(content))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_bring_the_walk_down(rest):
    aiff(b"FORM\0\0\0\x40AIFFCOMM" + rest)
    aiff(b"FORM\0\0\0\x40AIFC" + rest)
    aiff(rest)
