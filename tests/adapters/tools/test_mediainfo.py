"""MediaInfo on real files, whole and damaged, by library and by program."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from avpres.adapters.formats.emit import KINDS
from avpres.adapters.tools import mediainfo, mediainfo_library
from avpres.adapters.tools.mediainfo import Engine, Output
from avpres.domain.description import Description
from avpres.domain.errors import SourceUnreadableError, ToolFailedError, ToolMissingError
from avpres.domain.technical import Audio, Container, MediaKind, Technical, Video
from avpres.domain.validity import Impact

pytest.importorskip("pymediainfo", reason="MediaInfo's library comes with this wheel")
LIBRARY = Engine(mediainfo_library.version())
PROGRAM = shutil.which("mediainfo")

PICTURE = "-f lavfi -i testsrc=size=160x120:rate=25:duration=1"
SOUND = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1"
CODECS = {
    "mkv": "-c:v ffv1 -level 3 -pix_fmt yuv422p -c:a flac -metadata:s:a:0 language=ger",
    "mov": "-c:v prores_ks -c:a pcm_s24le -timecode 10:00:00:00",
    "mp4": "-c:v mpeg4 -c:a aac",
    "avi": "-c:v ffv1 -pix_fmt yuv420p -c:a pcm_s16le",
    "dv": "-s 720x576 -r 25 -ar 48000 -ac 2",
    "mpg": "-c:v mpeg2video -c:a mp2",
    "mxf": "-c:v mpeg2video -c:a pcm_s16le",
    "ts": "-c:v mpeg2video -c:a mp2",
}


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """Make one second of film in every wrapper."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    folder = tmp_path_factory.mktemp("films")
    for suffix, codecs in CODECS.items():
        words = f"-v error -y {PICTURE} {SOUND} {codecs} -bitexact film.{suffix}".split()
        subprocess.run([ffmpeg, *words], cwd=folder, check=True)
    return folder


def filled(path: Path) -> Technical:
    technical = Technical()
    mediainfo.fill(technical, mediainfo.describe(path, LIBRARY))
    return technical


def test_an_ffv1_film_is_described(films):
    technical = filled(films / "film.mkv")
    video, audio = technical.video[0], technical.audio[0]
    assert technical.kind is MediaKind.VIDEO
    assert (video.codec, video.width, video.height, video.frame_rate) == ("FFV1", 160, 120, 25.0)
    assert (video.chroma_subsampling, video.lossless, video.display_aspect) == (
        "4:2:2",
        True,
        "4:3",
    )
    assert (audio.codec, audio.sample_rate, audio.channels) == ("FLAC", 48000.0, 1)
    assert audio.language == "de"
    assert technical.container.duration == pytest.approx(1.0, abs=0.03)


def test_the_time_code_track_goes_to_the_picture(films):
    technical = filled(films / "film.mov")
    assert technical.video[0].timecode == "10:00:00:00"
    assert technical.video[0].codec == "ProRes"
    assert (technical.audio[0].codec, technical.audio[0].bits_per_sample) == ("PCM", 24)
    assert technical.audio[0].byte_order == "little endian"


def test_dv_has_fields_and_sound_of_its_own(films):
    technical = filled(films / "film.dv")
    assert (technical.video[0].scan, technical.video[0].field_order) == (
        "interlaced",
        "bottom first",
    )
    assert technical.audio[0].channels == 2


@pytest.mark.parametrize(
    ("suffix", "codec", "sound"),
    [
        ("mp4", "MPEG-4 Visual", "AAC"),
        ("avi", "FFV1", "PCM"),
        ("mpg", "MPEG-2 Video", "MP2"),
        ("mxf", "MPEG-2 Video", "PCM"),
        ("ts", "MPEG-2 Video", "MP2"),
    ],
)
def test_other_wrappers_are_described_too(films, suffix, codec, sound):
    technical = filled(films / f"film.{suffix}")
    assert (technical.video[0].codec, technical.audio[0].codec) == (codec, sound)
    assert technical.video[0].frame_rate == 25.0


def test_what_a_validator_has_found_is_never_overwritten(films):
    own = Video(codec="FFV1", width=1, frame_rate=99.0, lossless=False)
    technical = Technical(
        kind=MediaKind.VIDEO, video=[own], container=Container(writing_application="mine")
    )
    mediainfo.fill(technical, mediainfo.describe(films / "film.mkv", LIBRARY))
    assert (own.width, own.frame_rate, own.lossless) == (1, 99.0, False)
    assert own.height == 120
    assert technical.container.writing_application == "mine"


