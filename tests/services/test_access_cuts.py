"""Cuts are to the frame, whatever the wrapper does with times."""

import pytest
from access_cases import ffmpeg, numbers, run

from avpres.domain.exit_codes import ExitCode

LONG_GOP = ("-g", "12", "-bf", "2", "-pix_fmt", "yuv420p")
FORMS = {
    "avi": (*("-c:v", "mpeg4", "-q:v", "1"), *LONG_GOP),  # its first frame comes late
    "mxf": (*("-c:v", "mpeg2video", "-qscale:v", "1"), *LONG_GOP),  # its clock counts frames
    "mpg": (*("-c:v", "mpeg2video", "-qscale:v", "1"), *LONG_GOP),  # cannot be read from anywhere
    "ts": (*("-c:v", "mpeg2video", "-qscale:v", "1"), *LONG_GOP),
    "mkv": ("-c:v", "ffv1", "-pix_fmt", "yuv420p"),  # its times are rounded to milliseconds
}


@pytest.fixture(scope="module", params=FORMS)
def reel(request, tmp_path_factory):
    """Make six seconds of drop frame film; frame N is of the grey 20 + 4 (N mod 50)."""
    path = tmp_path_factory.mktemp("reel") / f"reel.{request.param}"
    pictures = b"".join(bytes([20 + 4 * (n % 50)]) * (64 * 48) for n in range(180))
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x48", "-r", "30000/1001", "-i", "-"),
        *("-f", "lavfi", "-i", "sine=r=48000:d=6.006", *FORMS[request.param]),
        *("-timecode", "00:59:57;20", str(path)),
        input=pictures,
    )
    return path


@pytest.mark.parametrize(("first", "beyond"), [(0, 3), (101, 118), (171, None)])
def test_the_frames_asked_for_are_shown_and_no_other(tmp_path, reel, first, beyond):
    begin, end = (f"{at * 1001 / 30000:.4f}" if at else None for at in (first, beyond))
    report = run(tmp_path, reel, begin=begin, end=end)
    assert report.exit_code is ExitCode.OK
    assert numbers(report.outputs[0].path) == [n % 50 for n in range(first, beyond or 180)]


def test_drop_frame_timecode_counts_over_the_minute(tmp_path, reel):
    if reel.suffix != ".mxf":
        pytest.skip("keeps no timecode of its own")
    report = run(tmp_path, reel, begin="00:59:59;25", end="01:00:00;04")
    first = 2 * 30 + 5  # the hour drops nothing
    assert numbers(report.outputs[0].path) == [n % 50 for n in range(first, first + 9)]
