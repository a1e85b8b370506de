"""`avpres copy` as it is typed: statuses, streams and the last sentence."""

import json
import os
import subprocess
import sys

import pytest
from copy_cases import assert_manifest, assert_same, make_reel


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def avpres(tmp_path):
    """Run the program in an own process, with an own state folder."""

    def run(*words, **options):
        around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
        return subprocess.run(
            [sys.executable, "-m", "avpres", *map(str, words)],
            env=around,
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
            **(options or {"stdin": subprocess.DEVNULL}),
        )

    return run


def last(stream):
    return stream.decode().rstrip("\n").rpartition("\n")[2]


def test_two_words_copy_and_prove(avpres, reel, tmp_path):
    for sentence in (
        "every file has reached its destination and the checksums match.",
        "the checksums matched then, and nothing has been touched since.",
    ):
        done = avpres("copy", "src/reel/", "shelf")
        assert done.returncode == 0
        assert last(done.stdout or done.stderr).endswith(sentence)
        assert_same(reel, tmp_path / "shelf" / "reel")
        assert_manifest(tmp_path / "shelf", "reel")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("absent", "shelf"), 20),
        (("src/reel", "src/reel/a"), 2),
        (("src/reel", "src"), 2),
        (("src/reel",), 2),
        (("src/reel/a", "src/reel/film.mkv"), 21),
        (("src/reel", "shelf", "--links", "sideways"), 2),
    ],
)
@pytest.mark.usefixtures("reel")
def test_what_cannot_be_is_refused_with_one_sentence(avpres, words, status):
    done = avpres("copy", *words)

    assert done.returncode == status, done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_a_difference_is_22_and_told(avpres, reel, tmp_path):
    avpres("copy", reel, "shelf")
    (tmp_path / "shelf" / "reel" / "a" / "00001.dpx").write_bytes(b"other")

    done = avpres("copy", reel, "shelf")

    assert done.returncode == 22
    assert b"00001.dpx" in done.stderr + done.stdout
    assert b"checksums match" not in done.stderr + done.stdout


def test_json_holds_the_whole_report(avpres, reel):
    done = avpres("copy", reel, "shelf", "--json")

    report = json.loads(done.stdout)
    assert (report["exit_code"], report["totals"]["verified_files"]) == (0, 11)


def test_a_list_comes_from_standard_input(avpres, reel, tmp_path):
    names = os.fsencode(reel) + b"\0" + os.fsencode(reel / "film.mkv") + b"\0"

    done = avpres("copy", "--from-list", "-", "shelf", input=names)

    assert done.returncode == 0, done.stderr
    assert_same(reel, tmp_path / "shelf" / "reel")
    assert_same(reel / "film.mkv", tmp_path / "shelf" / "film.mkv")