def test_streams_that_cannot_be_paired_are_left_alone(films):
    technical = Technical(audio=[Audio(codec="PCM"), Audio(codec="AAC")])
    mediainfo.fill(technical, mediainfo.describe(films / "film.mkv", LIBRARY))
    assert technical.audio == [Audio(codec="PCM"), Audio(codec="AAC")]


@pytest.mark.parametrize("suffix", CODECS)
def test_nothing_is_held_against_a_sound_film(films, suffix):
    assert mediainfo.complaints(mediainfo.describe(films / f"film.{suffix}", LIBRARY)) == []


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("suffix", ["mkv", "mov", "mp4", "avi"])
def test_a_cut_film_is_called_cut(films, tmp_path, suffix, share):
    whole = (films / f"film.{suffix}").read_bytes()
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole[: int(len(whole) * share)])
    said = mediainfo.complaints(mediainfo.describe(cut, LIBRARY))
    assert said[0].id == "MEDIAINFO-TRUNCATED"
    assert said[0].impact is Impact.NOT_WELL_FORMED
    assert said[0].offset == cut.stat().st_size


def test_conformance_errors_name_the_element_and_its_offset(films, tmp_path):
    whole = (films / "film.mkv").read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) // 2])
    said = mediainfo.complaints(mediainfo.describe(cut, LIBRARY))
    errors = [message for message in said if message.id == "MEDIAINFO-CONFORMANCE"]
    assert errors
    assert all(message.offset is not None and message.text for message in errors)


def test_nested_errors_are_bounded():
    node: object = "deep"
    for _ in range(5000):
        node = [{"x": node}]
    wide = {f"_{number}_": f"bad (offset 0x{number:X})" for number in range(1000)}
    extra = {"ConformanceErrors": [node, wide]}
    said = mediainfo.complaints({"media": {"track": [{"@type": "General", "extra": extra}]}})
    assert len(said) == 20
    assert said[1].offset == 1


@pytest.mark.parametrize("data", [{}, {"media": None}, {"media": {"track": None}}, {"media": []}])
def test_an_empty_answer_fills_nothing(data):
    technical = Technical()
    mediainfo.fill(technical, data)
    assert technical == Technical()
    assert mediainfo.complaints(data) == []


