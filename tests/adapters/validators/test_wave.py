import hashlib
import struct

import pytest
from av_files import SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st
from riff_made import chunk, data, fmt, riff

from avpres.domain.formats import Format
from avpres.domain.validity import Status

PLAIN = riff(fmt(), data())
CODECS = {
    "pcm_u8": ("PCM", 8),
    "pcm_s16le": ("PCM", 16),
    "pcm_s24le": ("PCM", 24),
    "pcm_f32le": ("IEEE float", 32),
    "pcm_f64le": ("IEEE float", 64),
    "pcm_alaw": ("A-law", 8),
    "pcm_mulaw": ("mu-law", 8),
    "adpcm_ms": ("Microsoft ADPCM", 4),
    "adpcm_ima_wav": ("IMA ADPCM", 4),
}


def wave(content):
    return examined(content, Format.WAVE)


def sound(codec):
    return made(f"{codec}.wav", *SOUND, "-c:a", codec)


def bext(version=1, **fields):
    content = bytearray(602)
    content[320:338] = fields.get("date", b"2020-01-02") + fields.get("time", b"10:11:12")
    content[346:348] = struct.pack("<H", version)
    for place, value in fields.get("at", {}).items():
        content[place : place + len(value)] = value
    return chunk(b"bext", bytes(content) + fields.get("history", b""))


@pytest.mark.parametrize("codec", CODECS)
def test_waves_of_ffmpeg_are_valid_and_described(codec):
    exam = wave(sound(codec))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    [audio] = exam.technical.audio
    assert (audio.codec, audio.bits_per_sample) == CODECS[codec]
    assert (audio.channels, audio.sample_rate, audio.samples) == (1, 48000, 19200)
    assert audio.duration == pytest.approx(0.4)


def test_every_word_of_an_audio_record_is_filled():
    exam = wave(sound("pcm_s16le"))
    [audio] = exam.technical.audio
    assert (audio.codec_id, audio.bit_rate, audio.block_size) == ("0x0001", 768000, 2)
    assert (audio.byte_order, audio.channel_layout) == ("little endian", "M")
    start = audio.first_sample
    assert sound("pcm_s16le")[start - 8 : start - 4] == b"data"
    assert (exam.profile, exam.mime) == ("PCMWAVEFORMAT", "audio/vnd.wave; codec=1")
    assert str(exam.technical.properties["info"]["software"]).startswith("Lavf")


def test_surround_sound_names_its_speakers():
    exam = wave(made("six.wav", *SOUND, "-ac", "6", "-c:a", "pcm_s24le"))
    assert exam.technical.audio[0].channel_layout == "FL FR FC LFE BL BR"
    assert exam.profile == "WAVEFORMATEXTENSIBLE"


def test_rf64_takes_its_sizes_from_ds64():
    content = made("large.wav", *SOUND, "-rf64", "always")
    exam = wave(content)
    assert (exam.status, exam.profile) == (Status.VALID, "RF64, PCMWAVEFORMAT")
    assert exam.technical.audio[0].samples == 19200
    assert wave(b"BW64" + content[4:]).profile == "BW64, PCMWAVEFORMAT"


def test_rf64_needs_ds64_first():
    content = made("large.wav", *SOUND, "-rf64", "always")
    exam = wave(content[:12] + content[12:].replace(b"ds64", b"JUNK", 1))
    assert exam.messages[0].jhove == "WAVE-HUL-23"
    assert exam.status is Status.NOT_WELL_FORMED


def test_a_ds64_table_that_does_not_fit_is_not_valid():
    body = chunk(b"ds64", struct.pack("<QQQI", 4 + 36 + 24 + 408, 400, 200, 9)) + fmt() + data()
    exam = wave(b"RF64\xff\xff\xff\xffWAVE" + body)
    assert ids(exam) == {"WAVE-DS64-TABLE"}


def test_broadcast_wave_is_read():
    umid = bytes.fromhex("060A2B340101010501010D1213") + bytes(range(1, 20))
    at = {0: b"Tape 12", 256: b"Archive", 348: umid, 412: struct.pack("<h", -2300)}
    content = riff(bext(2, at=at, history=b"A=ANALOGUE,M=stereo\r\n"), fmt(), data())
    exam = wave(content)
    assert (exam.status, exam.messages) == (Status.VALID, [])
    assert exam.profile == "BWF version 2, PCMWAVEFORMAT"
    found = exam.technical.properties["bext"]
    assert (found["description"], found["originator"]) == ("Tape 12", "Archive")
    assert (found["umid"], found["loudness_value"]) == (umid.hex().upper(), -23.0)
    assert found["coding_history"] == "A=ANALOGUE,M=stereo"


