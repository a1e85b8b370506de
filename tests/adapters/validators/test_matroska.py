"""Matroska and WebM: structure, check sums, indexes, and every kind of damage."""

import random
import struct
import time
import zlib

import pytest
from av_files import (
    PICTURE,
    SOUND,
    cuts,
    element,
    examined,
    examined_file,
    flipped,
    ids,
    made,
    uint,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.formats import Format
from avpres.domain.technical import MediaKind
from avpres.domain.validity import Status

_FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1")
_SOURCES = {
    "film.mkv": (*PICTURE, *SOUND, *_FFV1, "-c:a", "flac"),
    "clip.webm": (*PICTURE, *SOUND, "-c:v", "libvpx-vp9", "-c:a", "libopus"),
    "sound.mka": (*SOUND, "-c:a", "pcm_s24le"),
    "prores.mkv": (*PICTURE, "-c:v", "prores_ks"),
    "vp8.webm": (*PICTURE, *SOUND, "-c:v", "libvpx", "-c:a", "libvorbis"),
    "hevc.mkv": (*PICTURE, "-c:v", "libx265", "-write_crc32", "0"),
    "h264.mkv": (*PICTURE, "-c:v", "libx264"),
    "live.mkv": (*PICTURE, *_FFV1, "-live", "1"),
    "old.mkv": (*PICTURE, *_FFV1, "-write_crc32", "0"),
}


def _examined(data):
    return examined(data, Format.MATROSKA)


@pytest.fixture(params=_SOURCES)
def sound_file(request):
    return made(request.param, *_SOURCES[request.param])


@pytest.fixture(scope="module")
def film():
    return made("film.mkv", *_SOURCES["film.mkv"])


HEAD = element(0x1A45DFA3, element(0x4282, b"matroska") + uint(0x4287, 4) + uint(0x4285, 2))
INFO = element(0x1549A966, element(0x4D80, b"hand") + element(0x5741, b"hand"))
AUDIO = element(0xE1, element(0xB5, struct.pack(">f", 8000.0)) + uint(0x9F, 1) + uint(0x6264, 8))
TRACK = uint(0xD7, 1) + uint(0x73C5, 7) + uint(0x83, 2) + element(0x86, b"A_PCM/INT/LIT") + AUDIO
TRACKS = element(0x1654AE6B, element(0xAE, TRACK))
BLOCK = b"\x81\x00\x00\x80" + bytes(8)


def cluster(*blocks: bytes) -> bytes:
    return element(0x1F43B675, uint(0xE7, 0) + b"".join(element(0xA3, block) for block in blocks))


def segment(*parts: bytes) -> bytes:
    return HEAD + element(0x18538067, b"".join(parts))


def test_sound_files_are_valid(sound_file):
    exam = _examined(sound_file)
    assert exam.status == Status.VALID
    assert not exam.messages


def test_every_cut_is_seen(sound_file):
    for left in cuts(sound_file):
        assert _examined(left).status == Status.NOT_WELL_FORMED


def test_every_length_that_a_film_may_be_cut_to_is_seen(film):
    for place in range(1, len(film), 61):
        assert _examined(film[:place]).status == Status.NOT_WELL_FORMED, place


def test_every_flipped_byte_of_a_cluster_is_seen(film):
    start = film.index(b"\x1f\x43\xb6\x75")
    chance = random.Random(7)  # noqa: S311 - damage, not secrets
    for _ in range(150):
        place = chance.randrange(start, len(film))
        exam = _examined(flipped(film, place, 1 << chance.randrange(8)))
        assert not exam.status.is_sound, place


def test_bytes_after_the_end_are_seen(film):
    exam = _examined(film + b"more")
    assert exam.status == Status.NOT_VALID
    assert ids(exam) == {"MKV-TRAILING"}
    assert exam.messages[0].offset == len(film)


def test_a_film_is_described(film):
    technical = _examined(film).technical
    (video,), (audio,) = technical.video, technical.audio
    assert technical.kind == MediaKind.VIDEO
    assert (video.codec, video.width, video.height, video.frames) == ("FFV1", 64, 48, 10)
    assert (video.frame_rate, video.display_aspect, video.duration) == (25.0, "4:3", 0.4)
    assert (audio.codec, audio.sample_rate, audio.channels) == ("FLAC", 48000.0, 1)
    assert audio.bits_per_sample == 16
    assert technical.container.duration == pytest.approx(0.4, abs=0.01)
    assert technical.container.writing_application.startswith("Lavf")


def test_a_webm_is_called_so():
    exam = _examined(made("clip.webm", *_SOURCES["clip.webm"]))
    assert (exam.profile, exam.mime) == ("WebM", "video/webm")
    assert [v.codec for v in exam.technical.video] == ["VP9"]
    assert [a.codec for a in exam.technical.audio] == ["Opus"]


def test_sound_alone_is_audio():
    exam = _examined(made("sound.mka", *_SOURCES["sound.mka"]))
    (audio,) = exam.technical.audio
    assert exam.mime == "audio/matroska"
    assert (audio.codec, audio.byte_order, audio.samples) == ("PCM", "little endian", 19200)


def test_colour_and_shape_are_told():
    colour = "color_primaries=bt470bg:color_trc=smpte170m:colorspace=bt470bg:range=tv"
    filters = ("-vf", f"setsar=16/15,setparams={colour}")
    data = made("pal.mkv", *PICTURE, *filters, *_FFV1)
    (video,) = _examined(data).technical.video
    assert (video.primaries, video.colour_range) == ("BT.601 PAL", "limited")
    assert (video.transfer, video.matrix) == ("BT.601", "BT.470 System B/G")
    assert video.pixel_aspect == pytest.approx(16 / 15, abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "id"),
    [
        ((*PICTURE, "-c:v", "libx264"), "NAL-LENGTH"),
        ((*SOUND, "-c:a", "flac"), "FLAC-FRAME"),
        ((*PICTURE, "-c:v", "libvpx-vp9"), "VP9-FRAME"),
        ((*PICTURE, "-c:v", "libvpx"), "VP8-FRAME"),
        ((*PICTURE, *_FFV1), "FFV1-SLICE-CRC"),
    ],
    ids=["H.264", "FLAC", "VP9", "VP8", "FFV1"],
)
def test_frames_that_were_overwritten_are_seen_without_check_sums(arguments, id):
    data = made("bare.mkv", *arguments, "-write_crc32", "0")
    place = data.index(b"\xa3", data.index(b"\x1f\x43\xb6\x75")) + 7
    end = data.index(b"\xa3", place + 200)
    damaged = data[:place] + bytes(end - place) + data[end:]
    assert id in ids(_examined(damaged))


