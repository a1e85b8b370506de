"""`normalise --package` killed at any instant: the next run has one package, and nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

KILLER = """
import os, sys
mark, has_links, number = sys.argv[1], sys.argv[2] == "links", int(sys.argv[3])

def watch(event, args):
    if event not in {"os.remove", "os.rmdir", "os.rename", "os.link", "os.mkdir"}:
        return
    names = [os.fsdecode(each) for each in args if isinstance(each, (str, bytes))]
    if mark and any(mark in name for name in names):
        os.kill(os.getpid(), number)
    if event == "os.link" and not has_links:
        raise PermissionError(1, "Operation not permitted")

sys.addaudithook(watch)
sys.argv = ["avpres", *sys.argv[4:]]
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


def begin(song: Path, tmp: Path, links: str, mark: str = "", number=signal.SIGKILL):
    words = ["normalise", str(song), "--package", str(tmp / "out")]
    return subprocess.run(
        [sys.executable, "-c", KILLER, mark, links, str(int(number)), *words],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp / "state")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("mark", "links"),
    [
        ("objects/song.flac", "links"),
        ("data/logs", "no links"),
        ("song.package.json", "no links"),
        (".gone.part", "links"),
    ],
    ids=["master being linked", "master moved", "package appeared", "stage being removed"],
)
def test_a_killed_run_is_finished_by_the_next(song, tmp_path, mark, links):
    killed = begin(song, tmp_path, links, mark)
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


@pytest.mark.parametrize("links", ["links", "no links"])
def test_an_interrupted_run_leaves_the_master_and_no_trace_of_a_package(song, tmp_path, links):
    stopped = begin(song, tmp_path, links, "data/logs", signal.SIGINT)
    assert stopped.returncode == 130, stopped.stderr
    there = os.listdir(tmp_path / "out")
    if "song" not in there:  # the package was whole before the thread that makes it was stopped
        assert begin(song, tmp_path, links).returncode == 0
        assert sorted(os.listdir(tmp_path / "out")) == sorted(there)
        return
    assert there == ["song"]
    names = os.listdir(tmp_path / "out" / "song")
    checked = subprocess.run(
        ["md5sum", "-c", "song.md5"], cwd=tmp_path / "out" / "song", check=True
    )
    assert checked.returncode == 0
    assert "song.flac" in names
    assert begin(song, tmp_path, links).returncode == 0
    assert "song" not in os.listdir(tmp_path / "out")
