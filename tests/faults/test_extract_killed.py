"""`extract` killed at any instant: what has its name is whole, and the next run does the rest."""

import os
import random
import subprocess
import sys

import pytest
from noise import noise

KILLS = int(os.environ.get("AVPRES_FAULTS", "2"))
LONGEST = 2.0  # seconds; about what an undisturbed run takes on a busy machine
ID = "4a1f9a0e-2f35-4f0c-9a3b-0c53dd9d1d6e"


def command(*words):
    return [sys.executable, "-m", "avpres", *map(str, words)]


def surroundings(bench):
    return {**os.environ, "AVPRES_STATE_DIR": str(bench / "state")}


@pytest.fixture(scope="module", params=["folder", "tar", "tar.zst"])
def package(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("boxed")
    (root / "reel").mkdir()
    for number in range(300):
        (root / "reel" / f"{number:05}.txt").write_text(f"frame {number}\n" * 40, "utf-8")
    (root / "reel" / "large.bin").write_bytes(noise(32 * 1024 * 1024))
    words = ("--container", request.param, "--package-id", ID, "--no-describe")
    subprocess.run(
        command("package", root / "reel", root / "out", *words),
        env=surroundings(root),
        check=True,
        capture_output=True,
    )
    names = (ID, f"{ID}.{request.param}")
    return next(root / "out" / name for name in names if (root / "out" / name).exists())


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_is_finished_by_the_next(package, tmp_path, seed):
    reel, out = package.parents[1] / "reel", tmp_path / "out"
    words = command("extract", package, "reel", out)
    chance = random.Random(f"extract {seed}")  # noqa: S311 - no secret
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, env=surroundings(tmp_path), **quiet)
    try:
        process.wait(timeout=chance.uniform(0.2, LONGEST))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for path in (out / "reel").rglob("*") if out.exists() else ():
        assert path.read_bytes() == (reel / path.name).read_bytes()
    done = subprocess.run(
        words, env=surroundings(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert os.listdir(out) == ["reel"]
    assert sorted(os.listdir(out / "reel")) == sorted(os.listdir(reel))