_json = st.recursive(
    st.none() | st.text(max_size=5) | st.integers() | st.floats() | st.sampled_from(["8 / 16"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["media", "track", "@type", "extra", "Width", "Duration", "ConformanceErrors"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(inner=st.dictionaries(st.sampled_from(["Width", "Duration", "extra", "Format"]), _json))
def test_odd_answers_break_nothing(inner):
    for kind in ("General", "Video", "Audio", "Image", "Other"):
        data = {"media": {"track": [{**inner, "@type": kind}]}}
        mediainfo.fill(Technical(), data)
        mediainfo.complaints(data)


@pytest.mark.parametrize("content", [b"", b"\0", b"not a film at all"])
def test_a_file_that_is_no_film_is_answered(tmp_path, content):
    path = tmp_path / "x.mkv"
    path.write_bytes(content)
    technical = filled(path)
    assert not technical.video
    assert not technical.audio


@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_damage_ends_in_an_answer_or_a_plain_error(films, tmp_path_factory, data):
    suffix = data.draw(st.sampled_from(list(CODECS)))
    content = bytearray((films / f"film.{suffix}").read_bytes()[:60_000])
    for _ in range(20):
        place = data.draw(st.integers(0, min(len(content), 4000) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    path.write_bytes(content)
    try:
        answer = mediainfo.describe(path, LIBRARY)
    except ToolFailedError:
        return
    mediainfo.fill(Technical(), answer)


def test_a_name_that_is_no_text_is_read(films, tmp_path):
    odd = os.path.join(os.fsencode(tmp_path), b"film \xff\n.mkv")
    try:
        shutil.copy(os.fsencode(films / "film.mkv"), odd)
    except OSError:
        pytest.skip("this file system holds no such name")
    assert mediainfo.describe(odd, LIBRARY)["media"]["track"][0]["Format"] == "Matroska"
    record = mediainfo.outputs(odd, Output.XML, LIBRARY)
    assert etree.fromstring(record).find("{*}media").get("ref").endswith(r"film \xff\n.mkv")


def test_a_frame_is_not_taken_for_its_sequence(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    for number in range(4):
        pillow.new("RGB", (16, 16)).save(tmp_path / f"frame_{number:04}.png")
    answer = mediainfo.describe(tmp_path / "frame_0000.png", LIBRARY)
    general = answer["media"]["track"][0]
    assert general["FileSize"] == str((tmp_path / "frame_0000.png").stat().st_size)


def test_a_missing_file_is_said_to_be_unreadable(tmp_path):
    with pytest.raises(SourceUnreadableError, match="cannot be read"):
        mediainfo.describe(tmp_path / "gone.mkv", LIBRARY)


ROOTS = {
    "mediainfo": "{https://mediaarea.net/mediainfo}MediaInfo",
    "mediatrace": "{https://mediaarea.net/mediatrace}MediaTrace",
    "ebucore": "{urn:ebu:metadata-schema:ebucore}ebuCoreMain",
}


@pytest.mark.parametrize("kind", ROOTS)
def test_mediainfo_writes_its_records(films, kind):
    film = Description(path="film.mkv", root=str(films), technical=Technical(kind=MediaKind.VIDEO))
    emitter = KINDS[kind]
    assert emitter.applies_to(film)
    record = emitter.write(film)
    assert etree.fromstring(record).tag == ROOTS[kind]
    assert b"FFV1" in record
    assert b"Generated at" not in record
    assert b"LastModified" not in record


def test_one_reading_gives_what_each_output_is_by_itself(films):
    kinds = [Output.XML, Output.MEDIA_TRACE, Output.JSON]
    alone = {kind: mediainfo.outputs(films / "film.mkv", kind, LIBRARY) for kind in kinds}
    assert mediainfo.several(films / "film.mkv", kinds, LIBRARY) == alone
    assert b'<block offset="0" name="EBML"' in alone[Output.MEDIA_TRACE]


def test_a_brief_reading_says_the_same_of_a_film(films):
    kinds = [Output.XML, Output.MEDIA_TRACE]
    engines = [LIBRARY, mediainfo.engine({"MediaInfo": Path(PROGRAM)})] if PROGRAM else [LIBRARY]
    for engine in engines:
        whole = mediainfo.several(films / "film.mkv", kinds, engine)
        brief = mediainfo.several(films / "film.mkv", kinds, engine, brief=True)
        assert brief[Output.XML] == whole[Output.XML]
        assert len(brief[Output.MEDIA_TRACE]) < len(whole[Output.MEDIA_TRACE])
        assert mediainfo.several(films / "film.mkv", kinds, engine) == whole


@pytest.mark.parametrize("kind", [Output.OLD_XML, Output.PBCORE, Output.MIX])
def test_other_outputs_can_be_asked_for(films, kind):
    record = mediainfo.outputs(films / "film.mov", kind, LIBRARY)
    assert etree.QName(etree.fromstring(record)).localname in {
        "Mediainfo",
        "pbcoreInstantiationDocument",
        "mix",
    }


def test_the_chosen_engine_is_named():
    agent = LIBRARY.agent
    assert agent.name == "MediaInfo"
    assert agent.version.count(".") >= 1
    assert mediainfo.engine().version >= LIBRARY.version or PROGRAM
    assert mediainfo.version() == mediainfo.engine().version


def test_a_configured_path_that_is_no_program_is_refused(tmp_path):
    with pytest.raises(ToolMissingError, match="configured"):
        mediainfo.engine({"MediaInfo": tmp_path / "mediainfo"})


@pytest.mark.skipif(PROGRAM is None, reason="the mediainfo program is not installed")
@pytest.mark.parametrize("kind", [Output.JSON, Output.XML, Output.MEDIA_TRACE, Output.PBCORE])
def test_a_configured_program_is_asked(films, tmp_path, kind):
    engine = mediainfo.engine({"MediaInfo": Path(PROGRAM)})
    assert engine.path == Path(PROGRAM)
    odd = os.path.join(os.fsencode(tmp_path), b"-film \xc3\xa9.mkv")
    shutil.copy(os.fsencode(films / "film.mkv"), odd)
    assert b"Matroska" in mediainfo.outputs(odd, kind, engine)
    if kind is Output.JSON:
        technical = Technical()
        mediainfo.fill(technical, mediainfo.describe(odd, engine))
        assert technical.video[0].codec == "FFV1"
