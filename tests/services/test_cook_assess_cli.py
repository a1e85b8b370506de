"""`avpres cook --assess` as it is typed: statuses, streams, and nothing that is made."""

import json
import os
import subprocess
import sys

import pytest
from cook_cases import FIRST, frames, tree


@pytest.fixture
def avpres(tmp_path):
    """Run the program in an own process, with a state folder elsewhere."""
    state = tmp_path / "state"
    (tmp_path / "work").mkdir()

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "avpres", "cook", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=tmp_path / "work",
            stdin=subprocess.DEVNULL,
            env={**os.environ, "AVPRES_STATE_DIR": str(state)},
        )

    return run


def test_all_words_are_reels_and_the_last_line_sums_up(avpres, tmp_path):
    good, bad = frames(tmp_path / "work" / "good", 3), frames(tmp_path / "work" / "bad", 3)
    (bad / f"scan_{FIRST + 1:07d}.dpx").unlink()
    before = tree(tmp_path / "work")
    done = avpres("--assess", "good", "bad")
    assert done.returncode == 13
    assert f"{good}: can be cooked\n" in done.stdout
    assert f"{bad}: can be cooked with --gaps hold\n" in done.stdout
    assert done.stdout.endswith("1 of 2 can be cooked as asked; nothing was made.\n")
    assert avpres("--assess", "good", "bad", "--gaps", "hold").returncode == 0
    assert tree(tmp_path / "work") == before


def test_json_holds_all_that_is_known_of_a_reel(avpres, tmp_path):
    frames(tmp_path / "work" / "good", 3)
    done = avpres("good", "--assess", "--onto", "films", "--json")
    (reel,) = json.loads(done.stdout)["facts"]["reels"]
    assert reel["clean"] is True
    assert reel["sequences"][0]["numbers"] == f"{FIRST:07d}-{FIRST + 2:07d}"
    assert reel["film_size"]["least"] < reel["film_size"]["most"]


def test_no_reel_and_a_reel_that_is_not_there_are_refused(avpres):
    assert avpres("--assess").returncode == 2
    assert avpres("--assess", "nowhere").returncode == 20
