"""`avpres edit` and `avpres extract` as they are typed: statuses, streams, the last sentence."""

import json
import os
import subprocess
import sys
import time

import pytest
from packing_cases import DATE, ID, Packer


@pytest.fixture
def around(tmp_path):
    return {
        "env": {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
        "cwd": tmp_path,
        "stdin": subprocess.DEVNULL,
    }


@pytest.fixture
def avpres(around):
    def run(*given):
        words = [sys.executable, "-m", "avpres", *map(str, given)]
        return subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=60, **around
        )

    return run


@pytest.fixture
def package(tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "notes.txt").write_text("reel one\n", "utf-8")
    (tmp_path / "reel" / "more.txt").write_text("more\n", "utf-8")
    Packer(tmp_path / "packing")(tmp_path / "reel", tmp_path / "out", package_id=ID, date=DATE)
    return tmp_path / "out" / ID


def test_what_was_not_read_is_not_said_to_agree(avpres, package):
    done = avpres("edit", package, "--describe", "label=Two", "--verify")
    assert "; the package agrees with its new manifests, those before" in done.stdout
    done = avpres("edit", package, "--describe", "label=Three")
    assert "manifests (untouched files by their sizes alone), those before" in done.stdout


def test_one_word_renames_a_file(avpres, package):
    done = avpres("edit", package, "--rename", "reel/notes.txt=reel/words.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{ID}: 1 path renamed; the package agrees with its new manifests (untouched files by "
        "their sizes alone), those before are kept as generation 1.\n"
    )
    assert (package / "data/objects/reel/words.txt").is_file()
    assert avpres("verify", package).returncode == 0


def test_a_dry_run_is_told_line_by_line(avpres, package):
    done = avpres("edit", package, "--remove", "reel/more.txt", "-n")
    assert done.returncode == 0
    assert "remove: data/objects/reel/more.txt (1 file)" in done.stdout
    assert done.stdout.endswith("1 file taken out would be done; nothing was changed.\n")


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (("--rename", "reel/none=x"), 2, "is no object"),
        (("--rename", "reel/notes.txt"), 2, "OLD=NEW"),
        (("--add", "reel/more.txt=reel/notes.txt"), 22, "with other content"),
        (("--add", "nothing"), 20, "is not there"),
        (("--describe", "kind=XYZ"), 2, "kind=XYZ"),
        (("--reason", "two\nlines", "--remove", "reel/more.txt"), 2, "reason"),
        ((), 2, "nothing is asked for"),
    ],
)
def test_a_refusal_says_what_to_do(avpres, package, given, status, said):
    done = avpres("edit", package, *given)
    assert (done.returncode, said in done.stderr) == (status, True)
    assert avpres("verify", package).returncode == 0


def test_json_tells_of_generation_and_counts(avpres, package):
    done = avpres("edit", package, "--remove", "reel/more.txt", "--reason", "a test", "--json")
    told = json.loads(done.stdout)
    assert (told["facts"]["generation"], told["facts"]["removed"]) == (1, 1)
    assert [output["kind"] for output in told["outputs"]][:2] == ["removed", "package"]
    assert [event["type"] for event in told["events"]] == ["fixity check", "deletion"]


def test_a_second_edit_is_refused_while_the_first_works(around, package, tmp_path):
    for number in range(300):
        (tmp_path / "reel" / f"{number}.txt").write_text(f"{number}\n", "utf-8")
    words = [sys.executable, "-m", "avpres", "edit", str(package)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*words, "--add", "reel=second"], **quiet, **around) as first:
        until = time.monotonic() + 30
        while not list(package.parent.glob(".avpres-edit*")) and time.monotonic() < until:
            time.sleep(0.005)
        with subprocess.Popen([*words, "--describe", "label=Two"], **quiet, **around) as second:
            _, said = second.communicate()
        first.communicate()
    assert first.returncode == 0
    assert (second.returncode, "another avpres run" in said) in {(21, True), (0, False)}


def test_three_words_take_a_file_out(avpres, package, tmp_path):
    done = avpres("extract", package, "reel/notes.txt", tmp_path / "taken")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 file, 9 Bytes: every one agrees with what the package records of it.\n"
    assert (tmp_path / "taken/reel/notes.txt").read_text("utf-8") == "reel one\n"


def test_a_path_that_is_not_there_has_its_own_status(avpres, package, tmp_path):
    done = avpres("extract", package, "reel/none", tmp_path / "taken")
    assert (done.returncode, "EXT-NOT-FOUND" in done.stdout) == (11, True)
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize("given", [(), ("reel",), ("reel", "out", "--all")])
def test_extract_says_what_is_missing(avpres, package, given):
    done = avpres("extract", package, *given)
    assert done.returncode == 2
    assert "avpres extract PKG PATH... DEST" in done.stderr
