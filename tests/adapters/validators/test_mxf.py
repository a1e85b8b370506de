"""MXF: partitions, metadata, indexes, essence, and every kind of damage."""

import struct
import time

import pytest
from av_files import PICTURE, SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.mxf_partitions import pattern_name
from avpres.adapters.validators.mxf_record import moment
from avpres.domain.formats import Format
from avpres.domain.technical import MediaKind
from avpres.domain.validity import Status

_PCM = ("-c:a", "pcm_s24le")
_SOURCES = {
    "mpeg2.mxf": (*PICTURE, *SOUND, "-c:v", "mpeg2video", "-c:a", "pcm_s16le"),
    "ffv1.mxf": (*PICTURE, *SOUND, "-c:v", "ffv1", "-level", "3", "-slicecrc", "1", *_PCM),
    "prores.mxf": (*PICTURE, *SOUND, "-c:v", "prores_ks", *_PCM),
    "avc.mxf": (*PICTURE, *SOUND, "-c:v", "libx264", *_PCM),
    "atom.mxf": (*SOUND, *_PCM, "-f", "mxf_opatom"),
}
_FILL = bytes.fromhex("060e2b34010101020301021001000000")
_PARTITION = bytes.fromhex("060e2b34020501010d0102010102")
_FOOTER = bytes.fromhex("060e2b34020501010d0102010104")
_PREFACE = bytes.fromhex("060e2b34025301010d01010101012f")
_INDEX = bytes.fromhex("060e2b34025301010d01020101100100")
_RIP = bytes.fromhex("060e2b34020501010d01020101110100")


def _examined(data):
    return examined(data, Format.MXF)


def _made(name):
    return made(name, *_SOURCES[name])


@pytest.fixture(params=_SOURCES)
def sound_file(request):
    return _made(request.param)


@pytest.fixture(scope="module")
def film():
    return _made("mpeg2.mxf")


def _changed(data: bytes, key: bytes, place: int, new: bytes) -> bytes:
    """Overwrite bytes of the first triplet of a key, counted from where its value begins."""
    at = data.index(key) + 16
    at += place + 1 + (data[at] & 0x7F if data[at] & 0x80 else 0)
    return data[:at] + new + data[at + len(new) :]


def test_sound_files_are_valid(sound_file):
    exam = _examined(sound_file)
    assert exam.status == Status.VALID
    assert not exam.messages


def test_every_cut_is_seen(sound_file):
    for left in cuts(sound_file):
        assert _examined(left).status == Status.NOT_WELL_FORMED


def test_every_length_that_a_film_may_be_cut_to_is_seen(film):
    rip = film.rindex(_RIP)
    for place in range(1, rip, 173):
        assert _examined(film[:place]).status == Status.NOT_WELL_FORMED, place


def test_a_film_without_its_random_index_pack_is_warned_of(film):
    exam = _examined(film[: film.rindex(_RIP)])
    assert ids(exam) == {"MXF-RIP-MISSING"}
    assert exam.status == Status.VALID


def test_bytes_after_the_end_are_seen(film):
    exam = _examined(film + b"more")
    assert ids(exam) == {"MXF-TRAILING"}
    assert exam.status == Status.NOT_VALID


def test_a_film_is_described(film):
    exam = _examined(film)
    (video,), (audio,) = exam.technical.video, exam.technical.audio
    assert (exam.profile, exam.version, exam.mime) == ("OP1a", "1.3", "application/mxf")
    assert (video.codec, video.width, video.height) == ("MPEG-2 Video", 64, 48)
    assert (video.frames, video.frame_rate, video.duration) == (10, 25.0, 0.4)
    assert (video.chroma_subsampling, video.bits_per_sample) == ("4:2:0", 8)
    assert (video.display_aspect, video.timecode) == ("4:3", "00:00:00:00")
    assert (audio.codec, audio.channels, audio.sample_rate) == ("PCM", 1, 48000.0)
    assert (audio.bits_per_sample, audio.samples) == (16, 19200)
    assert exam.technical.container.writing_application.startswith("FFmpeg")


@pytest.mark.parametrize(
    ("name", "codec"), [("ffv1.mxf", "FFV1"), ("prores.mxf", "ProRes"), ("avc.mxf", "H.264")]
)
def test_codecs_are_named(name, codec):
    assert [video.codec for video in _examined(_made(name)).technical.video] == [codec]


def test_sound_in_an_atom_is_audio():
    exam = _examined(_made("atom.mxf"))
    assert exam.profile == "OP-Atom"
    assert exam.technical.kind == MediaKind.AUDIO
    assert exam.technical.audio[0].samples == 19200


def test_every_flipped_bit_of_an_ffv1_frame_is_seen():
    data = _made("ffv1.mxf")
    exam = _examined(data)
    assert exam.technical.properties["ffv1"][0]["slice_crc"]
    start = data.index(bytes.fromhex("060e2b34010201010d01030115011d00")) + 20
    for place in range(start, start + 900, 7):
        found = ids(_examined(flipped(data, place, 1 << place % 8)))
        assert found & {"FFV1-SLICE-CRC", "FFV1-SLICE-SIZE"}, place


def test_bytes_before_the_header_are_allowed(film):
    exam = _examined(b"run-in" * 100 + film)
    assert ids(exam) == {"MXF-RUN-IN"}
    assert exam.status == Status.VALID


