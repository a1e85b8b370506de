"""`normalise --package` killed at any instant: the next run has one package, and nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

KILLER = """
import os, signal, sys
out, first, links = os.path.abspath(sys.argv[-1]), int(sys.argv[1]), sys.argv[2] == "links"
seen = 0

def watch(event, args):
    global seen
    if event == "os.link" and not links:
        raise PermissionError(1, "Operation not permitted")
    if event not in {"os.remove", "os.rmdir", "os.rename", "os.link", "os.mkdir"}:
        return
    if not isinstance(args[0], int) and os.fsdecode(args[0]).startswith(out):
        seen += 1
        if seen == first:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
sys.argv = ["avpres", *sys.argv[3:]]
from avpres.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("song") / "song.wav"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    words = ["-v", "error", "-f", "lavfi", "-i", "sine=d=0.2"]
    subprocess.run([program, *words, str(path)], check=True)
    return path


def begin(song: Path, tmp: Path, links: str, kill: int = 0):
    words = ["normalise", str(song), "--package", str(tmp / "out")]
    return subprocess.run(
        [sys.executable, "-c", KILLER, str(kill), links, *words],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp / "state")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("kill", "links"),
    [(9, "links"), (30, "no links"), (39, "no links"), (43, "links")],
    ids=["master linked", "package being written", "receipt", "stage being removed"],
)
def test_a_killed_run_is_finished_by_the_next(song, tmp_path, kill, links):
    killed = begin(song, tmp_path, links, kill)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = begin(song, tmp_path, links)
    assert done.returncode == 0, done.stderr
    (package,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    names = sorted(os.listdir(tmp_path / "out"))
    assert names == sorted([package.name, "song.package.json"])
    assert (package / "data" / "objects" / "song.flac").is_file()
    checked = subprocess.run(
        ["sha512sum", "--quiet", "-c", "manifest-sha512.txt"], cwd=package, check=False
    )
    assert checked.returncode == 0