def test_attachments_chapters_and_tags_are_listed(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("kept beside the film")
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\ntitle=Reel 1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=200\n"
    )
    extra = ("-i", str(chapters), "-map_metadata", "1", "-attach", str(note))
    mime = ("-metadata:s:t", "mimetype=text/plain")
    exam = _examined(made("rich.mkv", *PICTURE, *extra, *_FFV1, *mime))
    properties = exam.technical.properties
    assert exam.status == Status.VALID
    assert properties["attachments"] == [{"name": "note.txt", "mime": "text/plain", "size": 20}]
    assert properties["chapters"] == 1
    assert exam.technical.container.title == "Reel 1"


def test_a_file_made_by_hand_is_valid():
    exam = _examined(segment(INFO, TRACKS, cluster(BLOCK, BLOCK)))
    assert exam.status == Status.VALID, exam.messages
    assert exam.technical.audio[0].samples == 16


def test_clusters_of_unknown_size_are_followed():
    live = element(0x1F43B675, uint(0xE7, 0) + element(0xA3, BLOCK), size=b"\x01" + b"\xff" * 7)
    data = HEAD + element(0x18538067, INFO + TRACKS + live + live, size=b"\x01" + b"\xff" * 7)
    exam = _examined(data)
    assert exam.status == Status.VALID
    assert exam.technical.audio[0].samples == 16


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (segment(INFO, TRACKS, cluster(b"\x82" + BLOCK[1:])), "MKV-BLOCK-TRACK"),
        (segment(INFO, TRACKS, cluster(b"\x81\0\0\x90x")), "MKV-BLOCK-FLAGS"),
        (segment(INFO, TRACKS, cluster(b"\x81\0")), "MKV-BLOCK"),
        (segment(INFO, TRACKS, cluster(b"\x81\0\0\x82\x05\xff")), "MKV-LACING"),
        (segment(TRACKS, cluster(BLOCK)), "MKV-MISSING"),
        (segment(INFO, INFO, TRACKS, cluster(BLOCK)), "MKV-REPEATED"),
        (segment(INFO, cluster(BLOCK), TRACKS), "MKV-TRACKS-LATE"),
        (segment(INFO, TRACKS), "MKV-EMPTY"),
        (segment(INFO, TRACKS, cluster(BLOCK), b"\0\0\0\0garbage and more"), "MKV-GARBAGE"),
        (segment(INFO, TRACKS + element(0x1F43B674, b""), cluster(BLOCK)), "MKV-ELEMENT-DAMAGED"),
        (HEAD, "MKV-CUT"),
        (b"not a film", "MKV-EBML-MISSING"),
        (HEAD.replace(b"matroska", b"matrosca") + segment(INFO)[len(HEAD) :], "MKV-DOCTYPE"),
        (segment(INFO, element(0x1654AE6B, element(0xAE, TRACK) * 2), cluster(BLOCK)),
         "MKV-TRACK-TWICE"),
        (segment(INFO, TRACKS.replace(b"A_PCM", b"\xff_PCM"), cluster(BLOCK)), "MKV-TEXT"),
        (segment(INFO, element(0x1654AE6B, b"", size=b"\xff")), "MKV-SIZE-UNKNOWN"),
    ],
)  # fmt: skip
def test_faults_have_their_names(data, id):
    exam = _examined(data)
    assert id in ids(exam)
    assert not exam.status.is_sound


