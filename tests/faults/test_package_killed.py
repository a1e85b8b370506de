"""`package` killed at any instant: the package appears whole or not at all, and once."""

import os
import random
import subprocess
import sys

import pytest
from noise import noise

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.verify import verify

KILLS = int(os.environ.get("AVPRES_FAULTS", "2"))
LONGEST = 4.0  # seconds; about what an undisturbed run takes on a busy machine


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    root = tmp_path_factory.mktemp("packaged") / "reel"
    (root / "frames").mkdir(parents=True)
    for number in range(300):
        (root / "frames" / f"{number:05}.txt").write_text(f"frame {number}\n" * 40, "utf-8")
    (root / "large.bin").write_bytes(noise(8 * 1024 * 1024))
    return root


def command(reel, bench, layout):
    words = ["package", str(reel), str(bench / "out"), "--layout", layout]
    return [sys.executable, "-m", "avpres", *words]


def surroundings(bench):
    return {**os.environ, "AVPRES_STATE_DIR": str(bench / "state")}


def kill_after(reel, bench, layout, seconds):
    process = subprocess.Popen(
        command(reel, bench, layout),
        env=surroundings(bench),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(bench, words):
    return subprocess.run(
        words, env=surroundings(bench), capture_output=True, text=True, check=False
    )


def packages(out):
    return [path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")]


def assert_whole(bench, folder):
    report = verify(VerifyOptions(paths=(folder,)), Context(state_dir=bench / "state"))
    assert report.exit_code is ExitCode.OK, report.findings


@pytest.mark.parametrize("layout", ["ifi-bag", "ifi"])
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_is_finished_by_the_next(reel, tmp_path, layout, seed):
    chance = random.Random(f"{layout} {seed}")  # noqa: S311 - no secret
    kill_after(reel, tmp_path, layout, chance.uniform(0.2, LONGEST))
    out = tmp_path / "out"
    for folder in packages(out) if out.exists() else ():
        assert_whole(tmp_path, folder)
    done = run(tmp_path, command(reel, tmp_path, layout))
    assert done.returncode == 0, done.stderr
    assert [name for name in os.listdir(out) if name.startswith(".")] == []
    for folder in packages(out):
        assert_whole(tmp_path, folder)
    beside = 2 if layout == "ifi" else 0
    assert len(os.listdir(out)) == len(packages(out)) * (1 + beside)
