"""What ffmpeg says of a file is read as it is meant, whatever its tags say."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.media.jpeg2000 import reversible
from avpres.adapters.media.probe import parse
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind

HEADING = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/reel/tape.mov':
  Metadata:
    title           : a
                    :   Stream #0:7: Video: x, y, z
  Duration: 01:02:03.50, start: 0.000000, bitrate: 168029 kb/s
  Chapters:
    Chapter #0:0: start 0.000000, end 0.040000
      Metadata:
        title           : One
  Stream group #0:0[0x4]: Track Reference:
    Stream #0:0[0x1]: Video: rawvideo (2vuy / 0x79757632), uyvy422(bt470bg/bt470bg/bt709, top \
coded first (swapped)), 720x576, 165888 kb/s, SAR 16:15 DAR 4:3, 29.97 fps, 25 tbr, 12800 tbn \
(default)
      Metadata:
        timecode        : 01:00:00:00
    Stream #0:2[0x4](eng): Data: none (tmcd / 0x64636D74), 0 kb/s
  Stream #0:1[0x2](gle): Audio: pcm_s24le (in24 / 0x34326E69), 44100 Hz, 5.1(side), s32 (24 bit), \
1058 kb/s (default) (hearing impaired)
  Stream #0:3: Video: mjpeg (Baseline), yuvj420p(pc, bt470bg), 10x10, 90k tbr (attached pic)
""".splitlines()


def test_streams_are_told_apart_and_described():
    file = parse(HEADING)
    assert file is not None
    assert (file.wrapper, file.seconds, file.chapters) == ("mov,mp4,m4a,3gp,3g2,mj2", 3723.5, 1)
    assert file.metadata["title"] == "a\n  Stream #0:7: Video: x, y, z"
    picture, sound, data, cover = file.streams
    assert (picture.codec, picture.tag, picture.pixel_format) == ("rawvideo", "2vuy", "uyvy422")
    assert picture.colour == "bt470bg/bt470bg/bt709, top coded first (swapped)"
    assert (picture.width, picture.height, picture.sar) == (720, 576, Fraction(16, 15))
    assert picture.rate == Fraction(30000, 1001)
    assert picture.metadata["timecode"] == "01:00:00:00"
    assert (sound.language, sound.sample_rate, sound.layout) == ("gle", 44100, "5.1(side)")
    assert (sound.sample_format, sound.bits) == ("s32", 24)
    assert sound.dispositions == {"default", "hearing impaired"}
    assert (data.kind, data.tag) == (Kind.DATA, "tmcd")
    assert (cover.is_picture, cover.profile, cover.colour) == (True, "Baseline", "pc, bt470bg")


def test_a_tag_that_looks_like_a_stream_is_refused():
    lines = [*HEADING[:2], "    Stream #0:0: Video: x, y, z", *HEADING[4:]]
    with pytest.raises(NotConformantError, match="cannot be told apart"):
        parse(lines)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(HEADING) | st.text(max_size=60), max_size=40))
def test_no_heading_breaks_the_reader(lines):
    with contextlib.suppress(NotConformantError):
        parse(lines)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.binary(max_size=80))
def test_no_frame_breaks_the_reader_of_jpeg_2000(content):
    assert reversible(b"\xff\x4f\xff\x51" + content) in {True, False}
