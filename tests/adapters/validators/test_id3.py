from av_files import SOUND, examined, made
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.id3 import read_id3
from avpres.domain.formats import Format

TAGS = ("-metadata", "title=Café", "-metadata", "artist=Someone")


def test_tags_of_ffmpeg_in_an_aiff_are_read():
    for version in ("3", "4"):
        content = made("tagged.aiff", *SOUND, *TAGS, "-write_id3v2", "1", "-id3v2_version", version)
        found = examined(content, Format.AIFF).technical.properties["id3"]
        assert (found["title"], found["artist"]) == ("Café", "Someone")


def test_a_tag_before_a_flac_is_read():
    tag = made("tagged.mp3", *SOUND, *TAGS, "-c:a", "libmp3lame")
    size = tag[8] << 7 | tag[9]
    content = tag[: 10 + size] + made("tone.flac", *SOUND)
    exam = examined(content, Format.FLAC)
    assert exam.technical.properties["id3"]["title"] == "Café"
    assert set(exam.counts) == {"FLAC-ID3"}


def test_what_is_no_tag_has_no_texts():
    assert read_id3(b"") == read_id3(b"ID3\2\0\0\0\0\0\1x") == {}


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(max_size=60), st.sampled_from([3, 4]))
def test_no_bytes_bring_it_down(rest, version):
    read_id3(b"ID3" + bytes([version]) + rest)
    read_id3(b"ID3" + bytes([version, 0, 0, 0, 0, 0, 80]) + b"TIT2\0\0\0\x09" + rest)