@pytest.mark.parametrize(
    ("extra", "id"),
    [
        (bext(8), "WAVE-BEXT-VERSION"),
        (bext(1, date=b"2020-13-02"), "WAVE-BEXT-DATE"),
        (bext(1, time=b"25:00:00"), "WAVE-BEXT-TIME"),
        (bext(1, at={348: b"no umid"}), "WAVE-BEXT-UMID"),
        (bext(0, at={348: b"something"}), "WAVE-BEXT-RESERVED"),
        (bext(2, at={412: struct.pack("<h", 12000)}), "WAVE-BEXT-LOUDNESS"),
        (bext(1, at={0: b"caf\xc3\xa9"}), "WAVE-BEXT-ASCII"),
        (bext(1, at={0: b"text\0rest"}), "WAVE-BEXT-REST"),
        (chunk(b"iXML", b"<BWFXML><PROJECT>x</BWFXML>"), "WAVE-XML"),
        (chunk(b"cue ", struct.pack("<I", 0)), None),
    ],
)
def test_what_a_broadcaster_got_wrong_is_a_warning_only(extra, id):
    exam = wave(riff(fmt(), extra, data()))
    assert exam.status is Status.VALID
    assert ids(exam) == ({id} if id else set())


def test_ixml_is_kept():
    xml = b'<?xml version="1.0"?><BWFXML><PROJECT>Reel 7</PROJECT><TAKE/></BWFXML>'
    exam = wave(riff(fmt(), chunk(b"iXML", xml), data()))
    assert exam.technical.properties["ixml"] == {"PROJECT": "Reel 7"}


def test_linked_files_are_named():
    names = b"".join(b"<FILE><FILENAME>reel%d.wav</FILENAME></FILE>" % at for at in (1, 2))
    exam = wave(riff(fmt(), chunk(b"link", b"<LINK>" + names + b"</LINK>"), data()))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    assert exam.technical.properties["linked_files"] == ["reel1.wav", "reel2.wav"]


def test_an_entity_bomb_in_ixml_is_only_a_warning():
    xml = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "' + b"&b;" * 1000 + b'">]><a>&c;</a>'
    assert wave(riff(fmt(), chunk(b"iXML", xml), data())).status is Status.VALID


@pytest.mark.parametrize("turn", [1, -1], ids=["as hashed", "as BWF MetaEdit writes it"])
def test_an_md5_of_the_data_is_checked(turn):
    digest = hashlib.md5(data()[8:], usedforsecurity=False).digest()[::turn]
    content = riff(fmt(), data(), chunk(b"MD5 ", digest))
    assert wave(content).status is Status.VALID
    exam = wave(flipped(content, 60))
    assert (exam.status, ids(exam)) == (Status.NOT_VALID, {"WAVE-MD5"})


@pytest.mark.parametrize(
    ("content", "jhove", "status"),
    [
        (b"RIFX" + PLAIN[4:], "WAVE-HUL-1", Status.NOT_WELL_FORMED),
        (PLAIN[:8] + b"AVI " + PLAIN[12:], "WAVE-HUL-2", Status.NOT_WELL_FORMED),
        (PLAIN[:-2], "WAVE-HUL-3", Status.NOT_WELL_FORMED),
        (riff(data()), "WAVE-HUL-5", Status.NOT_WELL_FORMED),
        (riff(fmt(), data()[:4] + b"\xff\xff\0\0" + data()[8:]), "WAVE-HUL-6", None),
        (riff(fmt(), chunk(b"what", b""), data()), "WAVE-HUL-7", Status.VALID),
        (riff(fmt(), fmt(), data()), "WAVE-HUL-8", Status.NOT_VALID),
        (riff(fmt(), data(), data()), "WAVE-HUL-8", Status.NOT_VALID),
        (riff(fmt(), chunk(b"list", b"INFO"), data()), "WAVE-HUL-9", Status.NOT_WELL_FORMED),
        (riff(fmt(), chunk(b"LIST", b"what"), data()), "WAVE-HUL-15", Status.VALID),
        (riff(fmt(), chunk(b"levl", bytes(130)), data()), "WAVE-HUL-20", Status.NOT_VALID),
        (riff(fmt(), chunk(b"link", b"<LINK><FILE>"), data()), "WAVE-HUL-13", Status.NOT_VALID),
        (riff(fmt()), "WAVE-HUL-24", Status.NOT_WELL_FORMED),
        (riff(data(), fmt()), "WAVE-HUL-25", Status.NOT_VALID),
        (riff(fmt(), bext(8), data()), "WAVE-HUL-27", Status.VALID),
        (riff(fmt(), chunk(b"d\x7fta", b""), data()), "IFF-HUL-1", Status.NOT_WELL_FORMED),
        (riff(fmt(), data(), b"\0\0"), "IFF-HUL-1", Status.NOT_WELL_FORMED),
        (riff(fmt(), chunk(b" dat", b""), data()), "IFF-HUL-2", Status.NOT_VALID),
    ],
)
def test_the_rules_of_jhove_are_kept(content, jhove, status):
    exam = wave(content)
    assert jhove in {message.jhove for message in exam.messages}
    assert exam.status is (status or Status.NOT_WELL_FORMED)


