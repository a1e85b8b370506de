"""An ffmpeg that lies, dies or hangs never makes a film proved, nor damaged."""

import shutil
from pathlib import Path

import pytest
from decode_cases import CHECKED, codes, counted, framemd5, pretender, run, said
from normalise_cases import film

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.exit_codes import ExitCode

ENDINGS = {
    "status 0 with fewer frames": (
        "sys.exit(real([*words[:at], '-t', '0.1', *words[at:]]))",
        {"DEC-SHORT", "DEC-FRAMES"},
        ExitCode.INCOMPLETE,
    ),
    "status 0 with nothing": ("sys.exit(0)", {"DEC-TOOL"}, ExitCode.TOOL_FAILED),
    "status 0 and an end that was told": (
        "print('progress=end'); sys.exit(0)",
        {"DEC-TOOL"},
        ExitCode.TOOL_FAILED,
    ),
    "status 1 with all frames": ("real(words); sys.exit(1)", {"DEC-TOOL"}, ExitCode.TOOL_FAILED),
    "a hang": (
        "print('frame=1\\nprogress=continue', flush=True); time.sleep(60)",
        {"DEC-TOOL"},
        ExitCode.TOOL_FAILED,
    ),
    "a death": ("os.kill(os.getpid(), 9)", {"DEC-TOOL"}, ExitCode.TOOL_FAILED),
    "a line of complaint": (
        "status = real(words); sys.stderr.write('something is odd\\n'); sys.exit(status)",
        {"DEC-DAMAGED"},
        ExitCode.NOT_CONFORMANT,
    ),
    "other pictures": (
        (
            "k = words.index('rawvideo')\n"
            "sys.exit(real([*words[:k + 1], '-vf', 'negate', *words[k + 1:]]))"
        ),
        {"DEC-MISMATCH"},
        ExitCode.FIXITY_MISMATCH,
    ),
}


@pytest.mark.parametrize(("body", "wanted", "status"), ENDINGS.values(), ids=ENDINGS)
def test_nothing_is_proved_by_an_ffmpeg_that_fails(tmp_path, body, wanted, status):
    made = film(tmp_path / "a.mkv", *CHECKED, "-c:a", "flac")
    framemd5(made, tmp_path / "a.framemd5", "-map", "0")
    program = pretender(tmp_path, body)
    report = run(tmp_path, made, ffmpeg=program, stall=0.06 if "sleep" in body else 10)
    assert codes(report) == wanted
    assert {each.exit_code for each in report.findings if each.code in wanted} == {status}
    assert report.exit_code is not ExitCode.OK
    assert counted(report)["proved"] == 0


def test_a_short_decode_is_missed_where_nothing_lies_beside(tmp_path):
    """Films in MOV and sound in WAV announce how much they hold."""
    made = film(tmp_path / "a.mov", "-c:v", "v210", "-c:a", "pcm_s16le")
    body = "sys.exit(real([*words[:at], '-t', '0.2', *words[at:]]))"
    report = run(tmp_path, made, ffmpeg=pretender(tmp_path, body))
    assert codes(report) == {"DEC-SHORT"}
    assert "stream 0 (video, v210)" in said(report, "DEC-SHORT")


@pytest.mark.programs("ffmpeg")
def test_the_ffmpeg_on_path_says_the_same(tmp_path):
    """An archive's own ffmpeg is often older than the one of the wheel."""
    program = Path(str(shutil.which("ffmpeg")))
    if find_ffmpeg({"ffmpeg": program}).version == find_ffmpeg().version:
        pytest.skip("it is the one that all other tests use")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    made = film(shelf / "a.mkv", *CHECKED, "-pix_fmt", "yuv422p", "-c:a", "flac")
    framemd5(made, shelf / "a.framemd5", "-map", "0")
    framemd5(made, shelf / "a.source.framemd5", "-pix_fmt", "uyvy422", "-an")
    report = run(tmp_path, shelf, ffmpeg=program)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert set(counted(report)["by"]) == {
        *("FFV1 slice CRCs", "FLAC MD5", "FLAC frame CRCs", "Matroska CRCs", "frame digests")
    }
    data = bytearray(made.read_bytes())
    data[len(data) // 2] ^= 1
    made.write_bytes(data)
    assert run(tmp_path, shelf, ffmpeg=program).exit_code is ExitCode.FIXITY_MISMATCH
