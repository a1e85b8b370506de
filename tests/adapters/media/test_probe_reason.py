"""Why a file is no film: what ffmpeg has against it, and never how ffmpeg was called."""

import os
import subprocess

import pytest

from avpres.adapters.media.access_source import look
from avpres.adapters.media.probe import probe
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.errors import NotConformantError

FFMPEG = find_ffmpeg()


@pytest.mark.parametrize("ask", [probe, look])
def test_the_reason_is_the_one_of_the_file(tmp_path, ask):
    path = tmp_path / "note.mov"
    path.write_text("no film at all")
    with pytest.raises(NotConformantError, match=r"no film or sound in it.*moov atom not found"):
        ask(FFMPEG, os.fsencode(path))


def test_subtitles_alone_are_no_film_to_look_at(tmp_path):
    lines, path = tmp_path / "a.srt", tmp_path / "a.mkv"
    lines.write_text("1\n00:00:00,000 --> 00:00:01,000\nWords\n")
    subprocess.run([FFMPEG.path, "-v", "error", "-i", lines, path], check=True)
    with pytest.raises(NotConformantError, match=r"no film or sound in it(;|$)"):
        look(FFMPEG, os.fsencode(path))
    assert probe(FFMPEG, os.fsencode(path)).streams[0].codec == "ass"