@pytest.mark.parametrize(
    ("place", "id"),
    [(22, "WAVE-FMT-ALIGN"), (24, "WAVE-FMT-BYTE-RATE"), (32, "WAVE-FMT-ALIGN")],
)
def test_a_format_that_contradicts_itself_is_not_valid(place, id):
    exam = wave(flipped(PLAIN, place, 4))
    assert exam.status is Status.NOT_VALID
    assert id in ids(exam)


def test_half_a_sample_at_the_end_is_a_warning():
    exam = wave(riff(fmt(), data(401)))
    assert (exam.status, ids(exam)) == (Status.VALID, {"WAVE-DATA-BLOCKS"})


def test_a_byte_rate_that_was_left_out_is_a_warning():
    exam = wave(riff(fmt()[:16] + bytes(4) + fmt()[20:], data()))
    assert (exam.status, ids(exam)) == (Status.VALID, {"WAVE-FMT-BYTE-RATE"})


@pytest.mark.parametrize(
    ("align", "rate", "status"),
    [(8, 352800, Status.VALID), (8, 264600, Status.NOT_VALID), (7, 308700, Status.NOT_VALID)],
)
def test_samples_may_lie_in_larger_places_if_the_format_agrees_with_itself(align, rate, status):
    content = struct.pack("<HHIIHH", 1, 2, 44100, rate, align, 24)
    exam = wave(riff(chunk(b"fmt ", content), data(560)))
    assert (exam.status, ids(exam)) == (status, {"WAVE-FMT-ALIGN"})


def test_a_file_of_a_pipe_was_never_finished():
    exam = wave(PLAIN[:4] + b"\xff" * 4 + PLAIN[8:])
    assert ids(exam) == {"WAVE-UNFINISHED"}
    assert exam.technical.audio[0].samples == 200


def test_labels_belong_to_cue_points():
    cue = chunk(b"cue ", struct.pack("<III4sIII", 1, 7, 0, b"data", 0, 0, 20))
    label = chunk(b"LIST", b"adtl" + chunk(b"labl", b"\7\0\0\0Act 1\0"))
    exam = wave(riff(fmt(), data(), cue, label))
    assert (exam.status, exam.messages) == (Status.VALID, [])
    assert exam.technical.properties["labels"] == ["Act 1"]
    assert ids(wave(riff(fmt(), data(), label))) == {"WAVE-LABEL-CUE"}


def test_more_cue_points_than_there_is_room_for_are_not_valid():
    cue = chunk(b"cue ", struct.pack("<I", 1000))
    assert ids(wave(riff(fmt(), data(), cue))) == {"WAVE-CHUNK-COUNT"}


def test_a_byte_that_was_put_in_among_the_samples_is_noticed():
    for place in (len(PLAIN) // 2, len(PLAIN)):
        exam = wave(PLAIN[:place] + b"x" + PLAIN[place:])
        assert (exam.status, ids(exam)) == (Status.NOT_VALID, {"WAVE-BYTE-TOO-MANY"})


def test_what_follows_after_the_end_is_said():
    for extra in (b"\0", b"xx", bytes(1000)):
        exam = wave(PLAIN + extra)
        assert (exam.status, ids(exam)) == (Status.VALID, {"WAVE-TRAILING"})


@pytest.mark.parametrize("codec", CODECS)
def test_a_cut_wave_is_not_well_formed(codec):
    statuses = {wave(content).status for content in cuts(sound(codec))}
    assert statuses == {Status.NOT_WELL_FORMED}


def test_a_wave_cut_anywhere_is_not_well_formed():
    content = riff(bext(), fmt(), chunk(b"LIST", b"INFO" + chunk(b"INAM", b"x")), data(20))
    statuses = {wave(content[:place]).status for place in range(1, len(content))}
    assert statuses == {Status.NOT_WELL_FORMED}


def test_a_file_too_large_for_riff_is_not_valid(tmp_path):
    path = tmp_path / "wrapped.wav"
    with path.open("wb") as file:
        file.write(PLAIN)
        file.truncate((1 << 32) + 100)
    exam = examined_file(path, Format.WAVE)
    assert "WAVE-SIZE-WRAPPED" in ids(exam)
    assert exam.status is Status.NOT_VALID


def test_millions_of_empty_chunks_come_to_an_end():
    exam = wave(riff(fmt(), chunk(b"JUNK", b"") * 500_000, data()))
    assert "WAVE-CHUNKS" in ids(exam)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_brings_the_walk_down(draw):
    content = bytearray(
        riff(bext(2), fmt(), chunk(b"LIST", b"adtl" + chunk(b"labl", b"\1\0\0\0x")), data(30))
    )
    for _ in range(draw.draw(st.integers(1, 6))):
        content[draw.draw(st.integers(12, len(content) - 1))] = draw.draw(st.integers(0, 255))
    wave(bytes(content))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_bring_the_walk_down(rest):
    wave(b"RIFF\x40\0\0\0WAVE" + rest)
    wave(b"RF64\xff\xff\xff\xffWAVEds64" + rest)
    wave(rest)
