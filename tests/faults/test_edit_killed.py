"""`edit` killed at any instant: the package is the old one or the new one, and nothing is lost."""

import os
import random
import shutil
import subprocess
import sys

import pytest
from noise import noise

from avpres.adapters.formats import generations
from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.verify import verify

KILLS = int(os.environ.get("AVPRES_FAULTS", "2"))
LONGEST = 3.0  # seconds; about what an undisturbed run takes on a busy machine
ID = "4a1f9a0e-2f35-4f0c-9a3b-0c53dd9d1d6e"


def command(*words):
    return [sys.executable, "-m", "avpres", *map(str, words)]


def surroundings(bench):
    return {**os.environ, "AVPRES_STATE_DIR": str(bench / "state")}


def run(bench, *words):
    return subprocess.run(
        command(*words), env=surroundings(bench), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module", params=["ifi-bag", "ifi"])
def bench(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("edited")
    for folder in ("reel/frames", "more/frames"):
        (root / folder).mkdir(parents=True)
        for number in range(150):
            text = f"{folder} {number}\n" * 40
            (root / folder / f"{number:05}.txt").write_text(text, "utf-8")
    (root / "more" / "large.bin").write_bytes(noise(8 * 1024 * 1024))
    (root / "reel" / "gone.bin").write_bytes(noise(1024 * 1024, "gone"))
    words = ("--layout", request.param, "--package-id", ID)
    done = run(root, "package", root / "reel", root / "packages", *words)
    assert done.returncode == 0, done.stderr
    return root


def changes(bench, out):
    return (
        *("edit", out / ID, "--add", bench / "more", "--remove", "reel/gone.bin"),
        *("--rename", "reel/frames=reel/scans", "--describe", "label=Two"),
    )


def kill_after(bench, words, seconds):
    process = subprocess.Popen(
        command(*words),
        env=surroundings(bench),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def assert_whole(bench, folder):
    options = VerifyOptions(paths=(folder,), restart=True)
    report = verify(options, Context(state_dir=bench / "state"))
    assert report.exit_code is ExitCode.OK, report.findings


def contents(out):
    return sorted(
        path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.suffix in {".txt", ".bin"} and "objects" in path.parts
    )


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_edit_is_brought_to_its_end_by_the_next(bench, tmp_path, seed):
    out = tmp_path / "out"
    shutil.copytree(bench / "packages", out)
    chance = random.Random(f"edit {seed}")  # noqa: S311 - no secret
    for _ in range(2):
        kill_after(bench, changes(bench, out), chance.uniform(0.3, LONGEST))
    if not list(out.glob(".avpres-edit-*/journal.jsonl")):
        assert_whole(bench, out / ID)
    done = run(bench, *changes(bench, out))
    assert done.returncode == 0, done.stderr
    assert [name for name in os.listdir(out) if name.startswith(".")] == []
    assert_whole(bench, out / ID)
    expected = [
        path.read_bytes() for name in ("reel", "more") for path in (bench / name).rglob("*.*")
    ]
    assert contents(out) == sorted(expected)
    (folder,) = (out / ID).rglob("generations")
    assert len(list(generations.read(folder))) == 1
    assert list(generations.check(folder)) == []
