"""`copy` killed at any instant: nothing looks finished that is not, and a second run ends it."""

import contextlib
import functools
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from copy_cases import CREW, MIB, essence, leftovers, listed, look, make_reel
from noise import noise

KILLS = int(os.environ.get("AVPRES_FAULTS", "5"))
IN_A_ROW = 4  # kills before a run is let through to its end


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    """A tree for which workers, direct blocks and the pipeline all take part."""
    root = make_reel(tmp_path_factory.mktemp("killed") / "reel", small=CREW)
    (root / "large.mov").write_bytes(noise(70 * MIB + 1234))
    os.link(root / "film.mkv", root / "twin.mkv")
    (root / "closed").mkdir()
    (root / "closed" / "in").write_bytes(b"in")
    (root / "closed").chmod(0o555)
    return root


@pytest.fixture
def bench(tmp_path):
    """An empty shelf and an own state folder."""
    return tmp_path


def command(reel, bench, *words):
    return [sys.executable, "-m", "avpres", "copy", str(reel), str(bench / "shelf"), *words]


def surroundings(bench):
    return {**os.environ, "AVPRES_STATE_DIR": str(bench / "state")}


def finish(reel, bench, *words):
    """Run a copy to its end and look at all that it promises."""
    done = subprocess.run(
        command(reel, bench, *words),
        env=surroundings(bench),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    shelf = bench / "shelf"
    found = essence(shelf / "reel")
    assert sorted(found) == sorted(source(reel))
    assert [path for path, what in source(reel).items() if found[path] != what] == []
    assert listed(shelf / "reel_manifest.md5") == digests(found)
    assert sorted(os.listdir(shelf)) == ["reel", "reel_manifest.md5"]
    assert leftovers(shelf) == []
    return done


@functools.cache
def source(reel):
    """Look at the tree that is copied, which nothing changes, once for all."""
    return essence(reel)


def digests(found):
    """Give what a manifest must list of a tree."""
    files = {path: what for path, what in found.items() if what[0] == stat.S_IFREG}
    return {os.path.join(b"reel", path): what[-1] for path, what in files.items()}


def assert_nothing_false(reel, bench):
    """After a kill: final names hold whole files, and the journal knows none that is not."""
    there = bench / "shelf" / "reel"
    if not there.exists():
        return
    expected, found = source(reel), look(there)
    for path, sight in found.items():
        if stat.S_ISREG(sight.mode) and not path.endswith(b".part"):
            assert sight.content == expected[path][4], path
    for folder, name in proved(bench):
        path = os.path.join(folder, name)
        assert found[path].content == expected[path][4], path
    manifest = bench / "shelf" / "reel_manifest.md5"
    if manifest.exists():
        assert listed(manifest) == digests(expected)


def proved(bench):
    for path in (bench / "state" / "journals").glob("*.sqlite"):
        with sqlite3.connect(path) as journal:
            if journal.execute("SELECT 1 FROM sqlite_master WHERE name='file'").fetchone():
                yield from journal.execute("SELECT folder, name FROM file WHERE state=1")


def kill_after(reel, bench, seconds):
    process = subprocess.Popen(
        command(reel, bench), env=surroundings(bench), stdout=-3, stderr=-3, start_new_session=True
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    await_workers(bench)


def await_workers(bench):
    """Wait for the kernel to end what the killed process had started."""
    mark = os.fsencode(f"AVPRES_STATE_DIR={bench / 'state'}") + b"\0"
    end = time.monotonic() + 60
    while any(mark in environment for environment in environments()):
        assert time.monotonic() < end, "a worker outlives its parent"
        time.sleep(0.005)


def environments():
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (folder / "environ").read_bytes()


def test_killed_at_random_moments_it_always_ends_complete(reel, bench):
    started = time.monotonic()
    finish(reel, bench)
    whole = time.monotonic() - started
    chance = random.Random(os.environ.get("AVPRES_SEED", "6"))  # noqa: S311 - no secret
    for number in range(KILLS):
        if number % IN_A_ROW == 0:
            clean(bench)
        kill_after(reel, bench, chance.uniform(0.15, 0.95) * whole)
        assert_nothing_false(reel, bench)
        if number % IN_A_ROW == IN_A_ROW - 1:
            finish(reel, bench)


def clean(bench):
    for folder in (bench / "shelf", bench / "state"):
        shutil.rmtree(folder, ignore_errors=True)


MOMENTS = [
    ("renameat2", 1),
    ("renameat2", 100),
    ("syncfs", 1),
    ("syncfs", 2),
    ("linkat", 1),
    ("mkdirat", 3),
    ("openat", 1500),
    *(
        pytest.param(*moment, marks=pytest.mark.slow)
        for moment in (
            *(("renameat2", n) for n in (2, 3, 40, 128)),
            *(("unlink,unlinkat", n) for n in (1, 2)),
            *(("fsync,fdatasync", n) for n in (1, 3)),
            *(("openat", n) for n in (900, 2000)),
            *(("utimensat", n) for n in (1, 100)),
            *(("ftruncate,pwrite64", n) for n in (5, 20, 60)),
        )
    ),
]


@pytest.fixture(scope="session")
def strace():
    found = shutil.which("strace")
    if not found or subprocess.run([found, "-qq", "true"], check=False, stderr=-3).returncode:
        pytest.skip("needs strace and the right to trace")
    return found


def injected(strace, calls, what, reel, bench):
    wrapped = [strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}"]
    return subprocess.run(
        [*wrapped, "-e", f"inject={calls}:{what}", *command(reel, bench)],
        env=surroundings(bench),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("calls", "nth"), MOMENTS, ids=str)
def test_killed_at_a_system_call_it_ends_complete_on_the_next_run(strace, reel, bench, calls, nth):
    done = injected(strace, calls, f"signal=KILL:when={nth}", reel, bench)
    await_workers(bench)

    assert "Traceback" not in done.stderr
    assert_nothing_false(reel, bench)
    finish(reel, bench)


@pytest.mark.parametrize("nth", [1, 2], ids=["when it is made", "when it gets its name"])
def test_killed_as_the_manifest_is_written_it_leaves_nothing_behind(strace, reel, bench, nth):
    calls = ("fsync", "renameat2")[nth - 1]
    manifest = ["-P", str(bench / "shelf" / "reel_manifest.md5")] if nth == 2 else []
    killed = [strace, "-f", "-qq", "-o", os.devnull, *manifest, "-e", f"trace={calls}"]
    done = subprocess.run(
        [*killed, "-e", f"inject={calls}:signal=KILL:when=1", *command(reel, bench)],
        env=surroundings(bench),
        capture_output=True,
        check=False,
    )
    await_workers(bench)
    assert done.returncode != 0

    finish(reel, bench)


def test_a_run_on_another_computer_ends_what_was_killed_here(reel, bench):
    kill_after(reel, bench, 0.9)
    shutil.rmtree(bench / "state", ignore_errors=True)

    finish(reel, bench)


def test_a_worker_that_is_killed_ends_the_run_with_a_sentence(reel, bench):
    killer = Path(bench / "killer.py")
    killer.write_text(KILL_A_WORKER)

    done = subprocess.run(
        [sys.executable, str(killer), *command(reel, bench)[3:]],
        env=surroundings(bench),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 31, done.stderr
    assert "Traceback" not in done.stderr
    assert "worker" in done.stderr.strip().splitlines()[-1]
    assert_nothing_false(reel, bench)
    finish(reel, bench)


KILL_A_WORKER = """
import contextlib, os, signal, sys, threading, time
from pathlib import Path
from avpres.cli.boundary import run

def children():
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            yield from map(int, (task / "children").read_text().split())

def kill():
    while not (found := list(children())):
        time.sleep(0.001)
    os.kill(found[0], signal.SIGKILL)

threading.Thread(target=kill, daemon=True).start()
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(("number", "status"), [(2, 130), (15, 143)], ids=["ctrl-c", "terminated"])
def test_a_signal_ends_the_run_with_a_sentence_and_the_next_one_completes(
    reel, bench, number, status
):
    process = subprocess.Popen(
        command(reel, bench), env=surroundings(bench), stdout=-1, stderr=-1, text=True
    )
    while not (bench / "shelf" / "reel").exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60)

    assert process.returncode == status
    assert "Traceback" not in complaint
    assert "run the same command again" in complaint.strip().splitlines()[-1]
    assert_nothing_false(reel, bench)
    finish(reel, bench)
