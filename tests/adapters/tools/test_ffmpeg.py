"""The engine: chosen well, watched while it runs, ended with everything it started."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from avpres.adapters.tools.ffmpeg import (
    FfmpegStalledError,
    Watch,
    find_ffmpeg,
    numbers,
    transcode,
    url,
)
from avpres.adapters.tools.ffmpeg_progress import ProgressReader
from avpres.adapters.tools.process import ToolStoppedError
from avpres.adapters.tools.tool import Origin
from avpres.domain.errors import ToolMissingError

REAL = find_ffmpeg()


def program(folder: Path, body: str, version: str = "7.1") -> Path:
    """Write a program that calls itself ffmpeg, can do FFV1 and FLAC, and then does `body`."""
    folder.mkdir(exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(
        textwrap.dedent(
            f"""\
            #!/bin/sh
            case "$*" in
              *-version*) echo "ffmpeg version {version} Copyright"; exit 0;;
              *-encoders*) echo " V....D ffv1   x"; echo " A....D flac  x"; exit 0;;
            esac
            """
        )
        + body
    )
    path.chmod(0o755)
    return path


def put_on_path(monkeypatch, path: Path):
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")


@pytest.mark.parametrize("version", ["99.1", "N-12345-gabcdef"])
def test_a_newer_program_on_path_is_taken_and_a_snapshot_counts_as_newer(
    tmp_path, monkeypatch, version
):
    path = program(tmp_path / "bin", "exit 0\n", version=version)
    put_on_path(monkeypatch, path)
    found = find_ffmpeg()
    assert (found.path, found.version, found.origin) == (path, version, Origin.PATH)
    assert not found.why


@pytest.mark.parametrize("version", ["5.1.9-0+deb12u1", "4.4.2-0ubuntu"])
def test_an_older_program_on_path_gives_way_to_the_bundled_one(tmp_path, monkeypatch, version):
    put_on_path(monkeypatch, program(tmp_path / "bin", "exit 0\n", version=version))
    assert find_ffmpeg().origin is Origin.BUNDLED


def test_an_older_program_is_taken_for_what_only_it_can_do_and_the_record_says_why(
    tmp_path, monkeypatch
):
    more = 'case "$*" in *-encoders*) echo " V....D only_here  x";; esac\n'
    path = program(tmp_path / "bin", more, version="5.1.9")
    text = path.read_text().replace('" A....D flac  x"; exit 0;;', '" A....D flac  x";;')
    path.write_text(text)
    put_on_path(monkeypatch, path)
    found = find_ffmpeg(encoders=("only_here",))
    assert (found.path, found.origin) == (path, Origin.PATH)
    assert "without encoder only_here" in (found.agent.note or "")
    with pytest.raises(ToolMissingError, match="encoder nowhere"):
        find_ffmpeg(encoders=("nowhere",))


def test_a_newer_program_that_cannot_write_ffv1_is_passed_over(tmp_path, monkeypatch):
    path = program(tmp_path / "bin", "exit 0\n", version="99.1")
    path.write_text(path.read_text().replace("ffv1", "ffv0"))
    put_on_path(monkeypatch, path)
    found = find_ffmpeg()
    assert found.origin is Origin.BUNDLED
    assert "99.1 without encoder ffv1" in found.why


def test_a_configured_program_that_is_not_fit_is_never_replaced(tmp_path):
    path = program(tmp_path / "bin", "exit 0\n", version="4.4.2")
    with pytest.raises(ToolMissingError, match=r"5\.1 is needed"):
        find_ffmpeg({"ffmpeg": path})


@pytest.mark.parametrize(
    ("version", "parts"),
    [("n9.0.2-17-g2a57", (9, 0, 2)), ("5.1.9-0+deb12u1", (5, 1, 9)), ("N-1234-gab", None)],
)
def test_versions_of_releases_are_read_and_those_of_snapshots_are_not(version, parts):
    assert numbers(version) == parts


def test_what_is_missing_is_said_before_the_work():
    REAL.require(encoders=("ffv1",), filters=("asetnsamples",), muxers=("framemd5",))
    REAL.require(demuxers=("mov", "matroska"), decoders=("v210",))
    with pytest.raises(ToolMissingError, match="encoder nothing_like_it"):
        REAL.require(encoders=("ffv1", "nothing_like_it"))


def test_pixel_formats_are_known_with_their_depths():
    assert REAL.abilities.pixel_formats["yuv422p10le"].depths == (10, 10, 10)
    assert "yuv422p10le" in REAL.abilities.ffv1


def test_a_run_tells_its_progress_and_writes_its_whole_log(tmp_path):
    seen = []
    target = tmp_path / os.fsdecode(b"odd \xff%03d\n.mkv")
    with (tmp_path / "log").open("w+b") as log:
        ended = transcode(
            REAL,
            [*_picture(1), "-c:v", "ffv1", "-f", "matroska", url(target)],
            Watch(log=log, on_progress=seen.append),
        )
        log.seek(0)
        text = log.read()
    assert ended.is_regular
    assert (seen[-1].frame, seen[-1].ended) == (25, True)
    assert target.stat().st_size == seen[-1].size
    assert b"Input #0" in text


def test_nothing_that_is_there_is_overwritten(tmp_path):
    target = tmp_path / "a.mkv"
    target.write_bytes(b"older")
    ended = transcode(REAL, [*_picture(1), url(target)], Watch())
    assert not ended.is_regular
    assert target.read_bytes() == b"older"
    assert "already exists" in "".join(ended.last_lines)


def test_a_program_that_hangs_is_stopped(tmp_path):
    found = find_ffmpeg({"ffmpeg": program(tmp_path / "bin", "echo frame=1; sleep 60\n")})
    began = time.monotonic()
    with pytest.raises(FfmpegStalledError, match="no progress"):
        transcode(found, [], Watch(stall_s=0.5))
    assert time.monotonic() - began < 45


def test_a_program_that_repeats_the_same_progress_is_hanging(tmp_path):
    body = "while :; do echo frame=3; echo progress=continue; sleep 0.1; done\n"
    found = find_ffmpeg({"ffmpeg": program(tmp_path / "bin", body)})
    with pytest.raises(FfmpegStalledError):
        transcode(found, [], Watch(stall_s=0.7))


def test_a_program_that_dies_is_told_from_one_that_ended(tmp_path):
    body = "echo frame=3; echo progress=continue; kill -9 $$\n"
    found = find_ffmpeg({"ffmpeg": program(tmp_path / "bin", body)})
    ended = transcode(found, [], Watch())
    assert not ended.is_regular
    assert ended.outcome == "was killed by SIGKILL"


def test_status_0_without_a_last_report_is_not_regular(tmp_path):
    found = find_ffmpeg({"ffmpeg": program(tmp_path / "bin", "echo progress=continue; exit 0\n")})
    assert not transcode(found, [], Watch()).is_regular


def test_another_thread_can_stop_a_run():
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(ToolStoppedError):
        transcode(REAL, ["-re", *_picture(100), "-f", "null", "-"], Watch(stop=stop))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children on Linux alone")
def test_no_ffmpeg_outlives_a_killed_parent():
    code = (
        "import os, sys\n"
        "from avpres.adapters.tools.ffmpeg import Watch, find_ffmpeg, transcode\n"
        "words = ['-re', '-f', 'lavfi', '-i', 'testsrc2=d=60', '-f', 'null', '-']\n"
        "say = lambda progress: print('at work', flush=True)\n"
        "transcode(find_ffmpeg(), words, Watch(on_progress=say))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent, parent.stdout:
        assert b"at work" in parent.stdout.readline()
        children = _children(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert children
    deadline = time.monotonic() + 60
    while any(map(_is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_alive, children))


def test_progress_without_numbers_is_read_too():
    reader = ProgressReader()
    for line in (b"frame=7", b"out_time_us=N/A", b"total_size=N/A", b"speed=N/A"):
        assert reader.take(line) is None
    report = reader.take(b"progress=continue")
    assert report is not None
    assert (report.frame, report.seconds, report.size, report.ended) == (7, None, None, False)


def _picture(seconds: int) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=s=64x48:r=25:d={seconds}"]


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
