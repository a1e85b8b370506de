"""`migrate` killed at any instant, or on a full disk: the next run ends as if nothing had been."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

KILLER = """
import os, signal, sys
from avpres.adapters.storage import durable
left, rename = [int(sys.argv[1])], durable.rename_noreplace

def until(*places):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*places)

durable.rename_noreplace = until
sys.argv = ["avpres", *sys.argv[2:]]
from avpres.__main__ import main
main()
"""
"""Runs avpres and kills it as a file is about to get its name."""
SMALL = """
mount -t tmpfs -o size=200k none "$1" && shift && exec "$@"
"""


def picture(number):
    samples = np.random.default_rng(number).integers(0, 256, (60, 80, 3), np.uint8)
    return Image.fromarray(samples)


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    for number in range(8):
        picture(number).save(folder / f"{number}.gif")
    frames = [picture(number).quantize(64) for number in range(10, 14)]
    frames[0].save(folder / "film.gif", save_all=True, append_images=frames[1:])
    picture(20).save(folder / "photo.jpg")
    return folder


def words(collection, tmp):
    date = ["--date", "2020-02-02T00:00:00Z", "--sheet", "0", "-j", "2"]
    return ["migrate", str(collection), str(tmp / "out"), *date]


def begin(tmp, *argv):
    return subprocess.Popen(
        [sys.executable, *argv],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp / "state")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(collection, tmp):
    process = begin(tmp, "-m", "avpres", *words(collection, tmp))
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return content(tmp / "out")


def content(out):
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(collection, tmp_path_factory):
    return finish(collection, tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("name", [1, 3, 7, 13])
def test_a_run_that_was_killed_between_names_is_finished_by_the_next(
    collection, undisturbed, tmp_path, name
):
    process = begin(tmp_path, "-c", KILLER, str(name), *words(collection, tmp_path))
    process.communicate()
    assert process.returncode == -signal.SIGKILL

    assert finish(collection, tmp_path) == undisturbed


def test_a_run_that_was_killed_again_and_again_is_finished_at_last(
    collection, undisturbed, tmp_path
):
    for delay in (0.4, 0.7, 1.0, 1.3, 1.6):
        process = begin(tmp_path, "-m", "avpres", *words(collection, tmp_path))
        time.sleep(delay)
        process.kill()
        process.communicate()

    assert finish(collection, tmp_path) == undisturbed


def test_an_interrupted_run_says_so_and_goes_on_later(collection, undisturbed, tmp_path):
    process = begin(tmp_path, "-m", "avpres", *words(collection, tmp_path))
    begun = tmp_path / "out" / ".avpres-migrate.part" / "files"
    while not begun.is_dir() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate()

    assert process.returncode in {0, 130}, said
    assert finish(collection, tmp_path) == undisturbed


@pytest.mark.programs("unshare")
def test_a_full_disk_ends_the_run_and_what_was_finished_stays(collection, tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    argv = ["unshare", "-Urm", "sh", "-ec", SMALL, "sh", str(place)]
    if subprocess.run([*argv, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no volume can be mounted here")
    run = [sys.executable, "-m", "avpres", "migrate", str(collection), str(place / "out")]
    run += ["--skip-space-check"]
    ask = f"find {place} -name '*.jp2' | wc -l; exit $s"
    script = f'"$@"; s=$?; {ask}'

    done = subprocess.run(
        [*argv, "sh", "-c", script, "sh", *run],
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 21, done.stdout + done.stderr
    assert "make room" in (done.stdout + done.stderr).lower()
