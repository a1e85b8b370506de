"""Profiles of access copies as archives write them."""

import pytest

from avpres.adapters.formats.access_toml import find
from avpres.domain.access import AudioMap, Deinterlace, Loudness
from avpres.domain.access_profiles import BUILT_IN
from avpres.domain.errors import UsageError

OURS = """
extends = "low"
purpose = "for the reading room"
most_lines = 480
video = ["-crf", "30", "-preset", "fast"]
sound = ["-b:a", "96k"]
audio = "stereo"
loudness = "-23"
deinterlace = "field"
timecode = true
watermark = true
"""


def written(tmp_path, text):
    path = tmp_path / "reading-room.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_built_in_profiles_are_found_by_name():
    assert [find(name).name for name in BUILT_IN] == list(BUILT_IN)


def test_a_profile_of_ours_changes_what_it_names_and_keeps_the_rest(tmp_path):
    profile = find(written(tmp_path, OURS))
    assert (profile.name, profile.purpose) == ("reading-room", "for the reading room")
    assert profile.video.options == ("-crf", "30", "-preset", "fast")
    assert (profile.video.codec, profile.muxing) == ("libx264", BUILT_IN["low"].muxing)
    assert profile.audio.options == ("-b:a", "96k")
    assert profile.audio_map is AudioMap.STEREO
    assert profile.loudness is Loudness.EBU
    assert profile.deinterlace is Deinterlace.FIELD
    assert (profile.most_lines, profile.timecode, profile.needs_mark) == (480, True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "h265"', "is not built in"),
        ('bitrate = "2M"', "no such key"),
        ('vidio = ["-crf", "1"]', "did you mean video"),
        ('video = "-crf 20"', "as a list"),
        ('video = ["-vf", "yadif"]', "not an encoder's"),
        ('video = ["-filter:v", "yadif"]', "not an encoder's"),
        ('sound = ["-map", "0"]', "not an encoder's"),
        ('video = ["-crf", "20", "/tmp/other.mp4"]', "in turn"),
        ('video = ["other.mp4", "-crf"]', "in turn"),
        ('video = ["-t", "5"]', "not an encoder's"),
        ('sound = ["-metadata:s", "a=b"]', "not an encoder's"),
        ('extends = "prores-hq"\nmost_lines = 576', "decides that itself"),
        ('extends = "mp3"\nmost_lines = 576', "decides that itself"),
        ('subtitles = "all"', "no such value"),
        ('extends = "mp3"\nvideo = []', "makes none"),
        ("timecode = 1", "timecode = true"),
        ("most_lines = 1", "number of lines"),
        ('audio = "both"', "no such value"),
        ('name = "a/b"', "as text"),
        ("= 3", "not TOML"),
    ],
)
def test_what_is_wrong_in_a_profile_is_said_with_its_key(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        find(written(tmp_path, text))


def test_a_name_that_is_neither_profile_nor_file_is_refused():
    with pytest.raises(UsageError, match="did you mean bitc"):
        find("bict")
