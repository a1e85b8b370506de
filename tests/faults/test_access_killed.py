"""`access` stopped at any instant: no copy that is not whole, no ffmpeg left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import imageio_ffmpeg
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
WHOLE = ["tape_h264.mp4", "tape_h264.mp4.access.json"]
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "tape.mov"
    subprocess.run(
        [
            *(FFMPEG, "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:r=25", "-t", "60"),
            *("-c:v", "mpeg4", "-q:v", "3", str(path)),
        ],
        check=True,
    )
    return path


@pytest.fixture
def slow(tmp_path):
    """An ffmpeg that takes as long to encode a tape as the tape lasts."""
    path = tmp_path / "bin" / "ffmpeg"
    path.parent.mkdir()
    path.write_text(
        f'#!/bin/sh\ncase "$*" in *libx264*) exec {FFMPEG} -re "$@" ;; esac\nexec {FFMPEG} "$@"\n'
    )
    path.chmod(0o755)
    return {"AVPRES_SITE__TOOLS__FFMPEG": str(path)}


def begin(tape, bench, jobs=1, around=()):
    words = ["access", str(tape), str(bench / "out"), "--jobs", str(jobs)]
    return subprocess.Popen(
        [sys.executable, "-m", "avpres", *words],
        env={**os.environ, "AVPRES_STATE_DIR": str(bench / "state"), **dict(around)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def encoders(bench):
    """Give the processes that write below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if os.fsencode(bench / "out") in words and b"libx264" in words:
            found.append(int(entry.name))
    return found


def wait_for(what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return what()


@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGKILL, 1)],
)
def test_a_stopped_run_leaves_no_copy_and_no_program(tape, slow, tmp_path, number, jobs):
    process = begin(tape, tmp_path, jobs, slow)
    assert wait_for(lambda: encoders(tmp_path))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert wait_for(lambda: not encoders(tmp_path))
    names = os.listdir(tmp_path / "out")
    assert [name for name in names if not name.endswith(".part")] == []
    if number is not signal.SIGKILL:
        assert names == []
    assert process.returncode == STATUS[number], said
    again = begin(tape, tmp_path)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert sorted(os.listdir(tmp_path / "out")) == WHOLE
