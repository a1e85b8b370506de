"""Two runs never write to the same place; one run may hold a place twice."""

import subprocess
import sys

import pytest

from avpres.adapters.storage import locks
from avpres.domain.errors import DestinationRefusedError

TRY = (
    "import sys; from pathlib import Path; from avpres.adapters.storage import locks\n"
    "state, out, *names = sys.argv[1:]\n"
    "with locks.held(Path(state), Path(out), [name.encode() for name in names]): pass\n"
)


def is_free(tmp_path, *names: str) -> bool:
    """Say whether another process can hold names."""
    words = [sys.executable, "-c", TRY, tmp_path / "state", tmp_path / "out", *names]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "another avpres run" in done.stderr
    return done.returncode == 0


def held(tmp_path, *names: bytes):
    return locks.held(tmp_path / "state", tmp_path / "out", names)


def test_another_process_can_hold_other_names_only(tmp_path):
    with held(tmp_path, b"a", b"b"):
        assert not is_free(tmp_path, "a")
        assert not is_free(tmp_path, "c", "b")
        assert is_free(tmp_path, "c")
    assert is_free(tmp_path, "a", "b")


def test_a_step_that_locks_and_lets_go_does_not_open_the_way_for_others(tmp_path):
    with held(tmp_path, b"a", b"b"):
        with held(tmp_path, b"b", b"c"):
            assert not is_free(tmp_path, "c")
        assert is_free(tmp_path, "c")
        assert not is_free(tmp_path, "a")
        assert not is_free(tmp_path, "b")
    assert is_free(tmp_path, "a", "b")


def test_what_was_taken_before_a_refusal_is_given_back(tmp_path):
    hold = TRY.replace("pass", "print(flush=True); sys.stdin.read()")
    words = [sys.executable, "-c", hold, tmp_path / "state", tmp_path / "out", "b"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with (
            pytest.raises(DestinationRefusedError, match="another avpres run"),
            held(tmp_path, b"a", b"b"),
        ):
            pass
        assert is_free(tmp_path, "a")
        other.communicate()
    assert is_free(tmp_path, "a", "b")
