"""MP4, QuickTime and images in boxes: structure, sample tables, and every kind of damage."""

import struct
import time
from io import BytesIO

import pytest
from av_files import PICTURE, SOUND, cuts, examined, examined_file, flipped, ids, made
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from avpres.adapters.validators.isobmff_record import timecode
from avpres.domain.formats import Format
from avpres.domain.technical import MediaKind
from avpres.domain.validity import Status

_FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1")
_H264 = ("-c:v", "libx264", "-c:a", "aac")
_SOURCES = {
    "film.mp4": (*PICTURE, *SOUND, *_H264),
    "fast.mp4": (*PICTURE, *SOUND, *_H264, "-movflags", "faststart"),
    "pieces.mp4": (*PICTURE, *SOUND, *_H264, "-movflags", "frag_keyframe+empty_moov"),
    "dash.mp4": (*PICTURE, *_H264[:2], "-movflags", "dash+global_sidx"),
    "hevc.mp4": (*PICTURE, *SOUND, "-c:v", "libx265", "-tag:v", "hvc1", "-c:a", "alac"),
    "prores.mov": (*PICTURE, *SOUND, "-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "v210.mov": (*PICTURE, *SOUND, "-c:v", "v210", "-timecode", "10:00:00:00"),
    "ffv1.mov": (*PICTURE, *SOUND, *_FFV1, "-c:a", "pcm_f32be"),
    "flac.mp4": (*SOUND, "-c:a", "flac"),
    "vp9.mp4": (*PICTURE, "-c:v", "libvpx-vp9"),
    "sound.m4a": (*SOUND, "-c:a", "aac"),
    "phone.3gp": (*PICTURE, "-c:v", "mpeg4"),
}


def _examined(data, format=Format.MP4):
    return examined(data, format)


@pytest.fixture(params=_SOURCES)
def sound_file(request):
    return made(request.param, *_SOURCES[request.param])


def _made(name):
    return made(name, *_SOURCES[name])


def box(type: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, type) + content


def _changed(data: bytes, type: bytes, place: int, new: bytes) -> bytes:
    """Overwrite bytes in the content of the first box of a type."""
    at = data.index(type) + 4 + place
    return data[:at] + new + data[at + len(new) :]


def test_sound_files_are_valid(sound_file):
    exam = _examined(sound_file)
    assert exam.status == Status.VALID
    assert not exam.messages


def test_every_cut_is_seen(sound_file):
    for left in cuts(sound_file):
        assert not _examined(left).status.is_sound


@pytest.mark.parametrize("name", ["film.mp4", "fast.mp4", "pieces.mp4", "dash.mp4", "prores.mov"])
def test_every_length_that_a_file_may_be_cut_to_is_seen(name):
    data = _made(name)
    for place in range(1, len(data), max(1, len(data) // 150)):
        assert not _examined(data[:place]).status.is_sound, place


def test_bytes_after_the_end_are_seen(sound_file):
    for more in (b"\0", b"more than a few bytes"):
        assert not _examined(sound_file + more).status.is_sound


def test_a_film_is_described():
    exam = _examined(_made("film.mp4"))
    (video,), (audio,) = exam.technical.video, exam.technical.audio
    assert (exam.profile, exam.mime, exam.version) == ("MP4", "video/mp4", "isom")
    assert (video.codec, video.codec_id, video.width, video.height) == ("H.264", "avc1", 64, 48)
    assert (video.chroma_subsampling, video.bits_per_sample, video.frames) == ("4:2:0", 8, 10)
    assert (video.frame_rate, video.duration, video.display_aspect) == (25.0, 0.4, "4:3")
    assert (audio.codec, audio.channels, audio.sample_rate) == ("AAC LC", 1, 48000.0)
    assert exam.technical.container.duration == pytest.approx(0.4, abs=0.03)
    assert exam.technical.container.writing_application.startswith("Lavf")


def test_prores_is_described():
    exam = _examined(_made("prores.mov"), Format.MOV)
    (video,), (audio,) = exam.technical.video, exam.technical.audio
    assert (exam.profile, exam.mime) == ("QuickTime", "video/quicktime")
    assert (video.codec, video.profile) == ("ProRes", "422 HQ")
    assert (video.chroma_subsampling, video.bits_per_sample) == ("4:2:2", 10)
    assert (audio.codec, audio.bits_per_sample, audio.byte_order) == ("PCM", 24, "little endian")
    assert audio.samples == 19200


def test_a_timecode_track_is_read():
    exam = _examined(_made("v210.mov"), Format.MOV)
    assert exam.technical.video[0].timecode == "10:00:00:00"
    assert exam.technical.video[0].lossless


@pytest.mark.parametrize(
    ("frame", "rate", "drop", "expected"),
    [
        (0, 25, False, "00:00:00:00"),
        (90000, 25, False, "01:00:00:00"),
        (1800, 30, True, "00:01:00;02"),
        (17982, 30, True, "00:10:00;00"),
        (107892, 30, True, "01:00:00;00"),
        (3600, 60, True, "00:01:00;04"),
    ],
)
def test_timecodes_are_written_as_they_are_read(frame, rate, drop, expected):
    assert timecode(frame, rate, drop=drop) == expected


def test_sound_alone_is_audio():
    exam = _examined(_made("sound.m4a"))
    assert exam.mime == "audio/mp4"
    assert exam.technical.kind == MediaKind.AUDIO


def test_every_flipped_bit_of_an_ffv1_frame_is_seen():
    data = _made("ffv1.mov")
    exam = _examined(data, Format.MOV)
    assert exam.technical.properties["ffv1"][0]["version"] == "3.4"
    start = data.index(b"mdat") + 4
    for place in range(start, start + 1000, 7):
        assert ids(_examined(flipped(data, place, 1 << place % 8))) & {
            "FFV1-SLICE-CRC",
            "FFV1-SLICE-SIZE",
        }


def test_colour_and_shape_are_told():
    colour = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    fields = ("-vf", f"{colour},setsar=16/11", "-flags", "+ildct", "-field_order", "tt")
    data = made("shape.mov", *PICTURE, *fields, "-c:v", "prores_ks")
    (video,) = _examined(data).technical.video
    assert (video.primaries, video.transfer, video.matrix) == ("BT.709",) * 3
    assert video.pixel_aspect == pytest.approx(16 / 11, abs=0.001)
    assert video.display_aspect == "1.94"


@pytest.mark.parametrize(
    ("detail", "order"),
    [(1, "top first"), (6, "bottom first"), (9, "top first"), (14, "bottom first")],
)
def test_the_order_of_fields_is_told_as_quicktime_means_it(detail, order):
    fields = ("-vf", "setfield=tff", "-flags", "+ildct", "-field_order", "tt")
    data = made("fields.mov", *PICTURE, *fields, "-c:v", "v210")
    (video,) = _examined(_changed(data, b"fiel", 1, bytes([detail]))).technical.video
    assert (video.scan, video.field_order) == ("interlaced", order)


@pytest.mark.parametrize(
    ("type", "place", "new", "id"),
    [
        (b"stts", 8, b"\0\0\0\x0b", "ISOM-COUNTS"),
        (b"stts", 4, b"\0\0\0\xff", "ISOM-BOX-SHORT"),
        (b"stsc", 8, b"\0\0\0\2", "ISOM-CHUNKS"),
        (b"stsc", 16, b"\0\0\0\7", "ISOM-DESCRIPTION"),
        (b"stsz", 8, b"\0\xff\0\0", "ISOM-TABLE"),
        (b"stco", 8, b"\x7f\0\0\0", "ISOM-SAMPLES-CUT"),
        (b"stco", 8, b"\0\0\0\1", "ISOM-SAMPLES-OUTSIDE"),
        (b"stss", 8, b"\0\0\xff\0", "ISOM-KEYS"),
        (b"mdhd", 0, b"\7", "ISOM-VERSION"),
        (b"mdhd", 12, bytes(4), "ISOM-SCALE"),
        (b"mdhd", 16, b"\0\xff\0\0", "ISOM-DURATION"),
        (b"mvhd", 16, b"\0\xff\0\0", "ISOM-DURATION"),
        (b"tkhd", 12, bytes(4), "ISOM-TRACK-ID"),
        (b"stsd", 4, bytes(4), "ISOM-STSD"),
        (b"stbl", -8, b"\0\0\0\5", "ISOM-SIZE"),
        (b"stbl", -8, b"\0\1\0\0", "ISOM-OVERRUN"),
        (b"stbl", -1, b"m", "ISOM-BOX-DAMAGED"),
        (b"mp4a", -1, b"c", "ISOM-CODEC-DAMAGED"),
        (b"mp4a", 6, b"\0\7", "ISOM-REFERENCE"),
        (b"moov", -4, b"free", "ISOM-MOOV-MISSING"),
    ],
)
def test_faults_have_their_names(type, place, new, id):
    exam = _examined(_changed(_made("film.mp4"), type, place, new))
    assert id in ids(exam)
    assert not exam.status.is_sound


def test_media_data_that_were_overwritten_are_seen():
    data = _made("film.mp4")
    place = data.index(b"mdat") + 4
    exam = _examined(data[:place] + bytes(16) + data[place + 16 :])
    assert ids(exam) == {"NAL-LENGTH"}
    data = _made("prores.mov")
    place = data.index(b"icpf")
    assert ids(_examined(flipped(data, place))) == {"PRORES-FRAME"}


def test_every_flipped_bit_of_a_flac_frame_is_seen():
    data = _made("flac.mp4")
    start = data.index(b"mdat") + 4
    for place in range(start, start + 1500, 11):
        assert ids(_examined(flipped(data, place, 1 << place % 8))) & {
            "FLAC-FRAME",
            "FLAC-FRAME-CRC",
        }


def test_fragments_are_followed():
    data = _made("pieces.mp4")
    assert _examined(data).technical.properties["fragments"] >= 1
    assert _examined(data).technical.video[0].frames == 10
    assert "ISOM-INDEX" in ids(_examined(_changed(data, b"mfro", 4, b"\0\0\0\1")))
    run = data.index(b"trun")
    assert "ISOM-TABLE" in ids(_examined(flipped(data, run + 11)))
    assert "ISOM-FRAGMENT-TRACK" in ids(_examined(_changed(data, b"tfhd", 4, b"\0\0\0\7")))


def test_an_unknown_box_is_only_warned_of():
    exam = _examined(_made("film.mp4") + box(b"xyzw", b"new"))
    assert exam.status == Status.VALID
    assert ids(exam) == {"ISOM-BOX-UNKNOWN"}


def test_a_box_may_reach_to_the_end_and_be_long():
    data = _made("fast.mp4")
    at = data.index(b"mdat") - 4
    assert _examined(data[:at] + bytes(4) + data[at + 4 :]).status == Status.VALID
    size = int.from_bytes(data[at : at + 4], "big")
    if data[at - 8 : at] == struct.pack(">I4s", 8, b"free"):
        long = struct.pack(">I4sQ", 1, b"mdat", size + 8)
        assert _examined(data[: at - 8] + long + data[at + 8 :]).status == Status.VALID


def test_an_avif_is_an_image():
    if not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    target = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(target, "AVIF")
    data = target.getvalue()
    exam = _examined(data)
    assert exam.status == Status.VALID, exam.messages
    assert (exam.profile, exam.mime) == ("AVIF", "image/avif")
    assert exam.technical.kind == MediaKind.IMAGE
    (image,) = exam.technical.images
    assert (image.width, image.height, image.bits_per_sample) == (64, 48, (8, 8, 8))
    for left in cuts(data):
        assert not _examined(left).status.is_sound


def test_a_large_file_is_examined_in_pieces(tmp_path):
    path = tmp_path / "large.mov"
    data = _made("prores.mov")
    start = data.index(b"moov") - 4
    padding = box(b"free", bytes(18 * 1024 * 1024))
    path.write_bytes(data[:start] + padding + data[start:])
    assert examined_file(path, Format.MOV).status == Status.VALID
    path.write_bytes(path.read_bytes()[:-1])
    assert not examined_file(path, Format.MOV).status.is_sound


@pytest.mark.parametrize(
    "content",
    [
        box(b"free", b"") * 1_000_000,
        box(b"moov", box(b"trak", b"") * 1_000_000),
        box(b"moov", box(b"udta", b"\0" * 8_000_000)),
        b"\0\0\0\0" * 2_000_000,
    ],
    ids=["boxes", "tracks", "data", "zeros"],
)
def test_a_hostile_file_ends_soon(content):
    start = time.process_time()
    exam = _examined(_made("film.mp4")[:32] + content)
    assert not exam.status.is_sound
    assert time.process_time() - start < 6


@pytest.mark.parametrize("name", ["film.mp4", "pieces.mp4", "v210.mov", "ffv1.mov"])
def test_tables_that_claim_everything_end_soon(name):
    data = _made(name)
    for table in (b"stsz", b"stts", b"stsc", b"stco", b"trun", b"elst", b"stsd"):
        if table in data:
            for place in (4, 8):
                start = time.process_time()
                _examined(_changed(data, table, place, b"\xff\xff\xff\xff"))
                assert time.process_time() - start < 1


def _with_tables(sizes: bytes, offsets: bytes, runs: bytes, kind: bytes = b"avc1") -> bytes:
    """Make a film of one track by hand, its sample tables as given."""

    def full(type: bytes, content: bytes) -> bytes:
        return box(type, bytes(4) + content)

    record = box(b"avcC", b"\1\x42\0\x0a\xff\xe0\0")
    entry = box(kind, bytes(6) + b"\0\1" + bytes(16) + b"\0\x40\0\x30" + bytes(50) + record)
    count = sizes[4:8]
    table = box(
        b"stbl",
        full(b"stsd", b"\0\0\0\1" + entry)
        + full(b"stts", b"\0\0\0\1" + count + b"\0\0\0\1")
        + full(b"stsz", sizes)
        + full(b"stsc", runs)
        + full(b"stco", offsets),
    )
    reference = box(b"dinf", full(b"dref", b"\0\0\0\1" + box(b"url ", b"\0\0\0\1")))
    info = box(b"minf", full(b"vmhd", bytes(8)) + reference + table)
    clock = full(b"mdhd", bytes(8) + b"\0\0\0\x19" + count + b"\x55\xc4\0\0")
    handler = full(b"hdlr", bytes(4) + b"vide" + bytes(13))
    head = full(b"tkhd", bytes(8) + b"\0\0\0\1" + bytes(68))
    track = box(b"trak", head + box(b"mdia", clock + handler + info))
    movie = full(b"mvhd", bytes(8) + b"\0\0\0\x19" + count + bytes(80))
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", movie + track)


def test_a_film_made_by_hand_is_valid():
    sample = b"\0\0\0\4\x65abc"
    for offset in range(2000):
        data = _with_tables(
            struct.pack(">III", 8, 2, 0)[:8],
            struct.pack(">II", 1, offset),
            struct.pack(">IIII", 1, 1, 2, 1),
        )
        if len(data) + 8 == offset:
            break
    exam = _examined(data + box(b"mdat", sample * 2))
    assert exam.status == Status.VALID, exam.messages
    assert exam.technical.video[0].frames == 2


@pytest.mark.parametrize(
    ("sizes", "chunks", "each"),
    [(b"\0\x7f\0\0", 1, 1_000_000), (b"\0\0\0\0", 1, 1_000_000), (b"\0\0\0\1", 1_000_000, 1)],
    ids=["huge", "empty", "many"],
)
def test_tables_of_a_million_senseless_entries_end_soon(sizes, chunks, each):
    count = struct.pack(">I", 1_000_000)
    table = bytes(4) + count + sizes * 1_000_000
    runs = struct.pack(">IIII", 1, 1, each, 1)
    offsets = struct.pack(">I", chunks) + struct.pack(">I", 700) * chunks
    data = _with_tables(table, offsets, runs) + box(b"mdat", bytes(3_000_000))
    start = time.process_time()
    assert _examined(data).status != Status.VALID
    assert time.process_time() - start < 3


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(_SOURCES)),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_no_damage_ends_in_an_exception(name, changes):
    data = bytearray(_made(name))
    moov = bytes(data).index(b"moov")
    for place, content in changes:
        at = moov + place % 3000 if place % 4 else place % len(data)
        data[at : at + len(content)] = content
    assert _examined(bytes(data)).status in set(Status)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from([b"moov", b"moof", b"meta", b"mfra", b"sidx", b"ftyp"]), st.binary())
def test_any_bytes_in_a_box_end_in_a_verdict(type, content):
    head = box(b"ftyp", b"avif\0\0\0\0avifmif1")
    assert _examined(head + box(type, content)).status in set(Status)
