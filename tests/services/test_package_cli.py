"""`avpres package` as it is typed: statuses, streams and the last sentence."""

import json
import os
import subprocess
import sys
import time

import pytest
from packing_cases import ID, only


def words(*given):
    return [sys.executable, "-m", "avpres", "package", *given]


@pytest.fixture
def around(tmp_path):
    return {
        "env": {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
        "cwd": tmp_path,
        "stdin": subprocess.DEVNULL,
    }


@pytest.fixture
def avpres(around):
    """Run the program in an own process, with an own state folder."""

    def run(*given):
        return subprocess.run(
            words(*given), capture_output=True, text=True, check=False, timeout=60, **around
        )

    return run


@pytest.fixture
def reel(tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "notes.txt").write_text("reel one\n", "utf-8")
    return tmp_path / "reel"


@pytest.mark.usefixtures("reel")
def test_two_words_make_a_package(avpres, tmp_path):
    done = avpres("reel", "out")
    assert done.returncode == 0
    name = only(tmp_path / "out").name
    assert (
        done.stdout
        == f"1 file, 9 Bytes: the package {name} is whole, and every file in it was proved.\n"
    )
    assert done.stderr == ""


@pytest.mark.usefixtures("reel")
def test_json_names_the_package(avpres):
    report = json.loads(
        avpres("reel", "out", "--json", "--layout", "ifi", "--package-id", ID).stdout
    )
    assert report["facts"]["package"] == ID
    kinds = [(output["kind"], output["path"].rpartition("/")[2]) for output in report["outputs"]]
    assert kinds[:3] == [
        ("package", ID),
        ("manifest", f"{ID}_manifest.md5"),
        ("manifest", f"{ID}_manifest-sha512.txt"),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("reel",), "avpres package SRC... OUT"),
        (("reel", "out", "--package-id", "one"), "--package-id"),
        (("reel", "out", "--date", "yesterday"), "date"),
        (("reel", "reel"), "inside"),
        (("reel", "out", "--profile", "none.toml"), "none.toml"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(avpres, reel, tmp_path, given, said):
    done = avpres(*given)
    assert done.returncode == 2
    assert said in done.stderr
    assert sorted(os.listdir(reel)) == ["notes.txt"]
    assert not (tmp_path / "out").exists()


def test_a_second_run_of_one_command_is_refused_while_the_first_works(around, reel, tmp_path):
    for number in range(400):
        (reel / f"{number}.txt").write_text(f"{number}\n", "utf-8")
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words("reel", "out"), **quiet, **around) as first:
        until = time.monotonic() + 30
        while not (tmp_path / "out").exists() and time.monotonic() < until:
            time.sleep(0.005)
        with subprocess.Popen(words("reel", "out"), **quiet, **around) as second:
            _, said = second.communicate()
        first.communicate()
    assert first.returncode == 0
    assert (second.returncode, "another avpres run" in said) in {(21, True), (0, False)}
    if second.returncode:
        assert only(tmp_path / "out")
