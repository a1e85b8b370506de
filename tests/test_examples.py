"""The examples run as they stand, with nothing but avpres on PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(script.name for script in EXAMPLES.glob("*.sh"))

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="no POSIX shell")


def run(script: str, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    return subprocess.run(
        ["sh", str(EXAMPLES / script), *words],
        env={
            "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path),
            "AVPRES_STATE_DIR": str(tmp_path / "state"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_example_runs_to_its_end(script, tmp_path):
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_examples():
    assert {"quickstart.sh", "working_day.sh", "ci_smoke.sh"} <= set(SCRIPTS)


def test_the_quick_start_leaves_a_copy_that_md5sum_confirms(tmp_path):
    done = run("quickstart.sh", tmp_path, str(tmp_path / "work"))
    assert done.returncode == 0, done.stdout + done.stderr
    archive = tmp_path / "work/archive"
    assert sorted(os.listdir(archive)) == ["reel-1", "reel-1_manifest.md5"]
    assert len(os.listdir(archive / "reel-1")) == 13
    checked = subprocess.run(
        ["md5sum", "--quiet", "-c", "reel-1_manifest.md5"], cwd=archive, check=False
    )
    assert checked.returncode == 0


def test_the_smoke_script_fails_when_avpres_lies(tmp_path):
    """A program that says yes to everything must not pass."""
    liar = tmp_path / "bin"
    liar.mkdir()
    (liar / "avpres").write_text("#!/bin/sh\nexit 0\n")
    (liar / "avpres").chmod(0o755)
    done = subprocess.run(
        ["sh", str(EXAMPLES / "ci_smoke.sh")],
        env={"PATH": f"{liar}:/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("failed: status 0, expected 2")
