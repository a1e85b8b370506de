"""`normalise` on a full disk, beside another run, and with a long film."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import imageio_ffmpeg
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts, and looks into /proc")

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
NOISE = "noise=alls=100:allf=t"


def film(path: Path, seconds: float, *words: str) -> Path:
    picture = f"testsrc2=s=160x120:r=25:d={seconds},{NOISE}"
    command = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-c:v", "rawvideo"]
    subprocess.run([*command, "-pix_fmt", "uyvy422", *words, path], check=True)
    return path


def command(*words) -> list[str]:
    return [sys.executable, "-m", "avpres", "normalise", *map(str, words)]


def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}


@contextmanager
def small_disk(place: Path, size: str):
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk of memory")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_stops_cleanly_and_leaves_room_for_the_others(tmp_path):
    large, small = film(tmp_path / "large.mov", 4), film(tmp_path / "small.mov", 0.08)
    with small_disk(tmp_path / "out", "2m") as out:
        words = command(large, small, out, "--skip-space-check", "--jobs", "1")
        done = subprocess.run(words, env=env(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 21
        assert "No space left" in done.stdout
        assert [path.name for path in out.iterdir()] == ["small"]


def test_a_disk_that_is_too_small_is_told_before_anything_is_made(tmp_path):
    large = film(tmp_path / "large.mov", 2)
    with small_disk(tmp_path / "out", "2m") as out:
        words = command(large, out)
        done = subprocess.run(words, env=env(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 21
        assert "NRM-SPACE" in done.stdout
        assert list(out.iterdir()) == []


def test_of_two_runs_at_once_one_is_refused_and_one_makes_it(tmp_path):
    source = film(tmp_path / "tape.mov", 2)
    words = command(source, tmp_path / "out")
    both = [
        subprocess.Popen(words, env=env(tmp_path), stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate()[1] for process in both]
    statuses = [process.returncode for process in both]
    assert 0 in statuses
    for status, text in zip(statuses, said, strict=True):
        assert status == 0 or (status == 21 and "another avpres run" in text)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tape"]


def test_memory_does_not_grow_with_the_length_of_a_film(tmp_path):
    peaks = []
    for seconds in (0.2, 12):
        source = film(tmp_path / "tape.mov", seconds)
        code = (
            "import resource, subprocess, sys\n"
            "status = subprocess.call(sys.argv[1:])\n"
            "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
            "print(status, peak)\n"
        )
        out = tmp_path / f"out{seconds}"
        words = [sys.executable, "-c", code, *command(source, out)]
        done = subprocess.run(words, env=env(tmp_path), capture_output=True, text=True, check=True)
        status, peak = map(int, done.stdout.split()[-2:])
        assert status == 0
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 24 * 1024  # kibibytes; sixty times as many frames
