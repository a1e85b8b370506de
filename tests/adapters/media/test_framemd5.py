"""framemd5 as ffmpeg writes it, and what is none."""

import io
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.media.framemd5 import FrameReader
from avpres.domain.errors import NotConformantError
from avpres.domain.media import FrameDigest

TEXT = b"""\
#format: frame checksums
#version: 2
#hash: MD5
#tb 0: 1001/30000
#media_type 0: video
#tb 1: 1/48000
#stream#, dts,        pts, duration,     size, hash
0,          0,          1,        1,  1658880, 1d835f60e1aa809a09bf65617483ec00
1,      -1024,      NOPTS,     4800,    14400, 694b053715a93d267399d42f6564c95a
0,          1,          2,        1,  1658880, 95ed4f1289b5a83d191070688b9ff22c, S=1
"""


def test_frames_and_headings_are_read():
    reader = FrameReader(io.BytesIO(TEXT))
    frames = list(reader)
    assert frames[0] == FrameDigest(0, 0, 1, 1, 1658880, "1d835f60e1aa809a09bf65617483ec00")
    assert (frames[1].dts, frames[1].pts) == (-1024, 0)
    assert len(frames) == 3
    assert reader.headings[0].time_base == Fraction(1001, 30000)
    assert reader.headings[0].fields["media_type"] == "video"


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.integers(0, len(TEXT) - 1), st.binary(max_size=3))
def test_a_damaged_one_is_refused_or_gives_other_frames(at, bytes_):
    damaged = TEXT[:at] + bytes_ + TEXT[at + 1 :]
    try:
        frames = list(FrameReader(io.BytesIO(damaged)))
    except NotConformantError:
        return
    assert all(len(frame.digest) >= 32 for frame in frames)


def test_a_line_that_is_no_frame_is_named_with_its_number():
    with pytest.raises(NotConformantError, match="line 2"):
        list(FrameReader(io.BytesIO(b"#version: 2\nnonsense\n")))
