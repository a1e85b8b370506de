"""A run that is killed while it clears its stage: the next one has nothing to do but that."""

import os
import signal
import subprocess
import sys

import pytest
from packing_cases import DATE, ID, Packer

from avpres.adapters.storage.locks import held
from avpres.domain.exit_codes import ExitCode

OTHER = "7c0f8a51-52e1-4b2c-9d0e-3f3a6f6b9c11"
KILLER = """
import os, signal, sys
final, first = sys.argv[1], int(sys.argv[2])
seen = 0

def watch(event, args):
    global seen
    if event in {"os.remove", "os.rmdir", "os.rename"} and os.path.lexists(final):
        seen += 1
        if seen == first:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
sys.argv = ["avpres", *sys.argv[3:]]
from avpres.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    root = tmp_path_factory.mktemp("source") / "reel"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a\n", "utf-8")
    (root / "sub" / "b.txt").write_text("b\n", "utf-8")
    return root


@pytest.fixture(scope="module")
def package(reel, tmp_path_factory):
    root = tmp_path_factory.mktemp("package")
    Packer(root / "state")(reel, root, package_id=OTHER, date=DATE, describe=False)
    return root / OTHER


def run(tmp_path, *words, kill=None):
    """Run a command, and kill it at one of the removals after its package has appeared."""
    program = ["-m", "avpres"] if kill is None else ["-c", KILLER, *map(str, kill)]
    named = ["--package-id", ID, "--date", DATE, "--jobs", "1"]
    return subprocess.run(
        [sys.executable, *program, *map(str, words), *named],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("number", [1, 4, 9])
@pytest.mark.parametrize("command", ["package", "import", "convert"])
def test_the_next_run_says_that_the_package_is_whole(tmp_path, reel, package, command, number):
    source, more = (package, []) if command == "convert" else (reel, [])
    words = [command, source, tmp_path / "out", "--container", "zip", *more]
    killed = run(tmp_path, *words, kill=(tmp_path / "out" / f"{ID}.zip", number))
    assert killed.returncode == -signal.SIGKILL
    before = (tmp_path / "out" / f"{ID}.zip").read_bytes()
    again = run(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    assert "a run that was cut short had just finished it" in again.stdout
    assert (tmp_path / "out" / f"{ID}.zip").read_bytes() == before
    assert not [name for name in os.listdir(tmp_path / "out") if name.startswith(".")]


def test_further_copies_get_all_that_lies_beside_the_package(tmp_path, package):
    words = ["export", package, tmp_path / "out", "--to", tmp_path / "other"]
    killed = run(tmp_path, *words, kill=(tmp_path / "out" / f"{ID}.tar", 1))
    assert killed.returncode == -signal.SIGKILL
    again = run(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    assert sorted(os.listdir(tmp_path / "other")) == sorted(os.listdir(tmp_path / "out"))
    assert f"{ID}.tar.idx" in os.listdir(tmp_path / "other")


def test_a_refused_command_leaves_no_stage(tmp_path, reel):
    out = tmp_path / "out"
    out.mkdir()
    with held(tmp_path / "state" / "ids", out.resolve(), [ID.encode()]):
        refused = run(tmp_path, "package", reel, out, "--no-describe")
    assert refused.returncode == ExitCode.DESTINATION_REFUSED
    assert os.listdir(out) == []
