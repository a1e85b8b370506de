"""`cook` stopped at any instant: no film that is not whole, and the same bytes in the end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import scan_maker
from noise import noise

FRAMES = 30
PROGRAM = """\
import os, sys, time
from avpres.adapters.matroska import clusters
from avpres.services.cook import writing
clusters.LIMIT = writing.CHECKPOINT = 100_000
if "WAITS" in os.environ:  # at the end, for whoever stops it
    writing._conclude = lambda *_: time.sleep(600)
from avpres.__main__ import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reels") / "reel"
    folder.mkdir()
    data = scan_maker.dpx(160, 120, seed=1)
    grain = noise(1 << 20)
    for number in range(FRAMES):
        words = bytearray(grain[number : number + len(data) - 2048])
        words[3::4] = bytes(each & 0xFC for each in words[3::4])
        (folder / f"frame_{number:05d}.dpx").write_bytes(data[:2048] + words)
    (folder / "notes.txt").write_text("notes\n")
    import wave

    with wave.open(str(folder / "sound.wav"), "wb") as handle:
        handle.setnchannels(2)
        handle.setsampwidth(2)
        handle.setframerate(48_000)
        handle.writeframes(grain[: 48_000 * 4])
    return folder


@pytest.fixture(scope="module")
def whole(reel, tmp_path_factory):
    """Give the film that no one disturbed."""
    bench = tmp_path_factory.mktemp("whole")
    process = begin(reel, bench)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return (bench / "out/reel/reel.mkv").read_bytes()


def begin(reel, bench, *words, limit=None, waits=False):
    def fewer() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "cook", str(reel), str(bench / "out"), *words],
        env={
            **os.environ,
            "AVPRES_STATE_DIR": str(bench / "state"),
            **({"WAITS": "yes"} if waits else {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=fewer if limit else None,  # noqa: PLW1509 - no threads here
    )


def stage_of(bench) -> Path | None:
    return next(iter((bench / "out").glob(".reel.avpres-*.part")), None)


def await_film(process, bench, size) -> None:
    """Wait until a run that waits has written as much of its film."""
    deadline = time.monotonic() + 60
    while film_size(bench) <= size:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.005)


def film_size(bench) -> int:
    stage = stage_of(bench)
    try:
        return (stage / "reel.mkv").stat().st_size if stage else 0
    except OSError:
        return 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_killed_cook_goes_on_and_makes_the_same_film(reel, whole, tmp_path, share):
    process = begin(reel, tmp_path, waits=True)
    await_film(process, tmp_path, share * len(whole))
    process.kill()
    process.communicate()
    assert not (tmp_path / "out/reel").exists()
    again = begin(reel, tmp_path, "--workers", "3")
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert (tmp_path / "out/reel/reel.mkv").read_bytes() == whole
    assert os.listdir(tmp_path / "out") == ["reel"]
    assert b"were taken up" in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_stopped_cook_says_so_and_goes_on(reel, whole, tmp_path):
    process = begin(reel, tmp_path, waits=True)
    await_film(process, tmp_path, len(whole) // 3)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    again = begin(reel, tmp_path)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert (tmp_path / "out/reel/reel.mkv").read_bytes() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_a_clean_stop(reel, whole, tmp_path):
    process = begin(reel, tmp_path, limit=len(whole) // 2)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 21, said
    assert b"COK-REFUSED" in said
    assert not (tmp_path / "out/reel").exists()
    again = begin(reel, tmp_path)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert b"were taken up" in said
    assert (tmp_path / "out/reel/reel.mkv").read_bytes() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_uncook_leaves_whole_files_and_restores_the_rest(reel, whole, tmp_path):
    film = tmp_path / "reel.mkv"
    film.write_bytes(whole)
    words = [sys.executable, "-m", "avpres", "uncook", str(film), str(tmp_path / "back")]
    environment = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    back = tmp_path / "back/reel"
    while len(list(back.glob("*.dpx"))) < FRAMES // 2 and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.wait()
    for path in back.glob("[!.]*"):
        assert path.read_bytes() == (reel / path.name).read_bytes()
    done = subprocess.run(words, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert sorted(os.listdir(back)) == sorted(os.listdir(reel))
    for path in reel.iterdir():
        assert (back / path.name).read_bytes() == path.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("what", [".journal", "reel.mkv"])
def test_what_a_power_cut_damaged_is_not_believed(reel, whole, tmp_path, what):
    process = begin(reel, tmp_path, waits=True)
    await_film(process, tmp_path, len(whole) // 2)
    process.kill()
    process.communicate()
    stage = stage_of(tmp_path)
    assert stage is not None
    content = bytearray((stage / what).read_bytes())
    content[: 1 << 16] = bytes(1 << 16)
    (stage / what).write_bytes(content)
    again = begin(reel, tmp_path)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert (tmp_path / "out/reel/reel.mkv").read_bytes() == whole