@pytest.mark.parametrize(
    ("key", "place", "new", "id"),
    [
        (_PARTITION, 0, b"\0\2", "MXF-VERSION"),
        (_PARTITION, 8, b"\0\0\0\0\0\0\0\1", "MXF-THIS-PARTITION"),
        (_PARTITION, 16, b"\0\0\0\0\0\0\0\1", "MXF-PREVIOUS-PARTITION"),
        (_PARTITION, 24, b"\0\0\0\0\0\0\0\1", "MXF-FOOTER-PARTITION"),
        (_PARTITION, 80, b"\0\0\0\4", "MXF-PARTITION"),
        (_PARTITION, 77, b"\3", "MXF-PATTERN"),
        (_PARTITION, -6, b"\1", "MXF-OPEN"),
        (_PARTITION, -6, b"\7", "MXF-STATUS"),
        (_PARTITION, -4, b"\xff", "MXF-LENGTH"),
        (_FOOTER, 16, b"\0\0\0\0\0\0\0\1", "MXF-PREVIOUS-PARTITION"),
        (_PREFACE, 0, b"\x3c\x0b", "MXF-INSTANCE"),
        (_PREFACE, 2, b"\x00\xff", "MXF-SET"),
        (_PREFACE, 60, b"\x77", "MXF-REFERENCE"),
        (_PREFACE, -4, b"\x77", "MXF-MISSING"),
        (_INDEX, 211, b"\x77\x77", "MXF-INDEX-ENTRY"),
        (_INDEX, 2, b"\x77", "MXF-INDEX"),
    ],
)
def test_faults_have_their_names(film, key, place, new, id):
    exam = _examined(_changed(film, key, place, new))
    assert id in ids(exam)
    assert not exam.status.is_sound


def test_a_wrong_random_index_pack_is_seen(film):
    place = film.rindex(_RIP) + 17
    assert ids(_examined(flipped(film, place + 11))) == {"MXF-RIP"}
    assert ids(_examined(flipped(film, len(film) - 1))) == {"MXF-RIP"}


def test_a_damaged_key_is_seen(film):
    place = film.index(_FILL) + 2
    exam = _examined(flipped(film, place))
    assert ids(exam) == {"MXF-KEY"}
    assert exam.messages[0].offset == place - 2


def test_essence_of_an_unknown_track_is_seen(film):
    key = bytes.fromhex("060e2b34010201010d01030116010300")
    exam = _examined(film.replace(key, key[:-1] + b"\7"))
    assert {"MXF-TRACK-NUMBER", "MXF-ESSENCE-MISSING"} <= ids(exam)


def test_a_missing_picture_is_seen(film):
    key = bytes.fromhex("060e2b34010201010d01030115010500")
    place = film.index(key)
    exam = _examined(film[:place] + _FILL + film[place + 16 :])
    assert "MXF-DURATION" in ids(exam)


def test_a_frame_that_was_overwritten_is_seen(film):
    key = bytes.fromhex("060e2b34010201010d01030115010500")
    assert ids(_examined(_changed(film, key, 0, bytes(4)))) == {"MXF-FRAME"}


def test_a_large_file_is_examined_in_pieces(tmp_path, film):
    place = film.index(_FOOTER)
    filler = _FILL + b"\x84" + struct.pack(">I", 18 * 1024 * 1024) + bytes(18 * 1024 * 1024)
    path = tmp_path / "large.mxf"
    path.write_bytes(film[:place] + filler + film[place:])
    found = ids(examined_file(path, Format.MXF))
    assert found == {"MXF-THIS-PARTITION", "MXF-FOOTER-PARTITION", "MXF-RIP"}
    path.write_bytes(path.read_bytes()[:-1])
    assert "MXF-CUT" in ids(examined_file(path, Format.MXF))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("060e2b34040101010d01020101010900", "OP1a"),
        ("060e2b34040101010d01020102020900", "OP2b"),
        ("060e2b34040101020d01020110030000", "OP-Atom"),
        ("00000000000000000000000000000000", ""),
    ],
)
def test_operational_patterns_are_named(label, name):
    assert pattern_name(bytes.fromhex(label)) == name


def test_timestamps_are_written_as_iso_8601():
    assert moment(struct.pack(">HBBBBBB", 2024, 2, 29, 12, 30, 5, 0)) == "2024-02-29T12:30:05Z"
    assert moment(bytes(8)) == ""


@pytest.mark.parametrize(
    "content",
    [
        (_FILL + b"\0") * 700_000,
        (_PREFACE + b"\0\x00") * 600_000,
        (_PARTITION + b"\4\0\0") * 600_000,
        b"\x06\x0e\x2b\x34" * 3_000_000,
        _PREFACE + b"\0\x84" + struct.pack(">I", 8_000_000) + bytes(8_000_000),
        _INDEX + b"\x84" + struct.pack(">I", 8_000_000) + bytes(8_000_000),
    ],
    ids=["fill", "sets", "partitions", "keys", "tags", "tables"],
)
def test_a_hostile_file_ends_soon(film, content):
    start = time.process_time()
    exam = _examined(film[:8192] + content)
    assert not exam.status.is_sound
    assert time.process_time() - start < 2


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(_SOURCES)),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_no_damage_ends_in_an_exception(name, changes):
    data = bytearray(_made(name))
    for place, content in changes:
        at = place % (len(data) if place % 3 else 6200)
        data[at : at + len(content)] = content
    assert _examined(bytes(data)).status in set(Status)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from([_PARTITION + b"\4\0", _PREFACE + b"\0", _INDEX, _RIP]), st.binary())
def test_any_value_ends_in_a_verdict(key, value):
    head = _made("mpeg2.mxf")[:2560]
    assert _examined(head + key + b"\x82" + struct.pack(">H", len(value)) + value).status