def test_an_element_of_the_future_is_only_warned_of():
    exam = _examined(segment(INFO, TRACKS, element(0x7FFA, b"new"), cluster(BLOCK)))
    assert exam.status == Status.VALID
    assert ids(exam) == {"MKV-ELEMENT-UNKNOWN"}


def test_a_check_sum_is_compared():
    content = element(0x4D80, b"hand") + element(0x5741, b"hand")
    for change, expected in ((0, set()), (1, {"MKV-CRC"})):
        crc = b"\xbf\x84" + (zlib.crc32(content) ^ change).to_bytes(4, "little")
        exam = _examined(segment(element(0x1549A966, crc + content), TRACKS, cluster(BLOCK)))
        assert ids(exam) == expected


def test_a_check_sum_that_does_not_come_first_is_against_the_rules():
    late = element(0x4D80, b"hand") + element(0x5741, b"hand") + b"\xbf\x84\0\0\0\0"
    assert ids(_examined(segment(element(0x1549A966, late), TRACKS, cluster(BLOCK)))) == {
        "MKV-CRC-PLACE"
    }


def test_an_index_that_points_nowhere_is_seen():
    seek = element(0x53AB, b"\x16\x54\xae\x6b") + uint(0x53AC, 3)
    cue = uint(0xB3, 0) + element(0xB7, uint(0xF7, 2) + uint(0xF1, 1))
    exam = _examined(
        segment(
            element(0x114D9B74, element(0x4DBB, seek)),
            INFO,
            TRACKS,
            cluster(BLOCK),
            element(0x1C53BB6B, element(0xBB, cue)),
        )
    )
    assert ids(exam) == {"MKV-SEEK", "MKV-CUE", "MKV-CUE-TRACK"}


@pytest.mark.parametrize(
    ("lacing", "head"),
    [(0x02, b"\x01\x03"), (0x04, b"\x01"), (0x06, b"\x01\x83")],
    ids=["Xiph", "fixed", "EBML"],
)
def test_laced_blocks_are_counted_frame_by_frame(lacing, head):
    block = b"\x81\0\0" + bytes([0x80 | lacing]) + head + bytes(6)
    tracks = TRACKS.replace(b"A_PCM/INT/LIT", b"A_MPEG/L2    ")
    exam = _examined(segment(INFO, tracks, cluster(block)))
    assert exam.status == Status.VALID, exam.messages


def test_a_duration_that_the_file_does_not_hold_is_seen():
    info = element(0x4D80, b"a") + element(0x5741, b"a") + element(0x4489, struct.pack(">d", 9e6))
    exam = _examined(segment(element(0x1549A966, info), TRACKS, cluster(BLOCK)))
    assert ids(exam) == {"MKV-DURATION"}


@pytest.mark.parametrize(
    "filling",
    [b"\xec\x80", element(0xA3, BLOCK[:4]), b"\x67\xc8\x80", b"\xff", bytes(8)],
    ids=["voids", "blocks", "tags", "ones", "zeros"],
)
def test_a_hostile_file_ends_soon(filling):
    content = filling * (12 * 1024 * 1024 // len(filling))
    start = time.process_time()
    _examined(segment(INFO, TRACKS, element(0x1F43B675, uint(0xE7, 0) + content)))
    _examined(segment(INFO, TRACKS, element(0x1254C367, element(0x7373, content))))
    assert time.process_time() - start < 8


def test_deep_nesting_is_not_followed_for_ever():
    inner = b""
    for _ in range(3000):
        inner = element(0x67C8, inner)
    tags = element(0x1254C367, element(0x7373, inner))
    assert "MKV-DEPTH" in ids(_examined(segment(INFO, TRACKS, tags)))


def test_a_large_file_is_examined_in_pieces(tmp_path):
    payload = bytes(range(256)) * 4096
    clusters = cluster(*[BLOCK[:4] + payload] * 18)
    path = tmp_path / "large.mkv"
    path.write_bytes(segment(INFO, TRACKS, clusters))
    exam = examined_file(path, Format.MATROSKA)
    assert exam.status == Status.VALID
    assert exam.technical.audio[0].samples == 18 * len(payload)
    path.write_bytes(path.read_bytes()[:-1])
    assert examined_file(path, Format.MATROSKA).status == Status.NOT_WELL_FORMED


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=6)), min_size=1, max_size=8))
def test_no_damage_ends_in_an_exception(changes):
    data = bytearray(made("film.mkv", *_SOURCES["film.mkv"]))
    for place, content in changes:
        at = place % (len(data) if place % 3 else 900)
        data[at : at + len(content)] = content
    exam = _examined(bytes(data))
    assert exam.status in set(Status)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_in_a_segment_end_in_a_verdict(content):
    assert _examined(segment(INFO, TRACKS, content)).status in set(Status)
