"""`import` killed at any instant: the package appears whole or not at all, and once."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import tarfile
import time

import pytest

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.verify import verify

KILLS = int(os.environ.get("AVPRES_FAULTS", "2"))
LONGEST = 4.0  # seconds; about what an undisturbed run takes on a busy machine
FILES = 300


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    root = tmp_path_factory.mktemp("imported") / "bag"
    (root / "data" / "frames").mkdir(parents=True)
    lines = []
    for number in range(FILES):
        content = f"frame {number}\n".encode() * 40
        (root / "data" / "frames" / f"{number:05}.txt").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  data/frames/{number:05}.txt\n")
    (root / "bagit.txt").write_text(
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8"
    )
    (root / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
    return root


@pytest.fixture(scope="module")
def packed(bag):
    path = bag.parent / "bag.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(bag, arcname="bag")
    return path


def surroundings(bench):
    return {**os.environ, "AVPRES_STATE_DIR": str(bench / "state")}


def command(foreign, bench):
    words = ["import", str(foreign), str(bench / "out"), "--json"]
    return [sys.executable, "-m", "avpres", *words]


def run(bench, words):
    return subprocess.run(
        words, env=surroundings(bench), capture_output=True, text=True, check=False
    )


def kill_after(foreign, bench, seconds):
    process = subprocess.Popen(
        command(foreign, bench),
        env=surroundings(bench),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def packages(out):
    return [path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")]


def assert_whole(bench, folder):
    report = verify(VerifyOptions(paths=(folder,)), Context(state_dir=bench / "state"))
    assert report.exit_code is ExitCode.OK, report.findings
    assert len(list((folder / "data" / "objects" / "frames").iterdir())) == FILES


@pytest.mark.parametrize("form", ["bag", "packed"])
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_import_is_finished_by_the_next(request, tmp_path, form, seed):
    foreign = request.getfixturevalue(form)
    chance = random.Random(f"{form} {seed}")  # noqa: S311 - no secret
    for _ in range(2):
        kill_after(foreign, tmp_path, chance.uniform(0.2, LONGEST))
        out = tmp_path / "out"
        for folder in packages(out) if out.exists() else ():
            assert_whole(tmp_path, folder)
    done = run(tmp_path, command(foreign, tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'"resolved": {FILES}' in done.stdout
    assert [name for name in os.listdir(out) if name.startswith(".")] == []
    for folder in packages(out):
        assert_whole(tmp_path, folder)


def test_two_runs_of_one_import_never_collide(bag, tmp_path):
    """The first is held where it is as soon as its stage is there."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(bag, tmp_path), env=surroundings(tmp_path), **quiet) as first:
        deadline = time.monotonic() + 60
        while not (tmp_path / "out").exists() or not os.listdir(tmp_path / "out"):
            assert first.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.001)
        first.send_signal(signal.SIGSTOP)
        try:
            second = run(tmp_path, command(bag, tmp_path))
        finally:
            first.send_signal(signal.SIGCONT)
        told = first.communicate()[1]
    assert (first.returncode, second.returncode) == (0, 21), told + second.stderr
    (folder,) = packages(tmp_path / "out")
    assert_whole(tmp_path, folder)
    assert os.listdir(tmp_path / "out") == [folder.name]
